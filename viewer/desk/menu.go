package desk

import (
	"image"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// menu is all that the keys do at the images, for a hand on the mouse: a right
// click without a drag opens it, a click performs, anything else closes it.
type menu struct {
	at      image.Point
	entries []overlay.Entry
	actions []viewer.Action // of each entry; "" for a heading
	cells   []image.Rectangle
	panel   image.Rectangle
}

// openMenu lists the image side's own actions by their groups, as the help does.
func (d *Desk) openMenu(x, y float64) {
	m := &menu{at: image.Pt(int(x), int(y))}
	group := ""
	for _, b := range d.opt.Keymap.Bindings(viewer.InImages) {
		if _, mine := d.deeds[b.Action]; !mine || b.Action == viewer.ToolDrop {
			continue
		}
		if b.Group != group {
			group = b.Group
			m.entries, m.actions = append(m.entries, overlay.Entry{Words: group, Heading: true}), append(m.actions, "")
		}
		m.entries = append(m.entries, overlay.Entry{Words: b.Help, Key: b.Keys[0].Label()})
		m.actions = append(m.actions, b.Action)
	}
	d.menu = m
	d.touch()
}

// menuMouse takes the pointer while the menu is open.
func (d *Desk) menuMouse(kind MouseKind, b Button, x, y float64) bool {
	m := d.menu
	if m == nil {
		return false
	}
	if kind == MouseMove {
		d.dirty = true
	}
	if kind != MouseDown {
		return true
	}
	d.menu = nil
	d.touch()
	for i, c := range m.cells {
		if b == LeftButton && image.Pt(int(x), int(y)).In(c) {
			d.perform(m.actions[i])
		}
	}
	return true
}

// menuKey: a key closes the menu; Esc does nothing else.
func (d *Desk) menuKey(k viewer.Key) bool {
	if d.menu == nil {
		return false
	}
	d.menu = nil
	d.touch()
	return k == "esc"
}

// menuScene draws the menu over the Scene; what is written under it is left out.
func (d *Desk) menuScene(s *Scene) {
	if d.menu == nil {
		return
	}
	over := image.Pt(-1, -1)
	if d.pointer.inside {
		over = image.Pt(int(d.pointer.x), int(d.pointer.y))
	}
	var l overlay.List
	area := image.Rect(0, d.style().HeaderHeight(d.h), d.w, d.h)
	l, d.menu.panel, d.menu.cells = d.style().Menu(area, d.menu.at, d.menu.entries, over)
	s.Over = s.Over.Outside(d.menu.panel)
	s.Over.Append(l)
}
