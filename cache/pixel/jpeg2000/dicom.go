package jpeg2000

import (
	"image"

	"github.com/nocturne/nocturne/cache/pixel"
)

// Decoder decodes the frames of JPEG 2000 (1.2.840.10008.1.2.4.90 and .91) and of
// High-Throughput JPEG 2000 (.201, .202, .203), lossless or not (PS3.5 A.4.4, A.4.13).
// Colour that the codestream transformed comes back as RGB.
type Decoder struct{}

var _ pixel.Reducer = Decoder{}

// Decode implements pixel.Decoder. Samples have the sign of the codestream, whatever
// Pixel Representation says; the bits of a cell are the same up to Bits Stored.
func (Decoder) Decode(dst, frame []byte, h *pixel.Header) ([]byte, error) {
	return decodeFrame(dst, frame, 0, h)
}

// DecodeReduced implements pixel.Reducer.
func (Decoder) DecodeReduced(dst, frame []byte, levels int, h *pixel.Header) ([]byte, error) {
	return decodeFrame(dst, frame, levels, h)
}

func decodeFrame(dst, frame []byte, levels int, h *pixel.Header) ([]byte, error) {
	var c codestream
	src, err := unwrapped(frame)
	if err != nil {
		return nil, err
	}
	if err := c.readMain(src); err != nil {
		return nil, err
	}
	k := c.head()
	if err := h.Agree(pixel.Codestream{
		Rows: k.Height, Cols: k.Width, Samples: k.Components, Precision: k.Precision, Signed: k.Signed,
	}); err != nil {
		return nil, err
	}
	if h.Allocated == 1 && k.Precision > 1 {
		return nil, invalid("samples of %d bits in cells of one", k.Precision)
	}
	if h.Allocated > 32 {
		return nil, unsupported("cells of %d bits", h.Allocated)
	}
	out, k, err := c.decode(dst, src, max(h.Allocated/8, 1), levels, image.Rectangle{})
	if err != nil {
		return nil, err
	}
	h.Rows, h.Cols, h.Planar = k.Height, k.Width, false
	switch h.Photometric {
	case "YBR_RCT", "YBR_ICT":
		h.Photometric = "RGB"
	case "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420":
		h.Photometric = "YBR_FULL" // nothing is subsampled here
	}
	if h.Allocated == 1 {
		out = packed1(out)
	}
	return out, nil
}

// packed1 packs samples of one bit, a byte each, the first in the lowest bit
// (PS3.5 8.1.1), in place.
func packed1(b []byte) []byte {
	n := (len(b) + 7) / 8
	for i := range n {
		var v byte
		for k, s := range b[8*i : min(8*i+8, len(b))] {
			v |= (s & 1) << k
		}
		b[i] = v
	}
	return b[:n]
}
