package hl7

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// Null is a value that was sent as two double quotes: what the receiver holds is to be
// deleted (2.5.3). It is a control character, which no text can hold.
const Null = "\x00"

// delimiters are the separators that a message declares (2.5.4).
type delimiters struct{ field, component, repetition, escape, sub byte }

// valid: five different characters that no text begins a segment with.
func (d delimiters) valid() bool {
	all := []byte{d.field, d.component, d.repetition, d.escape, d.sub}
	for i, c := range all {
		if c <= ' ' || c >= 0x7F || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return false
		}
		for _, e := range all[:i] {
			if e == c {
				return false
			}
		}
	}
	return true
}

// escape makes text safe to stand in a field (2.7.1). Line ends become \.br\, tabs
// blanks; other control characters are taken out.
func escape(s string) string {
	if s == Null {
		return `""`
	}
	if s == `""` {
		return `\X2222\` // these two characters, not "delete"
	}
	var b strings.Builder
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"), "\r", "\n")
	for _, r := range s {
		switch r {
		case '|':
			b.WriteString(`\F\`)
		case '^':
			b.WriteString(`\S\`)
		case '&':
			b.WriteString(`\T\`)
		case '~':
			b.WriteString(`\R\`)
		case '\\':
			b.WriteString(`\E\`)
		case '\n':
			b.WriteString(`\.br\`)
		case '\t':
			b.WriteByte(' ')
		default:
			if !control(r) {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

func control(r rune) bool { return r < ' ' || r >= 0x7F && r <= 0x9F }

// unescape reads a value. An escape that is not known, or has no end, stays in the
// text as it is: nothing is lost, and the reader sees it.
func (m *Message) unescape(s string) string {
	if s == `""` {
		return Null
	}
	esc := string(m.d.escape)
	if !strings.Contains(s, esc) {
		return plain(s)
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, esc)
		b.WriteString(before)
		if !found {
			return plain(b.String())
		}
		code, after, closed := strings.Cut(rest, esc)
		text, known := "", false
		if closed {
			text, known = m.meaning(code)
		}
		if known {
			b.WriteString(text)
			s = after
			continue
		}
		b.WriteString(esc)
		s = rest
	}
}

// meaning is what an escape sequence stands for (2.7.1 to 2.7.7).
func (m *Message) meaning(code string) (string, bool) {
	switch code {
	case "F":
		return string(m.d.field), true
	case "S":
		return string(m.d.component), true
	case "T":
		return string(m.d.sub), true
	case "R":
		return string(m.d.repetition), true
	case "E":
		return string(m.d.escape), true
	case "H", "N": // highlighting on and off
		return "", true
	case ".br", ".ce":
		return "\n", true
	}
	switch {
	case strings.HasPrefix(code, ".sp"):
		return "\n", true
	case strings.HasPrefix(code, "X") && len(code) > 1:
		raw, err := hex.DecodeString(code[1:])
		if err != nil {
			return "", false
		}
		return m.set.decode(raw), true
	}
	return "", false
}

// plain takes out what no value may hold: line ends stay, as \n.
func plain(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\n' || c == 0x7F || c == 0xC2 {
			clean = false
			break
		}
	}
	if clean && utf8.ValidString(s) {
		return s
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if control(r) && r != '\n' {
			return -1
		}
		return r
	}, s)
}
