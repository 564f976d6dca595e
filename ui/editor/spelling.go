package editor

import (
	"unicode"
)

// word is a word of a section's text: the runes [from, to).
type word struct{ from, to int }

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || r == '\'' || r == '’' || r == '-' || unicode.IsDigit(r)
}

// words are those that begin in [from, to).
func (b *Buffer) words(from, to int) (out []word) {
	for i := from; i < to; i++ {
		if !wordRune(b.text[i]) {
			continue
		}
		w := word{i, i}
		for w.to < len(b.text) && wordRune(b.text[w.to]) {
			w.to++
		}
		i = w.to
		for w.from < w.to && !unicode.IsLetter(b.text[w.from]) && !unicode.IsDigit(b.text[w.from]) {
			w.from++
		}
		for w.to > w.from && !unicode.IsLetter(b.text[w.to-1]) && !unicode.IsDigit(b.text[w.to-1]) {
			w.to--
		}
		if w.to > w.from {
			out = append(out, w)
		}
	}
	return out
}

// misspelt are the words of a row that nobody knows; that at whose end the caret
// stands is still being typed.
func (e *Editor) misspelt(b *Buffer, l line, caret int) (out []word) {
	if e.Misspelt == nil {
		return nil
	}
	for _, w := range b.words(l.from, l.to) {
		if w.to != caret && e.Misspelt(string(b.text[w.from:w.to])) {
			out = append(out, w)
		}
	}
	return out
}

// Doubtful selects the misspelt word at the caret, else the last one before it in the
// section, else the next, and gives it; ok is false when there is none.
func (e *Editor) Doubtful() (text string, ok bool) {
	if e.Misspelt == nil {
		return "", false
	}
	b := e.Active().Buffer
	var found word
	for _, w := range b.words(0, len(b.text)) {
		if !e.Misspelt(string(b.text[w.from:w.to])) || w.from > b.caret && ok {
			continue
		}
		found, ok = w, true
	}
	if ok {
		b.Select(found.from, found.to)
		e.follow()
	}
	return string(b.text[found.from:found.to]), ok
}
