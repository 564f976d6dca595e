package jpeg

import "encoding/binary"

// plane holds the lines of one component that are being decoded: those of one MCU
// row behind the last line of the row before.
type plane[T sample] struct {
	*component
	across, down int // blocks in a line and in a column, filled up to whole MCUs
	lines        int // of an MCU row: 8·v
	stride       int
	buf          []T // 1 + lines lines
	up           upsampling
	scratch      []T // an upsampled line
}

// mcus is the number of MCUs of an interleaved scan (A.2.3).
func (s *stream) mcus() (across, down int) {
	w, h := 8*s.hmax, 8*s.vmax
	return (s.Width + w - 1) / w, (s.Height + h - 1) / h
}

// frame is what turns blocks into samples in dst, one MCU row at a time.
type frame[T sample] struct {
	*stream
	*depth
	w      *work
	planes [4]plane[T]
	dst    []byte
	cell   int
	done   int // lines of the image that are in dst
	// lag is 1 where lines below are needed to upsample, so that the last line of
	// an MCU row waits for the next.
	lag int
}

// newFrame lays out the planes' memory: (1 + 8·v) lines of each component and one
// of the image for each that is subsampled.
func newFrame[T sample](w *work, s *stream, d *depth, dst []byte, cell int) *frame[T] {
	f := &frame[T]{stream: s, depth: d, w: w, dst: dst, cell: cell}
	across, down := s.mcus()
	total := 0
	for i := range s.Components {
		p, c := &f.planes[i], &s.comps[i]
		p.component, p.across, p.down = c, across*c.h, down*c.v
		p.lines, p.stride = 8*c.v, 8*p.across
		p.up = s.upsampling(c)
		if p.up == upTriangle22 {
			f.lag = 1
		}
		total += (1 + p.lines) * p.stride
		if p.up != upNone {
			total += 8 * across * s.hmax
		}
	}
	all := strip[T](w, total)
	for i := range s.Components {
		p := &f.planes[i]
		p.buf, all = all[:(1+p.lines)*p.stride], all[(1+p.lines)*p.stride:]
		if p.up != upNone {
			p.scratch, all = all[:8*across*s.hmax], all[8*across*s.hmax:]
		}
	}
	return f
}

// strip is n samples of w's memory.
func strip[T sample](w *work, n int) []T {
	switch buf := any(new([]T)).(type) {
	case *[]uint8:
		if cap(w.strip8) < n {
			w.strip8 = make([]uint8, n)
		}
		*buf = w.strip8[:n]
		return any(*buf).([]T)
	case *[]uint16:
		if cap(w.strip16) < n {
			w.strip16 = make([]uint16, n)
		}
		*buf = w.strip16[:n]
		return any(*buf).([]T)
	}
	return nil
}

// put transforms the block in w.block to block column x, line y of the component's
// MCU row.
func (p *plane[T]) put(d *depth, block *[64]int32, last, x, y int) {
	inverse(d, block, last, p.buf[(1+8*y)*p.stride+8*x:], p.stride)
}

// finishRow writes the lines of MCU row m that can be written, and keeps what the
// next row needs.
func (f *frame[T]) finishRow(m int) {
	to := 8*f.vmax*(m+1) - f.lag
	if to+f.lag >= f.Height {
		to = f.Height
	}
	var lines [4][]T
	for ; f.done < to; f.done++ {
		for i := range f.Components {
			lines[i] = f.planes[i].line(f.stream, f.done, m)
		}
		f.write(f.done, lines[:f.Components])
	}
	for i := range f.Components {
		p := &f.planes[i]
		copy(p.buf[:p.stride], p.buf[p.lines*p.stride:])
	}
}

// row is line y of the component as coded, which must be in MCU row m or the one
// line before it. Lines above and below the image are its first and last.
func (p *plane[T]) row(y, m int) []T {
	y = min(max(y, 0), p.height-1) - m*p.lines + 1
	return p.buf[y*p.stride : (y+1)*p.stride]
}

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
