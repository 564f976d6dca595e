package jpeg

import "encoding/binary"

// write puts line y into dst: the components' samples side by side, in cells.
func (f *frame[T]) write(y int, lines [][]T) {
	size := f.Width * len(lines) * f.cell
	out := f.dst[y*size : (y+1)*size]
	for i := range lines {
		lines[i] = lines[i][:f.Width]
	}
	switch in := any(lines).(type) {
	case [][]uint8:
		if f.cell == 1 {
			interleave8(out, in)
			return
		}
	case [][]uint16:
		if f.cell == 2 && len(in) == 1 {
			little16(out, in[0])
			return
		}
	}
	for i, line := range lines {
		spread(out, line, i, len(lines), f.cell)
	}
}

func interleave8(out []byte, in [][]uint8) {
	switch len(in) {
	case 1:
		copy(out, in[0])
	case 3:
		a, b, c := in[0], in[1], in[2]
		b, c = b[:len(a)], c[:len(a)]
		for i := range a {
			o := out[3*i : 3*i+3 : 3*i+3]
			o[0], o[1], o[2] = a[i], b[i], c[i]
		}
	default:
		for i, line := range in {
			spread(out, line, i, len(in), 1)
		}
	}
}

func little16(out []byte, in []uint16) {
	for ; len(in) >= 4 && len(out) >= 8; in, out = in[4:], out[8:] {
		v := uint64(in[0]) | uint64(in[1])<<16 | uint64(in[2])<<32 | uint64(in[3])<<48
		binary.LittleEndian.PutUint64(out, v)
	}
	for i, v := range in {
		binary.LittleEndian.PutUint16(out[2*i:], v)
	}
}

// spread writes component i of n, in cells of so many bytes.
func spread[T sample](out []byte, line []T, i, n, cell int) {
	at := i * cell
	for _, v := range line {
		switch cell {
		case 1:
			out[at] = byte(v)
		case 2:
			binary.LittleEndian.PutUint16(out[at:], uint16(v))
		default:
			binary.LittleEndian.PutUint32(out[at:], uint32(v))
		}
		at += n * cell
	}
}
