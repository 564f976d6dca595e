package desk

import (
	"strings"

	"github.com/nocturne/nocturne/viewer"
)

// ask takes a line of text from the reader, begun with what is there; done gets it.
func (d *Desk) ask(what, text string, done func(d *Desk, text string)) {
	d.label = &label{ask: what, text: []rune(text), done: done}
	d.repeat.Stop("")
	d.touch()
}

// nameMark asks for the selected mark's name: what lists, reports and the image call
// it.
func (d *Desk) nameMark() {
	m, _, ok := d.editable()
	if !ok {
		return
	}
	id := m.ID
	d.ask("name of the mark", m.Label, func(d *Desk, text string) { d.rename(id, text) })
}

func (d *Desk) rename(id, text string) {
	m, ok := d.log.Find(id)
	text = strings.TrimSpace(text)
	switch {
	case !ok || text == m.Label:
		return
	case d.c.ReadOnly != "":
		d.notice("Nothing can be changed: " + d.c.ReadOnly)
		return
	case text == "" && (m.Kind == viewer.Text || m.Kind == viewer.Vertebra):
		d.notice("This mark is its words: Delete takes it away.")
		return
	}
	m.Label, m.Changed = text, d.opt.Now()
	d.log.Change(m)
	d.edited(m)
}
