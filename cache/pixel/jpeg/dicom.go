package jpeg

import "github.com/nocturne/nocturne/cache/pixel"

// Decoder is the pixel.Decoder of every JPEG transfer syntax of PS3.5 A.4.1,
// retired ones too. It goes by the frame, not by the syntax: writers name the
// wrong one.
type Decoder struct{}

// Decode implements pixel.Decoder. Colour is RGB where the stream says so, or
// where the object does and the stream says nothing; else it is YBR_FULL, at
// full resolution. Samples are never negative: a signed object's come as their
// codes stand in the cell, as in dcmtk and gdcm.
func (Decoder) Decode(dst, frame []byte, h *pixel.Header) ([]byte, error) {
	s, err := parseStream(frame)
	if err != nil {
		return nil, err
	}
	err = h.Agree(pixel.Codestream{Rows: s.Height, Cols: s.Width, Samples: s.Components, Precision: s.Precision})
	if err != nil {
		return nil, err
	}
	if h.Allocated < 8 || h.Allocated > 32 {
		return nil, unsupported("JPEG into cells of %d bits", h.Allocated)
	}
	if dst, err = s.decode(dst, h.Allocated/8); err != nil {
		return nil, err
	}
	h.Planar = false
	if s.Components == 3 {
		h.Photometric = photometric(s.Colour, h.Photometric)
	}
	return dst, nil
}

// photometric is what three decoded components are.
func photometric(stream Colour, object string) string {
	if stream == ColourRGB || stream == ColourUnsaid && object == "RGB" {
		return "RGB"
	}
	return "YBR_FULL"
}
