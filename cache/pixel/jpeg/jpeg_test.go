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
	if err := stdjpeg.Encode(&b, img, &stdjpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func grayRamp(cols, rows int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, cols, rows))
	for i := range img.Pix {
		img.Pix[i] = uint8(i % cols * 5)
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
	for name, c := range map[string]struct {
		stream          []byte
		object, becomes string
	}{
		"object says ybr":                 {stream, "YBR_FULL_422", "YBR_FULL"},
		"object says rgb, stream nothing": {stream, "RGB", "RGB"},
		"object says rgb, stream jfif":    {jfif, "RGB", "YBR_FULL"},
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

func TestWrongFramesAreRefusedByKind(t *testing.T) {
	gray, colour := encoded(t, grayRamp(8, 8)), encoded(t, flat(8, 8, color.White))
	header := pixel.Header{Rows: 8, Cols: 8, Samples: 1, Allocated: 8, Stored: 8}
	with := func(set func(h *pixel.Header)) pixel.Header { h := header; set(&h); return h }
	twelve := bytes.Clone(gray)
	twelve[bytes.Index(twelve, []byte{0xFF, 0xC0})+4] = 12
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	for name, c := range map[string]struct {
		frame []byte
		h     pixel.Header
		want  any
	}{
		"empty":             {nil, header, &inv},
		"cut":               {gray[:len(gray)/2], header, &inv},
		"other size":        {gray, with(func(h *pixel.Header) { h.Rows = 9 }), &inv},
		"grey in colour":    {gray, with(func(h *pixel.Header) { h.Samples = 3 }), &inv},
		"colour in grey":    {colour, header, &inv},
		"12 bits":           {twelve, header, &uns},
		"16 bits allocated": {gray, with(func(h *pixel.Header) { h.Allocated = 16 }), &uns},
	} {
		if _, err := (jpeg.Decoder{}).Decode(nil, c.frame, &c.h); !errors.As(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzDecode promises that no stream panics and that errors are ours.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, grayRamp(8, 8)), false)
	f.Add(encoded(f, flat(8, 8, color.White)), true)
	f.Fuzz(func(t *testing.T, b []byte, colour bool) {
		h := pixel.Header{Rows: 8, Cols: 8, Samples: 1, Allocated: 8, Stored: 8}
		if colour {
			h.Samples = 3
		}
		got, err := jpeg.Decoder{}.Decode(nil, b, &h)
		var inv *dicom.InvalidError
		var uns *dicom.UnsupportedError
		if err == nil && int64(len(got)) != h.Bytes() || err != nil && !errors.As(err, &inv) && !errors.As(err, &uns) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	})
}
