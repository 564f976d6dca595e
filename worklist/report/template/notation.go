package template

import (
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// ParseText reads the bracket notation of templates and macros:
//
//	[name]               a text field that must be filled in
//	[name?]              one that may stay empty
//	[name=default]       one that says something already
//	[a|b|c]              a choice; [name: a|b|c] with a name, [name=b: a|b|c] with one made
//	[+name: a|b|c]       several of them
//	[~name: a|b]         a text field with suggestions, free otherwise
//	[#name mm 0..300]    a number with unit and bounds, both optional; [#name? mm] may stay empty
//	[[text]]             normal text: a proposal until the reader was there
//	{fact}               a merge field: accession, exam, age, … (see MergeNames)
//	{>name}              a module: another template's lines
//	<-fact at a field's end fills it from a fact: [#BPD mm <-us.BPD]
//	\[ \] \{ \} \\       these characters themselves
//
// No text is an error: what is none of these stands as it is.
func ParseText(text string) []Piece {
	var out []Piece
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, Piece{Text: plain.String()})
			plain.Reset()
		}
	}
	for text != "" {
		if p, n := piece(text); n > 0 {
			flush()
			out, text = append(out, p), text[n:]
			continue
		}
		if text[0] == '\\' && len(text) > 1 && strings.IndexByte(`[]{}\@#|`, text[1]) >= 0 {
			text = text[1:]
		}
		plain.WriteByte(text[0])
		text = text[1:]
	}
	flush()
	return out
}

// piece reads the piece that text begins with; n is its length, 0 when there is none.
func piece(text string) (p Piece, n int) {
	switch {
	case strings.HasPrefix(text, "[["):
		if end := indexPlain(text[2:], ']') + 2; end > 2 && strings.HasPrefix(text[end:], "]]") {
			return Piece{Kind: report.Normal, Text: unescape(text[2:end])}, end + 2
		}
	case text[0] == '[':
		if end := closing(text, ']'); end > 1 {
			if p, ok := field(text[1:end]); ok {
				return p, end + 1
			}
		}
	case text[0] == '{':
		end := closing(text, '}')
		if end < 2 {
			break
		}
		if name, ok := strings.CutPrefix(text[1:end], ">"); ok && named(strings.TrimSpace(name)) {
			return Piece{Kind: Module, Name: strings.TrimSpace(name)}, end + 1
		}
		if name := text[1:end]; named(name) {
			return Piece{Kind: report.MergeField, Name: name}, end + 1
		}
	}
	return Piece{}, 0
}

// closing is where the bracket at the beginning of text closes, on the same line and
// not escaped; 0: nowhere.
func closing(text string, end byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\n', text[0]:
			return 0
		case end:
			return i
		}
	}
	return 0
}

// named reports whether a merge field or module may be called so.
func named(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._- ", r))
	})
}

// field reads what stands between single brackets.
func field(s string) (Piece, bool) {
	p := Piece{Kind: report.TextField, Required: true}
	if at := indexPlain(s, '<'); at >= 0 && strings.HasPrefix(s[at:], "<-") {
		s, p.Fact = s[:at], strings.TrimSpace(s[at+2:])
	}
	s = strings.TrimSpace(s)
	if num, ok := strings.CutPrefix(s, "#"); ok {
		return number(p, num)
	}
	head, free := strings.CutPrefix(s, "~")
	head, several := strings.CutPrefix(head, "+")
	if bar := indexPlain(head, '|'); bar >= 0 || free || several {
		p.Kind, p.Multiple = report.ChoiceField, several
		if free {
			p.Kind = report.TextField
		}
		name := ""
		if colon := indexPlain(head, ':'); colon >= 0 && (bar < 0 || colon < bar) {
			name, head = head[:colon], head[colon+1:]
		}
		for _, c := range splitPlain(head, '|') {
			if c = unescape(strings.TrimSpace(c)); c != "" {
				p.Choices = append(p.Choices, c)
			}
		}
		p.label(name)
		if p.Name == "" {
			p.Name = strings.Join(p.Choices, "/")
		}
		return p, len(p.Choices) > 0
	}
	p.label(head)
	return p, p.Name != ""
}

// label takes name, ? and =default apart.
func (p *Piece) label(s string) {
	name := s
	if at := indexPlain(s, '='); at >= 0 {
		name, p.Text = s[:at], unescape(strings.TrimSpace(s[at+1:]))
	}
	name = strings.TrimSpace(name)
	if strings.HasSuffix(name, "?") && !strings.HasSuffix(name, `\?`) {
		p.Required, name = false, name[:len(name)-1]
	}
	p.Name = unescape(strings.TrimSpace(name))
}

// number reads "name? unit min..max": the bounds are last, and a unit is the last
// word before them that is one.
func number(p Piece, s string) (Piece, bool) {
	p.Kind = report.NumberField
	words := strings.Fields(s)
	if n := len(words); n > 1 {
		if from, to, ok := strings.Cut(words[n-1], ".."); ok {
			a, errA := strconv.ParseFloat(from, 64)
			b, errB := strconv.ParseFloat(to, 64)
			if errA != nil || errB != nil || !(a < b) {
				return p, false
			}
			p.Min, p.Max, words = a, b, words[:n-1]
		}
	}
	if n := len(words); n > 1 && units[words[n-1]] {
		p.Unit, words = words[n-1], words[:n-1]
	}
	p.label(strings.Join(words, " "))
	return p, p.Name != ""
}

var units = map[string]bool{"mm": true, "cm": true, "m": true, "mL": true, "ml": true, "cm3": true, "cm²": true, "cm³": true, "mm²": true,
	"%": true, "HU": true, "°": true, "cm/s": true, "m/s": true, "bpm": true, "/min": true, "g": true, "kg": true, "mGy": true,
	"mGy·cm": true, "h": true, "min": true, "s": true, "mmHg": true, "ng/mL": true, "ng/mL/cm³": true, "MBq": true, "mg/dL": true, "weeks": true, "days": true, "mSv": true}

// indexPlain is where b stands in s without a backslash before it; −1: nowhere.
func indexPlain(s string, b byte) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if s[i] == b {
			return i
		}
	}
	return -1
}

func splitPlain(s string, b byte) (out []string) {
	for {
		i := indexPlain(s, b)
		if i < 0 {
			return append(out, s)
		}
		out, s = append(out, s[:i]), s[i+1:]
	}
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
