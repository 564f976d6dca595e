package still

import (
	"bytes"
	"context"
	"image"
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/viewer"
)

// painted opens files of one study, does something and gives the picture before and
// after.
func painted(t *testing.T, do viewer.Action, paths ...string) (before, after *image.RGBA) {
	t.Helper()
	c := viewer.Case{Epoch: 1}
	var objects []viewer.Object
	for _, p := range paths {
		f, err := dicom.ReadHeader(p)
		if err != nil {
			t.Fatal(err)
		}
		h := f.Dataset
		c.StudyUID = h.Str(dicom.StudyInstanceUID)
		c.Order = viewer.Order{PatientName: h.Str(dicom.PatientName), PatientID: h.Str(dicom.PatientID), BirthDate: h.Str(dicom.PatientBirthDate)}
		objects = append(objects, viewer.Object{StudyUID: c.StudyUID, SeriesUID: h.Str(dicom.SeriesInstanceUID), SOPUID: h.Str(dicom.SOPInstanceUID), Path: p})
	}
	c.Studies = []viewer.Study{{UID: c.StudyUID, Expected: len(objects)}}
	v := New(Options{Workers: 1})
	defer v.Close()
	if err := v.Open(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	if err := v.Add(1, objects); err != nil {
		t.Fatal(err)
	}
	size := image.Pt(1100, 900)
	picture := func() *image.RGBA {
		for end := time.Now().Add(700 * time.Millisecond); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
			v.Paint(size)
		}
		m := v.Paint(size)
		out := image.NewRGBA(m.Bounds())
		for y := range size.Y {
			for x := range size.X {
				out.Set(x, y, m.At(x, y))
			}
		}
		return out
	}
	before = picture()
	if err := v.Do(1, do); err != nil {
		t.Fatal(err)
	}
	return before, picture()
}

func TestAPresentationStateOfAnotherMakerChangesThePicture(t *testing.T) {
	dir := oracle.Data(t, "objects", "gsps")
	for image, state := range map[string]string{"imageForPrLUTs.dcm": "prLUTs.dcm", "overlay.dcm": "prOverlay.dcm"} {
		before, after := painted(t, viewer.StateNext, filepath.Join(dir, image), filepath.Join(dir, state))
		shoot(t, "before-"+state, before)
		shoot(t, "under-"+state, after)
		if bytes.Equal(before.Pix, after.Pix) {
			t.Errorf("%s changes nothing", state)
		}
	}
}
