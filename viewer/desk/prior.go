package desk

import (
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/stack"
)

// beside is what was on screen before the prior came beside it.
type beside struct {
	layout string
	active int
	oneUp  bool
	tiles  tiles
}

// togglePrior puts the most like series of the nearest prior beside the active
// tile's, at the same level and linked (C2), or takes it away again.
func (d *Desk) togglePrior() {
	d.endMPR()
	if d.beside != nil {
		d.unhangPrior()
		return
	}
	if d.dropPrior() {
		return
	}
	t := d.tiles[d.active]
	if t.stack == nil {
		d.notice("Choose a tile of the current study first.")
		return
	}
	sets, stacks := d.sets(true)
	i := hang.Prior(t.stack.Hanging(), d.priors(), sets)
	if i < 0 {
		d.notice(d.noPrior(len(stacks)))
		return
	}
	d.beside = &beside{layout: d.layout, active: d.active, oneUp: d.oneUp, tiles: d.tiles}
	here := *t
	here.group, here.look.view.Anchor = false, 0
	d.tiles = newTiles(&here)
	d.layout, d.oneUp, d.active = "1x2", false, 0
	d.hang(d.tiles[1], stacks[i])
	d.align(sets[i])
	d.touch()
}

// dropPrior ends a comparison that was not begun by p: one taken up again from
// where the reader left it.
func (d *Desk) dropPrior() bool {
	var current *stack.Stack
	found := false
	for _, t := range d.visible() {
		if t.stack == nil {
			continue
		}
		if d.prior(t.stack.Study) {
			found = true
		} else if current == nil {
			current = t.stack
		}
	}
	if !found || current == nil {
		return false
	}
	for i, t := range d.tiles {
		t.linked = false
		if t.stack == current && i != 0 {
			d.hang(d.tiles[0], current)
		}
	}
	d.setLayout("1x1")
	return true
}

// align links current and prior and brings the prior to the current level.
func (d *Desk) align(prior hang.Set) {
	a, b := d.tiles[0], d.tiles[1]
	a.linked, b.linked, a.offset, b.offset = true, true, 0, 0
	a.group, b.group = false, false
	sl, ok := a.slot()
	if ok && sl.Instance != nil && !a.stack.Spatial && len(prior.Images) > 0 {
		a.linked, b.linked = false, false
		b.goTo(hang.Twin(sl.Projection(), prior))
		return
	}
	if i, ok := level(a, b); ok {
		b.goTo(i)
	}
}

// unhangPrior puts the tiles back that were there before; where the reader got to
// in the current study stays.
func (d *Desk) unhangPrior() {
	back, got := *d.beside, d.tiles[0]
	d.stow(d.tiles[1])
	d.beside = nil
	d.putBack(back, got)
}

// putBack brings back what was on screen before, but for the active tile's stack:
// that stays as it stands in the tile got.
func (d *Desk) putBack(back beside, got *tile) {
	d.tiles, d.layout, d.oneUp, d.active = back.tiles, back.layout, back.oneUp, back.active
	if t := d.at(); t.key == got.key {
		anchor := t.look.view.Anchor
		t.look = got.look
		t.look.view.Anchor = anchor
	}
	d.draft.Drop()
	d.centre()
	d.touch()
}

// priors are the other studies, nearest first, as the case lists them.
func (d *Desk) priors() []string {
	var out []string
	for _, s := range d.c.Studies {
		if s.UID != d.c.StudyUID {
			out = append(out, s.UID)
		}
	}
	return out
}

// noPrior says why there is nothing to put beside.
func (d *Desk) noPrior(loaded int) string {
	switch {
	case len(d.priors()) == 0:
		return "No prior study is known for this case."
	case loaded == 0:
		return "The prior's images are not here yet."
	}
	return "No prior series is of this kind."
}

// markOf tells a mark which study it is of (N6).
func (d *Desk) markOf(m *viewer.Mark, s *stack.Stack) {
	m.StudyUID, m.SeriesUID, m.Modality = s.Study, s.Series, s.Modality
	m.Prior = d.prior(s.Study)
	if st := d.study(s.Study); st != nil {
		m.StudyDate = st.Date
	}
}
