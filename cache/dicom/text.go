package dicom

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Clean makes foreign text safe for a terminal: what could move the cursor,
// give orders, reorder or hide text becomes U+FFFD, one for one, so that it is
// seen that something stood there. That is C0 but \n and \t, DEL, C1, bidi
// controls, zero-width characters, blanks without width, tag characters,
// noncharacters and bytes that are not UTF-8. CR LF, CR and the Unicode line
// separators become \n.
func Clean(s string) string {
	if !dirty(s) {
		return s
	}
	s = lineEnds.Replace(s)
	return strings.Map(func(r rune) rune {
		if hostile(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// OneLine is foreign text, made safe, for one line of a terminal or page: line ends, tabs
// and runs of blanks become one blank.
func OneLine(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\u0085", "\n")

// dirty looks for anything but printable ASCII, \n and \t, then closer.
func dirty(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c >= 0x7F {
			return true
		}
	}
	return false
}

// hostile lists what Clean replaces (Unicode 15, Default_Ignorable and Bidi_Control).
func hostile(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ', 0x7F <= r && r <= 0x9F:
		return true
	case r < 0xAD:
		return false
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0x180E: // soft hyphen, joiners, Arabic and Mongolian marks
		return true
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0: // Hangul fillers
		return true
	case 0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F:
		return true
	case r == 0xFEFF, 0xFFF9 <= r && r <= 0xFFFB, 0xFDD0 <= r && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
		return true
	case 0xE0000 <= r && r <= 0xE007F:
		return true
	}
	return false
}

// SafeJSON writes what Clean would replace in JSON as \u escapes: the same values to
// who reads JSON, and no orders to a terminal that shows it. Such runes stand in valid
// JSON only within strings, where an escape means the same.
func SafeJSON(b []byte) []byte {
	if !dirty(string(b)) {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		switch {
		case !hostile(r) || r == '\r':
			out = utf8.AppendRune(out, r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
