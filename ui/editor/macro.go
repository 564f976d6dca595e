package editor

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/ui/theme"
)

// Macros are phrases typed by name: "/nodule" and Tab. The zero value has none.
type Macros struct {
	Names []string
	// Preview is a phrase as it will read; Expand gives it with its fields framed in
	// the draft, or without frames where it goes into a span, which holds no other.
	Preview func(name string) string
	Expand  func(name string, framed bool) string
}

// macroAt is the macro that is being typed at the caret: where its "/" stands, what
// was typed behind it, and the names that begin so. Within a word there is none.
func (e *Editor) macroAt() (from int, typed string, names []string) {
	b := e.Active().Buffer
	if b.selecting || b.caret < len(b.text) && nameRune(b.text[b.caret]) {
		return 0, "", nil
	}
	i := b.caret
	for i > 0 && b.caret-i < 64 && nameRune(b.text[i-1]) {
		i--
	}
	if b.caret-i < 2 || i == 0 || b.text[i-1] != '/' || i > 1 && !beginsWord(b.text[i-2]) {
		return 0, "", nil
	}
	from, typed = i-1, string(b.text[i:b.caret])
	if from+1 == e.refused {
		return from, typed, nil
	}
	for _, n := range e.Macros.Names {
		if strings.EqualFold(n, typed) {
			return from, typed, []string{n}
		}
		if len(n) > len(typed) && strings.EqualFold(n[:len(typed)], typed) {
			names = append(names, n)
		}
	}
	return from, typed, names
}

func nameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
}

func beginsWord(before rune) bool {
	return before == ' ' || before == '\n' || before == '(' || isFrame(before)
}

// macroKey is a key while a macro is being typed: Tab or Space writes the phrase out,
// Esc leaves the letters as they are. It tells whether the key was for it.
func (e *Editor) macroKey(key string) bool {
	from, _, names := e.macroAt()
	if len(names) != 1 {
		if from+1 != e.refused {
			e.refused = 0
		}
		if len(names) > 1 && key == "esc" {
			e.refused = from + 1
			return true
		}
		return false
	}
	switch key {
	case "tab", "space", " ":
		e.expand(from, names[0], key != "tab")
	case "esc":
		e.refused = from + 1
	default:
		return false
	}
	return true
}

// expand writes a phrase in place of its name, as one undo step, and selects its first
// field.
func (e *Editor) expand(from int, name string, spaced bool) {
	b := e.Active().Buffer
	_, within := b.frameAt(b.caret)
	text := e.Macros.Expand(name, !within)
	if text == "" {
		return
	}
	if spaced {
		text += " "
	}
	b.Select(from, b.caret)
	b.Insert(text)
	e.touch()
	for _, f := range b.marks().frames {
		if f.open >= from && f.end < b.caret {
			b.Select(f.open+1, f.end)
			return
		}
	}
}

// macroView is the row that tells what a macro will write, or which there are.
func (e *Editor) macroView() (string, bool) {
	_, _, names := e.macroAt()
	switch len(names) {
	case 0:
		return "", false
	case 1:
		keys := " · Tab or Space writes it · Esc leaves it"
		text := strings.ReplaceAll(e.Macros.Preview(names[0]), "\n", " ¶ ")
		return "    " + theme.Partial.Render("→ "+ansi.Truncate(text, max(8, e.width-7-ansi.StringWidth(keys)), "…")) + theme.Muted.Render(keys), true
	}
	return "    " + theme.Muted.Render(ansi.Truncate("/"+strings.Join(names, " /"), e.width-5, "…")), true
}
