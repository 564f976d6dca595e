package pacs

import (
	"strings"
	"unicode"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Matches tells whether ds can be an answer to the keys (PS3.4 C.2.2.2). It is
// the second filter behind servers that ignore keys, so it says no only where ds
// itself shows it: an attribute that was not sent matches. Text is compared
// without regard to case, and a person name by any of its groups, because
// servers do either.
func Matches(ds *dicom.Dataset, keys map[dicom.Tag]string) bool {
	for t, key := range keys {
		if key == "" || key == "*" || !ds.Has(t) {
			continue
		}
		values := ds.Strs(t)
		if len(values) == 0 {
			values = []string{""}
		}
		if !matchesAny(t.VR(), key, values) {
			return false
		}
	}
	return true
}

func matchesAny(vr dicom.VR, key string, values []string) bool {
	for _, k := range strings.Split(key, `\`) {
		for _, v := range values {
			if matchesOne(vr, k, v) {
				return true
			}
		}
	}
	return false
}

func matchesOne(vr dicom.VR, key, value string) bool {
	switch vr {
	case "UI", "IS", "DS":
		return strings.Trim(key, " \x00") == strings.Trim(value, " \x00")
	case "DA":
		return inDates(key, value)
	case "TM", "DT", "SQ":
		return true // their ranges depend on zones and precision: the server's word stands
	case "PN":
		for _, group := range strings.Split(value, "=") {
			if wildcard(fold(key), fold(group)) {
				return true
			}
		}
		return wildcard(fold(key), fold(value))
	}
	return wildcard(fold(key), fold(value))
}

// inDates matches a date or a range of dates (C.2.2.2.5.1). A value that is no
// date cannot be judged.
func inDates(key, value string) bool {
	v := strings.ReplaceAll(value, ".", "") // the form of DICOM before 3.0
	if len(v) != 8 {
		return true
	}
	from, to, isRange := strings.Cut(key, "-")
	if !isRange {
		return v == strings.ReplaceAll(key, ".", "")
	}
	return (from == "" || from <= v) && (to == "" || v <= to)
}

// fold lowers case and drops what servers drop: outer blanks and the empty
// components at the end of a person name.
func fold(s string) string {
	return strings.TrimRight(strings.ToLower(strings.TrimSpace(s)), "^ ")
}

// wildcard matches * and ? (C.2.2.2.4). Letters beyond ASCII match any letter:
// servers fold accents differently.
func wildcard(pattern, s string) bool {
	p, v := []rune(pattern), []rune(s)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(v) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == v[j] || foreign(p[i]) || foreign(v[j])):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

func foreign(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) }
