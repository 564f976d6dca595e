// Package prose reads what a report's words say: sentences, what is affirmed and what
// denied, quantities, dates, slips of the pen. It knows words, English and some German,
// and nothing of drafts, orders or patients: worklist/report compares what it finds
// with the facts of a case.
//
// A text is split once by Parse, and every question is asked of that. No result is a
// diagnosis: where words could mean two things, the one that raises no alarm is taken.
package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark is punctuation between two words, as a set.
type Mark uint8

// The marks that matter to what words mean.
const (
	Comma Mark = 1 << iota
	Colon
	Semicolon
	Bracket
	Question
	Line // a line break
	Dash // a dash with blanks
)

// Word is a run of letters and digits of any script with what stands before it.
type Word struct {
	Low      string // in lower case
	From, To int    // bytes in the text
	Before   Mark   // between it and the word before, in its sentence
	Sentence int
	Label    int // index of the first word of the line's label ("Lungs:"), −1 without
}

// Text is a text split into words and sentences.
type Text struct {
	Raw   string
	Words []Word
	ends  []int // sentence → the word after its last
}

// Parse splits a text. Its cost is linear in the text's length.
func Parse(raw string) *Text {
	t := &Text{Raw: raw, Words: make([]Word, 0, len(raw)/6+4)}
	from, last, label := -1, 0, -1
	for i := 0; i <= len(raw); {
		r, n := ' ', 1
		if i < len(raw) {
			r, n = utf8.DecodeRuneInString(raw[i:])
		}
		inside := i < len(raw) && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
		switch {
		case inside && from < 0:
			from = i
		case !inside && from >= 0:
			label = t.add(from, i, raw[last:from], label)
			from, last = -1, i
		}
		i += n
	}
	if len(t.Words) > 0 {
		t.ends = append(t.ends, len(t.Words))
	}
	return t
}

// add appends a word and tells the label that its line has so far.
func (t *Text) add(from, to int, gap string, label int) int {
	w := Word{Low: strings.ToLower(t.Raw[from:to]), From: from, To: to}
	n := len(t.Words)
	if n > 0 && (t.ended(gap, t.Words[n-1], from) || n-t.begun() >= longest) {
		t.ends = append(t.ends, n)
	} else {
		w.Before = marks(gap)
	}
	w.Sentence = len(t.ends)
	if strings.ContainsRune(gap, '\n') {
		label = -1
	}
	if at := strings.IndexByte(gap, ':'); at >= 0 && n > 0 {
		if l := t.labelBefore(n); l >= 0 {
			label = l
		}
	}
	w.Label = label
	t.put(w)
	return label
}

// longest is how many words a sentence may have: what is looked for in sentences then
// takes time in proportion to the text, whatever is pasted.
const longest = 150

func (t *Text) begun() int {
	if len(t.ends) == 0 {
		return 0
	}
	return t.ends[len(t.ends)-1]
}

// labelBefore is the first word of the line that ends before word n, where it is short
// enough to be a heading: "Lungs:", "Right mid pole:".
func (t *Text) labelBefore(n int) int {
	i := n
	for i > 0 && n-i < 4 {
		i--
		if i == 0 || strings.ContainsRune(t.Raw[t.Words[i-1].To:t.Words[i].From], '\n') || t.Words[i-1].Sentence != t.Words[i].Sentence {
			return i
		}
	}
	return -1
}

func marks(gap string) (m Mark) {
	for i := 0; i < len(gap); i++ {
		switch gap[i] {
		case ',':
			m |= Comma
		case ':':
			m |= Colon
		case ';':
			m |= Semicolon
		case '(', ')', '[', ']':
			m |= Bracket
		case '?':
			m |= Question
		case '\n':
			m |= Line
		case '-':
			if i > 0 && gap[i-1] == ' ' {
				m |= Dash
			}
		}
	}
	return m
}

// abbreviated are words whose full stop ends no sentence.
var abbreviated = Set(`dr mr mrs ms prof st vs approx ca cf fig im se e g i z b v a bzw no resp ggf inkl`)

// ended tells whether a sentence ends in the gap after a word: at a full stop that is
// no abbreviation's and no number's, at a question or exclamation mark, and at a line
// break unless the line only goes on.
func (t *Text) ended(gap string, before Word, next int) bool {
	r, _ := utf8.DecodeRuneInString(t.Raw[next:])
	for i := 0; i < len(gap); i++ {
		switch gap[i] {
		case '.', '!', '?':
			spaced := i+1 < len(gap)
			if spaced && !(gap[i] == '.' && i == 0 && abbreviated[before.Low]) {
				return true
			}
		case '\n':
			if i > 0 || strings.Count(gap, "\n") > 1 || !unicode.IsLower(r) {
				return true
			}
		}
	}
	return false
}

// Sentences is how many there are.
func (t *Text) Sentences() int { return len(t.ends) }

// Sentence returns the words of sentence s as [from, to).
func (t *Text) Sentence(s int) (from, to int) {
	if s > 0 {
		from = t.ends[s-1]
	}
	return from, t.ends[s]
}

// Clause returns the words around word i between commas, semicolons and brackets, as
// [from, to).
func (t *Text) Clause(i int) (from, to int) {
	a, b := t.Sentence(t.Words[i].Sentence)
	const stop = Comma | Semicolon | Bracket | Dash
	from, to = i, i+1
	for from > a && t.Words[from].Before&stop == 0 {
		from--
	}
	for to < b && t.Words[to].Before&stop == 0 {
		to++
	}
	return from, to
}

// Has reports whether any of the words [from, to) is in the set.
func (t *Text) Has(from, to int, set map[string]bool) bool {
	for i := max(0, from); i < min(to, len(t.Words)); i++ {
		if set[t.Words[i].Low] {
			return true
		}
	}
	return false
}

// Any reports whether any of the words [from, to) is one of a few.
func (t *Text) Any(from, to int, words ...string) bool {
	for i := max(0, from); i < min(to, len(t.Words)); i++ {
		for _, w := range words {
			if t.Words[i].Low == w {
				return true
			}
		}
	}
	return false
}

// Says reports whether the words stand in [from, to) one after the other.
func (t *Text) Says(from, to int, phrase ...string) bool {
	for i := max(0, from); i+len(phrase) <= min(to, len(t.Words)); i++ {
		if t.At(i, phrase...) {
			return true
		}
	}
	return false
}

// At reports whether the words stand at word i.
func (t *Text) At(i int, phrase ...string) bool {
	if i < 0 || i+len(phrase) > len(t.Words) {
		return false
	}
	for k, p := range phrase {
		if t.Words[i+k].Low != p {
			return false
		}
	}
	return true
}

// Set makes a set of the words of a list.
func Set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}
