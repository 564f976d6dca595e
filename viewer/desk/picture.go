package desk

import (
	"time"

	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// patience is how long a tile keeps the last picture, under that picture's own
// number, while the next is being decoded. Then it is black (N8).
const patience = 100 * time.Millisecond

// refresh puts the picture of a tile's slice on screen if it is here. It reports
// whether what is on screen changed.
func (d *Desk) refresh(t *tile, now time.Time) bool {
	sl, ok := t.slot()
	f, real := sl.Wanted()
	if !ok || !real {
		return t.darken()
	}
	if sl.Instance.Made != nil {
		return d.reform(t, sl, now)
	}
	if t.look.mask != nil {
		return d.subtract(t, sl, f, now)
	}
	if t.shown.Image != nil && t.shown.Slot.Instance.Object == f.Object && t.shown.Slot.Frame == f.Index && !t.shown.Preview() {
		t.shown.Index, t.late = t.look.slice, time.Time{}
		return false
	}
	image, err := d.opt.Load.Image(f)
	switch {
	case image != nil && image == t.shown.Image:
		t.shown.Index = t.look.slice
		return false
	case image != nil:
		rows, cols := picture.FrameSize(image)
		t.show(picture.Picture{Slot: sl, Index: t.look.slice, Image: image, Geometry: stack.GeometryOf(sl.Instance, sl.Frame, rows, cols)})
		return true
	}
	return t.awaited(err, now)
}

// awaited keeps the last picture for a moment while the next is not here (N8).
func (t *tile) awaited(err error, now time.Time) (gone bool) {
	switch {
	case err != nil:
		return t.darken()
	case t.late.IsZero():
		t.late = now
	case now.Sub(t.late) >= patience:
		late := t.late
		gone = t.darken()
		t.late = late
	}
	return gone
}

func (t *tile) darken() bool {
	had := t.shown.Image != nil
	t.shown, t.late = picture.Picture{}, time.Time{}
	return had
}

// show takes a picture. A stack without windows of its own gets one, from its
// first picture, for all its slices: a window that changes from slice to slice
// flickers and compares with nothing.
func (t *tile) show(p picture.Picture) {
	t.shown, t.late = p, time.Time{}
	if made := p.Slot.Instance.Made; made != nil && !made.Full() {
		return // a reformat that is still being filled has no window to go by
	}
	if !t.look.window.Fixed && !p.Preview() && p.Image.Stored != nil && len(p.Image.Windows()) == 0 {
		w := p.Image.DefaultWindow()
		t.look.window = picture.Choice{Fixed: true, Center: w.Center, Width: w.Width, Preset: "automatic"}
	}
}

// reason says why a tile is black.
func (d *Desk) reason(t *tile) string {
	sl, ok := t.slot()
	switch {
	case !ok && t.key != "":
		return "waiting for images"
	case !ok && t.empty != "" && d.incomplete():
		return "not here yet"
	case !ok && t.empty != "":
		return t.empty
	case !ok && !d.hung && d.open && len(d.stacks) == 0 && len(d.outliners()) > 0 && d.opt.Load.Reading() == 0:
		return "only outlines are here, and not the images they were drawn on"
	case !ok && !d.hung && d.open:
		return "waiting for images"
	case !ok:
		return ""
	case sl.Instance == nil:
		return "this slice is not here"
	}
	f, _ := sl.Wanted()
	if _, err := d.opt.Load.Image(f); err != nil {
		return load.Why(err)
	}
	return "reading"
}

// ahead and behind are how many neighbours are read before they are asked for.
const ahead, behind = 24, 8

// want tells the Loader what is on screen and what may be next, when that changed.
func (d *Desk) want() {
	var now, soon []load.Frame
	key := ""
	for _, t := range d.visible() {
		if sl, ok := t.slot(); ok {
			if f, ok := sl.Wanted(); ok && sl.Instance.Made == nil {
				now = append(now, f)
				key += f.Key() + " "
			}
		}
	}
	for _, f := range append(d.maskFrames(), d.segFrames()...) {
		now, key = append(now, f), key+f.Key()+" "
	}
	for n := 1; n <= ahead; n++ {
		for _, t := range d.visible() {
			soon = t.neighbour(soon, n*t.moved)
			if n <= behind {
				soon = t.neighbour(soon, -n*t.moved)
			}
		}
	}
	lacking := append(append(d.lacking(), d.lackingTracers()...), d.stripLacks()...)
	now, key = append(now, lacking...), key+keyOf(lacking)
	if key += "|" + keyOf(soon); key != d.wanted {
		d.wanted = key
		d.opt.Load.Want(now, soon)
	}
}

// uploadAhead is how many slices in the direction of the scroll go to the GPU before
// they are asked for.
const uploadAhead = 3

// next are the pictures of the active tile that are decoded and may come next.
func (d *Desk) next() (out []TileScene) {
	t := d.at()
	for n := 1; n <= uploadAhead; n++ {
		for _, f := range t.neighbour(nil, n*t.moved) {
			if im, _ := d.opt.Load.Image(f); im != nil && im.Preview == nil {
				out = append(out, TileScene{Image: im, Key: f.Key()})
			}
		}
	}
	return out
}

func keyOf(f []load.Frame) string {
	if len(f) == 0 {
		return ""
	}
	return f[0].Key() + " " + f[len(f)-1].Key()
}

func (t *tile) neighbour(to []load.Frame, by int) []load.Frame {
	if t.stack == nil {
		return to
	}
	i := t.look.slice + by
	if i < 0 || i >= len(t.stack.Slots) {
		return to
	}
	if f, ok := t.stack.Slots[i].Wanted(); ok && t.made() == nil {
		to = append(to, f)
	}
	return to
}
