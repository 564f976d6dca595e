package desk

import (
	"errors"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

func reforming() map[viewer.Action]func(*Desk) {
	return map[viewer.Action]func(*Desk){
		viewer.MPRToggle:    func(d *Desk) { d.toggleMPR() },
		viewer.MIPWhole:     (*Desk).mipWhole,
		viewer.MPRSlab:      changing(func(d *Desk) { d.mpr.set.NextMode() }),
		viewer.MPRThicker:   changing(func(d *Desk) { d.mpr.set.Thicken(d.mpr.set.Slab + slabStep) }),
		viewer.MPRThinner:   changing(func(d *Desk) { d.mpr.set.Thicken(d.mpr.set.Slab - slabStep) }),
		viewer.MPRTurnLeft:  changing(func(d *Desk) { d.turnPlanes(-turnStep) }),
		viewer.MPRTurnRight: changing(func(d *Desk) { d.turnPlanes(turnStep) }),
		viewer.LinesToggle:  func(d *Desk) { d.noLines = !d.noLines; d.touch() },
	}
}

// A key makes slabs thicker by 2 mm and turns planes by 5°.
const slabStep, turnStep = 2, 5

// changing is an action on reformats; it says so where there are none. A mark in the
// making is dropped: its plane is another now.
func changing(f func(*Desk)) func(*Desk) {
	return func(d *Desk) {
		if d.mpr == nil {
			d.notice("There is no reformat; m makes one of this series.")
			return
		}
		d.draft.Drop()
		f(d)
		d.touch()
	}
}

func (d *Desk) setSlab(v []float64) {
	if len(v) != 1 || !(v[0] > 0) {
		d.notice("A slab is one number, its thickness in mm.")
		return
	}
	changing(func(d *Desk) {
		d.mpr.set.Thicken(v[0])
		if d.mpr.set.Words() == "" {
			d.mpr.set.NextMode()
		}
	})(d)
}

func (d *Desk) toggleMPR() {
	if d.mpr != nil {
		d.endMPR()
		return
	}
	t := d.at()
	if t.stack == nil {
		d.notice("There is no series in this tile to reformat.")
		return
	}
	p, known := t.plane()
	touched := t.look.touched
	if !d.beginMPR(t) {
		return
	}
	if known && touched {
		d.mpr.set.Centre = p.Centre() // where the reader is; else the middle of it all
	}
	d.cross3()
	if !touched {
		d.tiles[3].goTo(d.mpr.source.Nearest(d.mpr.set.Centre.Dot(d.mpr.source.Along))) // not at the edge of it all
	}
}

// beginMPR hangs the three planes of a tile's stack beside it; it says why when it
// cannot.
func (d *Desk) beginMPR(t *tile) bool {
	v, frames, err := stack.VolumeOf(t.stack)
	if err != nil && len(frames) < 2 && d.opt.Load.Reading()+d.short(t.stack.Study) > 0 {
		d.notice("No MPR yet: the slices of this series are still coming.")
		return false
	}
	if err != nil {
		d.notice("No MPR of this series: " + whyNot(err) + ".")
		return false
	}
	source := t.stack
	d.mpr = &reformats{
		set: volume.NewMPR(v), source: source, frames: frames,
		before: beside{layout: d.layout, active: d.active, oneUp: d.oneUp, tiles: d.tiles},
	}
	for k := range frames {
		d.mpr.missing = append(d.mpr.missing, k)
	}
	here := *t
	here.group, here.linked, here.look.view.Anchor = false, false, 0
	window := here.look.window
	if here.shown.Image != nil && here.shown.Image.Stored != nil {
		c, w := window.Straight(here.shown.Image)
		window = picture.Choice{Fixed: true, Center: c, Width: w, Preset: window.Preset}
	}
	d.layout, d.oneUp, d.active = "2x2", false, 0
	d.tiles = newTiles(&tile{}, &tile{}, &tile{}, &here)
	for i := range 3 {
		d.hang(d.tiles[i], stack.OfPlane(d.mpr.set, i, source))
		d.tiles[i].look.window = window
		if here.fused != nil {
			d.tiles[i].fused = &derive.Fused{Tracer: here.fused.Tracer, Loose: here.fused.Loose}
		}
	}
	d.draft.Drop()
	d.centre()
	d.touch()
	return true
}

// short is how many instances of a study are expected and not here.
func (d *Desk) short(study string) int {
	for _, c := range d.counts() {
		if c.StudyUID == study {
			return max(0, c.Expected-c.Have)
		}
	}
	return 0
}

// whyNot is why a stack makes no volume, without the full stop.
func whyNot(err error) string {
	var unsupported *dicom.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return "it would be " + unsupported.What
	case errors.Is(err, space.ErrNoPlane):
		return "its images have no position in the patient"
	}
	return "it cannot be sorted"
}

