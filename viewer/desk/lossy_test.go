package desk

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// N21: the tile says that its image was lossily compressed, and how.
func TestALossyImageIsMarkedOnItsTile(t *testing.T) {
	for want, set := range map[string]func(d *dicom.Dataset){
		"lossy JPEG 2000 20:1": func(d *dicom.Dataset) {
			d.SetStr(dicom.LossyImageCompression, "01")
			d.SetStr(dicom.LossyImageCompressionMethod, "ISO_15444_1")
			d.SetFloat(dicom.LossyImageCompressionRatio, 20)
		},
		"lossy": func(d *dicom.Dataset) { d.SetStr(dicom.LossyImageCompression, "01") },
		"":      func(d *dicom.Dataset) { d.SetStr(dicom.LossyImageCompression, "00") },
	} {
		r := newReader(t)
		s := vt.Series{Slices: 1, Edit: func(d *dicom.Dataset, _ int) { set(d) }}
		r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
		if got := hasText(r.d.Scene(), "lossy"); got != (want != "") || want != "" && !hasText(r.d.Scene(), want) {
			t.Errorf("want %q on the tile", want)
		}
		r.d.Resize(220, 200, 1) // no room for the technique; the warning stays
		r.d.Tick(r.now)
		if hasText(r.d.Scene(), "lossy") != (want != "") {
			t.Errorf("want %q on a small tile", want)
		}
	}
}
