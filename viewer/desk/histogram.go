package desk

import (
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
)

// Ends of a window from a box: a hundredth of the values may be outside on either
// side.
const boxLow, boxHigh = 0.01, 0.99

// windowBox sets the window by the values in a box.
func (d *Desk) windowBox(points [][2]float64) {
	t, _, ok := d.windowed()
	if !ok {
		return
	}
	values := picture.ValuesIn(viewer.Mark{Kind: viewer.Rectangle, Points: points}, t.shown)
	if len(values) < 2 {
		d.notice("There are no values in this box.")
		return
	}
	slices.Sort(values)
	at := func(q float64) float64 { return values[int(math.Round(q*float64(len(values)-1)))] }
	lo, hi := at(boxLow), at(boxHigh)
	if hi-lo <= 0 {
		d.notice("All values in this box are the same.")
		return
	}
	d.setTo(t, (lo+hi)/2, hi-lo, "box")
	d.selectTool("")
}

func (d *Desk) toggleHistogram() {
	d.histogram = !d.histogram
	if m, ok := d.log.Find(d.chosen); d.histogram && (!ok || !picture.ClosedShape(m.Kind)) {
		d.notice("Select an ellipse, a rectangle or a freehand shape: its histogram is shown.")
	}
	d.touch()
}

// drawHistogram shows the distribution of the selected region's values.
func (d *Desk) drawHistogram(t *tile, clip image.Rectangle) overlay.List {
	if !d.histogram || t.shown.Preview() || t.shown.Image.Stored == nil {
		return overlay.List{}
	}
	for _, m := range d.marksOn(t.shown) {
		if m.ID != d.chosen || !picture.ClosedShape(m.Kind) {
			continue
		}
		values := picture.ValuesIn(m, t.shown)
		if len(values) == 0 {
			continue
		}
		lo, hi := slices.Min(values), slices.Max(values)
		counts := picture.Histogram(values, lo, hi)
		w, h := min(clip.Dx()/3, 4*picture.Bins*int(math.Ceil(d.scale))), min(clip.Dy()/4, int(120*d.scale))
		x := clip.Min.X + (clip.Dx()-w)/2
		r := image.Rect(x, clip.Max.Y-h-int(60*d.scale), x+w, clip.Max.Y-int(60*d.scale))
		unit := t.shown.Image.Unit()
		return d.style().Histogram(r, counts, fmt.Sprintf("%d values %s", len(values), unit), fmt.Sprintf("%.0f", lo), fmt.Sprintf("%.0f", hi))
	}
	return overlay.List{}
}
