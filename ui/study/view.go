package study

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/list"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/viewer"
)

// sideBySide is the width from which the case's facts stand beside the report.
const sideBySide = 116

// View draws the page in exactly height rows of width cells.
func (p *Page) View(width, height int) []string {
	out := p.head(width)
	body := height - len(out)
	if p.Picture != nil && !p.Typing {
		return append(append(out, widget.Rows(p.Picture, width, body-1)...), p.foot(width))
	}
	if p.Beside != nil && p.Editor != nil {
		return append(out, p.withPrior(width, body)...)
	}
	if width < sideBySide {
		facts := p.facts(width, 4)
		out = append(out, facts...)
		return append(out, p.report(width, body-len(facts))...)
	}
	right := max(40, width/3)
	left := width - right - 3
	report, facts := p.report(left, body), widget.Rows(p.facts(right, body), right, body)
	for i := range report {
		out = append(out, report[i]+theme.Muted.Render(" │ ")+facts[i])
	}
	return out
}

// foot stands under a picture in the terminal: what it is not for, and what the
// picture hides.
func (p *Page) foot(width int) string {
	line := theme.Warning.Render(" NOT FOR DIAGNOSIS ")
	if p.Report != "" {
		line += theme.Text.Render(" " + p.Report + " ·")
	}
	return widget.Fit(line+strings.Join(p.loading(true), " "), width)
}

// Who is the patient on one line, with a leading blank; foreign text.
func (p *Page) Who() string {
	r := p.Row
	return fmt.Sprintf(" %s · ID %s · born %s · %s %s", dicom.ParsePN(r.PatientName).Display(), orText(r.PatientID, "none"),
		orText(list.Date(r.BirthDate), "not stated"), r.Age, orText(r.Sex, "sex not stated"))
}

// Exam is the examination on one line.
func (p *Page) Exam() string {
	r := p.Row
	return fmt.Sprintf(" %s %s · acc %s · %s", r.Study, list.Date(r.StudyDate), orText(r.Accession, "none"), r.Site)
}

// head is the patient line first (N1), then the examination, then whatever is
// wrong.
func (p *Page) head(width int) []string {
	r := p.Row
	due, _ := list.Due(r, p.Now())
	right := fmt.Sprintf("%s · due %s ", strings.ToUpper(string(orStated(string(r.Priority)))), due)
	out := []string{
		theme.BarBold.Render(widget.Ends(dicom.Clean(p.Who()), right, width)),
		theme.Bar.Render(widget.Ends(dicom.Clean(p.Exam()), p.Claim+" ", width)),
	}
	if p.Alarm != "" {
		for i, l := range widget.Wrap(dicom.Clean(p.Alarm), width-4) {
			out = append(out, theme.Banner.Render(widget.Fit([]string{" ✖ ", "   "}[min(i, 1)]+l, width)))
		}
	}
	if p.ReadOnly != "" {
		out = append(out, theme.Warning.Render(widget.Fit(" READ ONLY · "+dicom.Clean(p.ReadOnly), width)))
	}
	return append(out, widget.Fit(p.images(), width))
}

func orStated(s string) string {
	if s == "" {
		return "not stated"
	}
	return s
}

// images is one line of what the viewer shows: who owns the keys, slice, window.
func (p *Page) images() string {
	owner := theme.Accent.Render(" KEYS → IMAGES")
	if p.Typing {
		owner = theme.Accent.Render(" KEYS → REPORT")
	}
	if p.Dictating {
		owner += theme.Red.Render(" · ● DICTATING")
	}
	var t viewer.Tile
	if p.State != nil && len(p.State.Tiles) > 0 {
		t = p.State.Tiles[min(p.State.Active, len(p.State.Tiles)-1)]
	}
	if t.Slices == 0 {
		return owner + theme.Muted.Render(" · waiting for the first image")
	}
	s := fmt.Sprintf(" · Im %d/%d · W %.0f L %.0f", t.Slice+1, t.Slices, t.Width, t.Center)
	if p.State.Tool != "" {
		s += " · " + strings.TrimPrefix(p.State.Tool, "tool.")
	}
	if p.State.Probe != "" {
		s += " · " + p.State.Probe
	}
	if p.State.Unseen > 0 {
		s += fmt.Sprintf(" · %d unseen", p.State.Unseen)
	}
	return owner + theme.Text.Render(dicom.Clean(s))
}

