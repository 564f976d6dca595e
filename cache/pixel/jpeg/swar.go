package jpeg

import "encoding/binary"

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
