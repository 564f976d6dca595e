// Package editor is where the report is written: sections, a plain caret, undo
// without limit. Its logic knows keys by name and nothing of Bubble Tea.
//
// A measurement stands in the text as one private-use rune (report.Token): the
// caret steps over it as over a letter, deleting takes it whole, and what is
// shown for it is its text of now.
package editor

import "unicode"

// Buffer is one section's text with its caret and history. The zero value is
// empty and ready.
type Buffer struct {
	text   []rune
	caret  int // 0 … len(text)
	column int // wanted column while moving up and down; −1 unset
	past   []snapshot
	future []snapshot
	group  groupKind
}

type snapshot struct {
	text  []rune
	caret int
}

// groupKind merges neighbouring edits of one kind into one undo step.
type groupKind int

const (
	noGroup groupKind = iota
	typing
	erasing
)

// NewBuffer holds text with the caret at its end.
func NewBuffer(text string) *Buffer {
	r := []rune(text)
	return &Buffer{text: r, caret: len(r), column: -1}
}

// String is the text, tokens as their private-use runes.
func (b *Buffer) String() string { return string(b.text) }

// Caret is the caret's rune offset.
func (b *Buffer) Caret() int { return b.caret }

// Replace swaps the whole text from outside (a token refreshed, a section pulled)
// as one undo step; the caret stays as near as it can.
func (b *Buffer) Replace(text string) {
	b.remember(noGroup)
	b.text = []rune(text)
	b.caret = min(b.caret, len(b.text))
}

// Insert puts s at the caret. A single word typed letter by letter is one undo
// step; a paste is one of its own.
func (b *Buffer) Insert(s string) {
	r := []rune(s)
	if len(r) == 0 {
		return
	}
	kind := noGroup
	if len(r) == 1 && !unicode.IsSpace(r[0]) {
		kind = typing
	}
	b.remember(kind)
	b.text = append(b.text[:b.caret:b.caret], append(r, b.text[b.caret:]...)...)
	b.caret += len(r)
}

// Backspace takes the rune before the caret.
func (b *Buffer) Backspace() { b.erase(b.caret-1, b.caret) }

// Delete takes the rune after the caret.
func (b *Buffer) Delete() { b.erase(b.caret, b.caret+1) }

// DeleteWord takes the word before the caret.
func (b *Buffer) DeleteWord() { b.erase(b.wordLeft(), b.caret) }

func (b *Buffer) erase(from, to int) {
	if from < 0 || to > len(b.text) || from == to {
		return
	}
	b.remember(erasing)
	b.text = append(b.text[:from:from], b.text[to:]...)
	b.caret = from
}

// Move steps the caret by runes.
func (b *Buffer) Move(by int) { b.moveTo(b.caret + by) }

// MoveWord steps the caret to the start of the previous (−1) or next (+1) word.
func (b *Buffer) MoveWord(direction int) {
	if direction < 0 {
		b.moveTo(b.wordLeft())
		return
	}
	i := b.caret
	for i < len(b.text) && !unicode.IsSpace(b.text[i]) {
		i++
	}
	for i < len(b.text) && unicode.IsSpace(b.text[i]) {
		i++
	}
	b.moveTo(i)
}

func (b *Buffer) wordLeft() int {
	i := b.caret
	for i > 0 && unicode.IsSpace(b.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(b.text[i-1]) {
		i--
	}
	return i
}

func (b *Buffer) moveTo(i int) {
	b.caret = max(0, min(i, len(b.text)))
	b.group, b.column = noGroup, -1
}

// remember keeps the present state for undo, unless it only continues the group.
func (b *Buffer) remember(kind groupKind) {
	b.column = -1
	if kind != noGroup && kind == b.group && len(b.past) > 0 {
		b.future = nil
		return
	}
	b.past = append(b.past, b.now())
	b.future, b.group = nil, kind
}

func (b *Buffer) now() snapshot { return snapshot{append([]rune(nil), b.text...), b.caret} }

// Undo takes the last step back; false when there is none.
func (b *Buffer) Undo() bool { return b.swap(&b.past, &b.future) }

// Redo does an undone step again; false when there is none.
func (b *Buffer) Redo() bool { return b.swap(&b.future, &b.past) }

func (b *Buffer) swap(from, to *[]snapshot) bool {
	if len(*from) == 0 {
		return false
	}
	*to = append(*to, b.now())
	s := (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	b.text, b.caret, b.group, b.column = s.text, s.caret, noGroup, -1
	return true
}
