package desk

import (
	"time"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// reformats are three planes through one stack, in the tiles of a 2x2 layout whose
// fourth tile is the stack itself.
type reformats struct {
	set     *volume.MPR
	source  *stack.Stack
	frames  []load.Frame // of the volume's slices
	missing []int        // slices that are not in it yet
	before  beside
}

// rest is how long a reader must hold still before a slab is shown in full.
const rest = 100 * time.Millisecond

// made is the plane of a tile that holds a reformat, else nil.
func (t *tile) made() *volume.Plane {
	if t.stack == nil {
		return nil
	}
	return t.stack.First.Made
}

// fillAtOnce bounds the slices that one Tick takes into the volume.
const fillAtOnce = 16

// fill takes what has been decoded into the volume.
func (d *Desk) fill() {
	if d.mpr == nil {
		return
	}
	before := len(d.mpr.missing)
	if d.mpr.missing = d.take(d.mpr.frames, d.mpr.missing, d.mpr.set.Fill); len(d.mpr.missing) != before {
		d.touch()
	}
}

// take gives some of the missing frames that are here to set, and lists those that
// are left.
func (d *Desk) take(frames []load.Frame, missing []int, set func(k int, im *pixel.Image) error) (left []int) {
	n := 0
	left = missing[:0]
	for i, k := range missing {
		if n == fillAtOnce {
			return append(left, missing[i:]...)
		}
		image, err := d.opt.Load.Image(frames[k])
		switch {
		case image != nil && image.Preview == nil:
			if err := set(k, image); err != nil {
				d.notice("A slice is left out: " + load.Why(err) + ".")
			}
			n++
		case err == nil:
			left = append(left, k)
		}
	}
	return left
}

// lacking are the next frames the volume waits for.
func (d *Desk) lacking() (frames []load.Frame) {
	if d.mpr == nil {
		return nil
	}
	for _, k := range d.mpr.missing {
		if frames = append(frames, d.mpr.frames[k]); len(frames) == fillAtOnce {
			break
		}
	}
	return frames
}

// reform puts the picture of a reformat on screen. A slab is rough while the tile
// moves.
func (d *Desk) reform(t *tile, sl stack.Slot, now time.Time) bool {
	was := t.shown
	moved := was.Image == nil || was.Slot.Instance != sl.Instance || was.Slot.Frame != sl.Frame
	if moved {
		t.turn = now
	}
	rough := sl.Instance.Made.Words() != "" && now.Sub(t.turn) < rest
	if was.Image != nil && was.Key == sl.Instance.Made.Key(sl.Frame, rough) {
		t.stale = false
		return false
	}
	if t.stale = !moved && d.mpr != nil && len(d.mpr.missing) > 0 && now.Sub(t.poured) < everyPour; t.stale {
		return false
	}
	t.poured = now
	t.reshow(sl, rough)
	return true
}

// everyPour is how often a reformat is made anew while slices come into its volume: a
// thousand of them would be as many pictures nobody sees.
const everyPour = 150 * time.Millisecond

func (t *tile) reshow(sl stack.Slot, rough bool) {
	image := sl.Instance.Made.Image(sl.Frame, rough)
	t.show(picture.Picture{
		Slot: sl, Index: t.look.slice, Image: image, Geometry: stack.GeometryOf(sl.Instance, sl.Frame, image.Rows, image.Cols),
		Key: sl.Instance.Made.Key(sl.Frame, rough), Rough: rough,
	})
}

// refine shows a rough picture in full: what is measured is what the pixels say.
func (d *Desk) refine(t *tile) {
	if t.shown.Rough {
		t.reshow(t.shown.Slot, false)
		d.touch()
	}
}
