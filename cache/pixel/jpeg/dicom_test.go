package jpeg_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, img, &stdjpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// grayRamp is a frame with a gradient, so that most coefficients are zero.
func grayRamp(cols, rows int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, cols, rows))
	for y := range rows {
		for x := range cols {
			img.SetGray(x, y, color.Gray{Y: uint8(2*x + 3*y)})
		}
	}
	return img
}

func flat(cols, rows int, c color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, cols, rows))
	for y := range rows {
		for x := range cols {
			img.Set(x, y, c)
		}
	}
	return img
}

func TestGreyFramesAreNear(t *testing.T) {
	img := grayRamp(37, 21) // not a multiple of 8
	h := pixel.Header{Rows: 21, Cols: 37, Samples: 1, Allocated: 8, Stored: 8}
	got, err := jpeg.Decoder{}.Decode(nil, encoded(t, img), &h)
	if err != nil || len(got) != 21*37 {
		t.Fatal(len(got), err)
	}
	for i, v := range img.Pix {
		if d := int(got[i]) - int(v); d < -3 || d > 3 {
			t.Fatalf("pixel %d is %d, want %d", i, got[i], v)
		}
	}
}

func TestColourFollowsTheStreamThenTheObject(t *testing.T) {
	stream := encoded(t, flat(16, 16, color.RGBA{200, 40, 90, 255})) // JFIF-less YCbCr
	y, cb, cr := color.RGBToYCbCr(200, 40, 90)
	jfif := append([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0}, stream[2:]...)
	adobe := append([]byte{0xFF, 0xD8, 0xFF, 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0}, stream[2:]...)
	for name, c := range map[string]struct {
		stream          []byte
		object, becomes string
	}{
		"object says ybr":                 {stream, "YBR_FULL_422", "YBR_FULL"},
		"object says rgb, stream nothing": {stream, "RGB", "RGB"},
		"object says rgb, stream jfif":    {jfif, "RGB", "YBR_FULL"},
		"object says ybr, stream rgb":     {adobe, "YBR_FULL_422", "RGB"},
	} {
		h := pixel.Header{Rows: 16, Cols: 16, Samples: 3, Allocated: 8, Stored: 8, Photometric: c.object, Planar: true}
		got, err := jpeg.Decoder{}.Decode(nil, c.stream, &h)
		if err != nil || h.Photometric != c.becomes || h.Planar || len(got) != 16*16*3 {
			t.Errorf("%s: %v, %s, %d bytes", name, err, h.Photometric, len(got))
			continue
		}
		for k, want := range []uint8{y, cb, cr} {
			if d := int(got[3*100+k]) - int(want); d < -2 || d > 2 {
				t.Errorf("%s: component %d is %d, want %d", name, k, got[3*100+k], want)
			}
		}
	}
}

// replaced is b with its first occurrence of a put in place of another.
func replaced(t *testing.T, b []byte, old, fresh string) []byte {
	t.Helper()
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("the stream has no % X", old)
	}
	return bytes.Replace(b, []byte(old), []byte(fresh), 1)
}

func TestWrongFramesAreRefusedByKind(t *testing.T) {
	gray, colour := encoded(t, grayRamp(64, 64)), encoded(t, flat(64, 64, color.White))
	header := pixel.Header{Rows: 64, Cols: 64, Samples: 1, Allocated: 8, Stored: 8}
	with := func(set func(h *pixel.Header)) pixel.Header { h := header; set(&h); return h }
	sof := func(b byte) []byte {
		return replaced(t, gray, "\xFF\xC0", string([]byte{0xFF, b}))
	}
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	for name, c := range map[string]struct {
		frame []byte
		h     pixel.Header
		want  any
	}{
		"empty":                        {nil, header, &inv},
		"no SOI":                       {gray[2:], header, &inv},
		"cut in the markers":           {gray[:200], header, &inv},
		"cut in the scan":              {gray[:len(gray)-40], header, &inv},
		"other size":                   {gray, with(func(h *pixel.Header) { h.Rows = 63 }), &inv},
		"grey in colour":               {gray, with(func(h *pixel.Header) { h.Samples = 3 }), &inv},
		"colour in grey":               {colour, header, &inv},
		"12 bits in cells of 8":        {replaced(t, gray, "\xFF\xC0\x00\x0B\x08", "\xFF\xC1\x00\x0B\x0C"), header, &inv},
		"10 bits":                      {replaced(t, gray, "\xFF\xC0\x00\x0B\x08", "\xFF\xC1\x00\x0B\x0A"), header, &inv},
		"no quantisation table":        {replaced(t, gray, "\xFF\xDB", "\xFF\xE5"), header, &inv},
		"a second frame":               {append(gray[:2:2], append(gray[bytes.Index(gray, []byte{0xFF, 0xC0}):][:13:13], gray[2:]...)...), header, &inv},
		"hierarchical":                 {sof(0xC5), header, &uns},
		"arithmetic lossless":          {sof(0xCB), header, &uns},
		"JPEG-LS":                      {sof(0xF7), header, &uns},
		"single bits":                  {gray, with(func(h *pixel.Header) { h.Allocated = 1 }), &uns},
		"a restart where none is":      {replaced(t, gray, "\xFF\xDA", "\xFF\xDD\x00\x04\x00\x03\xFF\xDA"), header, &inv},
		"sequential named progressive": {sof(0xC2), header, &inv},
	} {
		if _, err := (jpeg.Decoder{}).Decode(nil, c.frame, &c.h); !errors.As(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCellsMayBeWiderThanTheStream(t *testing.T) {
	stream := encoded(t, flat(9, 5, color.RGBA{200, 40, 90, 255}))
	narrow, _, err := jpeg.Decode(nil, stream, 0)
	if err != nil || len(narrow) != 9*5*3 {
		t.Fatal(len(narrow), err)
	}
	for _, cell := range []int{2, 4} {
		wide, _, err := jpeg.Decode(make([]byte, 1000), stream, cell)
		if err != nil || len(wide) != len(narrow)*cell {
			t.Fatal(len(wide), err)
		}
		for i, v := range narrow {
			if want := make([]byte, cell); wide[i*cell] != v || !bytes.Equal(wide[i*cell+1:(i+1)*cell], want[1:]) {
				t.Fatalf("cell %d of %d bytes is % X, want %X", i, cell, wide[i*cell:(i+1)*cell], v)
			}
		}
	}
	if _, _, err := jpeg.Decode(nil, stream, 3); err == nil {
		t.Error("cells of 3 bytes were taken")
	}
}
