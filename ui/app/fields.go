package app

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"
)

// useFields ties the editor to the draft's spans: fields, what is not confirmed, what
// was pulled from a prior.
func (c *openCase) useFields(m *Model) {
	e := c.page.Editor
	e.Span = c.draft.Span
	e.Confirm = func(runes ...rune) {
		c.draft.Confirm(runes...)
		c.dirty = true
	}
	e.Say = m.warn
	e.Vim(m.Vim)
	c.useSpelling(m)
}

// settleField confirms the field that the reader leaves for the images or the sheet.
func (c *openCase) settleField() {
	if c.page.Editor != nil && !c.signed {
		c.page.Editor.Settle()
	}
}

// fieldHint says what the caret stands in.
func (c *openCase) fieldHint() string {
	if c.page.Editor == nil || c.signed {
		return ""
	}
	return c.page.Editor.Hint()
}

// acceptText takes what is proposed at the caret, or in all of the section, as the
// reader's own (N18).
func (m *Model) acceptText() tea.Cmd {
	c := m.open
	if c == nil || c.page.Editor == nil || c.signed || m.page != onCase {
		m.say("There is no report to accept text in.")
		return nil
	}
	if n := c.page.Editor.Accept(); n > 0 {
		m.say(fmt.Sprintf("Confirmed in %s: %d.", c.page.Editor.Active().Title, n))
	} else {
		m.say("Nothing waits for confirmation in " + c.page.Editor.Active().Title + ".")
	}
	return c.takeEdits(m)
}

// pickHere opens the list of the field under the caret, else the templates (F8).
func (m *Model) pickHere() tea.Cmd {
	c := m.open
	switch {
	case c == nil || c.page.Editor == nil || c.signed || m.page != onCase:
		m.say("There is no report to choose in.")
	case !c.page.Typing:
		m.say("The keys belong to the images. F3 goes to the report, F8 there lists what a field takes.")
	case c.page.Editor.Picking():
		c.page.Editor.Key("esc")
	case !c.page.Editor.PickField():
		return m.chooseTemplate(c)
	}
	return nil
}
