package app

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/quality"
)

// review is :peer SCORE [COMMENT]: the report of the prior beside is scored, blinded.
func (m *Model) review(args []string) tea.Cmd {
	c := m.open
	if c == nil || len(args) == 0 {
		m.say("In a case with a prior: :peer 1, 2a, 2b, 3a or 3b and a comment (RADPEER).")
		return nil
	}
	prior := c.reviewed()
	if prior == "" {
		m.say("No prior with a report is here to review.")
		return nil
	}
	room, ctx, row, score, comment := m.Room, m.ctx, c.row, args[0], strings.Join(args[1:], " ")
	return func() tea.Msg {
		if err := room.Review(ctx, row, prior, score, comment); err != nil {
			return failedMsg{err: err}
		}
		return keptMsg{said: "Peer review " + score + " is kept. The author's name is not."}
	}
}

// reviewed is the prior on screen, else the first, that has a report.
func (c *openCase) reviewed() string {
	first := ""
	for _, p := range c.page.Priors {
		switch {
		case p.Report == "" || p.Newer:
		case c.compared[p.UID]:
			return p.UID
		default:
			first = cmp.Or(first, p.UID)
		}
	}
	return first
}

// discrepancy is :discrepancy [GRADE [WHY]]: what the final report says otherwise than
// the preliminary one, and how much that matters. A major one is told at once (F7).
func (m *Model) discrepancy(args []string) tea.Cmd {
	c := m.open
	if c == nil || c.draft == nil {
		m.say("No report is open to compare with its preliminary one.")
		return nil
	}
	changed, err := reading.Compared(c.draft)
	if err != nil {
		m.say(sentence(err))
		return nil
	}
	if len(args) == 0 {
		m.showLines(c.differences(m, changed))
		return m.clearPicture()
	}
	g, ok := quality.ParseGrade(args[0])
	if !ok {
		m.say("A discrepancy is agree, minor or major.")
		return nil
	}
	return m.grade(c, g, strings.Join(args[1:], " "))
}

func (c *openCase) differences(m *Model, changed []string) *lines {
	l := &lines{title: "PRELIMINARY AND FINAL · " + strings.TrimSpace(c.page.Who()), notice: "[-gone-] {+new+}", hint: "a agree · m minor · M major (F7 follows) · Esc back",
		keys: map[string]func(*Model, int) tea.Cmd{}}
	for _, text := range changed {
		l.rows = append(append(l.rows, wrapped(text, m.width-4)...), "")
	}
	if len(changed) == 0 {
		l.rows = []string{"Both say the same."}
	}
	for key, g := range map[string]quality.Grade{"a": quality.Agree, "m": quality.Minor, "M": quality.Major} {
		l.keys[key] = func(m *Model, _ int) tea.Cmd {
			leave := m.leaveLines()
			if m.open != c {
				return leave
			}
			return tea.Batch(leave, m.grade(c, g, ""))
		}
	}
	return l
}

func (m *Model) grade(c *openCase, g quality.Grade, why string) tea.Cmd {
	if !m.took(m.Room.KeepDiscrepancy(c.draft, g, why)) {
		return nil
	}
	if g != quality.Major {
		m.say("Kept: " + string(g) + ".")
		return nil
	}
	m.criticals.from, m.criticals.epoch = onCase, m.epoch
	finding := cmp.Or(why, proposal(c.draft.Plain(report.Impression)))
	cmd := m.showCritical(m.Room.NewCritical(c.row, "Preliminary report corrected: "+finding), c.row)
	m.say("A major discrepancy: who acted on the preliminary report must be told.")
	return cmd
}

