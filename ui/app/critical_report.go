package app

import (
	"errors"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// reportCritical writes an acknowledged result into the report, and closes it when the
// report says it: in the draft on screen, else in the one on disk.
func (m *Model) reportCritical(r critical.Result, row feed.Row) tea.Cmd {
	c := m.open
	here := c != nil && c.row.StudyUID == r.StudyUID
	switch {
	case here && !c.begun:
		m.warn("The report is still being opened: F7 again when it is here.")
		return nil
	case here && c.page.ReadOnly != "":
		if r.Open() && m.took(r.Close("", m.Now())) {
			m.keepCritical(r)
		}
		m.warn("Kept. The report of this case is not yours to write: tell its reader that it was told.")
		return nil
	case here && c.draft != nil && !c.signed:
		return m.intoDraft(c, r)
	}
	room, ctx, epoch := m.Room, m.ctx, m.epoch
	return func() tea.Msg {
		if err := room.Journal.Wait(ctx); err != nil {
			return criticalReported{epoch, r, err}
		}
		done, err := room.ReportCritical(ctx, row, r)
		return criticalReported{epoch, done, err}
	}
}

func (m *Model) took(err error) bool {
	if err != nil {
		m.warn(sentence(err))
	}
	return err == nil
}

// intoDraft writes a result into the draft on screen. The caret stays where it is.
func (m *Model) intoDraft(c *openCase, r critical.Result) tea.Cmd {
	c.takeEdits(m)
	if s := c.draft.Communicate(r.Communication, time.Local, m.Now()); s != "" {
		c.renew(s)
		c.dirty = true
	}
	m.saveDraft(c) // before the result is closed: the journal keeps the order
	if r.Open() && !m.took(r.Close("", m.Now())) {
		return nil
	}
	m.keepCritical(r)
	m.say("Told and acknowledged; the report says it under “" + report.Critical.Title() + "”.")
	m.renewSheet()
	return m.saveSoon(c)
}

// renew shows a section of the draft in the editor as the draft has it, also one that
// was not there.
func (c *openCase) renew(s report.Section) {
	e := c.page.Editor
	if e == nil {
		return
	}
	for _, o := range e.Sections {
		if o.Key == string(s) {
			o.Buffer.Replace(c.draft.Sections[s])
			return
		}
	}
	e.Add(string(report.Recommendation), &editor.Section{Key: string(s), Title: s.Title(), Buffer: editor.NewBuffer(c.draft.Sections[s])})
}

// criticalReported is what came of writing a result into a report on disk.
type criticalReported struct {
	epoch uint64
	r     critical.Result
	err   error
}

func (s criticalReported) take(m *Model) tea.Cmd {
	if errors.Is(s.err, reading.ErrRecallable) {
		m.warn("Told and acknowledged. " + capitalised(s.err.Error()) + "; F7 then.")
		return nil
	}
	if s.err != nil {
		m.warn("Kept, and not in the report yet: " + sentence(s.err) + " F7 tries again.")
		return nil
	}
	m.keepCritical(s.r)
	m.say("Told and acknowledged; it stands in the report of " + s.r.Accession + ": F12 in the case signs it.")
	c := m.open
	if c == nil || c.row.StudyUID != s.r.StudyUID || !c.signed {
		return nil
	}
	return m.reopen(c)
}

// reopen takes the report of the case on screen from disk: it goes on in an addendum.
func (m *Model) reopen(c *openCase) tea.Cmd {
	c.signed, c.outbox, c.page.Signed, c.page.Report = false, 0, false, "draft"
	room, ctx, epoch, row := m.Room, m.ctx, c.epoch, c.row
	return func() tea.Msg {
		start, err := room.Begin(ctx, row)
		return reopened{epoch, start, err}
	}
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
