package jpegls

import "github.com/nocturne/nocturne/cache/pixel"

// Decoder decodes JPEG-LS Lossless and Near-Lossless, 1.2.840.10008.1.2.4.80 and
// .81. It is exact to what the codestream holds.
type Decoder struct{}

// Decode implements pixel.Decoder. Nothing is subsampled in JPEG-LS: what is
// called YBR_FULL_422 comes out as YBR_FULL.
func (Decoder) Decode(dst, frame []byte, h *pixel.Header) ([]byte, error) {
	if h.Allocated != 8 && h.Allocated != 16 && h.Allocated != 32 {
		return nil, unsupported("JPEG-LS of %d bits allocated", h.Allocated)
	}
	s := stream{src: frame}
	if err := s.open(); err != nil {
		return nil, err
	}
	err := h.Agree(pixel.Codestream{
		Rows: s.head.Height, Cols: s.head.Width, Samples: s.head.Components, Precision: s.head.Precision,
	})
	if err != nil {
		return nil, err
	}
	switch h.Photometric {
	case "YBR_FULL_422":
		h.Photometric = "YBR_FULL"
	case "YBR_PARTIAL_422", "YBR_PARTIAL_420":
		return nil, unsupported("%s in JPEG-LS", h.Photometric)
	}
	h.Planar = false
	return s.decode(dst, h.Allocated/8)
}
