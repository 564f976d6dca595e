package report

import (
	"slices"
	"strings"
	"unicode"

	"github.com/nocturne/nocturne/worklist/prose"
)

func hasWord(text, word string) bool {
	low := strings.ToLower(word)
	return slices.ContainsFunc(prose.Parse(text).Words, func(w prose.Word) bool { return w.Low == low })
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
