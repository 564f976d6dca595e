package still

import (
	"context"
	"image"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// events reads a viewer's events, fetching pictures, until one fits.
func until(t *testing.T, v *Viewer, what string, fits func(viewer.Event) bool) viewer.Event {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case e := <-v.Events():
			if e.Kind == viewer.Painted {
				v.Paint(image.Pt(1280, 800))
			}
			if fits(e) {
				return e
			}
		case <-deadline:
			t.Fatalf("waited 30 s for %s", what)
		}
	}
}

func TestARealPriorStandsBesideUnderItsAmberBand(t *testing.T) {
	c, objects := caseOf(t, oracle.Data(t, "studies", "mr-same-patient-2-studies"))
	if len(c.Studies) != 2 {
		t.Fatalf("%d studies", len(c.Studies))
	}
	c.Site = viewer.SiteLine{Name: "NORTH", Due: time.Now().Add(20 * time.Minute), Banner: "STAT at NORTH: CT head, due in 14 min"}
	v := New(Options{Workers: 2})
	defer v.Close()
	v.Open(context.Background(), c)
	v.Add(1, objects)
	until(t, v, "the first pixel", func(e viewer.Event) bool { return e.Kind == viewer.Shown })
	for _, a := range []viewer.Action{viewer.SliceSet(18), viewer.PriorToggle, viewer.ToolLength, viewer.ToolFinish, viewer.CursorRight10, viewer.CursorRight10, viewer.CursorDown10, viewer.ToolFinish, viewer.CursorDown10, viewer.ToolEllipse, viewer.ToolFinish, viewer.CursorRight10, viewer.CursorDown10} {
		v.Do(1, a)
		time.Sleep(20 * time.Millisecond)
	}
	v.Do(1, viewer.ToolFinish)
	e := until(t, v, "both tiles and marks", func(e viewer.Event) bool {
		return e.Kind == viewer.Stated && len(e.State.Tiles) == 2 && e.State.Tiles[1].Width > 0 && e.State.Last != ""
	})
	if a, b := e.State.Tiles[0], e.State.Tiles[1]; a.StudyUID == b.StudyUID || !a.Linked || !b.Linked {
		t.Errorf("%+v and %+v", a, b)
	}
	m := v.Paint(image.Pt(1280, 800))
	shoot(t, "compare", m)
	shoot(t, "compare-small", v.Paint(image.Pt(480, 300)))
	shoot(t, "compare-cells", v.Paint(image.Pt(160, 96)))
	if !hasColor(m, image.Rect(642, 22, 1280, 80), overlay.Amber) {
		t.Error("no amber band over the prior")
	}
}

func hasColor(m image.Image, r image.Rectangle, c interface {
	RGBA() (r, g, b, a uint32)
}) bool {
	cr, cg, cb, _ := c.RGBA()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if mr, mg, mb, _ := m.At(x, y).RGBA(); mr>>8 == cr>>8 && mg>>8 == cg>>8 && mb>>8 == cb>>8 {
				return true
			}
		}
	}
	return false
}
