package editor

import (
	"strings"
	"unicode"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

// Section is one heading of the report with its text.
type Section struct {
	Key     string // the report package's section name
	Title   string
	Buffer  *Buffer
	Visited bool // the caret was in it since the case was opened
}

// Mark is words of a section that a check has found; From and To are rune offsets
// in the section's text as the draft holds it, tokens and frames as their runes.
type Mark struct {
	From, To int
	Severity report.Severity
}

// Editor holds the sections of one report. It is told keys by name and draws
// itself; what changed is asked with Changed.
type Editor struct {
	Sections []*Section
	// Token gives what stands for a private-use rune and whether it changed after
	// the reader last saw it (N7); ok is false for a rune that is no token.
	Token func(r rune) (text string, stale, ok bool)
	// Span gives the span that a rune opens; ok is false for any other rune. nil: the
	// text has none.
	Span func(r rune) (s report.Span, ok bool)
	// Confirm is told of spans that the reader was in, accepted or changed (N18).
	Confirm func(runes ...rune)
	// Marks gives what the checks found in a section, in any order. It is asked for
	// every frame drawn and has to know its answer. nil: nothing is marked.
	Marks func(section string) []Mark
	// Say is told what the reader should know, in a sentence. nil: nobody listens.
	Say func(sentence string)
	// Misspelt reports words that nobody knows; it is asked for every word drawn and
	// has to know its answer. nil: words are not looked up.
	Misspelt func(word string) bool
	// Macros are the phrases that can be typed by name.
	Macros Macros

	active  int
	inside  rune // the span the caret was in after the last key; 0: none
	partial string
	vim     vim
	list    *List // open under the caret; nil: none
	refused int   // where the macro stands that is to stay as typed, from 1; 0: none
	width   int
	height  int
	scroll  int
	changed map[string]bool
}

// New opens sections with the caret at the end of the named one.
func New(sections []*Section, at string) *Editor {
	e := &Editor{Sections: sections, width: 80, height: 20, changed: map[string]bool{}}
	e.Go(at)
	return e
}

// Go moves to the named section; an unknown name changes nothing.
func (e *Editor) Go(key string) {
	for i, s := range e.Sections {
		if s.Key == key {
			e.active = i
			s.Visited = true
		}
	}
	e.follow()
}

// Active is the section the caret is in.
func (e *Editor) Active() *Section { return e.Sections[e.active] }

// Step moves to the next (+1) or previous (−1) section, around the ends.
func (e *Editor) Step(by int) {
	e.active = (e.active + by + len(e.Sections)) % len(e.Sections)
	e.Active().Visited = true
	e.follow()
}

// Changed gives the keys of the sections that changed since it was last asked.
func (e *Editor) Changed() []string {
	var out []string
	for _, s := range e.Sections {
		if e.changed[s.Key] {
			out = append(out, s.Key)
		}
	}
	clear(e.changed)
	return out
}

// touch notes an edit at the caret.
func (e *Editor) touch() {
	e.changed[e.Active().Key] = true
	e.edited()
}

// Insert puts foreign text at the caret, in place of what is selected: typed, pasted
// or dictated. Controls and private-use runes are taken out of it, so that no paste
// can forge a token or a frame; a paste is one undo step.
func (e *Editor) Insert(s string) {
	if s = Foreign(s); s != "" {
		e.Active().Buffer.Insert(s)
		e.touch()
	}
}

// InsertToken puts a token's rune at the caret, with a space before it where a
// word would run into it.
func (e *Editor) InsertToken(r rune) {
	b := e.Active().Buffer
	from, to := b.Selected()
	text := string(r)
	if from == to && from > 0 && !unicode.IsSpace(b.text[from-1]) && b.text[from-1] != '(' && !opens(b.text[from-1]) {
		b.Insert(" ")
	}
	b.Insert(text)
	e.touch()
}

// TokenAt is the token at the caret, or right before it.
func (e *Editor) TokenAt() (r rune, ok bool) {
	b := e.Active().Buffer
	for _, i := range []int{b.caret, b.caret - 1} {
		if i >= 0 && i < len(b.text) && isSpecial(b.text[i]) && !isFrame(b.text[i]) {
			return b.text[i], true
		}
	}
	return 0, false
}

// InsertFramed puts text with frames of the draft on lines of its own below the
// caret's, as one undo step. Within a span, which holds no other, it goes behind that.
func (e *Editor) InsertFramed(text string) {
	b := e.Active().Buffer
	b.moveTo(b.caret)
	if f, ok := b.frameAt(b.caret); ok {
		b.moveTo(f.end + 1)
	}
	if from, to := b.lineAt(b.caret); b.caret > from {
		b.moveTo(to)
		if f, ok := b.frameAt(to); ok { // a span that goes on over the line's end
			b.moveTo(f.end + 1)
		}
	}
	if b.caret > 0 && b.text[b.caret-1] != '\n' {
		text = "\n" + text
	}
	if b.caret < len(b.text) && b.text[b.caret] != '\n' {
		text += "\n"
	}
	b.Insert(text)
	e.touch()
	e.follow()
}

// Partial is what a recogniser has heard and may still change its mind about: it is
// shown dim at the caret and is no part of the text. "" takes it away.
func (e *Editor) Partial(text string) { e.partial = strings.Join(strings.Fields(Foreign(text)), " ") }

// Foreign makes text from outside safe to hold: cleaned for a terminal, line
// breaks as \n, tabs as spaces, private-use runes removed.
func Foreign(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Co, r) {
			return -1
		}
		return r
	}, dicom.Clean(s))
}

