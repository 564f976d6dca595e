package link

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// reader is a whole window but for the glass: a desk that draws to nobody.
func reader(c *Child, woken chan struct{}) {
	wake := func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	}
	d := desk.New(desk.Options{Emit: c.Emit, Load: load.NewFileLoader(1, 64<<20, wake)})
	defer d.Close()
	for {
		for m, ok := c.Next(); ok; m, ok = c.Next() {
			m.To(d)
		}
		if d.Tick(time.Now()) {
			d.Scene()
		}
		var timer <-chan time.Time
		if at, ok := d.Next(); ok {
			timer = time.After(time.Until(at))
		}
		select {
		case <-woken:
		case <-timer:
		case <-c.Done():
			return
		}
	}
}

func TestTheWindowIsAViewer(t *testing.T) {
	viewertest.Run(t, func(tb testing.TB) viewer.Viewer {
		self, err := Start(context.Background(), options(tb, "desk", nil))
		if err != nil {
			tb.Fatal(err)
		}
		return self
	})
}

// Scenario 7 with a real desk: tile, slice, window and marks are back within two
// seconds of a kill -9.
func TestAKilledDeskStandsWhereItStood(t *testing.T) {
	w := start(t, "desk", nil)
	series := viewertest.Series{Slices: 40}
	c := viewertest.Case(3, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "CT"})
	must(t, w.Open(context.Background(), c))
	must(t, w.Add(3, series.Write(t, t.TempDir())))
	until(t, w, 10*time.Second, kind(viewer.Shown))
	for _, k := range []viewer.Key{"pgdown", "down", "down", "2", "+", "r", "enter", "shift+right", "enter"} {
		must(t, w.Press(3, k))
		time.Sleep(70 * time.Millisecond)
	}
	mark := until(t, w, 5*time.Second, kind(viewer.Edited)).Marks[0]
	var left viewer.Tile
	until(t, w, 5*time.Second, func(e viewer.Event) bool {
		if e.Kind == viewer.Stated {
			left = e.State.Tiles[0]
		}
		return e.Kind == viewer.Stated && e.State.Last == mark.ID && left.Slice == 12
	})
	w.mu.Lock()
	p := w.child.cmd.Process
	w.mu.Unlock()
	must(t, p.Kill())
	killed := time.Now()
	crash := until(t, w, time.Second, kind(viewer.Crashed))
	if strings.Contains(crash.Text, "PHANTOM") {
		t.Errorf("a name in %q", crash.Text)
	}
	back := until(t, w, 2*time.Second, func(e viewer.Event) bool {
		return e.Kind == viewer.Stated && len(e.State.Tiles) == 1 && e.State.Tiles[0] == left
	})
	t.Logf("back after %v", time.Since(killed))
	if back.State.Last != mark.ID {
		t.Errorf("the mark is %q, was %q", back.State.Last, mark.ID)
	}
}

// The window takes its keys over the pipe, keeps them for the next case, and has them
// again after a kill -9.
func TestTheKeyMapComesOverThePipeAndSurvivesAKill(t *testing.T) {
	w := start(t, "desk", nil)
	must(t, w.Keys(viewer.NewKeymap(viewer.DefaultImages(), []viewer.Binding{
		{Keys: []viewer.Key{"alt+x"}, Place: viewer.InImages, Action: viewer.SliceLast},
	}).As("mine", false, nil)))
	series := viewertest.Series{Slices: 40}
	c := viewertest.Case(3, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "CT"})
	must(t, w.Open(context.Background(), c))
	must(t, w.Add(3, series.Write(t, t.TempDir())))
	at := func(slice int) func(viewer.Event) bool {
		return func(e viewer.Event) bool {
			return e.Kind == viewer.Stated && len(e.State.Tiles) > 0 && e.State.Tiles[0].SOPUID == series.SOP(slice)
		}
	}
	until(t, w, 10*time.Second, at(0))
	must(t, w.Press(3, "alt+x"))
	until(t, w, 10*time.Second, at(39))
	w.mu.Lock()
	p := w.child.cmd.Process
	w.mu.Unlock()
	must(t, p.Kill())
	until(t, w, 10*time.Second, kind(viewer.Shown))
	must(t, w.Press(3, "home"))
	until(t, w, 10*time.Second, at(0))
	must(t, w.Press(3, "alt+x"))
	until(t, w, 10*time.Second, at(39))
}
