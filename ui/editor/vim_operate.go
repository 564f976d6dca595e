package editor

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// vimMoved moves the caret, or does what the operator before does to what lies between.
func (e *Editor) vimMoved(to int, how motion, key string) {
	v, b := &e.vim, e.Active().Buffer
	if v.op == 0 {
		v.count = 0
		if to == moved {
			return
		}
		anchor, selecting := b.anchor, b.selecting
		b.moveTo(to)
		b.anchor, b.selecting = anchor, selecting
		return
	}
	if to == moved {
		v.op, v.count, v.opCount = 0, 0, 0
		return
	}
	from := b.caret
	if v.op == 'c' && key == "w" && from < len(b.text) && classOf(b.text[from]) != blank { // cw is ce
		to, how = b.wordEnd(from-1), inclusive
		for range v.times() - 1 {
			to = b.wordEnd(to)
		}
	}
	if how == wholeLines {
		e.vimLineRange(min(from, to), max(from, to))
		return
	}
	if from > to {
		from, to = to, from
	} else if how == inclusive {
		to = b.right(to)
	}
	if key == "w" && to > from { // the last word of a line does not take its end along
		if i := slices.Index(b.text[from:to], '\n'); i > 0 {
			to = from + i
		}
	}
	e.vimOperate(from, to, false)
}

// vimOperate does what the operator does to [from, to).
func (e *Editor) vimOperate(from, to int, lines bool) {
	v, b := &e.vim, e.Active().Buffer
	op := v.op
	v.op, v.count, v.opCount = 0, 0, 0
	to = min(to, len(b.text))
	v.register, v.linewise = slices.Clone(b.text[from:to]), lines
	switch op {
	case 'y':
		if !lines {
			b.moveTo(from)
		}
		return
	case 'c':
		v.mode = vimInsert
		if lines && to > from && b.text[to-1] == '\n' {
			to--
		}
	}
	b.cut(from, to)
	if lines && op == 'd' && b.caret == len(b.text) && b.caret > 0 && b.text[b.caret-1] == '\n' {
		b.cut(b.caret-1, b.caret) // the last line goes with the break before it
		from, _ := b.lineAt(b.caret)
		b.moveTo(from)
	}
	e.touch()
}

// vimLines does what the operator does to the caret's line and so many more.
func (e *Editor) vimLines(more int) {
	b := e.Active().Buffer
	_, to := b.lineAt(b.caret)
	for ; more > 0 && to < len(b.text); more-- {
		_, to = b.lineAt(to + 1)
	}
	e.vimLineRange(b.caret, to)
}

func (e *Editor) vimLineRange(a, z int) {
	b := e.Active().Buffer
	from, _ := b.lineAt(a)
	_, to := b.lineAt(z)
	e.vimOperate(from, min(len(b.text), to+1), true)
}

// put brings the register back n times, behind the caret or before it.
func (e *Editor) put(n int, behind bool) {
	v, b := &e.vim, e.Active().Buffer
	text := e.loose(v.register)
	if len(text) == 0 {
		return
	}
	from, to := b.lineAt(b.caret)
	at := b.caret
	switch {
	case v.linewise && behind:
		at = to
	case v.linewise:
		at = from
	case behind && at < to:
		at = b.right(at)
	}
	bare := slices.DeleteFunc(slices.Clone(text), isFrame)
	if _, ok := b.frameAt(at); ok {
		text = bare // no span within another
	}
	all := append(slices.Clone(text), slices.Repeat(bare, n-1)...) // a span stands once
	switch {
	case v.linewise && behind:
		b.moveTo(to)
		b.Insert("\n" + strings.TrimSuffix(string(all), "\n"))
		b.moveTo(to + 1)
	case v.linewise:
		b.moveTo(from)
		b.Insert(strings.TrimSuffix(string(all), "\n") + "\n")
		b.moveTo(from)
	default:
		b.moveTo(at)
		b.Insert(string(all))
		b.moveTo(b.left(b.caret))
	}
	e.touch()
}

// loose is text without the frames that stand in the report already: a span stands
// once.
func (e *Editor) loose(text []rune) (out []rune) {
	here := map[rune]bool{}
	for _, s := range e.Sections {
		for _, f := range s.Buffer.marks().frames {
			here[f.rune] = true
		}
	}
	open, dropped := false, false
	for _, r := range text {
		switch {
		case opens(r):
			open, dropped = true, here[r]
			here[r] = true
		case r == report.SpanEnd && !open:
			continue
		case r == report.SpanEnd:
			open = false
		}
		if !(isFrame(r) && dropped) {
			out = append(out, r)
		}
	}
	if open && !dropped {
		out = append(out, report.SpanEnd)
	}
	return out
}
