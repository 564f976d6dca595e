package editor

import (
	"slices"
	"strings"
	"unicode"
)

// motion is how far a motion reaches when an operator stands before it.
type motion int

const (
	exclusive motion = iota
	inclusive
	wholeLines
)

// moved says that a motion has moved the caret itself.
const moved = -1

// vimMotions give where the caret goes.
func vimMotions() map[string]func(e *Editor, n int) (int, motion) {
	return map[string]func(e *Editor, n int) (int, motion){
		"h": (*Editor).vimLeft, "left": (*Editor).vimLeft, "backspace": (*Editor).vimLeft,
		"l": (*Editor).vimRight, "right": (*Editor).vimRight, " ": (*Editor).vimRight,
		"j": func(e *Editor, n int) (int, motion) { return e.vimDown(n) }, "down": func(e *Editor, n int) (int, motion) { return e.vimDown(n) },
		"enter": func(e *Editor, n int) (int, motion) { return e.vimDown(n) },
		"k":     func(e *Editor, n int) (int, motion) { return e.vimDown(-n) }, "up": func(e *Editor, n int) (int, motion) { return e.vimDown(-n) },
		"w": wordly((*Buffer).nextWord, exclusive), "b": wordly((*Buffer).wordBefore, exclusive), "e": wordly((*Buffer).wordEnd, inclusive),
		"0": func(e *Editor, _ int) (int, motion) {
			from, _ := e.Active().Buffer.lineAt(e.Active().Buffer.caret)
			return from, exclusive
		},
		"^": func(e *Editor, _ int) (int, motion) { return e.firstOfLine(), exclusive },
		"$": (*Editor).vimEnd,
		"G": func(e *Editor, _ int) (int, motion) {
			if e.vim.count == 0 {
				return e.lineNumber(len(e.Active().Buffer.text) + 1), wholeLines
			}
			return e.lineNumber(e.vim.count), wholeLines
		},
		"n": func(e *Editor, n int) (int, motion) { return e.vimFind(1), exclusive },
		"N": func(e *Editor, n int) (int, motion) { return e.vimFind(-1), exclusive },
	}
}

func (e *Editor) vimLeft(n int) (int, motion) {
	b := e.Active().Buffer
	i, from := b.caret, 0
	from, _ = b.lineAt(i)
	for ; n > 0 && i > from; n-- {
		i = max(from, b.left(i))
	}
	return i, exclusive
}

func (e *Editor) vimRight(n int) (int, motion) {
	b := e.Active().Buffer
	i := b.caret
	_, to := b.lineAt(i)
	for ; n > 0 && i < to; n-- {
		i = min(to, b.right(i))
	}
	return i, exclusive
}

// vimDown goes by the rows on screen, and into other sections; an operator takes whole
// lines of the text.
func (e *Editor) vimDown(n int) (int, motion) {
	b := e.Active().Buffer
	by := 1
	if n < 0 {
		by, n = -1, -n
	}
	if e.vim.op == 0 {
		anchor, selecting := b.anchor, b.selecting
		for range n {
			if e.vim.mode == vimVisual {
				b.MoveLine(by, e.textWidth(), e.show)
			} else {
				e.moveLine(by)
			}
		}
		b.anchor, b.selecting = anchor, selecting
		return moved, wholeLines
	}
	i := b.caret
	for range n {
		from, to := b.lineAt(i)
		if by > 0 && to < len(b.text) {
			i = to + 1
		} else if by < 0 && from > 0 {
			i = from - 1
		}
	}
	return i, wholeLines
}

func (e *Editor) vimEnd(n int) (int, motion) {
	b := e.Active().Buffer
	_, to := b.lineAt(b.caret)
	for ; n > 1 && to < len(b.text); n-- {
		_, to = b.lineAt(to + 1)
	}
	return to, exclusive
}

func (e *Editor) firstOfLine() int {
	b := e.Active().Buffer
	i, to := b.lineAt(b.caret)
	for i < to && (b.text[i] == ' ' || isFrame(b.text[i])) {
		i++
	}
	return i
}

