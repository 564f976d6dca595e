package study

import (
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/diff"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
)

// Beside is a prior's report as it stands beside the report being written. Its texts
// are foreign.
type Beside struct {
	Title    string // "2025-11-20 CT chest"
	Warning  string // why nothing of it may be taken over; empty: it may
	Keys     string // what the reader can do, in words
	Sections []Part
	Scroll   int // rows below the section that the caret is in
}

// Part is one of its sections; Key is that of the editor's section of the same name.
// Differs is what makes the section that is written of it, instead of its text.
type Part struct {
	Key, Title, Text string
	Differs          []diff.Piece
}

func (s Part) lines(width int) []string {
	if s.Differs != nil {
		return diff.Lines(s.Differs, width)
	}
	out := widget.Wrap(dicom.Clean(s.Text), width)
	for i := range out {
		out[i] = theme.Text.Render(out[i])
	}
	return out
}

// withPrior draws the report and the prior's side by side, in a narrow terminal one
// above the other.
func (p *Page) withPrior(width, height int) []string {
	if width < 100 {
		lower := height * 9 / 20
		return append(p.report(width, height-lower), p.Beside.view(p.Editor.Active().Key, width, lower)...)
	}
	left := (width - 3) / 2
	right := width - 3 - left
	report, prior := p.report(left, height), p.Beside.view(p.Editor.Active().Key, right, height)
	for i := range report {
		report[i] += theme.Muted.Render(" │ ") + prior[i]
	}
	return report
}

// view draws the sections from the one of that key on.
func (b *Beside) view(key string, width, height int) []string {
	out := []string{theme.Bar.Render(widget.Fit(dicom.Clean(" "+b.Title), width))}
	if b.Warning != "" {
		out = append(out, theme.Banner.Render(widget.Fit(" ✖ "+dicom.Clean(b.Warning), width)))
	} else {
		out = append(out, theme.Muted.Render(widget.Fit(" "+b.Keys, width)))
	}
	var lines []string
	at := 0
	for _, s := range b.Sections {
		style, mark := theme.Muted, "  "
		if s.Key == key && key != "" {
			at, style, mark = len(lines), theme.Heading, "▸ "
		}
		lines = append(lines, style.Render(mark+strings.ToUpper(dicom.Clean(s.Title))))
		for _, l := range s.lines(width - 3) {
			lines = append(lines, "  "+l)
		}
	}
	room := max(1, height-len(out))
	top := max(0, min(at+b.Scroll, len(lines)-room))
	b.Scroll = max(-at, min(b.Scroll, len(lines)-room-at, len(lines)))
	return widget.Rows(append(out, lines[top:min(len(lines), top+room)]...), width, height)
}
