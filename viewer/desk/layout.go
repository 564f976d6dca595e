package desk

import (
	"image"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/stack"
)

// visible are the tiles on screen.
func (d *Desk) visible() []*tile {
	if d.oneUp {
		return d.tiles[d.active : d.active+1]
	}
	rows, cols := grid(d.layout)
	return d.tiles[:rows*cols]
}

// arrange gives every visible tile its rectangle, with two pixels between them,
// and tiles of one scale their zoom.
func (d *Desk) arrange() {
	d.syncViews()
	area, tiles := d.area(), d.visible()
	rows, cols := grid(d.layout)
	if d.oneUp {
		rows, cols = 1, 1
	}
	gap := 2
	for i, t := range tiles {
		r, c := i/cols, i%cols
		t.rect = image.Rect(
			area.Min.X+c*(area.Dx()+gap)/cols, area.Min.Y+r*(area.Dy()+gap)/rows,
			area.Min.X+(c+1)*(area.Dx()+gap)/cols-gap, area.Min.Y+(r+1)*(area.Dy()+gap)/rows-gap)
	}
	d.oneScale(tiles)
}

// oneScale fits a group of tiles at the largest scale per mm at which each still
// shows its whole image (mammography).
func (d *Desk) oneScale(tiles []*tile) {
	least := 0.0
	for _, t := range tiles {
		g, ok := t.geometry()
		if !t.group || !ok || g.MM == 0 {
			continue
		}
		if s := g.FitZoom(t.look.view.Turn, t.rect.Size()) / g.MM; least == 0 || s < least {
			least = s
		}
	}
	for _, t := range tiles {
		t.look.view.FitMM = 0
		if t.group {
			t.look.view.FitMM = least
		}
	}
}

// How long the first hang waits for a better first series, and for anything but a
// localiser.
const (
	gather   = 300 * time.Millisecond
	lastHope = 3 * time.Second
)

// tryHang hangs the case once enough of it is known: all that was announced, or
// 300 ms after its first image. From then on nothing moves by itself, but for a
// set of views that grows to its own layout before the reader has done anything:
// the four mammograms.
func (d *Desk) tryHang(now time.Time) {
	if d.firstSeen.IsZero() {
		return
	}
	if d.hung {
		if d.grew {
			d.grew = false
			d.seatLate()
			d.growHang(now)
		}
		return
	}
	waited := now.Sub(d.firstSeen)
	if d.opt.Load.Reading() > 0 && waited < gather {
		return
	}
	if d.unstacked {
		d.restack()
	}
	if d.restore != nil {
		d.tryRestore(waited)
		return
	}
	if d.hangProtocol(d.complete()) {
		return
	}
	sets, stacks := d.sets(false)
	plan, ok := hang.Initial(sets)
	if !ok {
		if waited < lastHope || len(stacks) == 0 {
			return
		}
		plan = hang.Plan{Layout: "1x1", Tiles: []hang.Place{{}}}
	}
	d.hangPlan(plan, stacks)
}

// growHang hangs the case again when what came since has a layout of its own.
func (d *Desk) growHang(now time.Time) {
	if d.acted || d.c.State != nil || d.staged != nil || now.Sub(d.firstSeen) < lastHope && d.hangProtocol(d.complete()) {
		return
	}
	sets, stacks := d.sets(false)
	if plan, ok := hang.Initial(sets); ok && plan.Layout != d.layout {
		d.hangPlan(plan, stacks)
	}
}

func (d *Desk) hangPlan(plan hang.Plan, stacks []*stack.Stack) {
	d.layout, d.hung = plan.Layout, true
	for i, p := range plan.Tiles {
		t := d.tiles[i]
		d.hang(t, stacks[p.Set])
		t.look.slice, t.look.view.Anchor, t.group = p.Slice, p.Anchor, plan.OneScale
		if len(plan.Tiles) > 1 {
			t.goTo(p.Slice) // several images of one stack: each tile keeps its own
		}
	}
	d.touch()
}

// sets describes the stacks of the current study, or of its priors, for hanging.
func (d *Desk) sets(priors bool) ([]hang.Set, []*stack.Stack) {
	var sets []hang.Set
	var stacks []*stack.Stack
	for _, s := range d.stacks {
		if d.prior(s.Study) == priors {
			sets, stacks = append(sets, s.Hanging()), append(stacks, s)
		}
	}
	return sets, stacks
}

// setLayout changes the layout; tiles that become visible take the next series
// that are not shown yet.
func (d *Desk) setLayout(layout string) {
	d.endMPR()
	d.layout, d.oneUp, d.beside, d.staged = layout, false, nil, nil
	tiles := d.visible()
	if d.active >= len(tiles) {
		d.activate(0)
	}
	for _, t := range tiles {
		if t.key == "" {
			d.hang(t, d.unshown())
			t.empty = "no more series"
		}
	}
	d.touch()
}

// unshown is the first stack of the current study that no visible tile has.
func (d *Desk) unshown() *stack.Stack {
	for _, s := range d.stacks {
		if d.prior(s.Study) || s.Localiser || d.holder(s) != nil {
			continue
		}
		return s
	}
	return nil
}

func (d *Desk) holder(s *stack.Stack) *tile {
	for _, t := range d.visible() {
		if t.stack == s {
			return t
		}
	}
	return nil
}

// nextLayout goes through the layouts, by +1 or −1.
func (d *Desk) nextLayout(by int) {
	d.endMPR()
	d.setLayout(hang.Next(d.layout, by))
}

// nextSeries puts the next stack of the tile's study into it.
func (d *Desk) nextSeries(by int) {
	d.endMPR()
	t := d.tiles[d.active]
	study := d.c.StudyUID
	if t.stack != nil {
		study = t.stack.Study
	}
	var own []*stack.Stack
	at := -1
	for _, s := range d.stacks {
		if s.Study == study {
			if s == t.stack {
				at = len(own)
			}
			own = append(own, s)
		}
	}
	switch {
	case len(own) == 0 || len(own) == 1 && at == 0:
		d.notice("This study has no other series.")
	case at < 0:
		d.hang(t, own[0])
	default:
		d.hang(t, own[(at+by+len(own))%len(own)])
	}
}

// activate makes a tile the one that keys act on.
func (d *Desk) activate(i int) {
	if i == d.active || i < 0 || i >= len(d.tiles) {
		return
	}
	d.draft.Drop()
	d.active = i
	d.centre()
	d.touch()
}

// nextTile moves on by tiles; in one-up the one tile changes.
func (d *Desk) nextTile(by int) {
	rows, cols := grid(d.layout)
	n := rows * cols
	if n == 1 {
		d.notice("There is one tile; l shows more.")
		return
	}
	d.activate((d.active + by + n) % n)
}

// study name of a tile's stack, for bands and marks; nil while empty.
func (d *Desk) studyOf(t *tile) *viewer.Study {
	if t.stack == nil {
		return nil
	}
	return d.study(t.stack.Study)
}
