package editor

import "unicode/utf8"

// history is the undo of one buffer: edits, not copies of the text, so that a step
// costs what was typed or taken out and there may be any number of them.
type history struct {
	past, future []edit
	group        groupKind
}

// edit is text taken out at a rune offset and text put in its place.
type edit struct {
	at            int
	removed, put  string
	before, after int  // the caret
	joined        bool // undone and done again together with the one before
}

// groupKind merges neighbouring edits of one kind into one undo step.
type groupKind int

const (
	noGroup groupKind = iota
	typing
	erasing
)

func runes(s string) int { return utf8.RuneCountInString(s) }

// remember keeps an edit as a step of its own, or as part of the last one when it
// goes on with it.
func (h *history) remember(e edit, kind groupKind) {
	h.future = nil
	if kind != noGroup && kind == h.group && len(h.past) > 0 && h.past[len(h.past)-1].goOn(e) {
		return
	}
	h.past, h.group = append(h.past, e), kind
}

// goOn takes an edit that continues this one into it; false when it does not.
func (e *edit) goOn(next edit) bool {
	switch {
	case next.removed == "" && next.at == e.at+runes(e.put): // typed on
		e.put += next.put
	case next.put == "" && e.put == "" && next.at+runes(next.removed) == e.at: // erased on to the left
		e.at, e.removed = next.at, next.removed+e.removed
	case next.put == "" && e.put == "" && next.at == e.at: // erased on to the right
		e.removed += next.removed
	default:
		return false
	}
	e.after = next.after
	return true
}

// caretIs corrects where the caret stands after the last edit.
func (h *history) caretIs(at int) {
	if n := len(h.past); n > 0 {
		h.past[n-1].after = at
	}
}

// join makes all edits since there were so many steps one.
func (h *history) join(steps int) {
	for i := steps + 1; i < len(h.past); i++ {
		h.past[i].joined = true
	}
}

func (h *history) back() (e edit, ok bool) { return h.shift(&h.past, &h.future) }

func (h *history) forth() (e edit, ok bool) { return h.shift(&h.future, &h.past) }

func (h *history) shift(from, to *[]edit) (e edit, ok bool) {
	n := len(*from)
	if n == 0 {
		return e, false
	}
	e = (*from)[n-1]
	(*from)[n-1] = edit{} // let go of its text
	*from, *to, h.group = (*from)[:n-1], append(*to, e), noGroup
	return e, true
}
