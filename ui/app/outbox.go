package app

import (
	"fmt"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/deliver"
)

// outboxLine is a report under way, as header and status say it.
type outboxLine struct {
	id        int64
	studies   []string // of the orders that it answers
	accession string
	site      string
	words     string
	done      bool
	overdue   bool
}

type deliveredMsg struct {
	rows  []ledger.OutboxRow
	err   error
	again bool // one of the chain of looks, of which there is exactly one
}

// deliver wakes the runner and looks at the outbox at once, beside the chain.
func (m *Model) deliver() tea.Cmd {
	m.Outbox.Wake()
	return m.lookAtOutbox(100*time.Millisecond, false)
}

func (m *Model) lookAtOutbox(after time.Duration, again bool) tea.Cmd {
	led, ctx := m.Room.Ledger, m.ctx
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(after):
		}
		rows, err := led.Outbox(ctx)
		return deliveredMsg{rows, err, again}
	}
}

func (m *Model) delivered(d deliveredMsg) tea.Cmd {
	if d.err != nil {
		if m.ctx.Err() == nil && d.again {
			m.warn(sentence(d.err))
		}
		return m.lookAtOutbox(slowLook, d.again)
	}
	m.outbox, m.rows = m.outbox[:0], d.rows
	next, fresh := slowLook, false
	for _, r := range deliver.Reports(d.rows) {
		line := m.describe(r)
		m.outbox = append(m.outbox, line)
		m.tellConflict(r)
		if !line.done {
			next = quickLook
			fresh = fresh || m.Now().Sub(r[0].Signed) < 2*slowLook
		}
		if m.open != nil && line.id == m.open.outbox {
			m.open.page.Report = line.words
		}
		if line.overdue && m.Now().Sub(m.late[line.id]) >= lateAgain {
			m.late[line.id] = m.Now()
			m.warn(fmt.Sprintf("STAT %s is not delivered after 10 min. %s · :outbox has its text", line.accession, m.phone(line.site)))
		}
	}
	told := m.tellOutbox(d.rows)
	if d.again || fresh { // until the chain has noticed, too
		return tea.Batch(told, m.lookAtOutbox(next, d.again))
	}
	return told
}

// tellOutbox brings the outbox page up to date, and the story of the row on it.
func (m *Model) tellOutbox(rows []ledger.OutboxRow) tea.Cmd {
	if m.sent == nil || m.page != onOutbox {
		return nil
	}
	m.sent.Set(rows, m.Now())
	if o := m.sent.Open; o != nil {
		return m.readStory(o.Row.ID, m.sent.turn)
	}
	return nil
}

// quickLook and slowLook are the pauses between two looks at the outbox while a
// report is under way and while none is.
const (
	quickLook = 300 * time.Millisecond
	slowLook  = 3 * time.Second
)

// lateAgain is how often an undelivered STAT report is said again (N12).
const lateAgain = time.Minute

// silent is after how long without an answer a site is said not to answer: the
// reader knows within two seconds of signing.
const silent = 1200 * time.Millisecond

// describe says how far a report is, in the words of the row that is worst off.
func (m *Model) describe(report deliver.Report) outboxLine {
	first, r := report[0], report.Worst()
	line := outboxLine{id: first.ID, studies: studiesOf(report), accession: first.Accession, site: r.Site, done: report.Done(),
		overdue: slices.ContainsFunc(report, func(r ledger.OutboxRow) bool { return deliver.Overdue(r, m.Now()) })}
	wait := r.NotBefore.Sub(m.Now())
	silence := m.Now().Sub(r.Signed) > silent && wait <= -silent
	switch {
	case r.State == ledger.Verified:
		line.words = "signed · VERIFIED at " + r.Site
		if !line.done {
			line.words += " · completing the task"
		}
	case r.State == ledger.Queued && wait > 0:
		line.words = fmt.Sprintf("signed · sent in %d s · F12 takes it back", int(wait.Seconds())+1)
	case r.State == ledger.Parked:
		line.words = "signed · PARKED: " + r.Reason
	case report.Arrived():
		line.words = fmt.Sprintf("signed · VERIFIED at %s · %s waits", r.Site, deliver.Noun(r.Kind))
	case r.State == ledger.Retry && r.Reason != "":
		line.words = "signed · waiting, " + r.Reason
	case r.State == ledger.Retry, silence:
		line.words = fmt.Sprintf("signed · waiting, %s not answering", r.Site)
	default:
		line.words = "signed · sending to " + r.Site
	}
	return line
}

func studiesOf(report deliver.Report) (out []string) {
	for _, r := range report {
		if !slices.Contains(out, r.StudyUID) {
			out = append(out, r.StudyUID)
		}
	}
	return out
}

func (m *Model) phone(site string) string {
	for _, s := range m.snapshot.Sites {
		if s.Name == site && s.Phone != "" {
			return "Call " + s.Name + ": " + s.Phone
		}
	}
	return "Call " + site + "."
}

// waiting is how many reports are not delivered, for the header.
func (m *Model) waiting() string {
	n := 0
	for _, l := range m.outbox {
		if !l.done {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d unsent", n)
}

// recall takes the report on screen back before it is sent (N10); its draft can be
// written again. With no signed case on screen it names the last one and asks first:
// what is taken back must be the one that was meant.
func (m *Model) recall() tea.Cmd {
	switch {
	case m.open != nil && m.open.signed && m.goesOn(m.open):
		return m.goOn(m.open)
	case m.open != nil && m.open.signed:
		return m.takeBack(m.open.outbox, m.open.row.Accession) // the list of them may not be read yet
	case len(m.outbox) == 0:
		m.say("Nothing was signed that could be taken back.")
		return nil
	}
	last := m.outbox[len(m.outbox)-1]
	m.ask("take back the report of "+last.accession+"? Enter: yes, Esc: no ", "", func(m *Model, _ string) tea.Cmd {
		return m.takeBack(last.id, last.accession)
	})
	return nil
}

func (m *Model) takeBack(id int64, accession string) tea.Cmd {
	room, ctx := m.Room, m.ctx
	return func() tea.Msg {
		if err := room.Ledger.Recall(ctx, id, room.Now()); err != nil {
			return failedMsg{err: fmt.Errorf("it is too late to take this report back; only an addendum can follow: %w", err)}
		}
		return recalledMsg{id, accession}
	}
}

type recalledMsg struct {
	id        int64
	accession string
}

func (m *Model) recalled(r recalledMsg) tea.Cmd {
	m.say("Taken back: " + r.accession + ". Nothing was sent.")
	if c := m.open; c != nil && c.outbox == r.id {
		c.signed, c.outbox, c.page.Signed = false, 0, false
		c.page.Report = "draft"
		room, ctx, epoch, row := m.Room, m.ctx, c.epoch, c.row
		return func() tea.Msg {
			start, err := room.Begin(ctx, row)
			return reopened{epoch, start, err}
		}
	}
	return nil
}

type reopened struct {
	epoch uint64
	start reading.Start
	err   error
}

func (r reopened) ofEpoch() uint64 { return r.epoch }

func (r reopened) apply(m *Model, c *openCase) tea.Cmd {
	if r.err != nil {
		m.warn(sentence(r.err))
		return nil
	}
	c.useDraft(m, r.start.Draft)
	return nil
}
