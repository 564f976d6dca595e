package jpeg_test

import (
	"errors"
	"image/color"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

// FuzzDecode promises that no stream panics, that errors are ours, that what is
// decoded has the size the head says, and that a dirty destination changes nothing.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, grayRamp(8, 8)))
	f.Add(encoded(f, flat(8, 8, color.White)))
	committed(f, func(_ string, b []byte) { f.Add(b) })
	_, b := small(true)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := jpeg.ReadHead(b)
		if err == nil && h.Size() > 1<<20 {
			return
		}
		got, again, err := jpeg.Decode(nil, b, 2)
		var inv *dicom.InvalidError
		var uns *dicom.UnsupportedError
		if err == nil && (int64(len(got)) != 2*again.Size() || h != again) ||
			err != nil && !errors.As(err, &inv) && !errors.As(err, &uns) {
			t.Fatalf("%d bytes, %v, %v, %v", len(got), h, again, err)
		}
		dirty := make([]byte, len(got))
		for i := range dirty {
			dirty[i] = 0xA5
		}
		second, _, err2 := jpeg.Decode(dirty, b, 2)
		if string(got) != string(second) || (err == nil) != (err2 == nil) {
			t.Fatal("a second time gives another frame")
		}
	})
}
