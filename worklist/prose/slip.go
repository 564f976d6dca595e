package prose

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Slip is a slip of the pen.
type Slip struct {
	From, To int // bytes
	Kind     string
	Meant    string // "" where it is not known
}

// Slips finds doubled words, brackets that do not close, and words one letter away from
// a word of radiology that are no words themselves.
func (t *Text) Slips() []Slip {
	return append(append(append(t.doubled(), t.brackets()...), t.misspelt()...), t.misheard()...)
}

// twice are words that may well follow themselves.
var twice = Set(`had that very is`)

func (t *Text) doubled() (out []Slip) {
	for i := 1; i < len(t.Words); i++ {
		a, b := t.Words[i-1], t.Words[i]
		if strings.TrimLeft(t.Raw[a.To:b.From], " \n") != "" || a.Sentence != b.Sentence {
			continue
		}
		switch {
		case a.Low == b.Low && alphabetic(a.Low) && (len(a.Low) > 1 || a.Low == "a") && !(twice[a.Low] && a.Low != "is"):
			out = append(out, Slip{a.From, b.To, "doubled", a.Low})
		case i >= 3 && t.Words[i-2].Low == b.Low && t.Words[i-3].Low == a.Low && t.Words[i-3].Sentence == b.Sentence &&
			alphabetic(a.Low) && alphabetic(b.Low) && t.Words[i-1].Before|t.Words[i-2].Before == 0:
			out = append(out, Slip{t.Words[i-3].From, b.To, "doubled", a.Low + " " + b.Low})
		}
	}
	return out
}

func alphabetic(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r < 'a' }) < 0 }

var closing = map[rune]rune{')': '(', ']': '['}

// brackets finds the first bracket of a paragraph that has no partner; "a)" and "1)" of
// a list have none.
func (t *Text) brackets() (out []Slip) {
	at := 0
	for _, p := range strings.SplitAfter(t.Raw, "\n\n") {
		if from, to, ok := unpaired(p); ok {
			out = append(out, Slip{at + from, at + to, "bracket", ""})
		}
		at += len(p)
	}
	return out
}

func unpaired(p string) (from, to int, ok bool) {
	var open []int
	for i, r := range p {
		switch r {
		case '(', '[':
			open = append(open, i)
		case ')', ']':
			if n := len(open); n > 0 && rune(p[open[n-1]]) == closing[r] {
				open = open[:n-1]
			} else if !listMark(p[:i]) {
				return i, i + 1, true
			}
		}
	}
	if len(open) == 0 {
		return 0, 0, false
	}
	return open[0], open[0] + 1, true
}

// listMark: the text ends in a number or a letter that stands alone.
func listMark(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	if n == 0 || !strings.ContainsRune("0123456789abcdefghivx", r|0x20) && (r < '0' || r > '9') {
		return false
	}
	s = strings.TrimRight(s[:len(s)-n], "0123456789iv")
	return s == "" || strings.HasSuffix(s, " ") || strings.HasSuffix(s, "\n")
}

func (t *Text) misspelt() (out []Slip) {
	asked := map[string]string{}
	for _, w := range t.Words {
		if len(w.Low) < 3 || lexicon[w.Low] {
			continue
		}
		meant, done := asked[w.Low]
		if !done {
			meant = slipOf(w.Low)
			asked[w.Low] = meant
		}
		if meant != "" {
			out = append(out, Slip{w.From, w.To, "spelling", meant})
		}
	}
	return out
}

// slipOf is the word that was meant, "" where the word may be right: a letter is missing
// or doubled, two are swapped, or one is the key beside it.
func slipOf(w string) string {
	if meant := slips[w]; meant != "" {
		return meant
	}
	if strings.HasSuffix(w, "megally") {
		return strings.TrimSuffix(w, "lly") + "ly"
	}
	if len(w) < 6 || !alphabetic(w) || !ascii(w) || plural(w) {
		return ""
	}
	if meant := slipOfStem(w); meant != "" {
		return meant
	}
	return slipOfWord(w)
}

