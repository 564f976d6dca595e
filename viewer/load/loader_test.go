package load

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func frames(objects []viewer.Object) []Frame {
	var out []Frame
	for _, o := range objects {
		out = append(out, Frame{Object: o})
	}
	return out
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
		vt.Eventually(t, "decoded", func() bool { return l.has(one) })
	}
	vt.Eventually(t, "woken for each", func() bool { mu.Lock(); defer mu.Unlock(); return woken >= 6 })
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
	vt.Eventually(t, "full", full)
	for i := range f {
		if l.has(f[i]) != (i < 4) {
			t.Errorf("frame %d here: %v", i, l.has(f[i]))
		}
	}
	l.Want(f[10:11], f[11:])
	vt.Eventually(t, "the new wish", func() bool { return l.has(f[10]) && l.has(f[12]) })
}

func TestTheNewestRequestWins(t *testing.T) {
	f := frames(vt.Series{Slices: 60, Rows: 256, Cols: 256}.Write(t, t.TempDir()))
	l := NewFileLoader(1, 64<<20, nil)
	defer l.Close()
	l.Want(f[:1], f[1:59])
	l.Want(f[59:], nil)
	vt.Eventually(t, "the last wish", func() bool { return l.has(f[59]) })
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
