package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/diff"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/report"
)

// tellConflict warns once of a report that stays here because of another's. It never
// moves the focus (N3).
func (m *Model) tellConflict(r deliver.Report) {
	i := slices.IndexFunc(r, waitsForDecision)
	if i < 0 || !m.late[-r[i].ID].IsZero() {
		return
	}
	m.late[-r[i].ID] = m.Now() // beside the rows' own numbers, which are positive
	m.warn(r[i].Accession + " was NOT sent: " + r[i].Reason)
}

func waitsForDecision(r ledger.OutboxRow) bool {
	return r.State == ledger.Parked && strings.HasSuffix(r.Reason, reading.ShowsBoth)
}

// inConflict reports whether the row chosen on the outbox page waits for a decision.
func (m *Model) inConflict() bool {
	row, ok := m.chosenReport()
	return ok && slices.ContainsFunc(m.rows, func(r ledger.OutboxRow) bool { return r.Report == row.Report && waitsForDecision(r) })
}

// openConflict puts a signed report and another's side by side (:conflict); words may
// name the accession.
func (m *Model) openConflict(words []string) tea.Cmd {
	room, ctx := m.Room, m.ctx
	return func() tea.Msg {
		all, err := room.Conflicts(ctx)
		return conflictsMsg{all, words, err}
	}
}

type conflictsMsg struct {
	all   []reading.Conflict
	words []string
	err   error
}

// take shows the conflict that was meant: by its number, of the case on screen, of the
// row under the cursor, else the oldest.
func (c conflictsMsg) take(m *Model) tea.Cmd {
	switch {
	case c.err != nil:
		m.warn(sentence(c.err))
		return nil
	case len(c.all) == 0:
		m.say("No report of yours waits because of another's.")
		return nil
	}
	for _, is := range []func(reading.Conflict) bool{
		func(x reading.Conflict) bool { return slices.Contains(c.words, x.Accession) },
		func(x reading.Conflict) bool { row, ok := m.chosenReport(); return ok && row.Report == x.Report },
		func(x reading.Conflict) bool { return m.open != nil && m.open.row.StudyUID == x.StudyUID },
	} {
		if i := slices.IndexFunc(c.all, is); i >= 0 {
			m.showConflict(c.all[i], len(c.all))
			return m.clearPicture()
		}
	}
	m.showConflict(c.all[0], len(c.all))
	return m.clearPicture()
}

// chosenReport is the row meant on the outbox page.
func (m *Model) chosenReport() (ledger.OutboxRow, bool) {
	if m.sent == nil || m.page != onOutbox {
		return ledger.OutboxRow{}, false
	}
	return m.sent.chosen()
}

func (m *Model) showConflict(c reading.Conflict, of int) {
	l := &lines{title: "NOT SENT · " + strings.Join(nonempty(c.Accession, m.whoOf(c.StudyUID), c.Site), " · "), notice: conflictNotice(c, of), keys: map[string]func(*Model, int) tea.Cmd{}}
	hints := []string{}
	for _, d := range c.Choices() {
		key, hint := decisionKeys[d][0], decisionKeys[d][1]
		l.keys[key] = func(m *Model, _ int) tea.Cmd { return m.askDecision(c, d) }
		hints = append(hints, key+" "+hint)
	}
	l.hint = strings.Join(append(hints, "Esc later"), " · ")
	l.draw = func(width int) []string { return sideBySide(c, width) }
	l.rows = l.draw(m.width)
	m.showLines(l)
	m.status = status{} // its keys stand there
}

func conflictNotice(c reading.Conflict, of int) string {
	said := c.Task
	if n := len(c.Rivals); n > 0 {
		said = fmt.Sprintf("%s holds another report of it; nothing of yours left", c.Site)
	}
	if of > 1 {
		said += fmt.Sprintf(" · one of %d (:conflict ACCESSION)", of)
	}
	return said
}

// decisionKeys are what each decision is chosen by, said, and asked again.
var decisionKeys = map[reading.Decision][3]string{
	reading.AddToTheirs:   {"a", "add mine to theirs", "begin yours as an ADDENDUM to theirs? You sign it again."},
	reading.ReplaceTheirs: {"r", "replace theirs", ""},
	reading.KeepAside:     {"m", "keep mine aside", "keep yours aside? It is NOT sent, and stays in this home."},
	reading.SendMine:      {"s", "send mine", "send yours as it was signed, without the claim?"},
}

func (m *Model) askDecision(c reading.Conflict, d reading.Decision) tea.Cmd {
	if d == reading.ReplaceTheirs {
		m.ask("yours REPLACES theirs, why (everyone who got it is told): ", "", func(m *Model, why string) tea.Cmd {
			if why == "" {
				m.say("Nothing was done: replacing a report needs its reason.")
				return nil
			}
			return m.decide(c, d, why)
		})
		return nil
	}
	m.askYes(decisionKeys[d][2]+yesNo, func(m *Model) tea.Cmd { return m.decide(c, d, "") })
	return nil
}

func (m *Model) decide(c reading.Conflict, d reading.Decision, why string) tea.Cmd {
	room, ctx, wake := m.Room, m.ctx, m.Outbox.Wake
	return func() tea.Msg {
		err := room.Journal.Wait(ctx)
		if err == nil {
			err = room.Decide(ctx, c, d, why)
		}
		wake()
		return decidedMsg{c, d, err}
	}
}