// slipOfStem looks at what follows a prefix that words of the lexicon are put together
// with: "periprostetic" is "prosthetic".
func slipOfStem(w string) string {
	for _, prefix := range prefixes {
		stem, ok := strings.CutPrefix(w, prefix)
		if !ok || len(stem) < 7 || lexicon[stem] || plural(stem) {
			continue
		}
		if meant := slipOfWord(stem); meant != "" {
			return prefix + meant
		}
	}
	return ""
}

var prefixes = strings.Fields("peri intra extra supra infra retro para post pre hyper hypo non inter trans endo poly micro macro sub un dis tri bi")

func slipOfWord(w string) string {
	if meant := letters()[sorted(w)]; meant != "" && meant != w && len(w) >= 8 && w[0] == meant[0] && w[len(w)-1] == meant[len(w)-1] {
		return meant
	}
	near := near()
	if meant := near[w]; meant != "" && len(w) > 6 && plausible(w, meant) {
		return meant
	}
	for i := range len(w) {
		cut := w[:i] + w[i+1:]
		if lexicon[cut] && len(w) > 7 && plausible(w, cut) && (i > 0 && w[i] == w[i-1] || len(w) > 9) {
			return cut
		}
		if meant := near[cut]; len(meant) == len(w) && mistyped(w, meant) && plausible(w, meant) {
			return meant
		}
	}
	return ""
}

func ascii(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 'z' }) < 0 }

// mistyped: two letters side by side are swapped, or one is a neighbour on the keyboard
// of a long word.
func mistyped(w, meant string) bool {
	i := 0
	for i < len(w) && w[i] == meant[i] {
		i++
	}
	if i+1 < len(w) && w[i] == meant[i+1] && w[i+1] == meant[i] {
		return w[i+2:] == meant[i+2:]
	}
	return i < len(w) && w[i+1:] == meant[i+1:] && len(w) >= 9 && strings.Contains(keys, string([]byte{w[i], meant[i]}))
}

// keys are pairs of letters that lie side by side, both ways.
const keys = "qwertyuiop poiuytrewq asdfghjkl lkjhgfdsa zxcvbnm mnbvcxz"

// plausible keeps what is no slip: another ending, a British or American spelling, a
// word with a prefix.
func plausible(w, meant string) bool {
	if w[0] != meant[0] || w[:len(w)-3] == meant[:min(len(meant), len(w)-3)] && ending(w, meant) {
		return false
	}
	return american(w) != american(meant)
}

// ending: the words differ in their last three letters only.
func ending(w, meant string) bool {
	n := 0
	for n < len(w) && n < len(meant) && w[n] == meant[n] {
		n++
	}
	k := 0
	for k < len(w)-n && k < len(meant)-n && w[len(w)-1-k] == meant[len(meant)-1-k] {
		k++
	}
	return k == 0 || k == 1 && w[len(w)-1] == 's' && (lexicon[w[:len(w)-1]] || lexicon[meant[:len(meant)-1]])
}

var folding = strings.NewReplacer("ae", "e", "oe", "e", "our", "or", "yse", "yze", "ise", "ize", "isa", "iza", "tre", "ter", "lled", "led", "lling", "ling", "ller", "ler", "ph", "f")

func american(w string) string { return folding.Replace(w) }

// plural: the word of a lexicon with an s.
func plural(w string) bool {
	return w[len(w)-1] == 's' && lexicon[w[:len(w)-1]]
}

// near maps every word of the lexicon, and its plural, less one letter to it. It is made
// when it is first asked for.
var near = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 20*len(lexicon))
	for w := range lexicon {
		if len(w) >= 6 {
			shorten(m, w)
		}
		if len(w) > 7 && w[len(w)-1] != 's' {
			shorten(m, w+"s")
		}
	}
	return m
})

// letters maps the letters of the longer words of the lexicon, in order, to the word.
var letters = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for w := range lexicon {
		if len(w) >= 8 {
			m[sorted(w)] = w
		}
	}
	return m
})

func sorted(w string) string {
	b := []byte(w)
	slices.Sort(b)
	return string(b)
}

// shorten puts every way to leave one letter out of a word into m; of two words that
// give the same, the first of the alphabet stands.
func shorten(m map[string]string, w string) {
	for i := range len(w) {
		cut := w[:i] + w[i+1:]
		if old, ok := m[cut]; !ok || w < old {
			m[cut] = w
		}
	}
}
