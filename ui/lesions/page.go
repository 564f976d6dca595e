// Package lesions is the page of what is followed over time: the lesions of a patient
// with their measurements at each study, the sum of the targets and the response. It
// draws what it is given and keeps nothing: the app does.
package lesions

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/calc"
	"github.com/nocturne/nocturne/worklist/report/lesion"
)

// Page is the lesions of one case.
type Page struct {
	Who, Exam string // patient and examination, on every frame (N1)
	reading.Followed
	Listed bool   // Followed is what there is; else it is being read
	Failed string // why it could not be read
	At     int    // lesion under the cursor
	Column int    // study under the cursor, an index of Studies

	first int
}

// Set shows what was gathered, with the cursor on the current study.
func (p *Page) Set(f reading.Followed) {
	p.Followed, p.Listed = f, true
	for i, s := range f.Studies {
		if s.UID == f.Current {
			p.Column = i
		}
	}
	p.Move(0)
}

// Move moves the cursor by lesions, Turn by studies.
func (p *Page) Move(n int) { p.At = max(0, min(p.At+n, len(p.Lesions)-1)) }

// Turn moves the cursor by studies.
func (p *Page) Turn(n int) { p.Column = max(0, min(p.Column+n, len(p.Studies)-1)) }

// Lesion is the one under the cursor, nil when there is none.
func (p *Page) Lesion() *lesion.Lesion {
	if p.At >= len(p.Lesions) {
		return nil
	}
	return &p.Lesions[p.At]
}

// Point is the measurement under the cursor.
func (p *Page) Point() (lesion.Point, bool) {
	if l := p.Lesion(); l != nil && p.Column < len(p.Studies) {
		return l.Point(p.Studies[p.Column].UID)
	}
	return lesion.Point{}, false
}

// Say changes what is said of the lesion under the cursor at the current study: that it
// is gone, or too small to be measured; again takes it back. ok is false where it was
// measured: its mark speaks.
func (p *Page) Say(gone bool) (ok bool) {
	l := p.Lesion()
	if l == nil {
		return false
	}
	at, date := -1, ""
	for _, s := range p.Studies {
		if s.UID == p.Current {
			date = s.Date
		}
	}
	for i, x := range l.Points {
		if x.StudyUID == p.Current {
			at = i
		}
	}
	was := lesion.Point{}
	if at >= 0 {
		if was = l.Points[at]; was.Measured.MarkID != "" {
			return false
		}
		l.Points = append(l.Points[:at:at], l.Points[at+1:]...)
	}
	if gone && !was.Gone || !gone && !was.TooSmall {
		l.Points = append(l.Points, lesion.Point{StudyUID: p.Current, Date: date, Gone: gone, TooSmall: !gone})
	}
	return true
}

// others are the answers for lesions that are no targets, in turn.
var others = []calc.Response{"", calc.Complete, calc.NonCRNonPD, calc.Progressive, calc.NotEvaluable}

// NextOther takes the next answer for the other lesions.
func (p *Page) NextOther() {
	for i, o := range others {
		if o == p.Answers.Other {
			p.Answers.Other = others[(i+1)%len(others)]
			return
		}
	}
	p.Answers.Other = ""
}

// widths of the page's columns.
const (
	nameWidth   = 18
	changeWidth = 24
	cellWidth   = 16
)

// View draws the page in exactly height rows of width cells.
func (p *Page) View(width, height int) []string {
	out := []string{theme.BarBold.Render(widget.Ends(" "+dicom.OneLine(p.Who), "LESIONS ", width)), theme.Bar.Render(widget.Fit(" "+dicom.OneLine(p.Exam), width))}
	switch {
	case p.Failed != "":
		out = append(out, theme.Amber.Render(" "+p.Failed))
	case !p.Listed:
		out = append(out, theme.Muted.Render("  reading marks and measurement reports …"))
	case len(p.Lesions) == 0:
		for _, s := range []string{"", "No lesion yet. A lesion is a name: select a mark in the images and type", ":name RUL nodule; give the prior's mark the same name.", p.unnamed()} {
			out = append(out, theme.Text.Render(widget.Fit("  "+s, width)))
		}
	default:
		out = append(out, p.table(width, height-len(out))...)
	}
	return widget.Rows(out, width, height)
}

func (p *Page) unnamed() string {
	if p.Unnamed == 0 {
		return ""
	}
	return fmt.Sprintf("%d measurement(s) of this study have no name and are of no lesion.", p.Unnamed)
}

