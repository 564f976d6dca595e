package jpegls

import (
	"encoding/binary"
	"math/bits"
)

// window is how many bytes of a scan lie unstuffed at a time.
const window = 8 << 10

// reader gives the bits of one scan, or restart interval: the entropy-coded
// bytes without the bit that is stuffed behind each 0xFF (T.87 A.1). They lie
// at the end of win, so that a loop can read eight bytes from wherever it is
// until a constant place, and then calls refill. Behind the last bit come zeros.
type reader struct {
	src []byte
	pos int    // what of src has gone into win and rest; then where its marker is
	at  int    // the next bit, counted from the start of win
	end int    // first bit behind the scan, once that is in win; else -1
	n   int    // bits of rest
	acc uint64 // rest: bits that do not fill a byte yet, highest first
	win [window]byte
}

// last is the last byte that the next bit may lie in.
const last = window - 8

// open begins at src[pos:].
func (r *reader) open(src []byte, pos int) {
	r.src, r.pos, r.at, r.end, r.acc, r.n = src, pos, window*8, -1, 0, 0
}

// peek returns at least 57 bits, highest first.
func (r *reader) peek() (uint64, error) {
	if r.at>>3 > last {
		if err := r.refill(); err != nil {
			return 0, err
		}
	}
	i := uint(r.at) >> 3
	return binary.BigEndian.Uint64(r.win[i:i+8]) << (r.at & 7), nil
}

// refill moves what is left of win to its front, adds to it and leaves it at
// the end. It fails where the scan ended before the bits now asked for.
func (r *reader) refill() error {
	if r.end >= 0 {
		return errShort
	}
	out := copy(r.win[:], r.win[r.at>>3:])
	r.at &= 7
	out, drained := r.unstuff(out)
	if drained && out+1+16 <= window {
		r.end = out*8 + r.n
		r.win[out] = byte(r.acc >> 56)
		clear(r.win[out+1 : out+17])
		out += 17
	}
	gap := window - out
	copy(r.win[gap:], r.win[:out])
	r.at += gap * 8
	if r.end >= 0 {
		r.end += gap * 8
	}
	return nil
}

// unstuff fills win from out on; it reports the first byte not filled and
// whether the scan has ended, at a marker or with src. Not all of win need be
// filled, but more than half.
func (r *reader) unstuff(out int) (int, bool) {
	src, pos, acc, n := r.src, r.pos, r.acc, uint(r.n)
	win := r.win[:]
	drained := false
	for out+10 <= len(win) {
		if pos+8 <= len(src) {
			if v := binary.BigEndian.Uint64(src[pos:]); v&^(v+0x0101010101010101)&0x8080808080808080 == 0 {
				binary.BigEndian.PutUint64(win[out:], acc|v>>n)
				acc = v << 1 << (63 - n)
				pos, out = pos+8, out+8
				continue
			}
		}
		if pos >= len(src) {
			drained = true
			break
		}
		v, k := uint64(src[pos]), uint(8)
		pos++
		if v == 0xFF {
			if pos >= len(src) || src[pos] >= 0x80 {
				pos--
				drained = true
				break
			}
			v, k = v<<7|uint64(src[pos]), 15
			pos++
		}
		acc |= v << (64 - k - n)
		for n += k; n >= 8; n -= 8 {
			win[out] = byte(acc >> 56)
			acc <<= 8
			out++
		}
	}
	r.pos, r.acc, r.n = pos, acc, int(n)
	return out, drained
}

// bits returns the next n bits, at most 32.
func (r *reader) bits(n int) (int, error) {
	v, err := r.peek()
	r.at += n
	return int(v >> 1 >> (63 - n)), err
}

// code reads a Golomb code of limited length (T.87 A.5.3): zeros and a one, then
// k bits, or qbpp where there were too many zeros.
func (r *reader) code(k, limit, qbpp int) (int, error) {
	v, err := r.peek()
	if err != nil {
		return 0, err
	}
	zeros := bits.LeadingZeros64(v)
	if zeros > 56 {
		return 0, errCode
	}
	r.at += zeros + 1
	if zeros >= limit-qbpp-1 {
		v, err := r.bits(qbpp)
		return v + 1, err
	}
	low, err := r.bits(k)
	return zeros<<k | low, err
}

// close ends the scan: what is left of it must be padding. Zero bytes more than
// needed are taken, some encoders write one. It returns where the marker is.
func (r *reader) close() (int, error) {
	pad := 7 // bits of any value
	for {
		stop := window * 8
		if r.end >= 0 {
			stop = r.end
		}
		for ; r.at < stop; r.at++ {
			if pad--; pad < 0 && r.win[r.at>>3]>>(7-r.at&7)&1 != 0 {
				return 0, errLong
			}
		}
		switch {
		case r.end < 0:
			if err := r.refill(); err != nil {
				return 0, err
			}
		case r.at > r.end:
			return 0, errShort
		default:
			return r.pos, nil
		}
	}
}
