// Package editor is where the report is written: sections with fields, a plain
// caret or vim's, undo without limit. Its logic knows keys by name and nothing of
// Bubble Tea.
//
// A measurement stands in the text as one private-use rune (report.Token): the
// caret steps over it as over a letter, deleting takes it whole, and what is
// shown for it is its text of now. A field, normal text and text pulled from a
// prior (report.Span) stand between two runes that frame them and take no room of
// their own; no edit leaves half a frame.
package editor

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Buffer is one section's text with its caret, what is selected, and its history.
// Make it with NewBuffer.
//
// Text is held as runes, four bytes each: a megabyte pasted is four, and an edit in
// its middle moves two of them. What is wrapped and framed is kept beside it and
// renewed where the text changed.
type Buffer struct {
	text      []rune
	caret     int // 0 … len(text)
	anchor    int // the other end of what is selected
	selecting bool
	column    int // wanted column while moving up and down; −1 unset
	history   history
	layout    layout
	version   int // counts changes
	special   special
	string    struct { // what String gave last
		text    string
		version int
	}
}

// NewBuffer holds text with the caret at its end.
func NewBuffer(text string) *Buffer {
	r := []rune(text)
	return &Buffer{text: r, caret: len(r), column: -1}
}

// String is the text, tokens and frames as their private-use runes.
func (b *Buffer) String() string {
	if b.string.version != b.version || b.string.text == "" {
		out := make([]byte, 0, len(b.text)+len(b.text)/16)
		for _, r := range b.text {
			out = utf8.AppendRune(out, r)
		}
		b.string.text, b.string.version = string(out), b.version
	}
	return b.string.text
}

// Caret is the caret's rune offset.
func (b *Buffer) Caret() int { return b.caret }

// Selected is what is selected, as rune offsets; empty when nothing is.
func (b *Buffer) Selected() (from, to int) {
	if !b.selecting {
		return b.caret, b.caret
	}
	anchor := min(b.anchor, len(b.text))
	return min(anchor, b.caret), max(anchor, b.caret)
}

// Select selects the runes [from, to) with the caret at their end.
func (b *Buffer) Select(from, to int) {
	b.moveTo(to)
	b.anchor, b.selecting = max(0, min(from, len(b.text))), from != to
}

// Replace swaps the whole text from outside (a token refreshed, a section pulled)
// as one undo step; the caret stays where it was in what did not change.
func (b *Buffer) Replace(text string) {
	put := []rune(text)
	head := 0
	for head < len(put) && head < len(b.text) && put[head] == b.text[head] {
		head++
	}
	tail := 0
	for tail < len(put)-head && tail < len(b.text)-head && put[len(put)-1-tail] == b.text[len(b.text)-1-tail] {
		tail++
	}
	if head == len(put) && head == len(b.text) {
		return
	}
	caret, end := b.caret, len(b.text)-tail
	switch grown := len(put) - len(b.text); {
	case caret >= end:
		caret += grown
	case caret > head:
		caret = min(caret, len(put)-tail)
	}
	b.replace(head, end, put[head:len(put)-tail], noGroup)
	b.caret = caret
	b.history.caretIs(caret)
}

// Insert puts s at the caret, in place of what is selected. A single word typed
// letter by letter is one undo step; a paste is one of its own.
func (b *Buffer) Insert(s string) {
	r := []rune(s)
	if len(r) == 0 {
		return
	}
	kind := noGroup
	if len(r) == 1 && !unicode.IsSpace(r[0]) {
		kind = typing
	}
	from, to := b.Selected()
	if from != to {
		kind = noGroup
	}
	kept := halves(b.text, from, to)
	b.replace(from, to, append(r, kept...), kind)
	b.caret = from + len(r)
	b.history.caretIs(b.caret)
	if from != to && len(r) == 1 {
		b.history.group = typing // what is typed over a field is a step with its first letter
	}
}

// insertAt puts text somewhere else than at the caret, as a step of its own; the caret
// and what is selected stay on what they were on.
func (b *Buffer) insertAt(at int, text string) {
	put := []rune(text)
	caret, anchor, selecting := b.caret, b.anchor, b.selecting
	b.replace(at, at, put, noGroup)
	if caret > at {
		caret += len(put)
	}
	if anchor > at {
		anchor += len(put)
	}
	b.caret, b.anchor, b.selecting = caret, anchor, selecting
	b.history.caretIs(caret)
	if n := len(b.history.past); n > 1 {
		b.history.past[n-1].joined = true // undone with what brought it about
	}
}

// Backspace takes what is selected, else what is shown before the caret.
func (b *Buffer) Backspace() {
	if b.tookWhole() {
		return
	}
	i := b.caret
	for i > 0 && isFrame(b.text[i-1]) {
		i--
		if b.tookEmpty(i) {
			return
		}
	}
	if i > 0 {
		b.eraseOne(i-1, b.caret-1)
	}
}

