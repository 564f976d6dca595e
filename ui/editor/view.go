package editor

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/nocturne/nocturne/ui/theme"
)

// Resize sets the area the editor draws in, in cells.
func (e *Editor) Resize(width, height int) { e.width, e.height = max(20, width), max(3, height) }

// textWidth leaves room for the margin and for the caret at a row's end.
func (e *Editor) textWidth() int { return e.width - 3 }

// View draws the sections, scrolled so that the caret is in sight. Exactly
// height rows of at most width cells come back. focused draws the caret.
func (e *Editor) View(focused bool) string {
	var rows []string
	caretRow := 0
	for i, s := range e.Sections {
		here := i == e.active
		rows = append(rows, e.heading(s, here && focused))
		lines := wrap(s.Buffer.text, e.textWidth(), e.show)
		row, _ := place(lines, s.Buffer.text, s.Buffer.caret, e.show)
		for k, l := range lines {
			caret := -1
			if here && k == row {
				caretRow = len(rows)
				if focused {
					caret = s.Buffer.caret
				}
			}
			rows = append(rows, e.row(s, l, caret))
		}
	}
	return strings.Join(e.inSight(rows, caretRow), "\n")
}

func (e *Editor) heading(s *Section, here bool) string {
	mark, style := "  ", theme.Heading
	if here {
		mark = "▸ "
	}
	title := mark + strings.ToUpper(s.Title)
	if len(s.Buffer.text) == 0 && !here {
		return style.Render(title) + theme.Muted.Render(" · empty")
	}
	return style.Render(title)
}

func (e *Editor) row(s *Section, l line, caret int) string {
	var b strings.Builder
	b.WriteString("  ")
	plain := strings.Builder{}
	flush := func() {
		if plain.Len() > 0 {
			b.WriteString(theme.Text.Render(plain.String()))
			plain.Reset()
		}
	}
	for i := l.from; i < l.to; i++ {
		style, special := e.style(s.Buffer.text[i], i == caret)
		if !special {
			plain.WriteRune(s.Buffer.text[i])
			continue
		}
		flush()
		b.WriteString(style.Render(e.show(s.Buffer.text[i])))
	}
	flush()
	if caret >= l.to {
		b.WriteString(theme.Caret.Render(" "))
	}
	return b.String()
}

func (e *Editor) style(r rune, caret bool) (lipgloss.Style, bool) {
	style, special := theme.Text, false
	if e.Token != nil {
		if _, stale, ok := e.Token(r); ok {
			style, special = theme.Token, true
			if stale {
				style = theme.Stale
			}
		}
	}
	if caret {
		return style.Reverse(true), true
	}
	return style, special
}

func (e *Editor) inSight(rows []string, caretRow int) []string {
	if caretRow < e.scroll+1 {
		e.scroll = max(0, caretRow-1)
	}
	if caretRow >= e.scroll+e.height {
		e.scroll = caretRow - e.height + 1
	}
	e.scroll = max(0, min(e.scroll, len(rows)-e.height))
	out := rows[e.scroll:min(len(rows), e.scroll+e.height)]
	for len(out) < e.height {
		out = append(out[:len(out):len(out)], "")
	}
	return out
}
