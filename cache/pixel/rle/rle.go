// Package rle decodes RLE Lossless frames (PS3.5 annex G).
package rle

import (
	"encoding/binary"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// Decoder decodes RLE Lossless, 1.2.840.10008.1.2.5. It is exact.
type Decoder struct{}

const (
	headBytes   = 64 // number of segments and 15 offsets, PS3.5 G.5
	maxSegments = 15
	// A run of 128 bytes takes two, so that no frame grows more than 64 times.
	maxGrowth = 64
)

// Decode implements pixel.Decoder. There is a segment for each byte of each
// sample, the most significant first; a segment that ends early makes the frame
// invalid, bytes after its end are padding.
func (Decoder) Decode(dst, frame []byte, h *pixel.Header) ([]byte, error) {
	if h.Photometric == "YBR_FULL_422" {
		h.Photometric = "YBR_FULL" // a segment is a whole plane: nothing is subsampled
	}
	h.Planar = false
	size := max(h.Allocated/8, 1)
	segments, err := split(frame, h.Samples*size)
	if err != nil {
		return nil, err
	}
	total := h.Bytes()
	if total > maxGrowth*int64(len(frame)) {
		return nil, invalid("RLE frame too short for its rows and columns")
	}
	out := pixel.Grown(dst, total)
	step := h.Samples * size
	for s := range h.Samples {
		for k := range size {
			at := s*size + size - 1 - k // most significant byte first
			if err := unpack(segments[s*size+k], out, at, step); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// split cuts a frame into its segments by the offsets at its head.
func split(frame []byte, want int) ([][]byte, error) {
	if len(frame) < headBytes {
		return nil, invalid("RLE frame without a head")
	}
	n := binary.LittleEndian.Uint32(frame)
	if int64(n) != int64(want) || n > maxSegments {
		return nil, invalid("RLE frame of %d segments where %d must be", n, want)
	}
	segments := make([][]byte, n)
	end := uint32(len(frame))
	for i := int(n) - 1; i >= 0; i-- {
		from := binary.LittleEndian.Uint32(frame[4+4*i:])
		if from < headBytes || from > end {
			return nil, invalid("RLE segment %d lies outside its frame", i)
		}
		segments[i], end = frame[from:end], from
	}
	return segments, nil
}

// unpack writes the bytes of a segment to out[at], out[at+step] and so on to
// its end (PS3.5 G.3.2).
func unpack(seg, out []byte, at, step int) error {
	for at < len(out) {
		if len(seg) < 2 {
			return invalid("RLE segment ends early")
		}
		n := int(int8(seg[0]))
		switch {
		case n >= 0:
			n++
			if len(seg) < 1+n {
				return invalid("RLE segment ends within a literal run")
			}
			for _, b := range seg[1 : 1+n] {
				if at >= len(out) {
					break
				}
				out[at] = b
				at += step
			}
			seg = seg[1+n:]
		case n == -128: // no operation
			seg = seg[1:]
		default:
			for range 1 - n {
				if at >= len(out) {
					break
				}
				out[at] = seg[1]
				at += step
			}
			seg = seg[2:]
		}
	}
	return nil
}

func invalid(format string, a ...any) error { return dicom.Invalidf(format, a...) }
