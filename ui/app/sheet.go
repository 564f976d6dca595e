package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/report"
)

// sheet is the sign sheet (N10): what goes out under the reader's name, and what
// stands against it.
type sheet struct {
	report.Sheet
	facts   report.Facts
	since   time.Time // when it appeared
	last    time.Time // the last Enter, so that a held key never signs
	signing bool
	// rolledTo is the page of the checks, where they are more than fit.
	rolledTo int
	preview  *preview // over it; nil: none
}

// An Enter signs only this long after the sheet appeared, and only this long after
// the Enter before it: type-ahead and auto-repeat do neither.
const (
	settle   = 400 * time.Millisecond
	noRepeat = 250 * time.Millisecond
)

// openSheet gathers the facts and shows the sheet (F12).
func (m *Model) openSheet() tea.Cmd {
	c := m.open
	switch {
	case c == nil || c.draft == nil:
		m.say("There is no report to sign.")
		return nil
	case c.signed:
		return m.recall()
	case m.sheet != nil && m.sheet.signing:
		return nil
	}
	c.settleField()
	m.saveDraft(c)
	m.say("Checking …")
	gather, epoch := m.facts(c), c.epoch
	return func() tea.Msg { return sheetMsg{epoch, gather()} }
}

type sheetMsg struct {
	epoch uint64
	facts report.Facts
}

func (s sheetMsg) ofEpoch() uint64 { return s.epoch }

func (s sheetMsg) apply(m *Model, c *openCase) tea.Cmd {
	if c.draft == nil || c.signed {
		return nil
	}
	c.live.learn(s.facts)
	c.recheck()
	m.closePages()
	m.status = status{}
	m.sheet = &sheet{Sheet: report.SignSheet(c.draft, s.facts), facts: s.facts, since: m.Now()}
	m.noteStops(c, m.sheet.Findings)
	m.page = onSheet
	return nil
}

// renewSheet shows on the sheet what changed in the report under it; the reader
// gets the time to see it. What Enter signs is what the sheet says (N10).
func (m *Model) renewSheet() {
	if m.sheet == nil || m.sheet.signing || m.open == nil || m.open.draft == nil {
		return
	}
	m.sheet.Sheet, m.sheet.since = report.SignSheet(m.open.draft, m.sheet.facts), m.Now()
	if m.sheet.preview != nil {
		m.sheet.preview.text = m.previewText()
	}
}

func (m *Model) sheetKey(name string) tea.Cmd {
	s, now := m.sheet, m.Now()
	if s.preview != nil && name != "f12" && name != "f3" {
		s.preview.key(m, name)
		return nil
	}
	switch name {
	case "p":
		m.togglePreview()
	case "pgdown":
		s.rolledTo++
	case "pgup":
		s.rolledTo = max(0, s.rolledTo-1)
	case "esc", "f12", "f3":
		m.page, m.sheet = onCase, nil
	case "o":
		return m.askOverride()
	case "enter":
		early := now.Sub(s.since) < settle || now.Sub(s.last) < noRepeat
		s.last = now
		if early || s.signing {
			return nil
		}
		if !s.Ready {
			m.warn("Not signed: " + report.Stopping(s.Findings)[0].Hint)
			return nil
		}
		return m.signWithPIN()
	}
	return nil
}

// askOverride takes the reader's reason for the first finding that stops and may
// be overridden; it is kept with the draft.
func (m *Model) askOverride() tea.Cmd {
	for _, f := range report.Stopping(m.sheet.Findings) {
		if f.Final {
			continue
		}
		m.ask("reason to sign although "+f.Hint+": ", "", func(m *Model, reason string) tea.Cmd {
			if m.open == nil || m.sheet == nil || !m.open.draft.OverrideWith(f, reason, m.sheet.facts.Reader, m.Now()) {
				m.say("Not overridden: it needs a reason.")
				return nil
			}
			m.open.dirty = true
			m.saveDraft(m.open)
			m.Room.KeepOverridesSoon(m.open.draft)
			m.open.recheck()
			m.renewSheet()
			return nil
		})
		return nil
	}
	m.say("Nothing here can be overridden.")
	return nil
}

// sign writes what is typed, then signs the draft that is on disk.
func (m *Model) sign(ctx context.Context) tea.Cmd {
	c, room := m.open, m.Room
	m.saveDraft(c)
	gather, epoch, row, keeper := m.facts(c), c.epoch, c.row, c.keeper
	draft, err := reading.Clone(c.draft)
	if err != nil {
		m.warn("Not signed: " + sentence(err))
		return nil
	}
	shown, err := report.Shown(m.sheet.Sheet, draft)
	if err != nil {
		m.sheet.signing = false
		m.warn("Not signed: " + sentence(err))
		return nil
	}
	m.sheet.signing = true // from here on the draft stands as it is on disk
	return func() tea.Msg {
		if err := room.Journal.Wait(ctx); err != nil {
			return signedMsg{epoch: epoch, err: err}
		}
		draft.Revision = keeper.Revision()
		// The images are compared with the order once more (N4): some may have come
		// since the sheet was opened. What was shown is the sheet as it stood.
		facts := gather()
		facts.Shown = shown
		out, err := room.Sign(ctx, row, draft, facts, true)
		return signedMsg{epoch, out, err}
	}
}

type signedMsg struct {
	epoch uint64
	out   reading.Outgoing
	err   error
}

func (s signedMsg) ofEpoch() uint64 { return s.epoch }

// elsewhere takes the answer when another case is on screen by then: the signature
// stands, or the reader learns that it does not.
func (s signedMsg) elsewhere(m *Model) tea.Cmd {
	if s.err != nil {
		m.warn("The case before was not signed: " + sentence(s.err))
		return nil
	}
	return m.deliver()
}

