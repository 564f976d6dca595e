package editor

import (
	"github.com/charmbracelet/lipgloss"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/worklist/report"
)

// look is how a rune is drawn. Whatever it tells is told by a sign or a word too: the
// brackets of an empty field, "~" before what is unconfirmed, the date of what was
// pulled, the sign sheet's line for what a check found.
type look struct {
	kind     lookKind
	mark     report.Severity
	misspelt bool
	selected bool
	caret    bool
}

type lookKind int

const (
	plainText lookKind = iota
	tokenText
	staleToken
	fieldText
	emptyRequired
	emptyField
	unconfirmed
	pulledText
)

var kinds = map[lookKind]lipgloss.Style{
	plainText: theme.Text, tokenText: theme.Token, staleToken: theme.Stale, fieldText: theme.Field, emptyRequired: theme.Amber,
	emptyField: theme.Muted, unconfirmed: theme.Unconfirmed, pulledText: theme.Pulled,
}

func (l look) style() lipgloss.Style {
	style := kinds[l.kind]
	switch l.mark {
	case report.Block:
		style = theme.MarkBlock
	case report.Warn:
		style = theme.MarkWarn
	case report.Info:
		style = style.Underline(true)
	}
	if l.misspelt && l.mark == "" {
		style = theme.Misspelt
	}
	if l.selected {
		style = style.Background(theme.Selected.GetBackground())
	}
	if l.caret {
		style = style.Reverse(true)
	}
	return style
}

// looks is what the rows of one section are drawn by.
type looks struct {
	e       *Editor
	section *Section
	marks   []Mark
	from    int // what is selected
	to      int
}

func (e *Editor) looksOf(s *Section) looks {
	l := looks{e: e, section: s}
	l.from, l.to = s.Buffer.Selected()
	if e.Marks != nil {
		l.marks = e.Marks(s.Key)
	}
	return l
}

func (l looks) at(i int) look {
	out := look{kind: l.kind(i), selected: i >= l.from && i < l.to}
	for _, m := range l.marks {
		if i >= m.From && i < m.To && heavier(m.Severity, out.mark) {
			out.mark = m.Severity
		}
	}
	return out
}

func heavier(a, b report.Severity) bool {
	weight := map[report.Severity]int{report.Info: 1, report.Warn: 2, report.Block: 3}
	return weight[a] > weight[b]
}

func (l looks) kind(i int) lookKind {
	text := l.section.Buffer.text
	if r := text[i]; isSpecial(r) && !isFrame(r) && l.e.Token != nil {
		if _, stale, ok := l.e.Token(r); ok && stale {
			return staleToken
		} else if ok {
			return tokenText
		}
	}
	at := i
	if opens(text[i]) {
		at++
	}
	f, ok := l.section.Buffer.frameAt(at)
	if !ok {
		return plainText
	}
	s, ok := l.e.span(f.rune)
	if !ok {
		return plainText
	}
	return kindOf(s, f.empty())
}

func kindOf(s report.Span, empty bool) lookKind {
	switch {
	case empty && s.Required:
		return emptyRequired
	case empty:
		return emptyField
	case s.Kind == report.Pulled && !s.Confirmed:
		return pulledText
	case !s.Confirmed && s.Kind != report.MergeField:
		return unconfirmed
	case s.IsField():
		return fieldText
	}
	return plainText
}