func (p *Page) report(width, height int) []string {
	if p.Editor == nil {
		return widget.Rows([]string{theme.Muted.Render("  " + orText(p.ReadOnly, "opening the report"))}, width, height)
	}
	p.Editor.Resize(width, height-1)
	head := theme.Muted.Render(" REPORT · " + p.Report)
	if p.Checks != "" {
		head += theme.Muted.Render(" · ") + theme.Amber.Render(p.Checks)
	}
	lines := append([]string{head}, strings.Split(p.Editor.View(p.Typing), "\n")...)
	return widget.Rows(lines, width, height)
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// facts lists what the case has: indication, loading, priors, marks; at most max
// lines, the most pressing first.
func (p *Page) facts(width, most int) []string {
	var out []string
	narrow := most <= 4
	out = append(out, p.loading(narrow)...)
	if narrow {
		if p.Notice != "" {
			out = append(out, theme.Muted.Render(" "+dicom.Clean(p.Notice)))
		}
		out = append(out, theme.Text.Render(widget.Fit(" "+orText(dicom.Clean(p.Row.Indication), "no indication was sent"), width)), p.lastMark())
		return widget.Rows(out, width, min(most, len(out)))
	}
	out = append(out, "", theme.Heading.Render("INDICATION"))
	for _, l := range widget.Wrap(orText(dicom.Clean(p.Row.Indication), "no indication was sent"), width-2) {
		out = append(out, theme.Text.Render(l))
	}
	out = append(append(out, "", theme.Heading.Render("MARKS")), p.markLines()...)
	out = append(append(out, "", theme.Heading.Render("PRIORS")), p.priorLines(width)...)
	return out[:min(len(out), most)]
}

func (p *Page) loading(narrow bool) []string {
	var out []string
	for _, l := range p.Loading {
		count := fmt.Sprintf("%d/%d", l.Have, l.Expected)
		if l.Expected == 0 {
			count = fmt.Sprintf("%d/?", l.Have)
		}
		line := fmt.Sprintf(" %s images %s", l.Label, count)
		if narrow && len(out) > 0 {
			line = fmt.Sprintf(" %s %s", l.Label, count)
		}
		switch {
		case l.Err != "":
			out = append(out, theme.Amber.Render(line+" · "+dicom.Clean(l.Err)))
		case l.Expected > 0 && l.Have >= l.Expected:
			out = append(out, theme.Green.Render(line+" · all here"))
		case l.Done:
			out = append(out, theme.Amber.Render(line+" · INCOMPLETE"))
		default:
			out = append(out, theme.Muted.Render(line+" · loading "+bar(l.Have, l.Expected)))
		}
	}
	if !narrow {
		return out
	}
	if len(out) > 0 {
		out = []string{strings.Join(out, theme.Muted.Render(" ·"))}
	}
	return out
}

func bar(have, of int) string {
	const cells = 10
	full := 0
	if of > 0 {
		full = min(cells, have*cells/of)
	}
	return strings.Repeat("█", full) + strings.Repeat("░", cells-full)
}

func (p *Page) markLines() []string {
	if len(p.Marks) == 0 {
		return []string{theme.Muted.Render("none · r ruler, e ellipse, t angle")}
	}
	var out []string
	for _, m := range p.Marks {
		mark := "  "
		if m.Selected {
			mark = "▸ "
		}
		line := fmt.Sprintf("%sim %d  %s", mark, m.Slice, m.Text)
		if m.InReport {
			line += "  ✓ in report"
		}
		out = append(out, theme.Text.Render(dicom.Clean(line)))
	}
	return out
}

func (p *Page) lastMark() string {
	if len(p.Marks) == 0 {
		return theme.Muted.Render(" no marks yet")
	}
	m := p.Marks[len(p.Marks)-1]
	for _, c := range p.Marks {
		if c.Selected {
			m = c
		}
	}
	return theme.Text.Render(dicom.Clean(fmt.Sprintf(" mark %s · im %d · %d in all · F4 inserts", m.Text, m.Slice, len(p.Marks))))
}

func (p *Page) priorLines(width int) []string {
	var out []string
	if p.Notice != "" {
		out = append(out, theme.Muted.Render(dicom.Clean(p.Notice)))
	}
	for _, s := range p.Priors {
		line := s.Date + " " + s.Label
		if s.Newer {
			line = "NEWER " + line
		}
		out = append(out, theme.Amber.Render(dicom.Clean(line)))
		for i, l := range widget.Wrap(dicom.Clean(s.Report), width-2) {
			if s.Report != "" && i < 12 {
				out = append(out, theme.Muted.Render(" "+l))
			}
		}
	}
	return out
}

// Owner is who owns the keys, as the window is told.
func (p *Page) Owner() viewer.Place {
	if p.Typing {
		return viewer.InText
	}
	return viewer.InImages
}
