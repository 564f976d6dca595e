package editor

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/worklist/report"
)

// List is what is chosen from under the caret: the choices of a field, how a word is
// spelt.
type List struct {
	Title    string
	Items    []string
	Multiple bool
	Chosen   []string // ticked at first, where several may be
	// Done is told what was chosen, in the order of Items; it is not called when the
	// list is left.
	Done func(chosen []string)

	at     int
	typed  string // letters that narrow it
	ticked map[int]bool
}

// Pick opens a list under the caret: a number chooses, letters narrow, arrows and
// Enter choose, Space ticks where several may be, Esc leaves it as it was.
func (e *Editor) Pick(l List) {
	l.ticked = map[int]bool{}
	for i, item := range l.Items {
		if slices.Contains(l.Chosen, item) {
			l.ticked[i], l.at = true, i
		}
	}
	if len(l.Items) > 0 {
		e.list = &l
	}
}

// Picking reports whether a list is open: keys are its own.
func (e *Editor) Picking() bool { return e.list != nil }

// PickField opens the list of the field under the caret; false when there is none.
func (e *Editor) PickField() bool {
	s, content, ok := e.Field()
	if !ok || len(s.Choices) == 0 {
		return false
	}
	l := List{Title: s.Name, Items: s.Choices, Multiple: s.Multiple, Chosen: []string{strings.TrimSpace(content)}}
	if s.Multiple {
		l.Chosen = nil
		for _, c := range strings.Split(content, ",") {
			l.Chosen = append(l.Chosen, strings.TrimSpace(c))
		}
	}
	l.Done = func(chosen []string) { e.fill(s.Rune, strings.Join(chosen, ", ")) }
	e.Pick(l)
	return true
}

// fill replaces the content of a span of the active section and leaves the caret at
// its end.
func (e *Editor) fill(r rune, text string) {
	b := e.Active().Buffer
	for _, f := range b.marks().frames {
		if f.rune == r {
			b.Select(f.open+1, f.end)
			e.Insert(text)
		}
	}
}

// pickKey is a key while a list is open.
func (e *Editor) pickKey(key string) {
	l := e.list
	switch key {
	case "esc":
		e.list = nil
	case "up", "shift+tab":
		l.step(-1)
	case "down":
		l.step(1)
	case "space", " ":
		if l.Multiple {
			l.ticked[l.at] = !l.ticked[l.at]
		}
	case "enter", "tab":
		e.choose()
		if key == "tab" {
			e.press("tab")
		}
	case "backspace":
		if r := []rune(l.typed); len(r) > 0 {
			l.narrow(string(r[:len(r)-1]))
		}
	default:
		e.pickLetter(key)
	}
}

func (e *Editor) pickLetter(key string) {
	l, r := e.list, []rune(key)
	if len(r) != 1 {
		return
	}
	if n := int(r[0] - '1'); n >= 0 && n < 9 && n < len(l.Items) && l.typed == "" {
		l.at = n
		if l.Multiple {
			l.ticked[n] = !l.ticked[n]
			return
		}
		e.choose()
		return
	}
	if unicode.IsPrint(r[0]) {
		l.narrow(l.typed + key)
	}
}

// choose ends the list with what is ticked, else with what the cursor is on.
func (e *Editor) choose() {
	l := e.list
	e.list = nil
	var out []string
	for i, item := range l.Items {
		if l.Multiple && l.ticked[i] {
			out = append(out, item)
		}
	}
	if len(out) == 0 && l.at < len(l.Items) {
		out = []string{l.Items[l.at]}
	}
	l.Done(out)
}

// matches reports whether an item has a word that begins with what was typed.
func (l *List) matches(i int) bool {
	item := strings.ToLower(l.Items[i])
	return l.typed == "" || strings.HasPrefix(item, l.typed) || strings.Contains(item, " "+l.typed)
}

// narrow keeps to what was typed; a letter that nothing begins with changes nothing.
func (l *List) narrow(typed string) {
	before := l.typed
	l.typed = strings.ToLower(typed)
	if l.matches(l.at) {
		return
	}
	for i := range l.Items {
		if l.matches(i) {
			l.at = i
			return
		}
	}
	l.typed = before
}

func (l *List) step(by int) {
	for i := l.at + by; i >= 0 && i < len(l.Items); i += by {
		if l.matches(i) {
			l.at = i
			return
		}
	}
}

// mostItems is how many items of a list are on screen at once.
const mostItems = 9

// view is the list's rows, at most height of them.
func (l *List) view(width, height int) []string {
	how := "number, letters or ↑↓ and Enter · Esc leaves it"
	if l.Multiple {
		how = "numbers or Space tick, Enter takes them · Esc leaves it"
	}
	head := theme.Accent.Render(strings.TrimSpace(l.Title+" "+l.typed)) + theme.Muted.Render(" · "+how)
	out := []string{"    " + ansi.Truncate(head, width-4, "…")}
	var left []int
	cursor := 0
	for i := range l.Items {
		if l.matches(i) {
			if i == l.at {
				cursor = len(left)
			}
			left = append(left, i)
		}
	}
	room := max(1, min(height-1, mostItems))
	from := max(0, min(cursor-room+1, len(left)-room))
	for _, i := range left[from:min(len(left), from+room)] {
		out = append(out, l.item(i, width))
	}
	return out
}

func (l *List) item(i, width int) string {
	number, tick := "  ", ""
	if i < 9 && l.typed == "" {
		number = fmt.Sprintf("%d ", i+1)
	}
	if l.Multiple {
		tick = "[ ] "
		if l.ticked[i] {
			tick = "[x] "
		}
	}
	style := theme.Text
	cursor := "    "
	if i == l.at {
		style, cursor = theme.Selected, "  ▸ "
	}
	return cursor + style.Render(ansi.Truncate(number+tick+report.Foreign(l.Items[i]), width-5, "…"))
}
