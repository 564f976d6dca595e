package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// toldSeen is all that was told as seen of an epoch, each frame once.
func (r *reader) toldSeen(epoch uint64) (out []viewer.Seen) {
	for _, e := range r.events {
		if e.Kind == viewer.Viewed && e.Epoch == epoch && e.StudyUID == "1.2.3" {
			out = viewer.MergeSeen(out, e.Seen)
		}
	}
	return out
}

// What was seen is told as it is seen, and counts again when the case is opened
// another time: a crash of the window makes nothing unseen.
func TestWhatWasSeenStaysSeen(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 6}
	objects := s.Write(t, t.TempDir())
	r.open(vt.Case(1, current()), objects)
	r.press("j", "j", "k", "j")
	r.wait(2 * everyNote)
	told := r.toldSeen(1)
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

// How long each frame was on screen is told with it, all looks together; not more
// than the clock has.
func TestHowLongAFrameWasSeenIsTold(t *testing.T) {
	r := newReader(t)
	s := r.openCT(4)
	r.press("end", "home", "end")
	r.wait(2 * time.Second)
	r.d.Do(viewer.SliceFirst)
	r.wait(time.Second)
	sum, last := 0, 0
	for _, f := range r.toldSeen(1) {
		if sum += f.MS; f.SOPUID == s.SOP(3) {
			last = f.MS
		}
	}
	if took := int(r.now.Sub(start) / time.Millisecond); last < 2000 || last > 2300 || sum > took || sum < took-1500 {
		t.Errorf("the last slice for %d ms of 2,000 and two looks more, all %d of %d ms", last, sum, took)
	}
}

// At 30 slices a second, a held key, each counts; flicked through at 60 they were
// glimpsed, stay unseen and look so on the bar. Two glimpses make a look.
func TestWhatWasOnlyGlimpsedIsNotSeen(t *testing.T) {
	for _, one := range []struct{ rate, unseen int }{{30, 0}, {60, 58}} {
		r := newReader(t)
		r.openCT(60)
		x, y := r.screen(0, 16, 16)
		flick := func(by int) {
			for range 59 {
				r.d.Wheel(x, y, by)
				r.d.Tick(r.now)
				r.d.Scene()
				r.now = r.now.Add(time.Second / time.Duration(one.rate))
			}
			r.wait(100 * time.Millisecond)
		}
		flick(1)
		if n := r.d.State().Unseen; n != one.unseen {
			t.Errorf("at %d a second %d of 60 are unseen, want %d", one.rate, n, one.unseen)
		}
		if flick(-1); r.d.State().Unseen != 0 {
			t.Errorf("twice at %d a second: %d unseen", one.rate, r.d.State().Unseen)
		}
	}
}

// Neither a preview, a thumbnail nor a reformat makes a slice seen.
func TestReformatsAndThumbnailsMakeNothingSeen(t *testing.T) {
	r := newReader(t)
	r.openCT(30)
	r.press("/")
	r.wait(time.Second)
	r.press("esc", "m")
	r.wait(2 * time.Second)
	if made := r.tile(1).Reformat; made == "" {
		t.Fatal("no reformat is on screen")
	}
	acquired := map[string]bool{r.tile(3).SOPUID: true, vt.Series{}.SOP(0): true} // beside the reformats, and first
	for _, f := range r.toldSeen(1) {
		if !acquired[f.SOPUID] {
			t.Errorf("%s counts as seen", f.SOPUID)
		}
	}
	if n := r.d.State().Unseen; n != 28 {
		t.Errorf("%d of 30 unseen", n)
	}
}

// What was not seen is named by series and ranges, and * goes to it, onwards and
// around and into the next series.
func TestTheUnseenIsNamedAndJumpedTo(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	r.open(vt.Case(1, current()), vt.Series{Slices: 12}.Write(t, dir), vt.Series{Number: 4, Slices: 2}.Write(t, dir))
	for _, slice := range []int{2, 3, 7, 12} {
		r.d.Do(viewer.SliceSet(slice))
		r.wait(100 * time.Millisecond)
	}
	want := "Se 1: 7 of 12 not seen: 4–6, 8–11|Se 4: 2 of 2 not seen: 1–2"
	if got := strings.Join(r.d.State().UnseenIn, "|"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, next := range []int{3, 4, 5, 7, 8, 9, 10} {
		r.press("*")
		r.slice(next)
	}
	if r.press("*"); r.tile(0).SeriesUID != "1.2.3.4" || r.tile(0).Slice != 0 {
		t.Errorf("not in the other series: %+v", r.tile(0))
	}
	r.press("*", "*")
	if n := r.d.State().Unseen; n != 0 || !contains(r.last(viewer.Noticed).Text, "has been seen") {
		t.Errorf("%d unseen, %q", n, r.last(viewer.Noticed).Text)
	}
}

// A slice that is missing is not unseen: it is counted as missing.
func TestAMissingSliceIsNotUnseen(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), vt.Series{Slices: 10, Leave: []int{4, 5}, Edit: func(*dicom.Dataset, int) {}}.Write(t, t.TempDir()))
	if s := r.d.State(); s.Unseen != 7 || s.UnseenIn[0] != "Se 1: 7 of 10 not seen: 2–4, 7–10" {
		t.Errorf("%d %v", s.Unseen, s.UnseenIn)
	}
}

// While a stack comes in, what flashes by at its head is not seen.
func TestWhatPassesWhileAStackComesInIsNotSeen(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 8}
	all := s.Write(t, t.TempDir())
	at := map[string]viewer.Object{}
	for _, o := range all {
		at[o.SOPUID] = o
	}
	r.open(vt.Case(1, current()), []viewer.Object{at[s.SOP(7)]})
	for i := 6; i >= 0; i-- {
		r.d.Add(1, []viewer.Object{at[s.SOP(i)]})
		r.wait(150 * time.Millisecond)
	}
	if n := r.d.State().Unseen; n != 7 { // the first stood alone for long
		t.Errorf("%d of 8 unseen", n)
	}
	r.wait(time.Second)
	if n := r.d.State().Unseen; n != 6 {
		t.Errorf("at rest: %d of 8 unseen", n)
	}
}
