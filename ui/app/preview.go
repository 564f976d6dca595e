package app

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/report/paper"
)

// preview is the report over the sign sheet as its referrer will see it: the words of
// its pages, in lines of the screen.
type preview struct {
	text string
	from int // first line shown
	rows int // of the last drawing
	all  int
}

// togglePreview shows the report as it would go out now, and takes it away again.
func (m *Model) togglePreview() {
	s := m.sheet
	if s.preview != nil {
		s.preview, s.since = nil, m.Now() // an Enter meant for the preview signs nothing
		return
	}
	s.preview = &preview{text: m.previewText()}
}

func (m *Model) previewText() string {
	return paper.Text(m.open.draft.Preview(m.sheet.facts, m.Now().Location()))
}

// key moves in the preview or leaves it; signing is a key of the sheet.
func (p *preview) key(m *Model, name string) {
	page := max(1, p.rows-1)
	switch name {
	case "p", "esc", "q":
		m.togglePreview()
	case "up", "k":
		p.from--
	case "down", "j":
		p.from++
	case "pgup":
		p.from -= page
	case "pgdown", " ", "space":
		p.from += page
	case "home":
		p.from = 0
	case "end":
		p.from = p.all
	case "enter":
		m.say("Nothing is signed from here: p goes back to the sheet, Enter signs there.")
	}
}

func (p *preview) view(width, height int) []string {
	out := []string{theme.BarBold.Render(widget.Fit(" PREVIEW · as the referrer will see it", width)), ""}
	lines := strings.Split(strings.TrimRight(p.text, "\n"), "\n")
	var wrapped []string
	for _, l := range lines {
		wrapped = append(wrapped, widget.Wrap(l, width-4)...)
	}
	p.rows, p.all = max(1, height-len(out)-2), len(wrapped)
	p.from = max(0, min(p.from, p.all-p.rows))
	for _, l := range wrapped[p.from:min(p.all, p.from+p.rows)] {
		out = append(out, theme.Text.Render("  "+l))
	}
	for len(out) < height-1 {
		out = append(out, "")
	}
	if p.all > p.rows {
		out = append(out, theme.Amber.Render(fmt.Sprintf("  lines %d to %d of %d", p.from+1, min(p.all, p.from+p.rows), p.all)))
	}
	return widget.Rows(out, width, height)
}
