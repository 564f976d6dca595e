package app

import (
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
)

// atDesk is where the reader is in the report of the case.
func (c *openCase) atDesk() (d reading.Desk) {
	if c.page.Editor == nil || c.draft == nil || c.signed {
		return d
	}
	section, caret := c.page.Editor.At()
	d.Section, d.After = section, max(0, c.runes(section)-caret)
	return d
}

// runes is how long a section of the report is.
func (c *openCase) runes(section string) int {
	for _, s := range c.page.Editor.Sections {
		if s.Key == section {
			return len([]rune(s.Buffer.String()))
		}
	}
	return 0
}

// keepPlace puts where the reader is on disk, if eyes or caret moved since.
func (c *openCase) keepPlace(m *Model) {
	if !c.begun || !c.moved && c.atDesk() == c.desk {
		return
	}
	c.keepHere(m)
}

// keepHere puts it on disk in any case, but for one that nobody has looked at yet.
func (c *openCase) keepHere(m *Model) {
	d := c.atDesk()
	if inUse(c.page.State) {
		at := *c.page.State
		c.eyes = &at
	}
	p := reading.Place{State: c.eyes, Desk: d}
	if p.State == nil && (d.Section == "" || !c.begun) {
		return
	}
	c.capsuled, c.moved, c.desk = m.Now(), false, d
	m.Room.KeepPlace(c.row.StudyUID, p)
}

// sitDown puts the caret back where it was when the program ended; F3 goes
// there.
func (c *openCase) sitDown(d reading.Desk) {
	if c.begun || c.page.Editor == nil || c.signed || d.Section == "" {
		return
	}
	c.page.Editor.Back(d.Section, max(0, c.runes(d.Section)-d.After))
	c.desk = c.atDesk()
}

// recallAside finds, after a start, the cases that were put aside before it: the
// worklist knows them, and the ledger that they are ours.
func (m *Model) recallAside(rows []feed.Row, live bool) {
	if len(m.aside) > 0 || m.recalledAside {
		return
	}
	for _, r := range rows {
		if r.Mine && r.State == feed.Aside && (m.open == nil || m.open.row.StudyUID != r.StudyUID) {
			m.aside = append(m.aside, r)
		}
	}
	m.recalledAside = live // a list of before may know less
}
