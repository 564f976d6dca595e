package load

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

func TestADrawnPictureKeepsItsColoursOnBlack(t *testing.T) {
	m := image.NewNRGBA(image.Rect(3, 5, 6, 6))
	m.Set(3, 5, color.NRGBA{10, 20, 30, 255})
	m.Set(4, 5, color.NRGBA{200, 100, 50, 0}) // seen through: black
	m.Set(5, 5, color.NRGBA{255, 255, 255, 128})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	im, err := Drawn("image/png", b.Bytes())
	if err != nil || im.Cols != 3 || im.Rows != 1 || !bytes.Equal(im.RGB, []byte{10, 20, 30, 0, 0, 0, 128, 128, 128}) {
		t.Errorf("%+v, %v", im, err)
	}
	if im.Stored != nil {
		t.Error("there are values that could be measured")
	}
}

// FuzzDrawn: no bytes make it panic or take more than a picture of 2048 by 2048.
func FuzzDrawn(f *testing.F) {
	var j, p bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 8, 8))
	if err := errors.Join(jpeg.Encode(&j, m, nil), png.Encode(&p, m)); err != nil {
		f.Fatal(err)
	}
	f.Add(true, j.Bytes())
	f.Add(false, p.Bytes())
	f.Fuzz(func(t *testing.T, isJPEG bool, b []byte) {
		kind := "image/png"
		if isJPEG {
			kind = "image/jpeg"
		}
		im, err := Drawn(kind, b)
		var invalid *dicom.InvalidError
		var unsupported *dicom.UnsupportedError
		switch {
		case err != nil && !errors.As(err, &invalid) && !errors.As(err, &unsupported):
			t.Errorf("%v is no error of ours", err)
		case err == nil && (len(im.RGB) != 3*im.Rows*im.Cols || im.Rows > mostDrawn || im.Cols > mostDrawn):
			t.Errorf("%d bytes of %d by %d", len(im.RGB), im.Cols, im.Rows)
		}
	})
}
