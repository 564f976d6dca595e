package demo

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// match applies all keys to one entity (PS3.4 C.2.2.2). An attribute the entity
// has not, or has empty, matches no value.
func (q query) match(d *dicom.Dataset) bool { return matchKeys(d, q.keys, 0) }

// matchKeys applies keys whose first depth tags were followed already. Those that
// go into one sequence are met together by one of its items (PS3.4 C.2.2.2.6).
func matchKeys(d *dicom.Dataset, keys []key, depth int) bool {
	for i, k := range keys {
		if len(k.path) == depth+1 {
			if !matchElement(d, k.path[depth], k.value) {
				return false
			}
			continue
		}
		same := func(o key) bool { return len(o.path) > depth+1 && o.path[depth] == k.path[depth] }
		if slices.ContainsFunc(keys[:i], same) {
			continue // met with the first of them
		}
		var within []key
		for _, o := range keys[i:] {
			if same(o) {
				within = append(within, o)
			}
		}
		met := func(it *dicom.Dataset) bool { return matchKeys(it, within, depth+1) }
		if !slices.ContainsFunc(d.Seq(k.path[depth]), met) {
			return false
		}
	}
	return true
}

// matchElement is met by any one value of the attribute.
func matchElement(d *dicom.Dataset, t dicom.Tag, value string) bool {
	vr := t.VR()
	if vr == "SQ" {
		return len(d.Seq(t)) > 0
	}
	return slices.ContainsFunc(d.Strs(t), func(have string) bool { return have != "" && matchValue(vr, have, value) })
}

// matchValue compares one value with a key: list, range, wildcard or single
// value matching, by VR.
func matchValue(vr dicom.VR, have, want string) bool {
	switch {
	case vr == "UI":
		return inList(have, want)
	case isTemporal(vr):
		return inRange(vr, have, want)
	case vr == "PN":
		return matchName(have, want)
	case vr == "IS" || vr == "DS" || vr == "US" || vr == "SS" || vr == "UL" || vr == "SL" || vr == "FD" || vr == "FL":
		return sameNumber(have, want)
	case vr == "LT" || vr == "ST" || vr == "UT":
		return wildcard(have, want)
	}
	for _, w := range strings.Split(want, `\`) {
		if wildcard(have, w) || vr == "CS" && inList(have, w) {
			return true
		}
	}
	return false
}

// splitList takes lists apart: by comma as QIDO-RS writes them, or by backslash.
func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\\' })
}

func inList(have, want string) bool {
	for _, w := range splitList(want) {
		if w == have {
			return true
		}
	}
	return false
}

func sameNumber(have, want string) bool {
	h, err1 := strconv.ParseFloat(strings.TrimSpace(have), 64)
	w, err2 := strconv.ParseFloat(strings.TrimSpace(want), 64)
	return err1 == nil && err2 == nil && h == w
}

// matchName ignores case and empty components at the end, and accepts any of
// the name's writings (PS3.4 C.2.2.2.1 leaves case to the server).
func matchName(have, want string) bool {
	want = strings.ToLower(strings.TrimRight(want, "^ "))
	for _, group := range strings.Split(have, "=") {
		if wildcard(strings.ToLower(strings.TrimRight(group, "^ ")), want) {
			return true
		}
	}
	return strings.Contains(want, "=") && wildcard(strings.ToLower(have), want)
}

// wildcard matches * and ? (PS3.4 C.2.2.2.4), in time linear in the product of
// both lengths.
func wildcard(have, pattern string) bool {
	h, p := []rune(have), []rune(pattern)
	hi, pi, star, mark := 0, 0, -1, 0
	for hi < len(h) {
		switch {
		case pi < len(p) && p[pi] == '*':
			star, mark = pi, hi
			pi++
		case pi < len(p) && (p[pi] == '?' || p[pi] == h[hi]):
			hi, pi = hi+1, pi+1
		case star >= 0:
			mark++
			hi, pi = mark, star+1
		default:
			return false
		}
	}
	for pi < len(p) && p[pi] == '*' {
		pi++
	}
	return pi == len(p)
}

func isTemporal(vr dicom.VR) bool { return vr == "DA" || vr == "TM" || vr == "DT" }

var errRange = errors.New("no date, time or range")

// parseRange reads a value as the span of instants it stands for: 2025 is a
// whole year, 0830 a whole minute, "a-b" from the first of a to the last of b
// (PS3.4 C.2.2.2.5). An open end is the zero time.
func parseRange(vr dicom.VR, s string) (from, to time.Time, err error) {
	lo, hi, isRange := cutRange(vr, s)
	if !isRange {
		return span(vr, s)
	}
	if lo == "" && hi == "" {
		return from, to, errRange
	}
	if lo != "" {
		if from, _, err = span(vr, lo); err != nil {
			return from, to, err
		}
	}
	if hi != "" {
		_, to, err = span(vr, hi)
	}
	return from, to, err
}

// cutRange finds the hyphen of a range. In a DT a hyphen may begin an offset
// from UTC instead: four digits after at least fourteen characters.
func cutRange(vr dicom.VR, s string) (lo, hi string, ok bool) {
	for i := range len(s) {
		if s[i] != '-' {
			continue
		}
		if vr == "DT" && i >= 4 && isOffset(s[i:]) {
			continue
		}
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// isOffset: a sign, four digits up to 1400, and then the end or the range's hyphen.
func isOffset(s string) bool {
	if len(s) < 5 || len(s) > 5 && s[5] != '-' {
		return false
	}
	n, err := strconv.Atoi(s[1:5])
	return err == nil && n <= 1400
}

// span is the first and last instant of a value of limited precision.
func span(vr dicom.VR, s string) (from, to time.Time, err error) {
	s = strings.TrimSpace(s)
	var t time.Time
	var ok bool
	switch vr {
	case "DA":
		t, ok = dicom.ParseDA(s)
	case "TM":
		t, ok = dicom.ParseTM(s)
	default:
		t, ok = dicom.ParseDTIn(s, time.Local)
	}
	if !ok {
		return from, to, errRange
	}
	return t, end(vr, s, t).Add(-time.Nanosecond), nil
}

// end is the first instant after a value of the precision s was written with.
func end(vr dicom.VR, s string, t time.Time) time.Time {
	head, _, _ := strings.Cut(strings.ReplaceAll(s, ":", ""), ".")
	digits := strings.IndexFunc(head, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 0 {
		digits = len(head)
	}
	if vr == "TM" {
		digits += len("YYYYMMDD")
	}
	switch {
	case vr == "DA":
		return t.AddDate(0, 0, 1)
	case strings.Contains(s, "."):
		return t.Add(time.Microsecond)
	case digits >= 14:
		return t.Add(time.Second)
	case digits >= 12:
		return t.Add(time.Minute)
	case digits >= 10:
		return t.Add(time.Hour)
	case digits >= 8:
		return t.AddDate(0, 0, 1)
	case digits >= 6:
		return t.AddDate(0, 1, 0)
	}
	return t.AddDate(1, 0, 0)
}

func inRange(vr dicom.VR, have, want string) bool {
	from, to, err := parseRange(vr, want)
	if err != nil {
		return false
	}
	first, last, err := span(vr, have)
	return err == nil && !last.Before(from) && (to.IsZero() || !first.After(to))
}
