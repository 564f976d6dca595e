package desk

import (
	"os"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// foreseeing is a desk with one case on screen and the next one made ready.
func foreseeing(t *testing.T) (r *reader, next viewer.Case, objects []viewer.Object) {
	r = newReader(t)
	r.d.opt.Ahead = load.NewAheadLoader(64<<20, func() {})
	r.openCT(5)
	next = vt.Case(0, study("1.2.9", "20260302", false))
	objects = vt.Series{StudyUID: "1.2.9", UID: "1.2.9.1", Slices: 7}.Write(t, t.TempDir())
	r.d.Soon(&next, objects)
	vt.Eventually(t, "the next case is ready", func() bool { r.wait(50 * time.Millisecond); return r.d.soon != nil && r.d.soon.over })
	return r, next, objects
}

func TestTheNextCaseIsOnScreenInTheTickAfterItIsOpenedWithoutReadingAFile(t *testing.T) {
	r, next, objects := foreseeing(t)
	for _, o := range objects {
		if err := os.Remove(o.Path); err != nil {
			t.Fatal(err)
		}
	}
	next.Epoch = 2
	next.Order.PatientID = "someone else"
	r.d.Open(next)
	r.d.Add(2, objects)
	r.now = r.now.Add(time.Millisecond)
	r.d.Tick(r.now)
	sc := r.d.Scene()
	if len(sc.Tiles) != 1 || r.tile(0).StudyUID != "1.2.9" || r.tile(0).Slices != 7 {
		t.Fatalf("%d tiles, %+v", len(sc.Tiles), r.tile(0))
	}
	if m := r.d.mismatch(); len(m) != 1 || m[0] != "patient ID (7 of 7 instances)" {
		t.Errorf("what was made ready is not compared with the order: %v", m)
	}
}

func TestNothingOfTheNextCaseIsInTheOneOnScreen(t *testing.T) {
	r, next, _ := foreseeing(t)
	if s := r.d.State(); len(s.Tiles) != 1 || s.Tiles[0].StudyUID != current().UID || r.d.opt.Load.Held().Frames != 1 {
		t.Errorf("%+v, %d frames", s.Tiles, r.d.opt.Load.Held().Frames)
	}
	for _, e := range r.events {
		if e.StudyUID == next.StudyUID {
			t.Errorf("%s of a case that was never opened", e.Kind)
		}
	}
}

func TestWhatWasMadeReadyIsForgottenByAnotherCaseAndByALock(t *testing.T) {
	for what, leave := range map[string]func(d *Desk){
		"another case": func(d *Desk) { d.Open(vt.Case(2, study("1.2.10", "20260302", false))) },
		"a lock":       func(d *Desk) { d.Blank() },
		"another next": func(d *Desk) { c := vt.Case(0, study("1.2.11", "20260302", false)); d.Soon(&c, nil) },
	} {
		r, next, objects := foreseeing(t)
		leave(r.d)
		if h := r.d.opt.Ahead.Held(); h.Frames != 0 || h.Bytes != 0 {
			t.Errorf("%s: %d frames, %d bytes are held", what, h.Frames, h.Bytes)
		}
		for _, o := range objects {
			os.Remove(o.Path)
		}
		next.Epoch = 3
		r.d.Open(next)
		r.d.Add(3, objects)
		r.wait(time.Second)
		if sc := r.d.Scene(); len(sc.Tiles) != 0 {
			t.Errorf("%s: its pixels are still there", what)
		}
	}
}

// While the reader works on a case nothing is done for the next one.
func TestTheNextCaseWaitsUntilTheReaderRests(t *testing.T) {
	r := newReader(t)
	r.d.opt.Ahead = load.NewAheadLoader(64<<20, func() {})
	r.openCT(40)
	next := vt.Case(0, study("1.2.9", "20260302", false))
	r.d.Wheel(400, 300, 1)
	r.d.Soon(&next, vt.Series{StudyUID: "1.2.9", UID: "1.2.9.1", Slices: 3}.Write(t, t.TempDir()))
	for range 20 {
		r.d.Wheel(400, 300, 1)
		r.wait(50 * time.Millisecond)
	}
	if r.d.soon.desk.hung {
		t.Error("it was made ready while the reader scrolled")
	}
	vt.Eventually(t, "ready", func() bool { r.wait(100 * time.Millisecond); return r.d.soon.over })
}
