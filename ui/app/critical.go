package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/contact"
	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// criticals are the open critical results of this home, and the form of one of them.
type criticals struct {
	open  []critical.Result // the most pressing first
	asked time.Time         // when the ledger was read last
	turn  int               // counts what was changed here: an older answer is dropped
	said  map[string]critical.Level
	rung  time.Time // when an overdue one was heard last
	form  *contact.Form
	row   feed.Row // of the form
	from  pageName // where the form was opened
	epoch uint64   // of the case there
}

// openCritical opens the form (F7): of this case's open result, else of a new one;
// where no case is open, of the most pressing. Again, it goes to the next open one.
func (m *Model) openCritical() tea.Cmd {
	k := &m.criticals
	if m.sheet != nil && m.sheet.signing {
		return nil
	}
	m.help = false
	if m.page == onContact && k.form != nil {
		return m.nextCritical()
	}
	k.from, k.epoch = m.page, m.epoch
	if c := m.open; c != nil && m.page != onList {
		for _, r := range k.open {
			if r.StudyUID == c.row.StudyUID {
				return m.showCritical(r, c.row)
			}
		}
		return m.showCritical(m.Room.NewCritical(c.row, c.found()), c.row)
	}
	if len(k.open) == 0 {
		m.say("No critical result is open. F7 in a case begins one.")
		return nil
	}
	return m.showCritical(k.open[0], m.rowOf(k.open[0]))
}

func (m *Model) showCritical(r critical.Result, row feed.Row) tea.Cmd {
	m.criticals.form, m.criticals.row = contact.New(r, m.Room.Deadlines, m.Now), row
	m.page, m.status = onContact, status{}
	return tea.Batch(m.clearPicture(), m.tellSite())
}

// nextCritical goes on to another open result.
func (m *Model) nextCritical() tea.Cmd {
	k := &m.criticals
	at := slices.IndexFunc(k.open, func(r critical.Result) bool { return r.ID == k.form.Result.ID })
	if len(k.open) == 0 || at >= 0 && len(k.open) == 1 {
		m.say("No other critical result is open.")
		return nil
	}
	next := k.open[(at+1)%len(k.open)]
	return m.showCritical(next, m.rowOf(next))
}

// rowOf is the list's row of a result, else what the result itself knows.
func (m *Model) rowOf(r critical.Result) feed.Row {
	if m.open != nil && m.open.row.StudyUID == r.StudyUID {
		return m.open.row
	}
	return m.current(feed.Row{Site: r.Site, StudyUID: r.StudyUID, Accession: r.Accession, PatientName: r.Patient, Study: r.Exam})
}

// found proposes the finding: the impression's first words, else the last line of the
// section being written, else the selected mark.
func (c *openCase) found() string {
	if c.draft != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(c.draft.Plain(report.Impression)), "\n")
		if asked := func(p report.Placed) bool { return p.Section == report.Impression }; first != "" && !slices.ContainsFunc(c.draft.Unfilled(), asked) {
			return proposal(first)
		}
		lines := strings.Split(strings.TrimSpace(c.draft.Plain(report.Findings)), "\n")
		if last := strings.TrimSpace(lines[len(lines)-1]); last != "" && c.draft.Applied[report.Findings] == "" { // a template's last line is none
			return proposal(last)
		}
	}
	if s := c.page.State; s != nil {
		for _, k := range c.marks {
			if k.ID == s.Selected {
				return proposal(k.Label + " " + reading.MarkText(k))
			}
		}
	}
	return ""
}

// proposal is the first sentence, at most 120 letters of it.
func proposal(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i > 0 {
		text = text[:i+1]
	}
	if r := []rune(text); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return text
}

// contactKey is a key in the form. Dictated or pasted text is executed nowhere (N2).
func (m *Model) contactKey(name string, msg tea.KeyMsg) tea.Cmd {
	f := m.criticals.form
	if text, ok := typed(msg); ok {
		switch {
		case f.Insert(text):
		case msg.Paste || len([]rune(text)) >= burst && !repeated(text):
			m.warn("Text arrived where keys choose; nothing was executed. Tab goes to a field for text.")
		default:
			return m.oneByOne(text)
		}
		return nil
	}
	switch {
	case name == "?" && !f.Typing():
		m.help = true
		return nil
	case strings.HasPrefix(name, "f") && len(name) > 1 || strings.HasPrefix(name, "ctrl+") && name != "ctrl+u":
		if name == "f7" {
			return m.openCritical()
		}
		return tea.Batch(m.leaveCritical(), m.anywhere(name))
	}
	return m.contactDid(f, f.Key(name))
}

// contactDid keeps what a key changed, at every step.
func (m *Model) contactDid(f *contact.Form, did contact.Change) tea.Cmd {
	switch did {
	case contact.Kept:
		m.keepCritical(f.Result)
	case contact.Left:
		return m.leaveCritical()
	case contact.Dropped:
		m.keepCritical(f.Result)
		cmd := m.leaveCritical()
		m.say("Closed with its reason; the report says nothing of it.")
		return cmd
	case contact.Finished:
		m.keepCritical(f.Result)
		return tea.Batch(m.leaveCritical(), m.reportCritical(f.Result, m.criticals.row))
	}
	return nil
}

