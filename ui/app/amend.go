package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
)

// askWetRead asks for the one line that goes out as a preliminary report at once. The
// case stays as it is.
func (m *Model) askWetRead() tea.Cmd { return m.wetRead("") }

func (m *Model) wetRead(line string) tea.Cmd {
	c := m.open
	switch {
	case c == nil || c.draft == nil:
		m.say("There is no report of yours here to send a preliminary line of.")
		return nil
	case c.signed || c.draft.What() != report.Final:
		m.say("This report is signed already: :addendum or :correct follow it.")
		return nil
	case line != "":
		return m.askPIN(func(m *Model, ctx context.Context) tea.Cmd { return m.sendWet(ctx, line, "") })
	}
	m.ask("preliminary, sent at once: ", strings.Join(strings.Fields(c.draft.Plain(report.Impression)), " "),
		func(m *Model, line string) tea.Cmd {
			return m.askPIN(func(m *Model, ctx context.Context) tea.Cmd { return m.sendWet(ctx, line, "") })
		})
	return nil
}

// sendWet signs and queues the line, in spite of what may be overridden when there is a
// reason.
func (m *Model) sendWet(ctx context.Context, line, why string) tea.Cmd {
	c := m.open
	if c == nil || c.draft == nil || line == "" {
		m.say("Nothing was sent.")
		return nil
	}
	draft, err := reading.Clone(c.draft)
	if err != nil {
		m.warn("Not sent: " + sentence(err))
		return nil
	}
	m.say("Sending the preliminary line …")
	gather, epoch, row, room := m.facts(c), c.epoch, c.row, m.Room
	return func() tea.Msg {
		facts := gather()
		_, err := room.WetRead(ctx, row, draft, facts, line, why)
		if err == nil {
			facts = gather()
		}
		return wetMsg{epoch, row.Accession, line, facts, err}
	}
}

type wetMsg struct {
	epoch     uint64
	accession string
	line      string
	facts     report.Facts // with the line that was sent
	err       error
}

func (w wetMsg) ofEpoch() uint64 { return w.epoch }

// elsewhere: the line stands, or the reader learns that it does not, whatever case is
// on screen by then.
func (w wetMsg) elsewhere(m *Model) tea.Cmd {
	if w.err != nil {
		m.warn("The preliminary line of " + w.accession + " was not sent: " + sentence(w.err))
		return nil
	}
	m.say("Preliminary report of " + w.accession + " signed.")
	return m.deliver()
}

func (w wetMsg) apply(m *Model, c *openCase) tea.Cmd {
	var stopped *report.BlockedError
	if errors.As(w.err, &stopped) && !stopped.Final() {
		m.ask(fmt.Sprintf("reason to send although %s (%s): ", stopped.Findings[0].Hint, strings.Join(stopped.Findings[0].Evidence, " · ")), "",
			func(m *Model, why string) tea.Cmd {
				if why == "" {
					m.say("Nothing was sent.")
					return nil
				}
				return m.askPIN(func(m *Model, ctx context.Context) tea.Cmd { return m.sendWet(ctx, w.line, why) })
			})
		return nil
	}
	cmd := w.elsewhere(m)
	if w.err == nil {
		cmd = tea.Batch(cmd, factsMsg{w.epoch, w.facts}.apply(m, c))
	}
	return cmd
}

// amend begins what follows the signed report on screen.
func (m *Model) amend(kind report.Kind, why string) tea.Cmd {
	c := m.open
	if c == nil || c.draft == nil {
		m.say("Open the case first.")
		return nil
	}
	if kind != report.Added && why == "" {
		m.ask(fmt.Sprintf("%s, why (it is said to everyone who got the report): ", kind), "", func(m *Model, why string) tea.Cmd {
			if why == "" {
				m.say("Nothing was begun: a " + string(kind) + " needs its reason.")
				return nil
			}
			return m.amend(kind, why)
		})
		return nil
	}
	m.saveDraft(c)
	room, ctx, row, epoch := m.Room, m.ctx, c.row, c.epoch
	return func() tea.Msg {
		err := room.Journal.Wait(ctx)
		var d *report.Draft
		if err == nil {
			d, err = room.Amend(ctx, row, kind, why)
		}
		return amendedMsg{epoch, d, err}
	}
}

type amendedMsg struct {
	epoch uint64
	draft *report.Draft
	err   error
}

func (a amendedMsg) ofEpoch() uint64 { return a.epoch }

func (a amendedMsg) apply(m *Model, c *openCase) tea.Cmd {
	if a.err != nil {
		m.warn(sentence(a.err))
		return nil
	}
	m.page, m.sheet = onCase, nil
	c.signed, c.outbox, c.page.Signed, c.dirty = false, 0, false, false
	c.useDraft(m, a.draft)
	c.page.Report, c.page.Typing = string(a.draft.What()), true
	m.say(begunWords[a.draft.What()])
	return m.tellSite()
}

var begunWords = map[report.Kind]string{
	report.Added:     "Addendum begun: the signed text stays as it is. F12 signs the addendum.",
	report.Corrected: "Correction begun: it takes the place of the signed report. F12 signs it.",
	report.Withdrawn: "Withdrawal begun: nothing went out yet. F7 records who was called, F12 signs it.",
}

// shownIn reports whether a section is written in this kind of draft: of what was
// signed nothing is touched by an addendum, and a withdrawal says only that it is one.
func shownIn(d *report.Draft, s report.Section) bool {
	switch d.What() {
	case report.Added:
		return s == report.Addendum || s == report.Critical && d.Sections[s] != d.Was[s]
	case report.Withdrawn:
		return s == report.Impression || s == report.Critical && d.Sections[s] != ""
	}
	return s != report.Addendum && (s != report.Critical || d.Sections[s] != "")
}

// firstSection is where the caret begins.
func firstSection(d *report.Draft) string {
	switch d.What() {
	case report.Added:
		return string(report.Addendum)
	case report.Corrected, report.Withdrawn:
		return string(report.Impression)
	}
	return string(report.Findings)
}
