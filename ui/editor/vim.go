package editor

import (
	"strings"
)

// vim is the state of vim's editing, an option: the default is plain (N2).
//
// It knows i a I A o O, h j k l w b e 0 ^ $ gg G, x X r J, d c y with these motions,
// with iw and aw and doubled, D C Y, p P, u Ctrl+R . v V, / n N and counts. What was
// changed by one command, with what was typed in it, is one step of undo.
type vim struct {
	on        bool
	mode      vimMode
	count     int  // typed before the command
	op        rune // d, c or y; 0: none
	opCount   int  // typed before the operator
	pending   rune // g, r, i or a: waits for the next key
	register  []rune
	linewise  bool // of the register
	whole     bool // V: lines
	searching bool
	query     string
	found     string   // searched last
	keys      []string // of the command being given
	dot       []string // of the last one that changed something
	version   int      // of the text when the command began
	steps     int      // of history when the command began
	replaying bool
}

type vimMode int

const (
	vimNormal vimMode = iota
	vimInsert
	vimVisual
)

// Vim turns vim's editing on, in normal mode, or off.
func (e *Editor) Vim(on bool) { e.vim = vim{on: on} }

// Normal reports whether letters are vim's commands and no text.
func (e *Editor) Normal() bool {
	return e.vim.on && e.vim.mode != vimInsert && !e.vim.searching && e.list == nil
}

// Mode is what vim's mode line says, empty in plain editing.
func (e *Editor) Mode() string {
	switch {
	case !e.vim.on:
		return ""
	case e.vim.searching:
		return "/" + e.vim.query
	case e.vim.mode == vimInsert:
		return "INSERT"
	case e.vim.mode == vimVisual:
		return "VISUAL"
	}
	return "NORMAL"
}

// vimKey is a key in vim's editing; false leaves it to plain editing.
func (e *Editor) vimKey(key string) bool {
	v := &e.vim
	if !v.on {
		return false
	}
	if key == "space" {
		key = " "
	}
	if len(v.keys) == 0 {
		v.version, v.steps = e.Active().Buffer.version, len(e.Active().Buffer.history.past)
		e.Active().Buffer.history.group = noGroup
	}
	v.keys = append(v.keys, key)
	switch {
	case v.searching:
		e.vimSearch(key)
	case v.mode == vimInsert:
		if key != "esc" {
			return false
		}
		e.vimLeaveInsert()
	case key == "tab" || key == "shift+tab": // a field is selected: what is typed replaces it
		v.mode = vimInsert
		return false
	case !e.vimCommand(key):
		v.reset()
		return false
	}
	e.vimDone()
	return true
}

// reset forgets what was typed of a command.
func (v *vim) reset() { v.count, v.op, v.opCount, v.pending, v.keys = 0, 0, 0, 0, nil }

// vimDone ends a command: what it changed is one step and what "." does again.
func (e *Editor) vimDone() {
	v, b := &e.vim, e.Active().Buffer
	if v.mode == vimInsert || v.searching || v.op != 0 || v.pending != 0 || v.count != 0 {
		return
	}
	if b.version != v.version && !v.replaying {
		if k := v.keys[len(v.keys)-1]; k != "u" && k != "ctrl+r" && k != "." {
			v.dot = v.keys
			b.history.join(v.steps)
		}
	}
	v.keys = nil
	if v.mode == vimNormal {
		b.onRune()
	}
}

// onRune keeps the caret on a rune of its line, where there is one.
func (b *Buffer) onRune() {
	from, to := b.lineAt(b.caret)
	if b.caret == to && to > from && !b.selecting {
		column := b.column
		b.moveTo(max(from, b.left(b.caret)))
		b.column = column
	}
}

// lineAt is the line that a rune stands in, without its line break.
func (b *Buffer) lineAt(i int) (from, to int) {
	from, to = i, i
	for from > 0 && b.text[from-1] != '\n' {
		from--
	}
	for to < len(b.text) && b.text[to] != '\n' {
		to++
	}
	return from, to
}

func (e *Editor) vimLeaveInsert() {
	b := e.Active().Buffer
	e.vim.mode = vimNormal
	from, _ := b.lineAt(b.caret)
	b.moveTo(max(from, b.left(b.caret)))
	if b.caret < len(b.text) && b.text[b.caret] == '\n' && b.caret > from {
		b.moveTo(b.left(b.caret))
	}
}

// vimCommand takes a key of a command; false when it is none.
func (e *Editor) vimCommand(key string) bool {
	v := &e.vim
	r := []rune(key)
	switch {
	case v.pending != 0:
		e.vimPending(key)
		return true
	case len(r) == 1 && r[0] >= '1' && r[0] <= '9' || key == "0" && v.count > 0:
		v.count = min(v.count*10+int(r[0]-'0'), 9999)
		return true
	case key == "esc":
		e.vimEscape()
		return true
	case strings.Contains("gria", key) && len(r) == 1 && e.waits(r[0]):
		v.pending = r[0]
		return true
	case v.mode == vimNormal && v.op == 0 && strings.Contains("dcy", key) && len(r) == 1:
		v.op, v.opCount, v.count = r[0], v.count, 0
		return true
	case v.op != 0 && key == string(v.op): // dd cc yy
		e.vimLines(v.times() - 1)
		return true
	}
	if do, ok := vimMotions()[key]; ok {
		to, how := do(e, v.times())
		e.vimMoved(to, how, key)
		return true
	}
	if v.op != 0 {
		v.op, v.count, v.opCount = 0, 0, 0
		return len(r) == 1
	}
	if do, ok := vimVisuals()[key]; ok && v.mode == vimVisual {
		do(e)
		v.count = 0
		return true
	}
	if do, ok := vimCommands()[key]; ok && v.mode == vimNormal {
		do(e, v.times())
		v.count = 0
		return true
	}
	v.count = 0
	return len(r) == 1 // a letter that means nothing is no text either
}

// waits reports whether a key is the first of two here: g always, r in normal mode, i
// and a behind an operator or in a selection.
func (e *Editor) waits(r rune) bool {
	v := &e.vim
	switch r {
	case 'g':
		return true
	case 'r':
		return v.op == 0 && v.mode == vimNormal
	}
	return v.op != 0 || v.mode == vimVisual
}

// times is how often: the counts before operator and motion multiply.
func (v *vim) times() int { return max(1, v.opCount) * max(1, v.count) }

func (e *Editor) vimEscape() {
	v, b := &e.vim, e.Active().Buffer
	v.mode, v.whole = vimNormal, false
	v.count, v.op, v.opCount, v.pending = 0, 0, 0, 0
	b.selecting = false
}

// vimPending is the second key of g, r, i and a.
func (e *Editor) vimPending(key string) {
	v, b := &e.vim, e.Active().Buffer
	first := v.pending
	v.pending = 0
	switch {
	case first == 'g' && key == "g":
		e.vimMoved(e.lineNumber(v.count), wholeLines, "gg")
		return
	case first == 'r' && len([]rune(key)) == 1:
		if _, to := b.lineAt(b.caret); b.caret < to && !isSpecial(b.text[b.caret]) {
			at := b.caret
			b.replace(at, at+1, []rune(Foreign(key)), noGroup)
			b.moveTo(at)
			e.touch()
		}
	case (first == 'i' || first == 'a') && key == "w":
		from, to := b.wordAt(b.caret, first == 'a')
		if v.mode == vimVisual {
			b.Select(from, to)
			b.caret = max(from, to-1)
			break
		}
		e.vimOperate(from, to, false)
		return
	}
	v.count, v.op, v.opCount = 0, 0, 0
}
