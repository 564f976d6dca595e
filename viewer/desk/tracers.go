package desk

import (
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/stack"
)

// toggleFuse lays the PET of the study over the tile's anatomy, or takes it away. On
// a tile with the PET itself the anatomy comes below it, at the same level. Series
// of two frames of reference are laid only when it is asked for again.
func (d *Desk) toggleFuse() {
	t := d.at()
	asked := d.loose
	d.loose = nil
	if t.fused != nil {
		d.eachFused(func(t *tile) { t.fused, t.shown.Over = nil, nil })
		return
	}
	if t.stack == nil {
		d.notice("There is no series in this tile to fuse.")
		return
	}
	root := t.stack.Root()
	other := d.partner(root)
	switch {
	case other == nil && root.Emission():
		d.notice("No fusion: this study has no CT or MR slices with positions.")
	case other == nil:
		d.notice("No fusion: this study has no PET with positions.")
	case root.Emission() && d.mpr != nil:
		d.notice("These are reformats of the PET; m leads back, then F lays it over the CT.")
	case !stack.Registered(root, other) && asked != other:
		d.loose = other
		d.notice("The two series share no frame of reference: nobody says that they fit. F again lays them over each other by position.")
	case root.Emission():
		d.fuseUnder(t, other, root)
	default:
		d.fuseOver(other)
	}
}

// fuseUnder puts the anatomy into an emission series' tile, at its level, and that
// over it.
func (d *Desk) fuseUnder(t *tile, base, over *stack.Stack) {
	l := d.tracerOf(over)
	sl, known := t.slot()
	if l == nil || !known {
		return
	}
	d.hang(t, base)
	if base.Along.Dot(over.Along) > stack.Alike {
		d.slice(t, base.Nearest(sl.Position))
	}
	t.fused = &derive.Fused{Tracer: l, Loose: !stack.Registered(base, over)}
	d.touch()
}

// fuseOver lays a stack over the active tile, and over all planes of an MPR.
func (d *Desk) fuseOver(over *stack.Stack) {
	if l := d.tracerOf(over); l != nil {
		d.eachFused(func(t *tile) {
			t.fused = &derive.Fused{Tracer: l, Loose: !stack.Registered(t.stack.Root(), over)}
		})
	}
}

// eachFused does something to the active tile, in an MPR to all of its tiles.
func (d *Desk) eachFused(do func(t *tile)) {
	tiles := []*tile{d.at()}
	if d.mpr != nil {
		tiles = d.tiles[:4]
	}
	for _, t := range tiles {
		if t.stack != nil {
			do(t)
		}
	}
	d.touch()
}

// fuseAgain takes up a fusion that the reader left, its share in percent.
func (d *Desk) fuseAgain(t *tile, share float64) {
	if !(share > 0) || t.stack == nil || t.stack.Root().Emission() {
		return
	}
	other := d.partner(t.stack.Root())
	if other == nil || !stack.Registered(t.stack.Root(), other) {
		return
	}
	if l := d.tracerOf(other); l != nil {
		l.Share = min(share/100, 1)
		t.fused = &derive.Fused{Tracer: l}
	}
}

// partner is what a stack is fused with: of the same study, with positions, of the
// same frame of reference if there is one, with a SUV before one without, the one of
// most slices.
func (d *Desk) partner(s *stack.Stack) (best *stack.Stack) {
	most := 0
	for _, o := range d.stacks {
		if o == s || o.Study != s.Study || !o.Spatial || o.Localiser || len(o.Slots) < 2 || o.Emission() == s.Emission() {
			continue
		}
		if !o.Emission() && o.Modality != "CT" && o.Modality != "MR" {
			continue
		}
		n := min(len(o.Slots), 9999)
		if stack.Registered(s, o) {
			n += 100000
		}
		if o.Modality == "CT" || o.Modality == "PT" && o.First.NoSUV == "" {
			n += 10000
		}
		if n > most {
			best, most = o, n
		}
	}
	return best
}

// tracerOf is the layer of a stack, made when it is not there; nil when it cannot be,
// and that is said.
func (d *Desk) tracerOf(s *stack.Stack) *derive.Tracer {
	for _, l := range d.tracers {
		if l.Stack == s {
			return l
		}
	}
	l := &derive.Tracer{Share: derive.UsualShare}
	if err := l.Of(s); err != nil {
		d.notice("No fusion: " + whyNot(err) + ".")
		return nil
	}
	d.tracers = append(d.tracers, l)
	return l
}

// retrace lets layers follow the stacks that were made anew.
func (d *Desk) retrace() {
	left := d.tracers[:0]
	for _, l := range d.tracers {
		for _, s := range d.stacks {
			if s.Key() != l.Stack.Key() {
				continue
			}
			if present(s) == present(l.Stack) {
				l.Stack = s
			} else if l.Of(s) != nil {
				break
			}
			left = append(left, l)
			break
		}
	}
	d.tracers = left
	for _, t := range d.tiles {
		if t.fused != nil && !d.holdsTracer(t.fused.Tracer) {
			t.fused, t.shown.Over = nil, nil
		}
	}
}

func (d *Desk) holdsTracer(l *derive.Tracer) bool {
	for _, o := range d.tracers {
		if o == l {
			return true
		}
	}
	return false
}

// fillTracers takes what has been decoded into the layers that are on screen.
func (d *Desk) fillTracers() {
	for _, l := range d.tracersShown() {
		before := len(l.Missing)
		l.Missing = d.take(l.Frames, l.Missing, func(k int, im *pixel.Image) error { return l.Volume.Set(k, im) })
		if len(l.Missing) != before {
			l.Version++
			d.touch()
		}
	}
}

// tracersShown are the layers of the tiles on screen.
func (d *Desk) tracersShown() (out []*derive.Tracer) {
	for _, l := range d.tracers {
		for _, t := range d.visible() {
			if t.fused != nil && t.fused.Tracer == l {
				out = append(out, l)
				break
			}
		}
	}
	return out
}

// lackingTracers are the next frames that layers wait for.
func (d *Desk) lackingTracers() (frames []load.Frame) {
	for _, l := range d.tracersShown() {
		for i, k := range l.Missing {
			if i == fillAtOnce {
				break
			}
			frames = append(frames, l.Frames[k])
		}
	}
	return frames
}

// share is how much of a layer is seen on a tile, in percent; 0 where there is none.
func (t *tile) share() float64 {
	if t.fused == nil || t.fused.Loose {
		return 0
	}
	return max(100*t.fused.Share, 0.01)
}
