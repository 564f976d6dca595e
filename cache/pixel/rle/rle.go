// Package rle decodes and encodes RLE Lossless frames (PS3.5 annex G).
//
//	1, 8, 16, 32, 64 bits allocated, 1 or 3 samples, at most 15 segments   exact
//	other numbers of segments than samples × bytes                         not valid
//	runs over the ends of rows, bytes after the last run                   read
//	a segment that ends early                                              not valid
//
// A frame has no head of its own that says its size: it is read by the object's
// Header, so that this package has no Head as the other codecs have.
package rle

import (
	"encoding/binary"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// Decoder decodes RLE Lossless, 1.2.840.10008.1.2.5. It is exact. Beside dst it
// holds 66 KiB a goroutine.
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
	layout := *h
	layout.Upsampled() // a segment is a whole plane: nothing is subsampled
	layout.Planar = false
	size := max(layout.Allocated/8, 1)
	segments, n, err := split(frame, layout.Samples*size)
	if err != nil {
		return nil, err
	}
	total := layout.Bytes()
	if total > maxGrowth*int64(len(frame)) {
		return nil, invalid("RLE frame too short for its rows and columns")
	}
	out := pixel.Grown(dst, total)
	if err := planes(segments[:n], out, size); err != nil {
		return nil, err
	}
	*h = layout
	return out, nil
}

// split cuts a frame into its segments by the offsets at its head.
func split(frame []byte, want int) (segments [maxSegments][]byte, n int, err error) {
	if len(frame) < headBytes {
		return segments, 0, invalid("RLE frame without a head")
	}
	said := binary.LittleEndian.Uint32(frame)
	if int64(said) != int64(want) || said > maxSegments {
		return segments, 0, invalid("RLE frame of %d segments where %d must be", said, want)
	}
	end := uint32(min(len(frame), 1<<32-1))
	for i := want - 1; i >= 0; i-- {
		from := binary.LittleEndian.Uint32(frame[4+4*i:])
		if from < headBytes || from > end {
			return segments, 0, invalid("RLE segment %d lies outside its frame", i)
		}
		segments[i], end = frame[from:end:end], from
	}
	return segments, want, nil
}

func invalid(format string, a ...any) error { return dicom.Invalidf(format, a...) }
