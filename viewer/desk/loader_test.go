package desk

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func frames(objects []viewer.Object) []Frame {
	var out []Frame
	for _, o := range objects {
		out = append(out, Frame{Object: o})
	}
	return out
}

// eventually waits for what workers do.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func (l *FileLoader) has(f Frame) bool {
	im, _ := l.Image(f)
	return im != nil
}

func TestTheLoaderReadsAheadAndWakes(t *testing.T) {
	f := frames(vt.Series{Slices: 6}.Write(t, t.TempDir()))
	var mu sync.Mutex
	woken := 0
	l := NewFileLoader(2, 64<<20, func() { mu.Lock(); woken++; mu.Unlock() })
	defer l.Close()
	l.Want(f[:1], f[1:])
	for _, one := range f {
		eventually(t, "decoded", func() bool { return l.has(one) })
	}
	eventually(t, "woken for each", func() bool { mu.Lock(); defer mu.Unlock(); return woken >= 6 })
}

func TestTheLoaderKeepsItsBoundAndWhatIsOnScreen(t *testing.T) {
	f := frames(vt.Series{Slices: 20, Rows: 64, Cols: 64}.Write(t, t.TempDir())) // 8 KiB each
	const limit = 40 << 10
	l := NewFileLoader(0, limit, nil)
	defer l.Close()
	for i := range f {
		l.Want([]Frame{f[0], f[i]}, nil)
		l.Arrived()
		l.Image(f[i])
		if l.bytes > limit {
			t.Fatalf("%d bytes after %d frames", l.bytes, i+1)
		}
		if !l.has(f[0]) || !l.has(f[i]) {
			t.Fatal("a frame on screen was dropped")
		}
	}
	if l.has(f[1]) || !l.has(f[18]) {
		t.Error("not the oldest frames went")
	}
}

func TestReadingAheadNeverDropsWhatIsWanted(t *testing.T) {
	f := frames(vt.Series{Slices: 20, Rows: 64, Cols: 64}.Write(t, t.TempDir()))
	l := NewFileLoader(1, 40<<10, nil)
	defer l.Close()
	l.Want(f[:1], f[1:])
	full := func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.full && len(l.busy) == 0 }
	eventually(t, "full", full)
	for i := range f {
		if l.has(f[i]) != (i < 4) {
			t.Errorf("frame %d here: %v", i, l.has(f[i]))
		}
	}
	l.Want(f[10:11], f[11:])
	eventually(t, "the new wish", func() bool { return l.has(f[10]) && l.has(f[12]) })
}

func TestTheNewestRequestWins(t *testing.T) {
	f := frames(vt.Series{Slices: 60, Rows: 256, Cols: 256}.Write(t, t.TempDir()))
	l := NewFileLoader(1, 64<<20, nil)
	defer l.Close()
	l.Want(f[:1], f[1:59])
	l.Want(f[59:], nil)
	eventually(t, "the last wish", func() bool { return l.has(f[59]) })
	if l.has(f[40]) {
		t.Error("the old wishes were worked off first")
	}
}

func TestWhatWasReadForAnotherCaseIsThrownAway(t *testing.T) {
	objects := vt.Series{Slices: 40, Rows: 128, Cols: 128}.Write(t, t.TempDir())
	l := NewFileLoader(2, 64<<20, nil)
	defer l.Close()
	for range 20 {
		l.Read(objects)
		l.Want(frames(objects[:4]), frames(objects[4:]))
		time.Sleep(500 * time.Microsecond)
		l.Forget()
		if h, _ := l.Arrived(); len(h) > 0 || l.Reading() != 0 || l.has(Frame{Object: objects[0]}) {
			t.Fatalf("%d headers, %d reading", len(h), l.Reading())
		}
	}
	time.Sleep(10 * time.Millisecond)
	if h, _ := l.Arrived(); len(h) > 0 || l.bytes != 0 {
		t.Errorf("later: %d headers, %d bytes", len(h), l.bytes)
	}
}

func TestADeskWithWorkersEndsOnTheRightSlice(t *testing.T) {
	s := vt.Series{Slices: 60, Rows: 128, Cols: 128}
	wake := make(chan struct{}, 1)
	d := New(Options{Load: NewFileLoader(2, 64<<20, func() {
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
	eventually(t, "hung", func() bool { tick(); return len(d.Scene().Tiles) == 1 })
	for i := range 50 {
		d.Wheel(200, 150, 1)
		if i%3 == 0 {
			tick()
		}
	}
	eventually(t, "slice 50 drawn", func() bool {
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

// Of a file of many frames only those asked for are read; where it is shown no more
// it is closed.
func TestOneFrameOfManyIsRead(t *testing.T) {
	s := vt.Series{Slices: 1, Rows: 256, Cols: 256, Edit: func(d *dicom.Dataset, _ int) { d.SetInt(dicom.NumberOfFrames, 200) }} // 26 MB
	o := s.Write(t, t.TempDir())[0]
	l := NewFileLoader(0, 64<<20, nil)
	defer l.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	l.Want([]Frame{{o, 0}, {o, 150}}, nil)
	l.Arrived()
	runtime.ReadMemStats(&after)
	if !l.has(Frame{o, 0}) || !l.has(Frame{o, 150}) {
		t.Fatal("the frames are not here")
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
		t.Errorf("%d bytes allocated for two frames of 128 KiB", n)
	}
	file := l.files.kept[0].file
	l.Forget()
	if _, err := file.Frame(3); err == nil {
		t.Error("the file of the case before is open")
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
