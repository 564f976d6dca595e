package desk

import (
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer"
)

// stateMPR is how the reformats stand; nil when there are none.
func (d *Desk) stateMPR() *viewer.MPR {
	if d.mpr == nil {
		return nil
	}
	set, back := d.mpr.set, d.mpr.before
	m := &viewer.MPR{
		Source: d.tiles[3].state(), Centre: set.Centre, Mode: int(set.Mode), Slab: set.Slab,
		Before: viewer.Before{Layout: back.layout, Active: back.active, OneUp: back.oneUp},
	}
	for i := range m.Facing {
		right, down := set.Basis(i)
		m.Facing[i] = [2][3]float64{right, down}
	}
	for _, t := range back.tiles[:tilesOf(back.layout)] {
		m.Before.Tiles = append(m.Before.Tiles, t.state())
	}
	return m
}

// shownTiles are the states of the tiles on screen.
func (d *Desk) shownTiles() (out []viewer.Tile) {
	for _, t := range d.tiles[:tilesOf(d.layout)] {
		out = append(out, t.state())
	}
	return out
}

// withoutMPR is a state with what was on screen before reformats, so that they can be
// made upon it again.
func withoutMPR(s *viewer.State) *viewer.State {
	if s.MPR == nil {
		return s
	}
	out, b := *s, s.MPR.Before
	out.Layout, out.Tiles, out.Active, out.OneUp = b.Layout, b.Tiles, b.Active, b.OneUp
	return &out
}

// resumeMPR makes the reformats again that were on screen when the state was told.
func (d *Desk) resumeMPR(s *viewer.State) {
	if s.MPR == nil {
		return
	}
	t := d.at()
	if st := d.stackOf(s.MPR.Source); st == nil || t.stack != st {
		return
	}
	d.takeUpMPR(s.MPR, s.Tiles, s.Active)
}

// takeUpMPR makes reformats of the active tile's stack and lets them stand as they
// stood.
func (d *Desk) takeUpMPR(m *viewer.MPR, tiles []viewer.Tile, active int) {
	if !d.beginMPR(d.at()) {
		return
	}
	set := d.mpr.set
	for i, f := range m.Facing {
		if right, down := set.Basis(i); right != space.Vec3(f[0]) || down != space.Vec3(f[1]) {
			set.Face(i, f[0], f[1])
		}
	}
	set.Mode = volume.Mode(max(0, min(m.Mode, int(volume.Mean))))
	set.Thicken(m.Slab)
	set.Centre = m.Centre
	d.rehang()
	for i, s := range tiles {
		if i >= len(d.tiles) {
			break
		}
		d.tiles[i].lookAs(s)
		if k := d.mpr.source.Find(s.SOPUID, s.Frame); i == 3 && k >= 0 {
			d.tiles[i].goTo(k)
		}
		d.fuseAgain(d.tiles[i], s.Fused)
	}
	if active >= 0 && active < len(d.tiles) {
		d.active = active
	}
	d.touch()
}
