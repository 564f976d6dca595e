package desk

import (
	"slices"

	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/stack"
)

// sheetItem is one picture of a contact sheet: a still, or a run from its first frame.
type sheetItem struct {
	stack *stack.Stack
	slot  int
}

// sheetItems are the pictures of the current study in the order they were taken: each
// still of a set without positions, each run and each stack once.
func (d *Desk) sheetItems() (out []sheetItem) {
	for _, s := range d.stacks {
		if d.prior(s.Study) || s.Localiser {
			continue
		}
		if s.Spatial || s.First.Frames > 1 {
			out = append(out, sheetItem{s, 0})
			continue
		}
		for i := range s.Slots {
			out = append(out, sheetItem{s, i})
		}
	}
	slices.SortStableFunc(out, func(a, b sheetItem) int {
		if a.stack.Number != b.stack.Number {
			return a.stack.Number - b.stack.Number
		}
		return a.taken() - b.taken()
	})
	return out
}

func (i sheetItem) taken() int {
	if in := i.stack.Slots[i.slot].Instance; in != nil {
		return in.Number()
	}
	return 0
}

// sheetLayout is the smallest of the usual layouts that holds n pictures, at most most.
func sheetLayout(n int, most string) string {
	for _, g := range hang.Grids {
		if tilesOf(g) >= n && tilesOf(g) < tilesOf(most) {
			return g
		}
	}
	return most
}

// setSheet hangs one page of a contact sheet; false where there is no such page.
func (d *Desk) setSheet(s *staged, stage, page int) bool {
	items, want := d.sheetItems(), s.protocol.Stages[stage]
	layout := sheetLayout(len(items), want.Layout)
	n := tilesOf(layout)
	if page < 0 || page*n >= len(items) {
		return false
	}
	d.clearFor(s, stage, layout)
	s.page = page
	for i := range n {
		if page*n+i >= len(items) {
			d.vacate(i, "")
			continue
		}
		d.onSheet(i, items[page*n+i])
	}
	d.centre()
	d.touch()
	return true
}

func (d *Desk) onSheet(i int, item sheetItem) {
	t := d.tiles[i]
	d.hang(t, item.stack)
	t.group, t.linked, t.look.view.Anchor = false, false, 0
	t.goTo(item.slot)
}

// sheetLate takes pictures that came since onto the page: the whole page anew while the
// reader has done nothing, else those that are on no tile into the empty ones (N3).
func (d *Desk) sheetLate() {
	s := d.staged
	if !d.acted {
		d.setSheet(s, s.stage, s.page)
		return
	}
	items := d.sheetItems()
	from := min(s.page*tilesOf(d.layout), len(items))
	for i, t := range d.visible() {
		if t.key != "" || d.oneUp {
			continue
		}
		at := slices.IndexFunc(items[from:], func(it sheetItem) bool {
			return !slices.ContainsFunc(d.visible(), func(o *tile) bool {
				return o.stack == it.stack && (o.look.slice == it.slot || it.stack.First.Frames > 1)
			})
		})
		if at < 0 {
			return
		}
		d.onSheet(i, items[from+at])
		d.touch()
	}
}

// reformatDue shows the planes that a stage asks for through its first tile's set, once
// that has its window: one made of no pixels would stay. Where there can be no planes
// that is said and the set stays as it is.
func (d *Desk) reformatDue() {
	if d.staged == nil || d.staged.due == nil || !d.tiles[0].look.window.Fixed && (d.tiles[0].shown.Image == nil || d.tiles[0].shown.Preview()) {
		return
	}
	r := d.staged.due
	if d.staged.due = nil; !d.beginMPR(d.tiles[0]) {
		return
	}
	d.mpr.set.Mode = map[string]volume.Mode{"MIP": volume.MIP, "MinIP": volume.MinIP, "mean": volume.Mean}[r.Mode]
	if r.Slab > 0 {
		d.mpr.set.Thicken(r.Slab)
	}
	d.cross3()
	if at := slices.Index([]string{"axial", "coronal", "sagittal"}, r.Plane); at >= 0 {
		d.active, d.oneUp = at, true
	}
}
