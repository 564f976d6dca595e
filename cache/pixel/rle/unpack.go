package rle

import (
	"encoding/binary"
	"sync"
)

const (
	// strip is how many bytes of each segment are unpacked before they are joined
	// to cells: few enough to stay in the first caches.
	strip   = 4 << 10
	longest = 128 // bytes of one run
	// slack is what may be written beyond a run's end, so that short runs are
	// written as words.
	slack = 16
)

// unpacked is a segment on its way (PS3.5 G.3.2): what is left of it, and the
// first n bytes of buf, unpacked and not yet taken.
type unpacked struct {
	src []byte
	n   int
	buf [strip + longest + slack]byte
}

// fill unpacks runs until there are at least want bytes; want is at most strip.
// It is false where the segment ends before.
func (u *unpacked) fill(want int) bool {
	n, used := runs(u.buf[:], u.src, u.n, want)
	u.n, u.src = n, u.src[used:]
	return n >= want
}

// take drops the first k bytes: they are joined.
func (u *unpacked) take(k int) {
	copy(u.buf[:], u.buf[k:u.n])
	u.n -= k
}

// runs unpacks runs of src to dst from index n on, until n is at least want or
// src ends, and returns n and the bytes used. dst has longest + slack bytes after
// want, so that no run needs to be cut. A run that src ends within is not used.
func runs(dst, src []byte, n, want int) (to, used int) {
	at := 0
	for n < want && at+1 < len(src) {
		c := int(src[at])
		switch {
		case c < 128: // c + 1 bytes as they stand
			if c < 16 && at+17 <= len(src) {
				from, out := src[at+1:at+17], dst[n:n+16]
				binary.LittleEndian.PutUint64(out, binary.LittleEndian.Uint64(from))
				binary.LittleEndian.PutUint64(out[8:], binary.LittleEndian.Uint64(from[8:]))
			} else if at+2+c <= len(src) {
				copy(dst[n:], src[at+1:at+2+c])
			} else {
				return n, at
			}
			at += c + 2
			n += c + 1
		case c > 128: // 257 − c times the same
			word := uint64(src[at+1]) * 0x0101010101010101
			k := 257 - c
			out := dst[n : n+longest+8]
			binary.LittleEndian.PutUint64(out, word)
			binary.LittleEndian.PutUint64(out[8:], word)
			for i := 16; i < k; i += 8 {
				binary.LittleEndian.PutUint64(out[i:], word)
			}
			at += 2
			n += k
		default: // no operation
			at++
		}
	}
	return n, at
}

// scratch are the strips of up to 15 segments.
var scratch = sync.Pool{New: func() any { return new([maxSegments]unpacked) }}

// planes unpacks the segments, size to a sample and the most significant first,
// and joins them to the cells of out, little endian and side by side.
func planes(segments [][]byte, out []byte, size int) error {
	strips := scratch.Get().(*[maxSegments]unpacked)
	defer scratch.Put(strips)
	var order [maxSegments]*unpacked // of each byte of a pixel, in the order they lie in out
	for i, seg := range segments {
		s := &strips[i/size*size+size-1-i%size]
		s.src, s.n = seg, 0
	}
	step := len(segments)
	for i := range step {
		order[i] = &strips[i]
	}
	for len(out) > 0 {
		k := min(strip, len(out)/step)
		for i, u := range order[:step] {
			if !u.fill(k) {
				return invalid("RLE segment %d ends early", i/size*size+size-1-i%size)
			}
		}
		join(out[:k*step], order[:step], k)
		for _, u := range order[:step] {
			u.take(k)
		}
		out = out[k*step:]
	}
	for i := range step {
		strips[i].src = nil // the pool holds no frame
	}
	return nil
}