type decidedMsg struct {
	conflict reading.Conflict
	what     reading.Decision
	err      error
}

// take says what comes next. A case on screen is opened anew with the draft that its
// report became.
func (d decidedMsg) take(m *Model) tea.Cmd {
	look := m.lookAtOutbox(0, false)
	switch {
	case errors.Is(d.err, ledger.ErrLeased):
		m.say("It is being looked at right now; press the key again.")
		return look
	case d.err != nil:
		m.warn(sentence(d.err))
		return look
	}
	if m.page == onLines {
		look = tea.Batch(look, m.leaveLines())
	}
	m.say(decidedWords[d.what])
	if c := m.open; c != nil && c.row.StudyUID == d.conflict.StudyUID && d.what != reading.SendMine {
		return tea.Batch(look, m.openRow(c.row, c.look))
	}
	return look
}

var decidedWords = map[reading.Decision]string{
	reading.AddToTheirs:   "Your text is an addendum to theirs now, not signed yet: open the case, F12 signs it.",
	reading.ReplaceTheirs: "Your text is a report that replaces theirs, not signed yet: open the case, F12 signs it.",
	reading.KeepAside:     "Kept aside: theirs stands. Yours is in this home (nocturne outbox conflicts --kept).",
	reading.SendMine:      "Sent as it was signed, and flagged: signed without claim.",
}

// sideBySide draws both texts beside each other, section by section, what differs
// marked in both.
func sideBySide(c reading.Conflict, width int) (out []string) {
	left := max(10, (width-3)/2)
	right := max(10, width-3-left)
	row := func(a, b string) {
		out = append(out, padded(a, left)+theme.Muted.Render(" │ ")+padded(b, right))
	}
	head := func(style lipgloss.Style, a, b string) {
		row(style.Render(widget.Fit(dicom.Clean(a), left)), style.Render(widget.Fit(dicom.Clean(b), right)))
	}
	var theirs reading.Rival
	if n := len(c.Rivals); n > 0 {
		theirs = c.Rivals[n-1]
		head(theme.Heading, "MINE · "+day(c.Signed, c.Found)+" · not sent", strings.Join(nonempty("THEIRS, "+preliminaryWord(theirs), dicom.ParsePN(theirs.By).Display(), day(theirs.At, c.Found)), " · "))
	} else {
		head(theme.Heading, "MINE · "+day(c.Signed, c.Found)+" · not sent", "THEIRS · no report of theirs is there")
	}
	for _, s := range sectionsOf(c.Mine, theirs.Parts) {
		a, b := columns(textOf(c.Mine, s), textOf(theirs.Parts, s), left, right)
		head(theme.Bold, strings.ToUpper(s.Title), "")
		for i := range max(len(a), len(b)) {
			row(at(a, i), at(b, i))
		}
	}
	for _, v := range c.Rivals[:max(0, len(c.Rivals)-1)] {
		out = append(out, "", theme.Heading.Render(widget.Fit(dicom.Clean("ANOTHER · "+dicom.ParsePN(v.By).Display()+" · "+day(v.At, c.Found)), width)))
		for _, s := range v.Parts {
			out = append(out, widget.Wrap(dicom.Clean(s.Title+": "+s.Text), width)...)
		}
	}
	return out
}

// columns are the lines of a section in both texts; where one says nothing, all of the
// other is new and nothing is marked.
func columns(mine, theirs string, left, right int) (a, b []string) {
	words := diff.Words(mine, theirs)
	if mine == "" || theirs == "" {
		words = []diff.Piece{{Kind: diff.Same, Text: mine + theirs}}
	}
	if mine != "" {
		a = diff.Lines(without(words, diff.Added), left)
	}
	if theirs != "" {
		b = diff.Lines(without(words, diff.Removed), right)
	}
	return a, b
}

// sectionsOf are the sections of either, what a clinician reads first first.
func sectionsOf(mine, theirs []reading.Said) (out []reading.Said) {
	for _, s := range slices.Concat(mine, theirs) {
		if !slices.ContainsFunc(out, s.Same) {
			out = append(out, s)
		}
	}
	first := []string{string(report.Impression), string(report.Findings), string(report.Addendum)}
	rank := func(s reading.Said) int {
		if i := slices.Index(first, s.Key); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(out, func(a, b reading.Said) int { return rank(a) - rank(b) })
	return out
}

func textOf(parts []reading.Said, s reading.Said) string {
	if i := slices.IndexFunc(parts, s.Same); i >= 0 {
		return parts[i].Text
	}
	return ""
}

// day is a moment as short as it is clear on the night it is looked at.
func day(t, at time.Time) string {
	if at.Sub(t).Abs() < 20*time.Hour {
		return t.Local().Format("15:04")
	}
	return t.Local().Format("2 Jan 15:04")
}

func preliminaryWord(v reading.Rival) string {
	if v.Preliminary {
		return "preliminary"
	}
	return "final"
}

func without(ps []diff.Piece, k diff.Kind) []diff.Piece {
	return slices.DeleteFunc(slices.Clone(ps), func(p diff.Piece) bool { return p.Kind == k })
}

func at(column []string, i int) string {
	if i < len(column) {
		return column[i]
	}
	return ""
}

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-lipgloss.Width(s)))
}

func nonempty(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}
