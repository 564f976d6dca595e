// Package jpeg decodes 8-bit JPEG frames for display with the standard
// library's image/jpeg.
//
//	SOF0, SOF1, SOF2 of 8 bits, 1 or 3 components   decoded
//	12 bits, arithmetic, lossless, 4 components      *dicom.UnsupportedError
//
// Its inverse DCT and its chroma upsampling (repeated, not interpolated) are
// not those of libjpeg, so values differ by small amounts from other decoders:
// it is not exact.
package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// Decoder decodes JPEG Baseline (1.2.840.10008.1.2.4.50) and, where it is of 8
// bits, JPEG Extended (…4.51).
type Decoder struct{}

// maxGrowth bounds the samples a byte can stand for: a block of 64 needs a bit
// at least, and subsampled chroma doubles it; twice that, to be lenient.
const maxGrowth = 4096

// Decode implements pixel.Decoder. Colour comes as RGB where the stream says
// so, else as YBR_FULL at full resolution.
func (Decoder) Decode(dst, frame []byte, h *pixel.Header) ([]byte, error) {
	if h.Allocated != 8 {
		return nil, unsupported("JPEG of more than 8 bits")
	}
	conf, err := jpeg.DecodeConfig(bytes.NewReader(frame))
	if err != nil {
		return nil, translate(err)
	}
	if conf.Width != h.Cols || conf.Height != h.Rows {
		return nil, invalid("JPEG frame of another size than rows and columns")
	}
	if int64(h.Rows)*int64(h.Cols)*int64(h.Samples) > maxGrowth*int64(len(frame)) {
		return nil, invalid("JPEG frame too short for its rows and columns")
	}
	img, err := jpeg.Decode(bytes.NewReader(frame))
	if err != nil {
		return nil, translate(err)
	}
	h.Planar = false
	switch img := img.(type) {
	case *image.Gray:
		return gray(img, h)
	case *image.YCbCr:
		return triples(img, frame, h)
	case *image.RGBA:
		return rgb(img, h)
	}
	return nil, unsupported("JPEG of four components")
}

func translate(err error) error {
	var un jpeg.UnsupportedError
	if errors.As(err, &un) {
		return unsupported("JPEG: %s", string(un))
	}
	return invalid("JPEG stream cannot be decoded")
}

func gray(img *image.Gray, h *pixel.Header) ([]byte, error) {
	if h.Samples != 1 {
		return nil, invalid("JPEG of one component in a colour object")
	}
	out := make([]byte, h.Rows*h.Cols)
	for y := range h.Rows {
		copy(out[y*h.Cols:(y+1)*h.Cols], img.Pix[y*img.Stride:])
	}
	return out, nil
}

// triples copies the three components of each pixel. They are YBR unless
// neither the stream says so nor the object: then they are what the object says.
func triples(img *image.YCbCr, frame []byte, h *pixel.Header) ([]byte, error) {
	if h.Samples != 3 {
		return nil, invalid("JPEG of three components in a grey object")
	}
	if h.Photometric != "RGB" || saysYBR(frame) {
		h.Photometric = "YBR_FULL"
	}
	out := make([]byte, 0, h.Rows*h.Cols*3)
	for y := range h.Rows {
		for x := range h.Cols {
			yi, ci := img.YOffset(x, y), img.COffset(x, y)
			out = append(out, img.Y[yi], img.Cb[ci], img.Cr[ci])
		}
	}
	return out, nil
}

// saysYBR looks for the marker segments that make three components YBR: JFIF
// (APP0), or Adobe (APP14) with transform 1.
func saysYBR(b []byte) bool {
	for i := 2; i+4 <= len(b) && b[i] == 0xFF && b[i+1] != 0xDA; {
		n := int(b[i+2])<<8 | int(b[i+3])
		if n < 2 || i+2+n > len(b) {
			return false
		}
		body := b[i+4 : i+2+n]
		switch {
		case b[i+1] == 0xE0 && bytes.HasPrefix(body, []byte("JFIF\x00")):
			return true
		case b[i+1] == 0xEE && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12:
			return body[11] == 1
		}
		i += 2 + n
	}
	return false
}

func rgb(img *image.RGBA, h *pixel.Header) ([]byte, error) {
	if h.Samples != 3 {
		return nil, invalid("JPEG of three components in a grey object")
	}
	h.Photometric = "RGB"
	out := make([]byte, 0, h.Rows*h.Cols*3)
	for y := range h.Rows {
		for x := range h.Cols {
			p := img.Pix[y*img.Stride+4*x:]
			out = append(out, p[0], p[1], p[2])
		}
	}
	return out, nil
}

func invalid(format string, a ...any) error {
	return &dicom.InvalidError{Offset: -1, Reason: fmt.Sprintf(format, a...)}
}

func unsupported(format string, a ...any) error {
	return &dicom.UnsupportedError{What: fmt.Sprintf(format, a...)}
}