// Key does what the named key does to text and tells whether it did anything.
func (e *Editor) Key(key string) bool {
	did := true
	switch {
	case e.list != nil:
		e.pickKey(key)
	case e.macroKey(key):
	case e.vimKey(key):
	default:
		did = e.press(key)
	}
	e.follow()
	return did
}

// Escape leaves what is open in the editor, the innermost first: a list, a macro being
// typed. It tells whether there was something; else Esc is for others.
func (e *Editor) Escape() bool {
	if e.list != nil {
		e.list = nil
		return true
	}
	if e.macroKey("esc") {
		return true
	}
	if v := &e.vim; v.on && (v.mode != vimNormal || v.searching || v.op != 0 || v.pending != 0 || v.count != 0) {
		return e.Key("esc")
	}
	return false
}

func (e *Editor) press(key string) bool {
	if do, ok := edits[key]; ok {
		do(e)
		e.touch()
		return true
	}
	if do, ok := moves[key]; ok {
		do(e)
		return true
	}
	if r := []rune(key); len(r) == 1 && unicode.IsPrint(r[0]) {
		e.Insert(key)
		return true
	}
	return false
}

var edits = map[string]func(*Editor){
	"space":          func(e *Editor) { e.Active().Buffer.Insert(" ") },
	" ":              func(e *Editor) { e.Active().Buffer.Insert(" ") },
	"enter":          func(e *Editor) { e.Active().Buffer.Insert("\n") },
	"backspace":      func(e *Editor) { e.Active().Buffer.Backspace() },
	"delete":         func(e *Editor) { e.Active().Buffer.Delete() },
	"alt+backspace":  func(e *Editor) { e.Active().Buffer.DeleteWord() },
	"ctrl+backspace": func(e *Editor) { e.Active().Buffer.DeleteWord() },
	"ctrl+w":         func(e *Editor) { e.Active().Buffer.DeleteWord() },
	"ctrl+z":         func(e *Editor) { e.Active().Buffer.Undo() },
	"ctrl+y":         func(e *Editor) { e.Active().Buffer.Redo() },
}

var moves = map[string]func(*Editor){
	"left":        func(e *Editor) { e.Active().Buffer.Move(-1) },
	"right":       func(e *Editor) { e.Active().Buffer.Move(1) },
	"ctrl+left":   func(e *Editor) { e.Active().Buffer.MoveWord(-1) },
	"ctrl+right":  func(e *Editor) { e.Active().Buffer.MoveWord(1) },
	"alt+left":    func(e *Editor) { e.Active().Buffer.MoveWord(-1) },
	"alt+right":   func(e *Editor) { e.Active().Buffer.MoveWord(1) },
	"home":        func(e *Editor) { e.Active().Buffer.MoveEnds(-1, e.textWidth(), e.show) },
	"end":         func(e *Editor) { e.Active().Buffer.MoveEnds(1, e.textWidth(), e.show) },
	"up":          func(e *Editor) { e.moveLine(-1) },
	"down":        func(e *Editor) { e.moveLine(1) },
	"shift+left":  func(e *Editor) { e.extend(func() { e.Active().Buffer.Move(-1) }) },
	"shift+right": func(e *Editor) { e.extend(func() { e.Active().Buffer.Move(1) }) },
	"shift+up":    func(e *Editor) { e.extend(func() { e.Active().Buffer.MoveLine(-1, e.textWidth(), e.show) }) },
	"shift+down":  func(e *Editor) { e.extend(func() { e.Active().Buffer.MoveLine(1, e.textWidth(), e.show) }) },
	"shift+home":  func(e *Editor) { e.extend(func() { e.Active().Buffer.MoveEnds(-1, e.textWidth(), e.show) }) },
	"shift+end":   func(e *Editor) { e.extend(func() { e.Active().Buffer.MoveEnds(1, e.textWidth(), e.show) }) },
	"tab":         func(e *Editor) { e.NextField(1) },
	"shift+tab":   func(e *Editor) { e.NextField(-1) },
	"pgup":        func(e *Editor) { e.Step(-1) },
	"pgdown":      func(e *Editor) { e.Step(1) },
}

// extend moves the caret and selects what it passes.
func (e *Editor) extend(move func()) {
	b := e.Active().Buffer
	anchor := b.caret
	if b.selecting {
		anchor = b.anchor
	}
	move()
	b.anchor, b.selecting = anchor, anchor != b.caret
}

// moveLine goes on into the neighbouring section at the first and last row.
func (e *Editor) moveLine(by int) {
	if e.Active().Buffer.MoveLine(by, e.textWidth(), e.show) {
		return
	}
	if next := e.active + by; next >= 0 && next < len(e.Sections) {
		e.Step(by)
	}
}
