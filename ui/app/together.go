package app

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/study"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// suggestLinked says which orders may be reported with the case that was opened, where
// nothing else is said.
func (m *Model) suggestLinked(c *openCase) {
	if c.draft == nil || c.signed || len(c.draft.Linked) > 0 || c.draft.What() != report.Final || m.status.text != "" {
		return
	}
	if rows := reading.Together(c.row, m.snapshot.Rows); len(rows) > 0 {
		m.say("also " + rowNames(rows) + ": `:link` reports them together")
	}
}

func rowNames(rows []feed.Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, dicom.Clean(strings.TrimSpace(r.Accession+" "+r.Study)))
	}
	return strings.Join(out, ", ")
}

// link claims the orders of these accession numbers, without any those that belong
// together with the case, and reports them with it.
func (m *Model) link(accessions []string) tea.Cmd {
	c := m.open
	switch {
	case c == nil || c.draft == nil || c.page.ReadOnly != "":
		m.say("There is no report of yours here to link an order to.")
		return nil
	case c.signed || c.draft.What() != report.Final:
		m.say("This report is signed already: what follows it is about one order.")
		return nil
	}
	rows, unknown := m.toLink(c, accessions)
	switch {
	case unknown != "":
		m.say("No order " + unknown + " is listed at " + c.row.Site + ".")
		return nil
	case len(rows) == 0:
		m.say("No other order of this patient is open here within two hours. :link ACCESSION names one.")
		return nil
	}
	m.say("Claiming " + rowNames(rows) + " …")
	room, ctx, row, epoch := m.Room, m.ctx, c.row, c.epoch
	return func() tea.Msg {
		msg := linkedMsg{epoch: epoch}
		for _, other := range rows {
			o, err := room.Link(ctx, row, other)
			if err != nil {
				msg.failed = append(msg.failed, sentence(err))
				continue
			}
			msg.orders, msg.rows = append(msg.orders, o), append(msg.rows, other)
		}
		return msg
	}
}

// toLink are the rows to link; unknown is the first number that no row has.
func (m *Model) toLink(c *openCase, accessions []string) (rows []feed.Row, unknown string) {
	if len(accessions) == 0 {
		return reading.Together(c.row, m.snapshot.Rows), ""
	}
	for _, a := range accessions {
		i := slices.IndexFunc(m.snapshot.Rows, func(r feed.Row) bool { return r.Accession == a && r.Site == c.row.Site })
		if i < 0 {
			return nil, dicom.Clean(a)
		}
		rows = append(rows, m.snapshot.Rows[i])
	}
	return rows, ""
}

type linkedMsg struct {
	epoch  uint64
	orders []report.LinkedOrder
	rows   []feed.Row
	failed []string
}

func (l linkedMsg) ofEpoch() uint64 { return l.epoch }

// elsewhere: the claims stand, and the orders are reported one by one.
func (l linkedMsg) elsewhere(m *Model) tea.Cmd {
	if len(l.rows) > 0 {
		m.warn(rowNames(l.rows) + " is yours, and linked to nothing: the case before was left.")
	}
	return nil
}

func (l linkedMsg) apply(m *Model, c *openCase) tea.Cmd {
	if c.draft == nil || c.signed {
		return l.elsewhere(m)
	}
	var cmds []tea.Cmd
	for i, o := range l.orders {
		if c.draft.Link(o, m.Now()) {
			c.dirty = true
			cmds = append(cmds, m.bringLinked(c, l.rows[i]))
		}
	}
	switch {
	case len(l.failed) > 0:
		m.warn(l.failed[0])
	case len(l.rows) > 0:
		m.say("One report for " + c.row.Accession + " and " + rowNames(l.rows) + ": F12 signs one of it for each. :unlink parts them.")
	}
	return tea.Batch(append(cmds, m.saveSoon(c), c.prefill(m))...)
}

// bringLinked has the images of a linked order beside the case's own.
func (m *Model) bringLinked(c *openCase, row feed.Row) tea.Cmd {
	if slices.ContainsFunc(c.studies, func(s viewer.Study) bool { return s.UID == row.StudyUID }) {
		return nil // the search for other studies of the patient found it
	}
	s := reading.CurrentStudy(row)
	s.Prior = true // for the window, what is not the case's own study stands beside it
	c.studies = append(c.studies, s)
	c.page.Priors = append(c.page.Priors, study.Prior{UID: row.StudyUID, Date: reading.PriorStudy{Study: s}.Day(), Label: row.Study, Reason: "linked order"})
	return tea.Batch(m.show(c, c.page.State), m.loadStudy(m.caseContext(c), c, len(c.studies)-1))
}

// unlink parts orders from the report. They stay the reader's.
func (m *Model) unlink(accessions []string) tea.Cmd {
	c := m.open
	if c == nil || c.draft == nil || c.signed {
		m.say("There is no report of yours here with linked orders.")
		return nil
	}
	if len(accessions) == 0 {
		accessions = []string{""}
	}
	var gone []string
	for _, a := range accessions {
		for _, o := range c.draft.Unlink(a, m.Now()) {
			gone = append(gone, o.Accession)
		}
	}
	if len(gone) == 0 {
		m.say("No such order is linked to this report.")
		return nil
	}
	c.dirty = true
	m.say(fmt.Sprintf("%s has no part in this report any more and stays yours; Del in the list gives it back.", strings.Join(gone, ", ")))
	return tea.Batch(m.saveSoon(c), c.prefill(m))
}

// linkedRows are the rows of the case's linked orders as the list has them now.
func (m *Model) linkedRows(c *openCase) []feed.Row {
	return reading.LinkedRows(c.draft, m.snapshot.Rows)
}

// resumeLinked brings the images of orders that were linked when the case was open last.
func (m *Model) resumeLinked(c *openCase) tea.Cmd {
	var cmds []tea.Cmd
	for _, row := range m.linkedRows(c) {
		cmds = append(cmds, m.bringLinked(c, row))
	}
	return tea.Batch(cmds...)
}
