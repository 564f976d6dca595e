package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
)

// lines is a page of lines: a log, figures, tasks. Foreign text in it is drawn clean.
type lines struct {
	title, notice string
	rows          []string
	at, first     int
	choose        bool // a row is under a cursor; else the rows scroll
	from          pageName
	epoch         uint64
	hint          string
	keys          map[string]func(m *Model, at int) tea.Cmd
	draw          func(width int) []string // the rows as they are drawn, clean and styled; nil: rows in plain text
}

// showLines brings a page of lines on screen; Esc goes back to where the reader was.
func (m *Model) showLines(l *lines) {
	l.from, l.epoch = m.page, m.epoch
	if m.page == onLines && m.lines != nil {
		l.from, l.epoch, l.at = m.lines.from, m.lines.epoch, min(m.lines.at, max(0, len(l.rows)-1))
	}
	if l.from == onContact || l.from == onSheet {
		l.from = onCase
		m.sheet, m.criticals.form = nil, nil
	}
	m.lines, m.page = l, onLines
}

func (m *Model) leaveLines() tea.Cmd {
	l := m.lines
	m.lines, m.page = nil, l.from
	if m.open == nil || l.epoch != m.open.epoch {
		m.page = onList
	}
	return tea.Batch(m.tellSite(), m.repaint(), m.repaintDocument())
}

// linesKey is a key on a page of lines.
func (m *Model) linesKey(name string) tea.Cmd {
	l := m.lines
	page := max(1, m.room()-3)
	by := map[string]int{"down": 1, "j": 1, "up": -1, "k": -1, "pgdown": page, "space": page, "pgup": -page, "home": -1 << 30, "end": 1 << 30}
	if n, ok := by[name]; ok {
		most := len(l.rows) - 1
		if !l.choose {
			most = len(l.rows) - page
		}
		l.at = max(0, min(l.at+n, most))
		return nil
	}
	if do, ok := l.keys[name]; ok {
		if l.choose && len(l.rows) == 0 {
			return nil
		}
		return do(m, l.at)
	}
	switch name {
	case "esc":
		return m.leaveLines()
	case ":":
		return m.askCommand()
	case "?":
		m.help = true
		return nil
	}
	if len(name) > 1 {
		return tea.Batch(m.leaveLines(), m.anywhere(name))
	}
	m.say("↑↓ move; Esc goes back.")
	return nil
}

func (l *lines) view(width, height int) []string {
	out := []string{theme.BarBold.Render(widget.Fit(" "+dicom.Clean(l.title), width))}
	if l.notice != "" {
		out = append(out, theme.Muted.Render(widget.Fit(" "+dicom.Clean(l.notice), width)))
	}
	room := max(1, height-len(out))
	if l.draw != nil {
		l.rows = l.draw(width)
		l.first = max(0, min(l.at, len(l.rows)-room))
		return widget.Rows(append(out, l.rows[l.first:min(len(l.rows), l.first+room)]...), width, height)
	}
	if l.choose {
		l.first = widget.Window(l.first, l.at, room, len(l.rows))
	} else {
		l.first = max(0, min(l.at, len(l.rows)-room))
	}
	for i := l.first; i < min(len(l.rows), l.first+room); i++ {
		line, style := "  "+dicom.Clean(l.rows[i]), theme.Text
		if l.choose && i == l.at {
			line, style = "▸ "+dicom.Clean(l.rows[i]), theme.Selected
		}
		out = append(out, style.Render(widget.Fit(line, width)))
	}
	return widget.Rows(out, width, height)
}

func wrapped(text string, width int) []string { return widget.Wrap(dicom.Clean(text), max(8, width)) }
