package desk

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// A notch of the wheel on a thousand slices: everything but decoding and drawing.
func BenchmarkNotchOfAThousandSlices(b *testing.B) {
	now := start
	d := New(Options{Now: func() time.Time { return now }, Load: load.NewFileLoader(0, 64<<20, nil)})
	defer d.Close()
	d.Resize(1920, 1080, 1)
	d.Open(vt.Case(1, viewer.Study{UID: "1.2.3", Modality: "CT"}))
	d.Add(1, vt.Series{Slices: 1000, Rows: 8, Cols: 8}.Write(b, b.TempDir()))
	for range 3 {
		now = now.Add(gather)
		d.Tick(now)
	}
	by := 1
	for b.Loop() {
		if s := d.tiles[0].look.slice; s == 999 {
			by = -1
		} else if s == 0 {
			by = 1
		}
		now = now.Add(time.Second / 30)
		d.Wheel(960, 540, by)
		d.Tick(now)
		d.Scene()
	}
}
