package report

import (
	"strings"
	"unicode"
)

// wordAt is a run of letters and digits with its place in the text, in bytes.
type wordAt struct {
	text     string // as written
	from, to int
}

// words splits text at everything that is no letter or digit, in any script.
func words(text string) (out []wordAt) {
	from := -1
	for i, r := range text + " " {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
		switch {
		case inside && from < 0:
			from = i
		case !inside && from >= 0:
			out = append(out, wordAt{text[from:i], from, i})
			from = -1
		}
	}
	return out
}

// quote is the text around a place, for the eye: whole words, at most about 60
// characters, on one line.
func quote(text string, from, to int) string {
	const around = 28
	start, end := from, to
	for start > 0 && from-start < around && text[start-1] != '\n' {
		start--
	}
	for end < len(text) && end-to < around && text[end] != '\n' {
		end++
	}
	for start > 0 && start < from && text[start-1] != '\n' && !unicode.IsSpace(rune(text[start-1])) {
		start++
	}
	for end < len(text) && end > to && text[end] != '\n' && !unicode.IsSpace(rune(text[end])) {
		end--
	}
	return strings.TrimSpace(strings.ToValidUTF8(text[start:end], ""))
}