// columns are the studies in sight: as many as fit, the one under the cursor among them.
func (p *Page) columns(width int) (from, to int) {
	n := max(1, (width-3-nameWidth-changeWidth)/cellWidth)
	to = len(p.Studies)
	from = max(0, to-n)
	if p.Column < from {
		from, to = p.Column, min(len(p.Studies), p.Column+n)
	}
	return from, to
}

func (p *Page) table(width, height int) []string {
	from, to := p.columns(width)
	head := "   " + widget.Fit("", nameWidth)
	for i := from; i < to; i++ {
		head += widget.Fit(day(p.Studies[i]), cellWidth)
	}
	out := []string{theme.Heading.Render(widget.Fit(head+"change", width))}
	foot := p.foot(from, to, width)
	room := max(1, height-len(out)-len(foot))
	p.first = widget.Window(p.first, p.At, room, len(p.Lesions))
	for i := p.first; i < min(len(p.Lesions), p.first+room); i++ {
		out = append(out, p.row(i, from, to, width))
	}
	return append(out, foot...)
}

func day(s lesion.Study) string {
	d := cmp.Or(dicom.ISODay(s.Date), "no date")
	if !s.Prior {
		return d + " now"
	}
	return d
}

func (p *Page) row(i, from, to, width int) string {
	l := p.Lesions[i]
	mark, style := "  ", theme.Text
	if i == p.At {
		mark, style = "▸ ", theme.Selected
	}
	kind := " "
	switch {
	case l.Target && l.Node:
		kind = "N"
	case l.Target:
		kind = "T"
	case l.New:
		kind = "+"
	}
	line := mark + kind + widget.Fit(" "+dicom.OneLine(l.Name), nameWidth)
	for c := from; c < to; c++ {
		cell := cut(l.Cell(p.Studies[c].UID), cellWidth-2)
		if cell == "" {
			cell = "–"
		}
		if i == p.At && c == p.Column {
			cell = "[" + cell + "]"
		} else {
			cell = " " + cell
		}
		line += widget.Fit(cell, cellWidth)
	}
	if c, ok := l.Change(p.Current); ok {
		line += report.MeasurementText(c)
	}
	return style.Render(widget.Fit(line, width))
}

// cut leaves a cell what it has room for: of a long one the numbers.
func cut(s string, n int) string {
	if s = strings.ReplaceAll(s, " × ", "×"); ansi.StringWidth(s) <= n {
		return s
	}
	return strings.TrimRight(widget.Fit(s, n), " ")
}

// foot is the sums, the response and what is not among the lesions.
func (p *Page) foot(from, to, width int) []string {
	a := p.Assess()
	sums := "   " + widget.Fit("Sum of targets", nameWidth)
	for c := from; c < to; c++ {
		cell := " –"
		for _, s := range a.Sums {
			if s.StudyUID == p.Studies[c].UID && s.All {
				cell = fmt.Sprintf(" %.1f mm", s.MM)
			}
		}
		if p.Studies[c].UID == a.Baseline {
			cell += " base"
		}
		sums += widget.Fit(cell, cellWidth)
	}
	other := "not stated"
	if p.Answers.Other != "" {
		other = string(p.Answers.Other)
	}
	out := []string{theme.Muted.Render(strings.Repeat("─", width)), theme.Bold.Render(widget.Fit(sums, width)),
		theme.Text.Render(widget.Fit("   Other lesions: "+other+" (o)", width))}
	said := a.Why
	if a.Response != "" {
		said = a.Result.Sentence()
	}
	for _, l := range widget.Wrap(said, width-4) {
		out = append(out, theme.Bold.Render(widget.Fit("   "+l, width)))
	}
	if u := p.unnamed(); u != "" {
		out = append(out, theme.Muted.Render(widget.Fit("   "+u, width)))
	}
	return out
}

// Help is the page's keys, for `?`.
func Help() []string {
	return []string{"↑ ↓   lesion", "← →   study", "Enter   goes to the image", "i   inserts the table into the report", "c   inserts this lesion with its change, as a sentence", "t   target of the sum, or not",
		"l   lymph node: its short axis counts", "w   new since the baseline", "g   gone", "s   too small to measure", "o   what the other lesions did",
		"b   the study under the cursor is the baseline", "Esc   back to the case"}
}

// Hints are the keys that matter here.
func (p *Page) Hints() string {
	if len(p.Lesions) == 0 {
		return "Esc back to the case"
	}
	return "Enter image · i table · c sentence · t target · l node · g gone · ? more · Esc"
}