func (s signedMsg) apply(m *Model, c *openCase) tea.Cmd {
	if s.err != nil {
		if m.sheet != nil {
			m.sheet.signing = false
		}
		m.warn("Not signed: " + sentence(s.err))
		return nil
	}
	m.keepCaught(c)
	c.signed, c.outbox = true, s.out.ID
	c.page.ReadOnly, c.page.Report = "", "signed"
	c.page.Signed = true
	m.page, m.sheet = onCase, nil
	c.page.Typing = false
	return m.deliver()
}

func (s *sheet) view(m *Model, width, height int) []string {
	if s.preview != nil {
		return s.preview.view(width, height)
	}
	out := []string{
		theme.BarBold.Render(widget.Fit(" SIGN"+kindTitle[s.Kind]+" · "+dicom.Clean(s.Patient), width)),
		theme.Bar.Render(widget.Fit(fmt.Sprintf(" %s · accession %s", dicom.Clean(s.Exam), dicom.Clean(s.Accession)), width)), "",
	}
	if s.Reason != "" {
		out = append(out, theme.Amber.Render(widget.Fit("  why  "+dicom.Clean(s.Reason), width)))
	}
	for _, l := range s.Linked {
		out = append(out, theme.Amber.Render(widget.Fit("  also signs  "+dicom.Clean(l), width)))
	}
	for _, side := range s.Sides {
		out = append(out, theme.Text.Render("  side  "+dicom.Clean(side)))
	}
	out = append(out, theme.Text.Render("  "+s.counted()))
	if s.Footer != "" {
		out = append(out, theme.Amber.Render("  added to the report: "+dicom.Clean(s.Footer)))
	}
	for _, t := range s.Changed {
		out = append(out, theme.Stale.Render("  changed since you saw it: "+dicom.Clean(t.SeenText)+" → "+dicom.Clean(t.Text)))
	}
	verdict := append([]string{""}, s.verdict(m, width)...)
	checks := append([]string{"", theme.Heading.Render("  CHECKS")}, s.rolled(s.checks(width), max(3, height-len(out)-7-len(verdict)))...)
	checks = append(checks, verdict...)
	out = append(out, "", theme.Heading.Render("  IMPRESSION"))
	out = append(out, s.impression(width, height-len(out)-len(checks))...)
	if over := len(out) + len(checks) - height; over > 0 {
		out = out[:max(2, len(out)-over)] // what stands against signing is never cut off
	}
	return widget.Rows(append(out, checks...), width, height)
}

// kindTitle says what is signed when it is no first report.
var kindTitle = map[report.Kind]string{report.Added: " ADDENDUM", report.Corrected: " CORRECTION", report.Withdrawn: " WITHDRAWAL", report.Preliminary: " PRELIMINARY"}

// impression is at most so many lines of it; what is left out is said.
func (s *sheet) impression(width, most int) []string {
	var out []string
	for _, l := range widget.Wrap(dicom.Clean(s.Impression), width-6) {
		out = append(out, theme.Bold.Render("    "+l))
	}
	if strings.TrimSpace(s.Impression) == "" {
		return []string{theme.Muted.Render("    empty")}
	}
	if most = max(1, most); len(out) > most {
		left := len(out) - most + 1
		out = append(out[:most-1], theme.Amber.Render(fmt.Sprintf("    … and %d more lines: Esc shows the report", left)))
	}
	return out
}

func (s *sheet) counted() string {
	parts := []string{fmt.Sprintf("images %d of %d here", s.Have, s.Expected)}
	if s.Expected == 0 {
		parts[0] = fmt.Sprintf("images %d here, total not known", s.Have)
	}
	if s.Unseen > 0 {
		parts = append(parts, fmt.Sprintf("%d never on screen", s.Unseen))
	} else {
		parts = append(parts, "all seen")
	}
	return strings.Join(parts, " · ")
}

func (s *sheet) checks(width int) []string {
	if len(s.Findings) == 0 {
		return []string{theme.Green.Render("    nothing found")}
	}
	var out []string
	for _, f := range s.Findings {
		mark, style := "  warn   ", theme.Amber
		switch {
		case f.Override != "":
			mark, style = "  passed ", theme.Muted
		case f.Stops:
			mark, style = "  STOPS  ", theme.Red
		case f.Severity == report.Info:
			mark, style = "  note   ", theme.Muted
		}
		line := f.Hint
		if len(f.Evidence) > 0 {
			line += ": " + strings.Join(f.Evidence, " · ")
		}
		if f.Override != "" {
			line += " (reason: " + f.Override + ")"
		}
		for i, l := range widget.Wrap(dicom.Clean(line), width-14) {
			if i > 0 {
				mark = "         "
			}
			out = append(out, "  "+style.Render(mark)+" "+theme.Text.Render(l))
		}
	}
	return out
}

func (s *sheet) verdict(m *Model, width int) []string {
	if s.signing {
		return []string{theme.Accent.Render("  signing …")}
	}
	if !s.Ready {
		var out []string
		for _, l := range widget.Wrap("Cannot be signed yet. Esc goes back; o overrides with a reason where that is allowed.", width-4) {
			out = append(out, theme.Red.Render("  "+l))
		}
		return out
	}
	if s.facts.Reader.Trainee && s.Kind == report.Preliminary {
		return []string{theme.Green.Render("  Enter signs as " + dicom.ParsePN(m.Room.Reader.Name).Display() + ": PRELIMINARY, an attending makes it final.")}
	}
	return []string{theme.Green.Render("  Enter signs as " + dicom.ParsePN(m.Room.Reader.Name).Display() + ".")}
}
