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

// vimCommands are the commands of normal mode that are no motions.
func vimCommands() map[string]func(e *Editor, n int) {
	insert := func(at func(e *Editor) int) func(*Editor, int) {
		return func(e *Editor, _ int) {
			e.Active().Buffer.moveTo(at(e))
			e.vim.mode = vimInsert
		}
	}
	as := func(keys ...string) func(*Editor, int) { // a command that is short for others
		return func(e *Editor, n int) {
			e.vim.count = 0
			for range n {
				for _, k := range keys {
					e.vimCommand(k)
				}
			}
		}
	}
	return map[string]func(e *Editor, n int){
		"i": insert(func(e *Editor) int { return e.Active().Buffer.caret }),
		"a": insert(func(e *Editor) int { at, _ := e.vimRight(1); return at }),
		"I": insert((*Editor).firstOfLine),
		"A": insert(func(e *Editor) int { at, _ := e.vimEnd(1); return at }),
		"o": func(e *Editor, _ int) { e.openLine(true) }, "O": func(e *Editor, _ int) { e.openLine(false) },
		"x": func(e *Editor, n int) { e.rub(n) }, "delete": func(e *Editor, n int) { e.rub(n) },
		"X": as("d", "h"), "D": as("d", "$"), "C": as("c", "$"), "Y": as("y", "y"), "S": as("c", "c"), "s": as("c", "l"),
		"p": func(e *Editor, n int) { e.put(n, true) }, "P": func(e *Editor, n int) { e.put(n, false) },
		"u": func(e *Editor, n int) { e.again(n, (*Buffer).Undo) }, "ctrl+r": func(e *Editor, n int) { e.again(n, (*Buffer).Redo) },
		"J": func(e *Editor, n int) { e.joinLines(n) },
		".": func(e *Editor, n int) { e.repeat(n) },
		"v": func(e *Editor, _ int) { e.visual(false) }, "V": func(e *Editor, _ int) { e.visual(true) },
		"/": func(e *Editor, _ int) { e.vim.searching, e.vim.query = true, "" },
	}
}

// vimVisuals are those of a selection.
func vimVisuals() map[string]func(e *Editor) {
	return map[string]func(e *Editor){
		"d": func(e *Editor) { e.visually('d') }, "x": func(e *Editor) { e.visually('d') }, "delete": func(e *Editor) { e.visually('d') },
		"c": func(e *Editor) { e.visually('c') }, "s": func(e *Editor) { e.visually('c') }, "y": func(e *Editor) { e.visually('y') },
		"v": (*Editor).vimEscape, "V": func(e *Editor) { e.vim.whole = true },
		"p": func(e *Editor) {
			text, lines := e.vim.register, e.vim.linewise
			e.visually('d')
			e.vim.register, e.vim.linewise = text, lines
			e.put(1, false)
		},
	}
}

// rub takes n runes from the caret on, within the line.
func (e *Editor) rub(n int) {
	b := e.Active().Buffer
	for ; n > 0; n-- {
		if _, to := b.lineAt(b.caret); b.caret >= to {
			break
		}
		if i := b.caret; !isFrame(b.text[i]) {
			e.vim.register, e.vim.linewise = []rune{b.text[i]}, false
		}
		b.Delete()
	}
	e.touch()
}

func (e *Editor) openLine(below bool) {
	b := e.Active().Buffer
	from, to := b.lineAt(b.caret)
	if below {
		b.moveTo(to)
		b.Insert("\n")
	} else {
		b.moveTo(from)
		b.Insert("\n")
		b.moveTo(from)
	}
	e.vim.mode = vimInsert
	e.touch()
}

func (e *Editor) again(n int, do func(*Buffer) bool) {
	for range n {
		do(e.Active().Buffer)
	}
	e.touch()
}

func (e *Editor) joinLines(n int) {
	b := e.Active().Buffer
	for range max(1, n-1) {
		_, to := b.lineAt(b.caret)
		if to == len(b.text) {
			break
		}
		end := to + 1
		for end < len(b.text) && b.text[end] == ' ' {
			end++
		}
		b.moveTo(to)
		b.replace(to, end, []rune{' '}, noGroup)
		b.moveTo(to)
	}
	e.touch()
}

// repeat gives the last command that changed something again.
func (e *Editor) repeat(n int) {
	v, b := &e.vim, e.Active().Buffer
	if v.replaying {
		return
	}
	dot, steps := v.dot, len(b.history.past)
	v.replaying, v.count, v.keys = true, 0, nil
	for range n {
		for _, k := range dot {
			if !e.vimKey(k) {
				e.press(k)
			}
		}
	}
	v.replaying, v.keys = false, []string{"."}
	b.history.join(steps)
}

func (e *Editor) visual(lines bool) {
	b := e.Active().Buffer
	e.vim.mode, e.vim.whole = vimVisual, lines
	b.anchor, b.selecting = b.caret, true
}

// visually does what an operator does to what is selected, the rune under the caret
// with it.
func (e *Editor) visually(op rune) {
	v, b := &e.vim, e.Active().Buffer
	from, to := b.Selected()
	lines := v.whole
	e.vimEscape()
	v.op = op
	if lines {
		e.vimLineRange(from, to)
		return
	}
	if to < len(b.text) {
		to = b.right(to)
	}
	e.vimOperate(from, to, false)
}
