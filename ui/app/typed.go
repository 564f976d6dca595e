package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
)

// bindTyped puts the token of a mark in the place of a number typed by hand, when the
// caret is on it and one mark says the same: the selected one, else the only one. From
// then on the number follows the mark.
func (c *openCase) bindTyped(m *Model) (tea.Cmd, bool) {
	at := c.page.Editor.Active()
	section := report.Section(at.Key)
	if !c.page.Typing || at.Buffer.String() != c.draft.Sections[section] {
		return nil, false
	}
	n, ok := c.draft.TypedAt(section, at.Buffer.Caret())
	if !ok {
		return nil, false
	}
	selected := ""
	if s := c.page.State; s != nil {
		selected = s.Selected
	}
	mark, ok := n.Mark(reading.Measurements(c.marks), selected)
	if !ok {
		return nil, false
	}
	token, ok := c.draft.Bind(mark)
	if !ok {
		return nil, false
	}
	at.Buffer.Select(n.From, n.To)
	c.page.Editor.InsertToken(token.Rune)
	m.say(n.Text + " is bound to its mark and follows it: " + token.Text + ".")
	return c.takeEdits(m), true
}
