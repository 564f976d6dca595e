package desk

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func TestADeskWithWorkersEndsOnTheRightSlice(t *testing.T) {
	s := vt.Series{Slices: 60, Rows: 128, Cols: 128}
	wake := make(chan struct{}, 1)
	d := New(Options{Load: load.NewFileLoader(2, 64<<20, func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})})
	defer d.Close()
	d.Resize(400, 300, 1)
	d.Open(vt.Case(1, current()))
	d.Add(1, s.Write(t, t.TempDir()))
	tick := func() { d.Tick(time.Now()); d.Scene() }
	vt.Eventually(t, "hung", func() bool { tick(); return len(d.Scene().Tiles) == 1 })
	for i := range 50 {
		d.Wheel(200, 150, 1)
		if i%3 == 0 {
			tick()
		}
	}
	vt.Eventually(t, "slice 50 drawn", func() bool {
		tick()
		sc := d.Scene()
		return len(sc.Tiles) == 1 && sc.Tiles[0].Key == s.SOP(50)+"/0"
	})
}

// What is on screen is the slice it says it is, also while another is decoded.
func TestAPictureThatIsLateIsShownUnderItsOwnNumberAndThenNotAtAll(t *testing.T) {
	r := newReader(t)
	r.openCT(5)
	slow := &slowLoader{Loader: r.d.opt.Load}
	r.d.opt.Load = slow
	slow.stop = true
	r.d.Do(viewer.SliceSet(4))
	r.wait(50 * time.Millisecond)
	if sc := r.d.Scene(); len(sc.Tiles) != 1 || !hasText(sc, "Im 1/5") || r.tile(0).Slice != 3 {
		t.Errorf("after 50 ms: %d tiles, %v", len(sc.Tiles), texts(sc))
	}
	r.wait(100 * time.Millisecond)
	if sc := r.d.Scene(); len(sc.Tiles) != 0 || !hasText(sc, "reading") || !hasText(sc, "Im 4/5") {
		t.Errorf("after 150 ms: %d tiles, %v", len(sc.Tiles), texts(sc))
	}
	slow.stop = false
	r.wait(20 * time.Millisecond)
	if sc := r.d.Scene(); len(sc.Tiles) != 1 || !hasText(sc, "Im 4/5") {
		t.Errorf("when it came: %v", texts(sc))
	}
}

func TestTheBarKnowsWhatIsDecodedAndUploaded(t *testing.T) {
	r := newReader(t)
	s := r.openCT(60)
	r.d.opt.Uploaded = func(epoch uint64, key string) bool { return epoch == 1 && key == s.SOP(0)+"/0" }
	r.d.Do(viewer.SliceSet(40))
	r.wait(50 * time.Millisecond)
	slots := r.d.slots(r.d.tiles[0])
	for i, want := range map[int]overlay.SlotState{0: overlay.Seen | overlay.Decoded | overlay.Uploaded, 20: overlay.Here, 39: overlay.Seen | overlay.Decoded} {
		if slots[i] != want {
			t.Errorf("slice %d is %08b, want %08b", i+1, slots[i], want)
		}
	}
}

// The bound is kept when it is lowered beside a volume, and given back.
func TestFewerFramesAreKeptBesideAVolume(t *testing.T) {
	r := newReader(t)
	r.openCT(20)
	whole := r.d.opt.Load.Held().Limit
	r.d.Do(viewer.MPRToggle)
	r.wait(300 * time.Millisecond)
	if got := r.d.opt.Load.Held().Limit; r.d.mpr == nil || got != whole/besideVolume {
		t.Errorf("beside a volume %d bytes are kept of %d", got, whole)
	}
	r.d.Do(viewer.MPRToggle)
	r.wait(50 * time.Millisecond)
	if got := r.d.opt.Load.Held().Limit; got != whole {
		t.Errorf("without it %d bytes of %d", got, whole)
	}
}
