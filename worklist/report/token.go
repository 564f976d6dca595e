package report

import (
	"slices"
	"time"
	"unicode"
)

// Runes of tokens: the private-use area of the basic plane, 6,400 of them.
const (
	firstRune = '\uE000'
	lastRune  = '\uF8FF'
)

// Token ties a measurement to the text. A token is never removed from its draft:
// undo may bring its rune back.
type Token struct {
	Rune     rune   `json:"rune"`
	MarkID   string `json:"mark"`      // Tracking UID
	Text     string `json:"text"`      // what it says now
	SeenText string `json:"seen_text"` // what it said when it was last on screen
	Prior    bool   `json:"prior,omitempty"`
	Gone     bool   `json:"gone,omitempty"` // its mark was deleted
	StudyUID string `json:"study_instance_uid,omitempty"`
	SOPUID   string `json:"sop_instance_uid,omitempty"`
}

// Stale reports whether the number changed after it was last on screen (N7).
func (t Token) Stale() bool { return t.Text != t.SeenText || t.Gone }

func (d *Draft) token(r rune) *Token {
	for i := range d.Tokens {
		if d.Tokens[i].Rune == r {
			return &d.Tokens[i]
		}
	}
	return nil
}

// Token returns the token of a rune; ok is false for any other rune.
func (d *Draft) Token(r rune) (t Token, ok bool) {
	if p := d.token(r); p != nil {
		return *p, true
	}
	return Token{}, false
}

// Bind gives the measurement its token, one for each mark: binding a mark again
// gives the same rune with the text of now, as seen. ok is false when the draft
// has no rune left; the measurement's text can then be inserted as plain text.
func (d *Draft) Bind(m Measurement) (t Token, ok bool) {
	text := MeasurementText(d.Style.of(m))
	for i := range d.Tokens {
		if d.Tokens[i].MarkID == m.MarkID {
			d.Tokens[i].Text, d.Tokens[i].SeenText, d.Tokens[i].Gone = text, text, false
			return d.Tokens[i], true
		}
	}
	next := firstRune
	if n := len(d.Tokens); n > 0 {
		next = d.Tokens[n-1].Rune + 1
	}
	if next > lastRune || d.token(next) != nil {
		return Token{}, false
	}
	t = Token{Rune: next, MarkID: m.MarkID, Text: text, SeenText: text, Prior: m.Prior, StudyUID: m.StudyUID, SOPUID: m.SOPUID}
	d.Tokens = append(d.Tokens, t)
	return t, true
}

// Insert puts a measurement into a section at a rune offset (clamped), with a
// blank where words would touch, and returns the offset after it.
func (d *Draft) Insert(s Section, at int, m Measurement, now time.Time) int {
	text := []rune(d.Sections[s])
	at = max(0, min(at, len(text)))
	var put []rune
	if t, ok := d.Bind(m); ok {
		put = []rune{t.Rune}
	} else {
		put = []rune(MeasurementText(d.Style.of(m)))
	}
	if at > 0 && !unicode.IsSpace(text[at-1]) && text[at-1] != '(' {
		put = append([]rune{' '}, put...)
	}
	if at < len(text) && (unicode.IsLetter(text[at]) || unicode.IsDigit(text[at])) {
		put = append(put, ' ')
	}
	d.put(s, string(slices.Concat(text[:at], put, text[at:])), now)
	return at + len(put)
}

// Refresh tells the draft how measurements read now. It returns the tokens in
// the text that changed since they were last on screen. Marks that are not among
// ms keep their text.
func (d *Draft) Refresh(ms []Measurement) []Token {
	for _, m := range append(slices.Clone(ms), d.changes(ms)...) {
		for i := range d.Tokens {
			if d.Tokens[i].MarkID == m.MarkID {
				d.Tokens[i].Text, d.Tokens[i].Gone = MeasurementText(d.Style.of(m)), false
			}
		}
	}
	return d.stale()
}

// Drop tells the draft that marks were deleted: their tokens keep the last text
// and are listed until the reader takes them out. Refresh brings them back.
func (d *Draft) Drop(marks ...string) {
	for i := range d.Tokens {
		if slices.ContainsFunc(marks, d.Tokens[i].isOf) {
			d.Tokens[i].Gone = true
		}
	}
}

// Saw tells the draft that tokens were on screen in the editor as they read now;
// without runes, all of them.
func (d *Draft) Saw(runes ...rune) {
	for i := range d.Tokens {
		if len(runes) == 0 || slices.Contains(runes, d.Tokens[i].Rune) {
			d.Tokens[i].SeenText = d.Tokens[i].Text
		}
	}
}

// Used lists the tokens that stand in the text.
func (d *Draft) Used() (out []Token) {
	if len(d.Tokens) == 0 {
		return nil
	}
	here := map[rune]bool{}
	for _, text := range d.Sections {
		for _, r := range text {
			if r >= firstRune && r <= lastRune {
				here[r] = true
			}
		}
	}
	for _, t := range d.Tokens {
		if here[t.Rune] {
			out = append(out, t)
		}
	}
	return out
}

func (d *Draft) stale() (out []Token) {
	for _, t := range d.Used() {
		if t.Stale() {
			out = append(out, t)
		}
	}
	return out
}