// lineNumber is where line n begins, from 1.
func (e *Editor) lineNumber(n int) int {
	b, at := e.Active().Buffer, 0
	for ; n > 1; n-- {
		_, to := b.lineAt(at)
		if to == len(b.text) {
			break
		}
		at = to + 1
	}
	return at
}

func wordly(step func(*Buffer, int) int, how motion) func(*Editor, int) (int, motion) {
	return func(e *Editor, n int) (int, motion) {
		b := e.Active().Buffer
		i := b.caret
		for range n {
			i = step(b, i)
		}
		return i, how
	}
}

// class of a rune: words go by letters and digits, by other signs, and end at blanks
// and at a field's edges.
type class int

const (
	blank class = iota
	letters
	signs
)

func classOf(r rune) class {
	switch {
	case unicode.IsSpace(r) || isFrame(r):
		return blank
	case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || isSpecial(r):
		return letters
	}
	return signs
}

func (b *Buffer) nextWord(i int) int {
	if i < len(b.text) {
		for c := classOf(b.text[i]); i < len(b.text) && classOf(b.text[i]) == c && c != blank; {
			i++
		}
	}
	for i < len(b.text) && classOf(b.text[i]) == blank {
		i++
	}
	return i
}

func (b *Buffer) wordBefore(i int) int {
	for i > 0 && classOf(b.text[i-1]) == blank {
		i--
	}
	if i > 0 {
		for c := classOf(b.text[i-1]); i > 0 && classOf(b.text[i-1]) == c; {
			i--
		}
	}
	return i
}

func (b *Buffer) wordEnd(i int) int {
	for i++; i < len(b.text) && classOf(b.text[i]) == blank; {
		i++
	}
	if i >= len(b.text) {
		return max(0, len(b.text)-1)
	}
	for c := classOf(b.text[i]); i+1 < len(b.text) && classOf(b.text[i+1]) == c; {
		i++
	}
	return i
}

// wordAt is the word around i, with the blanks behind it where around is wanted.
func (b *Buffer) wordAt(i int, around bool) (from, to int) {
	if i >= len(b.text) {
		return i, i
	}
	c := classOf(b.text[i])
	for from = i; from > 0 && classOf(b.text[from-1]) == c && b.text[from-1] != '\n'; {
		from--
	}
	for to = i; to < len(b.text) && classOf(b.text[to]) == c && b.text[to] != '\n'; {
		to++
	}
	for around && to < len(b.text) && b.text[to] == ' ' {
		to++
	}
	return from, to
}

// vimSearch is a key of the line behind "/".
func (e *Editor) vimSearch(key string) {
	v := &e.vim
	switch r := []rune(key); {
	case key == "esc" || key == "backspace" && v.query == "":
		v.searching, v.query = false, ""
	case key == "enter":
		v.searching = false
		if v.query != "" {
			v.found = v.query
		}
		v.query = ""
		if to := e.vimFind(1); to != moved {
			e.Active().Buffer.moveTo(to)
		}
	case key == "backspace":
		q := []rune(v.query)
		v.query = string(q[:len(q)-1])
	case len(r) == 1 && unicode.IsPrint(r[0]):
		v.query += key
	}
}

// vimFind is where what was searched stands next, around the end of the section; in
// lower case it finds capitals too. It says where there is nothing.
func (e *Editor) vimFind(by int) int {
	b, what := e.Active().Buffer, []rune(e.vim.found)
	if len(what) == 0 {
		return moved
	}
	fold := strings.ToLower(e.vim.found) == e.vim.found
	at := func(i int) bool {
		return i+len(what) <= len(b.text) && slices.EqualFunc(b.text[i:i+len(what)], what, func(a, w rune) bool {
			return a == w || fold && unicode.ToLower(a) == w
		})
	}
	for k := 1; k <= len(b.text); k++ {
		i := ((b.caret+by*k)%len(b.text) + len(b.text)) % len(b.text)
		if at(i) {
			return i
		}
	}
	e.say("Not in " + e.Active().Title + ": " + e.vim.found)
	return moved
}
