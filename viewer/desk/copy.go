package desk

import "github.com/nocturne/nocturne/viewer"

// copying is a mark that waits for the next slice to be on screen.
type copying struct {
	mark viewer.Mark
	tile int
	at   int // slice
}

// copyMark puts the selected mark onto the next slice and goes there. What it
// measures is measured there anew.
func (d *Desk) copyMark() {
	m, i, ok := d.editable()
	if !ok {
		return
	}
	t := d.tiles[i]
	switch {
	case m.Kind == viewer.Volume || m.Kind == viewer.Vertebra:
		d.notice("A volume and a spine label belong to one place: they are not copied.")
		return
	case t.look.slice+1 >= len(t.stack.Slots):
		d.notice("This is the last slice.")
		return
	case t.stack.Slots[t.look.slice+1].Instance == nil:
		d.notice("The next slice is not here.")
		return
	}
	d.activate(i)
	d.slice(t, t.look.slice+1)
	d.copying = &copying{mark: m, tile: i, at: t.look.slice}
}

// paste makes the copy once its slice is on screen; scrolling on gives it up.
func (d *Desk) paste() {
	c := d.copying
	if c == nil {
		return
	}
	t := d.tiles[c.tile]
	switch {
	case t.look.slice != c.at:
		d.copying = nil
	case t.shown.Image != nil && t.shown.Index == c.at && !t.shown.Preview():
		d.copying = nil
		d.place(viewer.Mark{Kind: c.mark.Kind, Points: append([][2]float64(nil), c.mark.Points...), Label: c.mark.Label}, t.shown, t.stack)
	}
}
