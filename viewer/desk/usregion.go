package desk

import (
	"image"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
)

// regionFrames are the calibrated regions of an ultrasound image, drawn lightly while
// something is being measured.
func (d *Desk) regionFrames(t *tile, clip image.Rectangle) (l overlay.List) {
	if t.shown.Slot.Instance == nil || t.shown.Slot.Instance.Made != nil {
		return l
	}
	for _, r := range space.Regions(t.shown.Slot.Instance.Header) {
		if _, ok := space.RegionAt([]space.Region{r}, [2]float64{float64(r.MinX) + 0.5, float64(r.MinY) + 0.5}); !ok {
			continue
		}
		a, b := [2]float64{float64(r.MinX), float64(r.MinY)}, [2]float64{float64(r.MaxX + 1), float64(r.MaxY + 1)}
		corners := t.onScreen([][2]float64{a, {b[0], a[1]}, b, {a[0], b[1]}, a})
		l.Append(d.style().Frame(clip, corners, picture.RegionName(r)))
	}
	return l
}