// endMPR puts the tiles back that were there before; where the reader got to in the
// source's own tile stays.
func (d *Desk) endMPR() {
	if d.mpr == nil {
		return
	}
	back, got := d.mpr.before, d.tiles[3]
	d.mpr = nil
	d.putBack(back, got)
}

// resource makes the reformats anew when the stack they are of has grown. Where they
// stood stays.
func (d *Desk) resource() {
	if d.mpr == nil {
		return
	}
	i := slices.IndexFunc(d.stacks, func(s *stack.Stack) bool { return s.Key() == d.mpr.source.Key() })
	if i < 0 || len(d.stacks[i].Slots) == len(d.mpr.source.Slots) && d.stacks[i].Slots[0] == d.mpr.source.Slots[0] && present(d.stacks[i]) == present(d.mpr.source) {
		return
	}
	was := d.stateMPR()
	tiles := d.shownTiles()
	active := d.active
	d.endMPR()
	t := d.at()
	t.follow(d.stacks)
	if t.stack != nil && t.stack.Key() == d.stacks[i].Key() {
		d.takeUpMPR(was, tiles, active)
	}
}

// present is how many slices of a stack are here.
func present(s *stack.Stack) (n int) {
	for _, sl := range s.Slots {
		if sl.Instance != nil {
			n++
		}
	}
	return n
}

// recentre lets the crossing point follow a plane that was scrolled.
func (d *Desk) recentre(t *tile) {
	sl, ok := t.slot()
	if d.mpr == nil || !ok || t.made() == nil {
		return
	}
	along := t.stack.Along
	c := &d.mpr.set.Centre
	*c = c.Add(along.Scale(sl.Position - c.Dot(along)))
}

// cross3 brings all three planes to the crossing point.
func (d *Desk) cross3() {
	centre := d.mpr.set.Centre
	for i := range 3 {
		d.tiles[i].goTo(d.mpr.set.Plane(i).Nearest(centre))
	}
	d.mpr.set.Centre = centre
}

// turnPlanes turns the two other planes about the active one's normal, clockwise as
// it is seen.
func (d *Desk) turnPlanes(degrees float64) {
	if d.active > 2 {
		d.notice("Choose one of the reformats: the other two turn about it.")
		return
	}
	d.mpr.set.Turn(d.active, degrees)
	d.rehang()
}

// straighten makes the planes orthogonal again, with the reset of a reformat's view.
func (d *Desk) straighten(t *tile) {
	if d.mpr != nil && t.made() != nil {
		d.mpr.set.Reset()
		d.rehang()
	}
}

// rehang takes planes that face another way into their tiles.
func (d *Desk) rehang() {
	for i := range 3 {
		t := d.tiles[i]
		look, turn := t.look, t.turn
		t.stack = stack.OfPlane(d.mpr.set, i, d.mpr.source)
		t.key, t.look, t.turn, t.cross = t.stack.Key(), look, turn, nil
		t.look.slice = max(0, min(t.look.slice, len(t.stack.Slots)-1))
	}
	d.cross3()
}
