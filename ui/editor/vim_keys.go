package editor

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
