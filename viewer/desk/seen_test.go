package desk

import (
	"testing"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// What was seen is told as it is seen, each frame once, and counts again when the
// case is opened another time: a crash of the window makes nothing unseen.
func TestWhatWasSeenStaysSeen(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 6}
	objects := s.Write(t, t.TempDir())
	r.open(vt.Case(1, current()), objects)
	r.press("j", "j", "k", "j")
	r.wait(2 * everyNote)
	var told []viewer.Seen
	for _, e := range r.events {
		if e.Kind == viewer.Viewed && e.Epoch == 1 && e.StudyUID == "1.2.3" {
			told = append(told, e.Seen...)
		}
	}
	if len(told) != 3 || told[0].SOPUID != s.SOP(0) || told[2].SOPUID != s.SOP(2) || r.d.State().Unseen != 3 {
		t.Fatalf("told %v, %d unseen", told, r.d.State().Unseen)
	}
	again := newReader(t)
	c := vt.Case(2, current())
	c.Seen = told
	again.open(c, objects)
	if n := again.d.State().Unseen; n != 3 {
		t.Errorf("opened again: %d unseen", n)
	}
	again.press("end")
	again.d.Open(vt.Case(3, current())) // at once: what was just seen must not be lost
	if e := again.last(viewer.Viewed); e.Epoch != 2 || len(e.Seen) != 1 || e.Seen[0].SOPUID != s.SOP(5) {
		t.Errorf("told at the change of case: %+v", e)
	}
	if again.press("m"); again.d.State().Unseen != 0 && len(again.d.viewed) != 0 {
		t.Error("another case inherits what was seen")
	}
}
