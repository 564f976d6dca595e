package desk

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// written is all that stands on the scene.
func written(s Scene) string {
	var out []string
	for _, t := range s.Over.Texts {
		out = append(out, t.S)
	}
	return strings.Join(out, "\n")
}

func shuttered() vt.Series {
	return vt.Series{Slices: 2, Edit: func(d *dicom.Dataset, _ int) {
		d.SetStr(dicom.ShutterShape, "CIRCULAR")
		d.SetInt(dicom.CenterOfCircularShutter, 16, 16)
		d.SetInt(dicom.RadiusOfCircularShutter, 10)
		d.SetInt(dicom.OverlayRows, 2)
		d.SetInt(dicom.OverlayColumns, 4)
		d.SetStr(dicom.OverlayType, "G")
		d.Set(dicom.Element{Tag: dicom.OverlayData, VR: "OW", Bytes: []byte{0xFF, 0}})
	}}
}

func TestOverlaysAndShuttersAreShownAndHidingThemIsSaid(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), shuttered().Write(t, t.TempDir()))
	kinds := func() (out []pixel.Kind) {
		for _, l := range r.d.Scene().Tiles[0].Layers {
			out = append(out, l.Kind)
		}
		return out
	}
	if k := kinds(); len(k) != 2 || k[0] != pixel.Shutter || k[1] != pixel.Overlay {
		t.Fatalf("layers %v", k)
	}
	if strings.Contains(written(r.d.Scene()), "hidden") {
		t.Error("says hidden while shown")
	}
	r.d.Do(viewer.OverlayToggle)
	if k := kinds(); len(k) != 0 || !strings.Contains(written(r.d.Scene()), "shutter and overlay hidden") {
		t.Errorf("layers %v, written %q", k, written(r.d.Scene()))
	}
	r.press("j")
	if k := kinds(); len(k) != 0 || !strings.Contains(written(r.d.Scene()), "hidden") {
		t.Errorf("on the next slice %v", k)
	}
	r.open(vt.Case(2, current()), shuttered().Write(t, t.TempDir()))
	if k := kinds(); len(k) != 2 {
		t.Errorf("another case begins with %v", k) // N1
	}
}

func TestAnOverlayThatCannotBeReadIsSaid(t *testing.T) {
	r := newReader(t)
	s := shuttered()
	edit := s.Edit
	s.Edit = func(d *dicom.Dataset, i int) {
		edit(d, i)
		d.SetInt(dicom.OverlayRows, 900)
	}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	if w := written(r.d.Scene()); !strings.Contains(w, "AN OVERLAY CANNOT BE READ") {
		t.Errorf("written %q", w)
	}
}
