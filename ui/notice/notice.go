// Package notice turns errors into what a reader is told: a sentence, the reason
// and the key to press. It is the only place where that wording lives; the rooms
// below return plain errors.
package notice

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Notice is what a reader is told of one thing that went wrong.
type Notice struct {
	Sentence string // "NORTH did not take the report."
	Reason   string // "server answered 503"
	Key      string // "F12 tries again"; empty when there is nothing to press
	Severe   bool   // red, stays until acknowledged
}

// Line is the notice on one line, for a status bar or a log.
func (n Notice) Line() string {
	parts := []string{n.Sentence}
	if n.Reason != "" {
		parts = append(parts, "("+n.Reason+")")
	}
	if n.Key != "" {
		parts = append(parts, "· "+n.Key)
	}
	return strings.Join(parts, " ")
}

// Of explains an error. An error that the table does not know is shown as it is,
// addresses left out: errors in this house are sentences without patient data.
func Of(err error) Notice {
	if err == nil {
		return Notice{}
	}
	for _, rule := range slices.Concat(rules, link) {
		if n, ok := rule(err); ok {
			return named(n, err)
		}
	}
	return Notice{Sentence: capital(withoutAddresses(err.Error()))}
}

// withoutAddresses takes URLs out: a query's may hold a patient's name.
func withoutAddresses(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if strings.Contains(w, "://") {
			words[i] = "(address left out)"
		}
	}
	return strings.Join(words, " ")
}

func capital(s string) string {
	if s == "" {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
