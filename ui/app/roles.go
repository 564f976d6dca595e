package app

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// goesOn reports whether the signed case is a trainee's whose preliminary report cannot
// be taken back any more: what is written now replaces it.
func (m *Model) goesOn(c *openCase) bool {
	if c.draft == nil || !m.Room.TraineeAt(c.row.Site) || c.draft.What() != report.Final {
		return false
	}
	for _, r := range m.rows {
		if r.ID == c.outbox {
			return r.State != ledger.Queued || !r.NotBefore.After(m.Now())
		}
	}
	return false
}

func (m *Model) goOn(c *openCase) tea.Cmd {
	c.signed, c.outbox, c.page.Signed, c.page.Report = false, 0, false, "draft"
	m.say("The preliminary report is on its way. What you write on and sign with F12 replaces it.")
	return c.prefill(m)
}

// coauthor names who wrote the report besides the reader who signs it; without a name it
// says who is named.
func (m *Model) coauthor(words []string) tea.Cmd {
	c := m.open
	if c == nil || c.draft == nil || c.signed {
		m.say("There is no report of yours here that somebody else wrote, too.")
		return nil
	}
	if len(words) > 0 {
		name := dicom.Clean(strings.Join(words, " "))
		if !c.draft.Coauthor(report.Reader{Name: name}, m.Now()) {
			m.say("That name is among the authors already.")
			return nil
		}
		c.dirty = true
	}
	var names []string
	for _, a := range c.draft.Authors {
		names = append(names, dicom.ParsePN(a.Name).Display())
	}
	if len(names) == 0 {
		m.say("Nobody else is named: :coauthor FAMILY^GIVEN.")
		return nil
	}
	m.say("Written also by " + strings.Join(names, ", ") + ".")
	return m.saveSoon(c)
}
