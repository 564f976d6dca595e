package rle

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// Encode appends one frame to dst[:0] as PS3.5 annex G writes it and returns it:
// segments of an even length, no run over the end of a row. frame is a native
// frame of h.Bytes() bytes, by pixel or, where h.Planar, by plane, chroma not
// subsampled. *dicom.InvalidError: frame is of another size;
// *dicom.UnsupportedError: it needs more than 15 segments.
//
// Where a row of 1-bit pixels ends within a byte, runs end with the frame only.
func Encode(dst, frame []byte, h pixel.Header) ([]byte, error) {
	h.Upsampled()
	size := max(h.Allocated/8, 1)
	n := h.Samples * size
	switch {
	case h.Bytes() != int64(len(frame)):
		return nil, invalid("a frame of %d bytes where its layout has %d", len(frame), h.Bytes())
	case n > maxSegments || int64(len(frame))/64*65 > math.MaxUint32-headBytes:
		return nil, dicom.Unsupportedf("RLE of %d segments or more than 4 GiB", n)
	}
	dst = append(dst[:0], make([]byte, headBytes)...)
	binary.LittleEndian.PutUint32(dst, uint32(n))
	row := make([]byte, rowBytes(h, len(frame)))
	for s := range h.Samples {
		for k := range size {
			binary.LittleEndian.PutUint32(dst[4+4*(s*size+k):], uint32(len(dst)))
			from, step := s*size+size-1-k, n // most significant byte first
			if h.Planar && h.Samples > 1 {
				from, step = s*len(frame)/h.Samples+size-1-k, size
			}
			dst = segment(dst, frame[from:], row, step, len(frame)/n)
		}
	}
	return dst, nil
}

// rowBytes is how many bytes of a segment make a row.
func rowBytes(h pixel.Header, frame int) int {
	switch {
	case h.Allocated > 1:
		return h.Cols
	case h.Cols%8 == 0:
		return h.Cols / 8
	}
	return frame
}

// segment appends the first of every step bytes of b, n of them in rows.
func segment(dst, b, row []byte, step, n int) []byte {
	start := len(dst)
	for at := 0; n > 0; n -= len(row) {
		row = row[:min(n, len(row))]
		for i := range row {
			row[i] = b[at]
			at += step
		}
		dst = pack(dst, row)
	}
	if (len(dst)-start)%2 != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// pack appends a row as runs: three or more of a kind as a pair, all else as it
// stands.
func pack(dst, row []byte) []byte {
	for len(row) > 0 {
		lit := single(row)
		for k := lit; k > 0; {
			c := min(k, longest)
			dst = append(append(dst, byte(c-1)), row[:c]...)
			row, k = row[c:], k-c
		}
		for k := same(row); k > 0; {
			switch c := min(k, longest); c {
			case 1:
				dst, row, k = append(dst, 0, row[0]), row[1:], 0
			default:
				dst, row, k = append(dst, byte(257-c), row[0]), row[c:], k-c
			}
		}
	}
	return dst
}

// single is how many bytes stand before the next three of a kind.
func single(row []byte) int {
	for i := 0; i+2 < len(row); i++ {
		if row[i] == row[i+1] && row[i] == row[i+2] {
			return i
		}
	}
	return len(row)
}

// same is how many bytes at the start are of a kind.
func same(row []byte) int {
	if len(row) == 0 {
		return 0
	}
	const word = 8
	n := 1
	for n+word <= len(row) && bytes.Equal(row[n-1:n-1+word], row[n:n+word]) {
		n += word
	}
	for n < len(row) && row[n] == row[0] {
		n++
	}
	return n
}
