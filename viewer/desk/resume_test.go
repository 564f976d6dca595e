package desk

import (
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// After a crash mammograms stand back to back at one scale as before, and the stage key
// goes on from the stage that was on screen.
func TestTheStageAndItsOneScaleAreTakenUpAgain(t *testing.T) {
	dir := t.TempDir()
	var all [][]viewer.Object
	for i, v := range [][2]string{{"R", "CC"}, {"L", "CC"}, {"R", "MLO"}, {"L", "MLO"}} {
		all = append(all, mammogram(i+1, v[0], v[1], 60+10*i, 40).Write(t, dir))
	}
	c := vt.Case(1, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "MG"})
	c.Order.Modality, c.Order.Exam = "MG", "Mammography"
	r := newReader(t)
	r.open(c, all...)
	r.press(".", ".")
	r.wait(50 * time.Millisecond)
	was, pictures := r.d.State(), r.d.Scene().Tiles
	if was.Stage == nil || was.Stage.Protocol != "Mammography" || was.Layout != "1x2" {
		t.Fatalf("%+v", was.Stage)
	}
	again := newReader(t)
	c.State = &was
	again.open(c, all...)
	got := again.d.Scene().Tiles
	if len(got) != len(pictures) {
		t.Fatalf("%d pictures, %d before", len(got), len(pictures))
	}
	for i := range got {
		for k := range got[i].Place {
			if math.Abs(got[i].Place[k]-pictures[i].Place[k]) > 1e-9 {
				t.Errorf("tile %d stands at %v, not %v", i, got[i].Place, pictures[i].Place)
				break
			}
		}
	}
	r.press(".")
	again.press(".")
	if a, b := again.last(viewer.Noticed).Text, r.last(viewer.Noticed).Text; a != b || a == "" {
		t.Errorf("then %q, not %q", a, b)
	}
	for _, bad := range []viewer.Stage{{Protocol: "none"}, {Protocol: "Mammography", Stage: 99}, {Protocol: "Mammography", Stage: -1}, {Protocol: "Mammography", Page: -1}} {
		wrong := was
		wrong.Stage, c.State = &bad, &wrong
		other := newReader(t)
		other.open(c, all...)
		if other.d.staged != nil || len(other.d.Scene().Tiles) == 0 {
			t.Errorf("%+v was taken up", bad)
		}
	}
}
