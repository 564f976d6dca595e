package app

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/worklist/feed"
)

// onMedium reports whether a row is of a medium that was brought: it is looked at.
func (m *Model) onMedium(row feed.Row) bool { return m.Room.Sites[row.Site].Medium != nil }

// atStart says what there is to say at the start. What was brought is listed by patient:
// who is who comes before what is to be read first.
func (m *Model) atStart() {
	if m.Said != "" {
		m.warn(m.Said)
	}
	for _, s := range m.Room.Sites {
		for s.Medium != nil && m.list.SortName() != "patient" {
			m.list.StepSort()
		}
	}
}

// openFirst opens the case that the program was started for, once it is listed.
func (m *Model) openFirst() tea.Cmd {
	if m.First == "" || m.page != onList {
		return nil
	}
	for _, r := range m.snapshot.Rows {
		if r.StudyUID == m.First {
			m.First = ""
			return m.openRow(r, false)
		}
	}
	return nil
}

// markable is why nothing may be marked: what is only looked at because it came on a
// medium is measured freely.
func (m *Model) markable(c *openCase) (why string) {
	if m.onMedium(c.row) && c.begun {
		return ""
	}
	return c.page.ReadOnly
}

// kept are the commands whose outcome must outlast the program.
var kept = []string{"critical", "call", "peer", "discrepancy", "followup", "link", "prelim"}

// keepsNothing reports, and says, that a command would leave something that has to be
// kept where nothing is: a critical result that is forgotten with the medium is worse
// than none.
func (m *Model) keepsNothing(command string) bool {
	c := m.open
	if c == nil || !m.onMedium(c.row) || !slices.Contains(kept, command) {
		return false
	}
	m.warn("Nothing of a medium is kept, this neither. Who has to know is called by hand.")
	return true
}
