package load

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// mostDrawn bounds a side of a drawn picture, in pixels: decoded it takes at most 12
// MiB, and as much again while it is decoded.
const mostDrawn = 2048

// Drawn decodes a picture that a server drew (PS3.18 8.7.4: JPEG or PNG). It is in
// colour, so that no window applies to it, and has no value that could be measured.
// Errors are *dicom.InvalidError or *dicom.UnsupportedError.
func Drawn(mediaType string, b []byte) (*pixel.Image, error) {
	size, decode := jpeg.DecodeConfig, jpeg.Decode
	switch mediaType {
	case "image/jpeg":
	case "image/png":
		size, decode = png.DecodeConfig, png.Decode
	default:
		return nil, dicom.Unsupportedf("a drawn picture of this kind")
	}
	c, err := size(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return nil, dicom.Invalidf("a drawn picture without a size")
	}
	if c.Width > mostDrawn || c.Height > mostDrawn {
		return nil, dicom.Unsupportedf("a drawn picture of more than %d pixels a side", mostDrawn)
	}
	m, err := decode(bytes.NewReader(b))
	if err != nil || m.Bounds().Dx() != c.Width || m.Bounds().Dy() != c.Height {
		return nil, dicom.Invalidf("a drawn picture that cannot be decoded")
	}
	return &pixel.Image{Rows: c.Height, Cols: c.Width, Samples: 3, Bits: 8, RGB: opaque(m), Slope: 1, Aspect: 1, Lossy: true}, nil
}

// opaque is a picture's colours on black, three bytes a pixel.
func opaque(m image.Image) []uint8 {
	r := m.Bounds()
	out := make([]uint8, 0, 3*r.Dx()*r.Dy())
	grey, isGrey := m.(*image.Gray)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if isGrey {
				v := grey.GrayAt(x, y).Y
				out = append(out, v, v, v)
				continue
			}
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA) // premultiplied: on black
			out = append(out, c.R, c.G, c.B)
		}
	}
	return out
}
