package load

import (
	"testing"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// prepareAll reads and decodes objects for another loader.
func prepareAll(t *testing.T, objects []viewer.Object) *FileLoader {
	l := NewAheadLoader(64<<20, nil)
	t.Cleanup(l.Close)
	f := frames(objects)
	l.Read(objects)
	l.Want(f, nil)
	vt.Eventually(t, "read and decoded", func() bool {
		l.Arrived()
		return l.Reading() == 0 && l.Held().Frames == len(f)
	})
	return l
}

func TestWhatWasPreparedIsHereOnceItIsAskedForAndOnlyThen(t *testing.T) {
	objects := vt.Series{Slices: 4}.Write(t, t.TempDir())
	ahead := prepareAll(t, objects)
	l := NewFileLoader(0, 64<<20, nil)
	defer l.Close()
	l.Accept(ahead.Hand())
	if h := ahead.Held(); h.Frames != 0 {
		t.Errorf("%d frames are held twice", h.Frames)
	}
	f := frames(objects)
	if headers, pixels := l.Arrived(); len(headers) != 0 || pixels || l.has(f[0]) {
		t.Error("something came that nobody asked for")
	}
	l.Read(objects[:3])
	headers, _ := l.Arrived()
	if len(headers) != 3 || !l.has(f[2]) || l.has(f[3]) || l.Reading() != 0 {
		t.Errorf("%d headers; frame 3 is %v, frame 4 %v", len(headers), l.has(f[2]), l.has(f[3]))
	}
	l.Forget()
	if l.has(f[0]) || l.Held().Bytes != 0 {
		t.Error("pixels outlived their case")
	}
	l.Read(objects[3:])
	if l.mustRead() != 1 {
		t.Error("what was prepared outlived its case")
	}
}

func (l *FileLoader) mustRead() int { return len(l.headers) }

func TestAnotherFileUnderThePreparedInstancesNameIsRead(t *testing.T) {
	objects := vt.Series{Slices: 2}.Write(t, t.TempDir())
	l := NewFileLoader(0, 64<<20, nil)
	defer l.Close()
	l.Accept(prepareAll(t, objects).Hand())
	for i, edit := range []func(o *viewer.Object){
		func(o *viewer.Object) { o.Path += "x" }, func(o *viewer.Object) { o.StudyUID += "1" }, func(o *viewer.Object) { o.SeriesUID += "1" },
	} {
		o := objects[0]
		edit(&o)
		l.Read([]viewer.Object{o})
		if l.mustRead() != i+1 {
			t.Errorf("edit %d: another object took its place", i)
		}
	}
}
