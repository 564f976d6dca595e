package desk

import (
	"fmt"
	"image"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// panel is a list over the images: the help, the marks. It is gone with Esc.
type panel struct {
	title string
	rows  []overlay.Row
	at    int                    // the row chosen; of the help, the page
	pick  func(d *Desk, row int) // nil: nothing can be chosen
}

// panelKey takes a key while a panel is open; false where it means what it always
// means: then the panel is closed.
func (d *Desk) panelKey(k viewer.Key) bool {
	p := d.panel
	if p == nil {
		return false
	}
	d.touch()
	if p.pick == nil {
		if k == "space" || k == "pgdown" {
			if p.at++; p.at < d.helpPages() {
				return true
			}
		}
		d.panel = nil
		return k.Typing() || k == "esc" || k == "enter" || k == "pgdown"
	}
	switch k {
	case "down", "j", "n":
		p.at++
	case "up", "k", "N":
		p.at--
	case "home":
		p.at = 0
	case "end":
		p.at = len(p.rows) - 1
	case "enter":
		d.panel = nil
		p.pick(d, p.at)
		return true
	case "esc", "D":
		d.panel = nil
		return true
	default:
		d.panel = nil
		return false
	}
	p.at = max(0, min(p.at, len(p.rows)-1))
	return true
}

// listMarks shows all marks of the case with what they measure; Enter goes to one.
func (d *Desk) listMarks() {
	marks := d.log.Marks()
	if len(marks) == 0 {
		d.notice("Nothing is marked yet.")
		return
	}
	p := &panel{title: "Marks: Enter goes to one, Esc closes"}
	ids := make([]string, len(marks))
	for i, m := range marks {
		ids[i] = m.ID
		if m.ID == d.chosen {
			p.at = i
		}
		p.rows = append(p.rows, overlay.Row{Key: fmt.Sprint(i + 1), Words: markWords(m), Amber: m.Prior})
	}
	p.pick = func(d *Desk, row int) {
		m, ok := d.log.Find(ids[row])
		if !ok || !d.goToMark(m) {
			d.notice("The image of this mark is not here.")
			return
		}
		d.chosen = m.ID
		d.touch()
	}
	d.panel = p
	d.touch()
}

// markWords is a mark in one line: its name, kind, values and place.
func markWords(m viewer.Mark) string {
	prior := ""
	if m.Prior {
		prior = "PRIOR " + overlay.Day(m.StudyDate)
	}
	return overlay.Join(" · ", string(m.Kind), overlay.Join(", ", overlay.Words(m)...), fmt.Sprintf("Im %d", m.Slice), prior)
}

// showHelp lists the keys of the map in effect.
func (d *Desk) showHelp() {
	d.panel = &panel{title: "Keys (" + d.opt.Keymap.Name() + ")", rows: helpRows(d.opt.Keymap)}
	d.touch()
}

// helpRows are the bindings of the images by group, as the terminal's help has them.
func helpRows(m *viewer.Keymap) []overlay.Row {
	var order []string
	groups := map[string][]overlay.Row{}
	for _, p := range []viewer.Place{viewer.InImages, viewer.InTool} {
		for _, b := range m.Bindings(p) {
			if groups[b.Group] == nil {
				order = append(order, b.Group)
			}
			keys := ""
			for _, k := range b.Keys {
				keys = overlay.Join(" ", keys, k.Label())
			}
			groups[b.Group] = append(groups[b.Group], overlay.Row{Key: keys, Words: b.Help})
		}
	}
	var out []overlay.Row
	for _, g := range order {
		out = append(append(out, overlay.Row{Words: g, Head: true}), groups[g]...)
	}
	return out
}

// helpPages is on how many pages the help is.
func (d *Desk) helpPages() int {
	_, pages := d.style().Panel(d.panelRect(), d.panel.title, d.panel.rows, 0, false)
	return pages
}

// panelRect is below all bars: nothing hides what is wrong with a case.
func (d *Desk) panelRect() image.Rectangle {
	_, top := d.style().Header(d.w, d.h, d.head())
	return image.Rect(0, top, d.w, max(top, d.h))
}

// drawPanel draws the open panel over the tiles.
func (d *Desk) drawPanel(s *Scene) {
	if d.panel == nil {
		return
	}
	r := d.panelRect()
	l, _ := d.style().Panel(r, d.panel.title, d.panel.rows, d.panel.at, d.panel.pick != nil)
	s.Over = outside(s.Over, r)
	s.Over.Append(l)
}
