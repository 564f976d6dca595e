package rle

import "encoding/binary"

// join writes the first k bytes of each plane to out, one of each in turn.
func join(out []byte, planes []*unpacked, k int) {
	switch len(planes) {
	case 1:
		copy(out, planes[0].buf[:k])
	case 2:
		join2(out, &planes[0].buf, &planes[1].buf, k)
	case 3:
		join3(out, &planes[0].buf, &planes[1].buf, &planes[2].buf, k)
	default:
		for i, p := range planes {
			at := i
			for _, v := range p.buf[:k] {
				out[at] = v
				at += len(planes)
			}
		}
	}
}

type plane = [strip + longest + slack]byte

// spread puts the four lower bytes of x two bytes apart.
func spread(x uint64) uint64 {
	x = (x | x<<16) & 0x0000FFFF0000FFFF
	return (x | x<<8) & 0x00FF00FF00FF00FF
}

func join2(out []byte, lo, hi *plane, k int) {
	i := 0
	for ; i+8 <= k && len(out) >= 16; i += 8 {
		a := binary.LittleEndian.Uint64(lo[i : i+8])
		b := binary.LittleEndian.Uint64(hi[i : i+8])
		binary.LittleEndian.PutUint64(out, spread(a&0xFFFFFFFF)|spread(b&0xFFFFFFFF)<<8)
		binary.LittleEndian.PutUint64(out[8:], spread(a>>32)|spread(b>>32)<<8)
		out = out[16:]
	}
	for ; i < k; i++ {
		out[0], out[1] = lo[i], hi[i]
		out = out[2:]
	}
}

func join3(out []byte, r, g, b *plane, k int) {
	i := 0
	for ; i+4 <= k && len(out) >= 12; i += 4 {
		x := binary.LittleEndian.Uint32(r[i : i+4])
		y := binary.LittleEndian.Uint32(g[i : i+4])
		z := binary.LittleEndian.Uint32(b[i : i+4])
		binary.LittleEndian.PutUint64(out, uint64(x&0xFF)|uint64(y&0xFF)<<8|uint64(z&0xFF)<<16|
			uint64(x&0xFF00)<<16|uint64(y&0xFF00)<<24|uint64(z&0xFF00)<<32|
			uint64(x&0xFF0000)<<32|uint64(y&0xFF0000)<<40)
		binary.LittleEndian.PutUint32(out[8:], z>>16&0xFF|x>>24<<8|y>>24<<16|z>>24<<24)
		out = out[12:]
	}
	for ; i < k; i++ {
		out[0], out[1], out[2] = r[i], g[i], b[i]
		out = out[3:]
	}
}
