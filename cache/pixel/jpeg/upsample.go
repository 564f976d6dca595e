package jpeg

import "encoding/binary"

// upsampling is how a component's lines become the image's. libjpeg interpolates
// chroma at half the columns, with and without half the lines, if it has more
// than two columns; it repeats everything else.
type upsampling uint8

const (
	upNone       upsampling = iota
	upRepeat                // the sample whose area it lies in
	upTriangle21            // half the columns: 3/4 of the nearer, 1/4 of the farther
	upTriangle22            // half of both: the same in both directions
)

func (s *stream) upsampling(c *component) upsampling {
	switch {
	case c.h == s.hmax && c.v == s.vmax:
		return upNone
	case 2*c.h == s.hmax && c.v == s.vmax && c.width > 2:
		return upTriangle21
	case 2*c.h == s.hmax && 2*c.v == s.vmax && c.width > 2:
		return upTriangle22
	}
	return upRepeat
}

// line is line y of the image in this component; the planes hold MCU row m.
func (p *plane[T]) line(s *stream, y, m int) []T {
	switch p.up {
	case upNone:
		return p.row(y, m)
	case upTriangle21:
		triangle21(p.scratch, p.row(y, m)[:p.width])
	case upTriangle22:
		near, far := y/2, y/2-1
		if y&1 != 0 {
			far = y/2 + 1
		}
		triangle22(p.scratch, p.row(near, m)[:p.width], p.row(far, m)[:p.width])
	default:
		repeat(p.scratch[:s.Width], p.row(y*p.v/s.vmax, m), p.h, s.hmax)
	}
	return p.scratch
}

// triangle21 doubles the columns. Halves are rounded down at even places and up at
// odd ones, so that there is no bias. Beyond an end lies its last sample again.
func triangle21[T sample](out, in []T) {
	done := 0
	if o, ok := any(out).([]uint8); ok {
		done = swar21(o, any(in).([]uint8))
	}
	n := len(in)
	out = out[:2*n]
	for i := done; i < n; i++ {
		a, b, c := uint32(in[max(i-1, 0)]), 3*uint32(in[i]), uint32(in[min(i+1, n-1)])
		out[2*i], out[2*i+1] = T((b+a+1)>>2), T((b+c+2)>>2)
	}
}

// triangle22 doubles the columns of a line between two.
func triangle22[T sample](out, near, far []T) {
	done := 0
	if o, ok := any(out).([]uint8); ok {
		done = swar22(o, any(near).([]uint8), any(far).([]uint8))
	}
	n := len(near)
	out, far = out[:2*n], far[:n]
	sum := func(i int) uint32 { return 3*uint32(near[i]) + uint32(far[i]) }
	for i := done; i < n; i++ {
		a, b, c := sum(max(i-1, 0)), 3*sum(i), sum(min(i+1, n-1))
		out[2*i], out[2*i+1] = T((b+a+8)>>4), T((b+c+7)>>4)
	}
}

// repeat spreads in, of h samples where the image has hmax, over out.
func repeat[T sample](out, in []T, h, hmax int) {
	if hmax == 2*h {
		for i := range out {
			out[i] = in[i>>1]
		}
		return
	}
	if hmax == h {
		copy(out, in)
		return
	}
	for i := range out {
		out[i] = in[i*h/hmax]
	}
}

// Four samples of 8 bits are interpolated at once, in lanes of 16 bits.

const (
	lanes   = 0x0001000100010001
	lowByte = 0x00FF00FF00FF00FF
)

// four is four samples in lanes, the first lowest.
func four(b []uint8) uint64 {
	x := uint64(binary.LittleEndian.Uint32(b))
	x = (x | x<<16) & 0x0000FFFF0000FFFF
	return (x | x<<8) & lowByte
}

// swar21 is triangle21 from the start on, as far as eight samples lie ahead, and
// says how far.
func swar21(out, in []uint8) (done int) {
	if len(in) < 8 {
		return 0
	}
	cur := four(in)
	before := cur & 0xFFFF
	for len(in) >= 8 && len(out) >= 8 {
		next := four(in[4:])
		even := (3*cur + (cur<<16 | before) + lanes) >> 2 & lowByte
		odd := (3*cur + (cur>>16 | next<<48) + 2*lanes) >> 2 & lowByte
		binary.LittleEndian.PutUint64(out, even|odd<<8)
		before, cur = cur>>48, next
		in, out, done = in[4:], out[8:], done+4
	}
	return done
}

// swar22 is the same for triangle22.
func swar22(out, near, far []uint8) (done int) {
	if len(near) < 8 || len(far) < 8 {
		return 0
	}
	cur := 3*four(near) + four(far)
	before := cur & 0xFFFF
	for len(near) >= 8 && len(far) >= 8 && len(out) >= 8 {
		next := 3*four(near[4:]) + four(far[4:])
		even := (3*cur + (cur<<16 | before) + 8*lanes) >> 4 & lowByte
		odd := (3*cur + (cur>>16 | next<<48) + 7*lanes) >> 4 & lowByte
		binary.LittleEndian.PutUint64(out, even|odd<<8)
		before, cur = cur>>48, next
		near, far, out, done = near[4:], far[4:], out[8:], done+4
	}
	return done
}