// openStats is the page of the reader's own figures, :stats [SINCE].
func (m *Model) openStats(args []string) tea.Cmd {
	since, err := reading.Since(strings.Join(args, ""), m.Now())
	if err != nil {
		m.say(sentence(err))
		return nil
	}
	room, ctx, width := m.Room, m.ctx, m.width
	return m.readLines(func() (*lines, error) {
		s, err := room.Figures(ctx, since)
		l := &lines{title: "FIGURES", notice: "all since the beginning · :stats 7d or :stats 2026-11-01 narrows · nocturne stats --csv", hint: "↑↓ PgUp PgDn · Esc back"}
		if !since.IsZero() {
			l.notice = "since " + since.Local().Format("2006-01-02 15:04 MST")
		}
		for _, line := range s.Lines() {
			l.rows = append(l.rows, wrapped(line, width-4)...)
		}
		return l, err
	})
}

// followUp is :followup EXAM TIME: a task of the reader's own words.
func (m *Model) followUp(args []string) tea.Cmd {
	if m.open == nil || len(args) == 0 {
		m.say("In a case: :followup CT chest 6 months.")
		return nil
	}
	room, ctx, row, text := m.Room, m.ctx, m.open.row, strings.Join(args, " ")
	return func() tea.Msg {
		t, err := room.FollowUp(ctx, row, text)
		if err != nil {
			return failedMsg{err: err}
		}
		return keptMsg{said: "Follow-up kept: " + t.What + " by " + t.By.Format(time.DateOnly) + ". :followups lists them."}
	}
}

// openFollowUps is the page of the recommended examinations that nobody has seen done.
func (m *Model) openFollowUps() tea.Cmd {
	room, ctx, now := m.Room, m.ctx, m.Now()
	return m.readLines(func() (*lines, error) {
		open, err := room.FollowUps(ctx)
		l := &lines{title: "FOLLOW-UPS", notice: fmt.Sprintf("%d open", len(open)), choose: true, hint: "↑↓ choose · Delete closes with a reason · Esc back"}
		for _, t := range open {
			l.rows = append(l.rows, FollowUpLine(t, now))
		}
		l.keys = map[string]func(*Model, int) tea.Cmd{"delete": func(m *Model, at int) tea.Cmd { return m.closeFollowUp(open[at]) }}
		return l, err
	})
}

// FollowUpLine is a task in a line: its date first.
func FollowUpLine(t quality.Task, now time.Time) string {
	due := "due " + t.By.Format(time.DateOnly)
	if t.Overdue(now) {
		due = "OVERDUE " + t.By.Format(time.DateOnly)
	}
	return strings.Join([]string{due, t.What, dicom.ParsePN(t.Patient).Display() + " ID " + t.PatientID, "acc " + t.Accession + " " + t.Site, t.Why}, " · ")
}

func (m *Model) closeFollowUp(t quality.Task) tea.Cmd {
	m.ask("close "+t.What+" of acc "+t.Accession+", reason: ", "", func(m *Model, why string) tea.Cmd {
		room, ctx := m.Room, m.ctx
		again := m.openFollowUps()
		return func() tea.Msg {
			if _, err := room.CloseFollowUp(ctx, t.ID, why); err != nil {
				return failedMsg{err: err}
			}
			return again()
		}
	})
	return nil
}

// settleEvery is how often the list is compared with the follow-ups.
const settleEvery = time.Minute

// settleFollowUps closes what a study of the list has done, and says once a day what is
// overdue.
func (m *Model) settleFollowUps() tea.Cmd {
	if m.Now().Sub(m.followed) < settleEvery {
		return nil
	}
	m.followed = m.Now()
	room, ctx, rows := m.Room, m.ctx, m.snapshot.Rows
	return func() tea.Msg {
		done, overdue, err := room.SettleFollowUps(ctx, rows)
		if err != nil {
			return failedMsg{err: err}
		}
		var said []string
		for _, t := range done {
			said = append(said, "The follow-up of acc "+t.Accession+" ("+t.What+") is "+t.Done+".")
		}
		if len(overdue) > 0 {
			if first, err := room.Daily(ctx, "follow-ups"); err == nil && first {
				said = append(said, fmt.Sprintf("%d recommended follow-ups are overdue: :followups lists them.", len(overdue)))
			}
		}
		if len(said) == 0 {
			return nil
		}
		return keptMsg{said: strings.Join(said, " ")}
	}
}
