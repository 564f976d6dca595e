package link

import (
	"strings"
	"unicode"

	"github.com/nocturne/nocturne/viewer"
)

// maxLogLine bounds a logged line, in bytes.
const maxLogLine = 400

// scrub makes a line of standard error fit for a log: no control characters, no
// length, and none of the identifiers of the case on screen.
func scrub(line string, o viewer.Order) string {
	line = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, line)
	for _, secret := range secrets(o) {
		line = replaceFold(line, secret, "…")
	}
	if len(line) > maxLogLine {
		line = strings.ToValidUTF8(line[:maxLogLine], "") + "…"
	}
	return line
}

// secrets lists what names the patient, longest parts first: the whole name, each
// component of three letters and more, ID, birth date and accession.
func secrets(o viewer.Order) []string {
	out := []string{o.PatientName, o.PatientID, o.BirthDate, o.Accession}
	out = append(out, strings.FieldsFunc(o.PatientName, func(r rune) bool { return r == '^' || r == '=' || r == ' ' })...)
	n := 0
	for _, s := range out {
		if len(s) >= 3 {
			out[n] = s
			n++
		}
	}
	return out[:n]
}

// replaceFold replaces every occurrence of old, in whatever case.
func replaceFold(s, old, with string) string {
	low, key := strings.ToLower(s), strings.ToLower(old)
	if len(low) != len(s) || len(key) != len(old) { // a letter whose cases differ in length
		return strings.ReplaceAll(s, old, with)
	}
	var b strings.Builder
	for {
		i := strings.Index(low, key)
		if i < 0 {
			return b.String() + s
		}
		b.WriteString(s[:i] + with)
		s, low = s[i+len(key):], low[i+len(key):]
	}
}