// keepCritical puts a result on disk and among the open ones.
func (m *Model) keepCritical(r critical.Result) {
	k := &m.criticals
	m.Room.KeepCritical(r)
	k.turn++
	k.open = slices.DeleteFunc(k.open, func(o critical.Result) bool { return o.ID == r.ID })
	if r.Open() {
		k.open = append(k.open, r)
	}
	critical.Sort(k.open)
}

// leaveCritical goes back to where the form was opened: the caret is where it was.
func (m *Model) leaveCritical() tea.Cmd {
	k := &m.criticals
	f := k.form
	if m.page != onContact || f == nil {
		return nil
	}
	if f.Recorded() && f.Result.Open() {
		m.keepCritical(f.Result)
	}
	k.form, m.page = nil, k.from
	switch {
	case m.open == nil || k.epoch != m.open.epoch:
		m.page = onList
	case m.page == onSheet:
		m.page, m.sheet = onCase, nil
		return tea.Batch(m.tellSite(), m.openSheet()) // its facts are other ones now
	}
	return tea.Batch(m.tellSite(), m.repaint(), m.repaintDocument())
}

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

// lookEvery is how often the ledger is read for results that others opened or closed.
const lookEvery = 5 * time.Second

type criticalsMsg struct {
	turn int
	open []critical.Result
	err  error
}

// lookAtCriticals reads the open results, after all that was handed to the journal.
func (m *Model) lookAtCriticals() tea.Cmd {
	k := &m.criticals
	k.asked = m.Now()
	room, ctx, turn := m.Room, m.ctx, k.turn
	return func() tea.Msg {
		open, err := openCriticals(ctx, room)
		return criticalsMsg{turn, open, err}
	}
}

func openCriticals(ctx context.Context, room *reading.Room) ([]critical.Result, error) {
	if err := room.Journal.Wait(ctx); err != nil {
		return nil, err
	}
	return room.OpenCriticals(ctx)
}

func (c criticalsMsg) take(m *Model) tea.Cmd {
	k := &m.criticals
	if c.err != nil {
		if m.ctx.Err() == nil {
			m.warn(sentence(c.err))
		}
		return nil
	}
	if c.turn == k.turn {
		k.open = c.open
	}
	return m.tellSite()
}

// watchCriticals is what a second brings: another look, and a word when one becomes
// pressing; an overdue one is heard every minute.
func (m *Model) watchCriticals() tea.Cmd {
	k := &m.criticals
	var cmds []tea.Cmd
	if m.Now().Sub(k.asked) >= lookEvery {
		cmds = append(cmds, m.lookAtCriticals(), m.tellSite())
	}
	if k.said == nil {
		k.said = map[string]critical.Level{}
	}
	overdue := false
	for _, r := range k.open {
		level := r.Level(m.Now())
		overdue = overdue || level == critical.Red
		if level > k.said[r.ID] {
			k.said[r.ID] = level
			m.warn(fmt.Sprintf("%s · acc %s · F7", r.Line(m.Now()), r.Accession))
		}
	}
	if out := m.Out; overdue && out != nil && m.Now().Sub(k.rung) >= time.Minute {
		k.rung = m.Now()
		cmds = append(cmds, func() tea.Msg { fmt.Fprint(out, "\a"); return nil })
	}
	return tea.Batch(cmds...)
}

// criticalRow is the timer that follows the reader on every page; "" when none is open.
func (m *Model) criticalRow(width int) string {
	k := &m.criticals
	if len(k.open) == 0 || m.page == onContact && k.form != nil && len(k.open) == 1 && k.open[0].ID == k.form.Result.ID {
		return ""
	}
	r := k.open[0]
	left := " " + r.Line(m.Now()) + " · " + r.Finding
	right := " acc " + r.Accession + " · F7 "
	if n := len(k.open) - 1; n > 0 {
		right = fmt.Sprintf(" and %d more ·", n) + right
	}
	style := theme.Bar
	switch r.Level(m.Now()) {
	case critical.Amber:
		style = theme.Warning
	case critical.Red:
		style = theme.Banner
	}
	return style.Render(widget.Ends(dicom.Clean(left), dicom.Clean(right), width))
}

// lockedTimer is the timer on a locked screen: category and time, and nothing else.
func (m *Model) lockedTimer() string {
	if len(m.criticals.open) == 0 {
		return ""
	}
	r := m.criticals.open[0]
	return theme.Muted.Render(fmt.Sprintf("  CRITICAL %d · %s", r.Category, r.Left(m.Now())))
}

// criticalBanner repeats the timer in the image window; "" while none is open.
func (m *Model) criticalBanner() string {
	k := &m.criticals
	if m.page == onContact {
		return "critical result: the form is open in the terminal"
	}
	if len(k.open) == 0 {
		return ""
	}
	return dicom.Clean(k.open[0].Line(m.Now()) + " · acc " + k.open[0].Accession + " · F7")
}

// callRuns reports whether somebody has still to be called, or is being called: no
// idle lock may fire then (N19).
func (m *Model) callRuns() bool {
	return m.page == onContact || m.interruptions.running != nil || slices.ContainsFunc(m.criticals.open, func(r critical.Result) bool { return r.Told.IsZero() })
}

// criticalKey reports whether a key means the form, wherever the reader is.
func (m *Model) criticalKey(name string) bool {
	b, ok := m.Keymap.Lookup(viewer.InText, viewer.Key(name))
	return ok && b.Action == viewer.CaseCall
}
