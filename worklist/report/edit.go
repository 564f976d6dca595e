package report

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Edit replaces a section by what the editor holds: like Set, but tokens and spans of
// this draft stay; a span that lost one end is made whole. Only what differs from the
// section as it stands is looked at: a keystroke into a long report costs little.
func (d *Draft) Edit(s Section, text string, now time.Time) {
	from, to := differs(d.Sections[s], text)
	changed, taken := text[from:len(text)-to], d.Sections[s][from:len(d.Sections[s])-to]
	if strings.ContainsRune(changed, '\r') || framing(changed) || framing(taken) {
		d.put(s, d.balanced(clean(text, d.own)), now)
		return
	}
	if fit := clean(changed, d.own); fit != changed {
		text = text[:from] + fit + text[len(text)-to:]
	}
	d.put(s, text, now)
}

// differs is how many bytes a and b share at the beginning and, behind that, at the
// end; it never cuts a rune.
func differs(a, b string) (from, to int) {
	most := min(len(a), len(b))
	for from < most && a[from] == b[from] {
		from++
	}
	for from > 0 && (from < len(a) && !utf8.RuneStart(a[from]) || from < len(b) && !utf8.RuneStart(b[from])) {
		from--
	}
	for to < most-from && a[len(a)-1-to] == b[len(b)-1-to] {
		to++
	}
	for to > 0 && !utf8.RuneStart(b[len(b)-to]) {
		to--
	}
	return from, to
}

// framing reports whether text may hold a rune that frames a span: planes 15 and 16
// begin with the bytes F3 and F4.
func framing(text string) bool {
	for i := range len(text) {
		if text[i] >= 0xF3 {
			return true
		}
	}
	return false
}
