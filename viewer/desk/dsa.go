package desk

import (
	"math"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// subtract puts the picture of a slot less its mask on screen, once all is here. It
// reports whether what is on screen changed.
func (d *Desk) subtract(t *tile, sl stack.Slot, f load.Frame, now time.Time) bool {
	key := t.look.mask.Words()
	if p := t.shown; p.Image != nil && p.Slot.Instance == sl.Instance && p.Slot.Frame == sl.Frame && p.Key == key {
		t.shown.Index, t.late = t.look.slice, time.Time{}
		return false
	}
	of := t.look.mask.Masks(t.stack, t.look.slice)
	m := pixel.Mask{DX: t.look.mask.DX, DY: t.look.mask.DY, Log: derive.Logarithmic(sl.Instance)}
	image, err := d.opt.Load.Image(f)
	for _, s := range of {
		w, _ := s.Wanted()
		one, failed := d.opt.Load.Image(w)
		if err == nil {
			err = failed
		}
		if one == nil || one.Preview != nil {
			image = nil
			break
		}
		m.Frames = append(m.Frames, one)
	}
	if len(of) == 0 && err == nil {
		return d.unmasked(t, sl, image, key)
	}
	if err != nil || image == nil || image.Preview != nil {
		return t.awaited(err, now)
	}
	made, err := pixel.Subtract(image, m)
	if err != nil {
		d.notice("Nothing is subtracted: " + load.Why(err) + ".")
		d.unsubtract(t)
		return true
	}
	t.show(picture.Picture{Slot: sl, Index: t.look.slice, Image: made, Geometry: stack.GeometryOf(sl.Instance, sl.Frame, made.Rows, made.Cols), Key: key, Made: key})
	return true
}

// unmasked: an image before the first that has a mask (TID) is nothing at all.
func (d *Desk) unmasked(t *tile, sl stack.Slot, image *pixel.Image, key string) bool {
	if image == nil || image.Preview != nil {
		return t.awaited(nil, d.opt.Now())
	}
	itself := pixel.Mask{Frames: []*pixel.Image{image}, Log: derive.Logarithmic(sl.Instance)}
	made, err := pixel.Subtract(image, itself)
	if err != nil {
		d.unsubtract(t)
		return true
	}
	t.show(picture.Picture{Slot: sl, Index: t.look.slice, Image: made, Geometry: stack.GeometryOf(sl.Instance, sl.Frame, made.Rows, made.Cols), Key: key, Made: key + ": no mask for this frame"})
	return true
}

// maskFrames are what subtraction on screen needs beside the images themselves.
func (d *Desk) maskFrames() (out []load.Frame) {
	for _, t := range d.visible() {
		if t.look.mask == nil || t.stack == nil {
			continue
		}
		for _, s := range t.look.mask.Masks(t.stack, t.look.slice) {
			f, _ := s.Wanted()
			out = append(out, f)
		}
	}
	return out
}

// subtractible is the active tile if there is something to subtract in.
func (d *Desk) subtractible() (*tile, bool) {
	t := d.at()
	switch {
	case t.stack == nil || t.shown.Image == nil:
		d.notice("No image is here to subtract from.")
	case t.made() != nil || t.shown.Image.Stored == nil:
		d.notice("Only grey images as they were taken can be subtracted.")
	case len(t.stack.Slots) < 2:
		d.notice("There is nothing to subtract: one image.")
	default:
		return t, true
	}
	return nil, false
}

// toggleSubtraction takes away the object's own mask, or ends it.
func (d *Desk) toggleSubtraction() {
	t, ok := d.subtractible()
	if !ok {
		return
	}
	if t.look.mask != nil {
		d.unsubtract(t)
		return
	}
	m, ok := derive.MaskOf(t.stack, t.shown.Slot.Frame+1)
	if !ok {
		d.notice("This run names no mask; Ctrl+K takes the image on screen as mask.")
		return
	}
	d.subtractBy(t, m)
}

// maskHere takes the image on screen as mask.
func (d *Desk) maskHere() {
	if t, ok := d.subtractible(); ok {
		d.subtractBy(t, derive.Mask{Slots: []int{t.shown.Index}})
	}
}

func (d *Desk) subtractBy(t *tile, m derive.Mask) {
	if m.Before = t.look.window; t.look.mask != nil {
		m.Before = t.look.mask.Before
	} else {
		t.look.window = picture.Choice{}
	}
	t.look.mask = &m
	d.touch()
}

func (d *Desk) unsubtract(t *tile) {
	if t.look.mask == nil {
		return
	}
	t.look.window, t.look.mask = t.look.mask.Before, nil
	t.shown = picture.Picture{}
	if d.tool == viewer.ToolShift {
		d.selectTool("")
	}
	d.touch()
}

// asRecommended subtracts from the start where the object asks for it (Recommended
// Viewing Mode, PS3.3 C.7.6.10).
func (d *Desk) asRecommended(t *tile) {
	if t.stack == nil || t.stack.First.Header.Str(dicom.RecommendedViewingMode) != "SUB" {
		return
	}
	if m, ok := derive.MaskOf(t.stack, 1); ok {
		d.subtractBy(t, m)
	}
}

// shiftTool is for moving the mask by arrows and drags.
func (d *Desk) shiftTool() {
	if d.at().look.mask == nil {
		d.notice("Nothing is subtracted; Ctrl+X subtracts the run's own mask, Ctrl+K the image on screen.")
		return
	}
	d.selectTool(viewer.ToolShift)
}

// shift moves the mask by pixels, in the directions of the screen.
func (d *Desk) shift(dx, dy float64) {
	t := d.at()
	g, ok := t.geometry()
	if t.look.mask == nil || !ok {
		return
	}
	in := t.look.view.ToImage(g, t.rect)
	u, v := along(in[0]*dx+in[1]*dy, in[3]*dx+in[4]*dy, math.Max(math.Abs(dx), math.Abs(dy)))
	m := *t.look.mask
	m.DX, m.DY = max(-derive.MaxShift, min(derive.MaxShift, m.DX+u)), max(-derive.MaxShift, min(derive.MaxShift, m.DY+v))
	t.look.mask = &m
	d.touch()
}

// setShift moves the mask to the right and down, in image pixels.
func (d *Desk) setShift(v []float64) {
	t := d.at()
	if t.look.mask == nil || len(v) != 2 || math.Abs(v[0]) > derive.MaxShift || math.Abs(v[1]) > derive.MaxShift {
		d.notice("A shift is pixels to the right and down, at most 64, of a subtracted image: :shift 1.5 -0.5.")
		return
	}
	m := *t.look.mask
	m.DX, m.DY = v[0], v[1]
	t.look.mask = &m
	d.touch()
}