// Delete takes what is selected, else what is shown after the caret.
func (b *Buffer) Delete() {
	if b.tookWhole() {
		return
	}
	i := b.caret
	for i < len(b.text) && isFrame(b.text[i]) {
		i++
		if b.tookEmpty(i) {
			return
		}
	}
	if i < len(b.text) {
		b.eraseOne(i, b.caret)
	}
}

// tookWhole takes what is selected, else the empty frame that the caret is in.
func (b *Buffer) tookWhole() bool {
	if b.selecting {
		b.cut(b.Selected())
		return true
	}
	return b.tookEmpty(b.caret)
}

func (b *Buffer) tookEmpty(at int) bool {
	from, to, ok := b.emptyFrameAt(at)
	if ok {
		b.erase(from, to)
	}
	return ok
}

// eraseOne takes the rune at i out and leaves the caret at caret.
func (b *Buffer) eraseOne(i, caret int) {
	b.erase(i, i+1)
	b.caret = caret
	b.history.caretIs(caret)
}

// DeleteWord takes the word before the caret.
func (b *Buffer) DeleteWord() {
	if b.selecting {
		b.cut(b.Selected())
		return
	}
	if from := b.wordLeft(); from < b.caret && !isFrame(b.text[from]) {
		b.cut(from, b.caret)
		return
	}
	b.Backspace()
}

// cut takes [from, to) out as a step of its own: frames whole, or not at all.
func (b *Buffer) cut(from, to int) {
	if from >= to {
		return
	}
	b.replace(from, to, halves(b.text, from, to), noGroup)
	b.caret = from
	b.history.caretIs(from)
}

// erase takes runes out that hold no half frame; neighbours are one undo step.
func (b *Buffer) erase(from, to int) { b.replace(from, to, nil, erasing) }

// replace is the one place where text changes.
func (b *Buffer) replace(from, to int, put []rune, kind groupKind) {
	b.history.remember(edit{at: from, removed: string(b.text[from:to]), put: string(put), before: b.caret, after: from + len(put)}, kind)
	b.splice(from, to, put)
	b.caret = from + len(put)
	b.selecting, b.column = false, -1
}

func (b *Buffer) splice(from, to int, put []rune) {
	b.text = slices.Replace(b.text, from, to, put...)
	b.layout.changed(from, to, len(put))
	b.version++
}

// Move steps the caret by what is shown: over a frame's runes as if they were not
// there, and into a field that is empty.
func (b *Buffer) Move(by int) {
	for ; by < 0; by++ {
		b.moveTo(b.left(b.caret))
	}
	for ; by > 0; by-- {
		b.moveTo(b.right(b.caret))
	}
}

func (b *Buffer) left(i int) int {
	for i > 0 && isFrame(b.text[i-1]) {
		i--
		if b.inEmptyFrame(i) {
			return i
		}
	}
	return max(0, i-1)
}

func (b *Buffer) right(i int) int {
	empty := b.inEmptyFrame(i)
	for i < len(b.text) && isFrame(b.text[i]) {
		i++
		if empty || b.inEmptyFrame(i) {
			return i
		}
	}
	if i++; b.inEmptyFrame(i + 1) {
		i++
	}
	return min(len(b.text), i)
}

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

// wordLeft is where the word before the caret begins, within its frame.
func (b *Buffer) wordLeft() int {
	i := b.caret
	for i > 0 && (unicode.IsSpace(b.text[i-1]) || isFrame(b.text[i-1])) {
		i--
	}
	for i > 0 && !unicode.IsSpace(b.text[i-1]) && !isFrame(b.text[i-1]) {
		i--
	}
	return i
}

func (b *Buffer) moveTo(i int) {
	b.caret = max(0, min(i, len(b.text)))
	b.history.group, b.column, b.selecting = noGroup, -1, false
}

// Undo takes the last step back; false when there is none.
func (b *Buffer) Undo() bool {
	e, ok := b.history.back()
	if !ok {
		return false
	}
	b.splice(e.at, e.at+runes(e.put), []rune(e.removed))
	b.moveTo(e.before)
	if e.joined {
		b.Undo()
	}
	return true
}

// Redo does an undone step again; false when there is none.
func (b *Buffer) Redo() bool {
	e, ok := b.history.forth()
	if !ok {
		return false
	}
	b.splice(e.at, e.at+runes(e.removed), []rune(e.put))
	b.moveTo(e.after)
	if n := len(b.history.future); n > 0 && b.history.future[n-1].joined {
		b.Redo()
	}
	return true
}
