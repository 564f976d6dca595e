package editor

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/worklist/report"
)

// Resize sets the area the editor draws in, in cells.
func (e *Editor) Resize(width, height int) { e.width, e.height = max(20, width), max(3, height) }

// textWidth leaves room for the margin and for the caret at a row's end.
func (e *Editor) textWidth() int { return e.width - 3 }

// View draws the sections, scrolled so that the caret is in sight. Exactly
// height rows of at most width cells come back. focused draws the caret.
func (e *Editor) View(focused bool) string {
	b := e.Active().Buffer
	at, _ := b.place(e.textWidth(), e.show)
	caretRow := 1 + at
	for _, s := range e.Sections[:e.active] {
		caretRow += 1 + len(s.Buffer.rows(e.textWidth(), e.show))
	}
	below := e.below(focused)
	total := len(below)
	for _, s := range e.Sections {
		total += 1 + len(s.Buffer.rows(e.textWidth(), e.show))
	}
	e.inSight(caretRow, len(below), total)
	var out []string
	first := 0 // the row of the whole that comes next
	put := func(draw func() string) {
		if first >= e.scroll && len(out) < e.height {
			out = append(out, draw())
		}
		first++
	}
	for i, s := range e.Sections {
		here := i == e.active
		put(func() string { return e.heading(s, here && focused) })
		rows := s.Buffer.rows(e.textWidth(), e.show)
		skip := max(0, min(len(rows), e.scroll-first))
		if here {
			skip = min(skip, at) // the rows below the caret's are counted where they stand
		}
		first += skip
		looks := e.looksOf(s)
		for k := skip; k < len(rows) && (len(out) < e.height); k++ {
			caret := -1
			if here && k == at && focused {
				caret = b.caret
			}
			put(func() string { return e.row(looks, rows[k], caret) })
			if here && k == at {
				for _, text := range below {
					put(func() string { return text })
				}
			}
		}
	}
	for len(out) < e.height {
		out = append(out, "")
	}
	return strings.Join(out, "\n")
}

// inSight scrolls as little as brings the caret and what hangs below it on screen.
func (e *Editor) inSight(caretRow, below, total int) {
	if last := caretRow + below; last >= e.scroll+e.height {
		e.scroll = last - e.height + 1
	}
	if caretRow < e.scroll+1 {
		e.scroll = max(0, caretRow-1)
	}
	e.scroll = max(0, min(e.scroll, total-e.height))
}

// heading names the section and what in it waits for the reader.
func (e *Editor) heading(s *Section, here bool) string {
	mark, style := "  ", theme.Heading
	if here {
		mark = "▸ "
	}
	title := style.Render(mark + strings.ToUpper(s.Title))
	if m := e.Mode(); here && m != "" {
		title += theme.Accent.Render(" · " + m)
	}
	if len(s.Buffer.text) == 0 && !here {
		return title + theme.Muted.Render(" · empty")
	}
	unconfirmed, empty := 0, 0
	for _, f := range s.Buffer.marks().frames {
		if sp, ok := e.span(f.rune); ok && f.empty() && sp.IsField() && sp.Required {
			empty++
		}
		if e.proposes(s.Buffer, f) {
			unconfirmed++
		}
	}
	if empty > 0 {
		title += theme.Amber.Render(fmt.Sprintf(" · %d to fill in", empty))
	}
	if unconfirmed > 0 {
		title += theme.Muted.Render(fmt.Sprintf(" · %d unconfirmed ~", unconfirmed))
	}
	return ansi.Truncate(title, e.width, "…")
}

// row draws a line, runs of one look at a time.
func (e *Editor) row(looks looks, l line, caret int) string {
	var b, run strings.Builder
	b.WriteString("  ")
	now := look{}
	flush := func() {
		if run.Len() > 0 {
			b.WriteString(now.style().Render(run.String()))
			run.Reset()
		}
	}
	text, onEmpty := looks.section.Buffer.text, caret > 0 && looks.section.Buffer.inEmptyFrame(caret)
	doubtful := e.misspelt(looks.section.Buffer, l, caret)
	for i := l.from; i < l.to; i++ {
		for len(doubtful) > 0 && i >= doubtful[0].to {
			doubtful = doubtful[1:]
		}
		shown := e.show(text, i)
		if shown == "" {
			if i == caret {
				caret++ // a frame's rune shows nothing: the caret stands on what follows
			}
			continue
		}
		next := looks.at(i)
		next.misspelt = len(doubtful) > 0 && i >= doubtful[0].from
		next.caret = i == caret || onEmpty && i == caret-1
		if next != now {
			flush()
			now = next
		}
		run.WriteString(shown)
	}
	flush()
	if caret >= l.to && !onEmpty {
		b.WriteString(theme.Caret.Render(" "))
	}
	if caret >= 0 && e.partial != "" && caret >= l.to {
		room := e.width - ansi.StringWidth(b.String()) - 1
		b.WriteString(theme.Partial.Render(ansi.Truncate(" "+e.partial, max(0, room), "…")))
	}
	return b.String()
}

// below are the rows that hang under the caret's: what was heard in the middle of a
// line.
func (e *Editor) below(focused bool) (out []string) {
	if !focused {
		return nil
	}
	b := e.Active().Buffer
	rows := b.rows(e.textWidth(), e.show)
	if e.partial != "" && b.caret < rows[rowOf(rows, b.caret)].to {
		out = append(out, theme.Partial.Render("    "+ansi.Truncate(e.partial, e.width-5, "…")))
	}
	if row, ok := e.macroView(); ok && e.list == nil {
		out = append(out, row)
	}
	if e.list != nil {
		out = append(out, e.list.view(e.width, max(2, e.height-2))...)
	}
	return out
}

// show is what stands on the screen for the rune at i.
func (e *Editor) show(text []rune, i int) string {
	r := text[i]
	switch {
	case !isSpecial(r):
		return string(r)
	case opens(r):
		return e.showOpen(r, i+1 < len(text) && text[i+1] == report.SpanEnd)
	case r == report.SpanEnd:
		return e.showEnd(text, i)
	}
	if e.Token != nil {
		if text, _, ok := e.Token(r); ok {
			return text
		}
	}
	return string(r)
}

// showOpen is what stands before a span: the name of an empty field, "~" before what
// is not confirmed, the date of what was pulled.
func (e *Editor) showOpen(r rune, empty bool) string {
	s, ok := e.span(r)
	switch {
	case !ok:
		return ""
	case empty && s.IsField() && s.Required:
		return "[" + s.Name + "]"
	case empty && s.IsField():
		return "<" + s.Name + ">"
	case empty || s.Confirmed || s.Kind == report.MergeField:
		return ""
	case s.Kind == report.Pulled:
		return "«" + day(s.From.Date) + ": "
	}
	return "~"
}

func (e *Editor) showEnd(text []rune, i int) string {
	for k := i - 1; k >= 0; k-- {
		if opens(text[k]) {
			if s, ok := e.span(text[k]); ok && s.Kind == report.Pulled && !s.Confirmed && k < i-1 {
				return "»"
			}
			return ""
		}
	}
	return ""
}
