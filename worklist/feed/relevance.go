package feed

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// relevance is how well an earlier study compares with the one to be read, in the
// order that counts: part of the body, modality, date, side. Dates count by span, so
// that within a span the same side goes first; only then the newer.
type relevance struct {
	part, modality bool
	span           int // of spans; the smaller the nearer
	side           int
	at             string // date and time, the last word
}

// Sides, the better to compare with first.
const (
	otherSide = iota
	noSide    // one of the two names none, or both sides
	sameSide
)

// compare sorts the better first.
func (a relevance) compare(b relevance) int {
	return cmp.Or(order(b.part, a.part), order(b.modality, a.modality), cmp.Compare(a.span, b.span),
		cmp.Compare(b.side, a.side), cmp.Compare(b.at, a.at))
}

// spans are within a year, three, ten; what has no date stands behind them.
var spans = []time.Duration{366 * day, 3 * 366 * day, 10 * 366 * day}

const day = 24 * time.Hour

// relevanceOf compares a study with the row's, and says in words what they share.
func relevanceOf(row Row, st study) (r relevance, words []string) {
	r = relevance{
		part: meet(bodyParts(row.Study), bodyParts(st.BodyPart+" "+st.Description)), modality: comparable(row.Modality, st.modality()),
		span: spanOf(row, st), side: sides(Side(row.Study), Side(st.Description)), at: st.Date + st.Time,
	}
	if r.part {
		words = append(words, "same part")
	}
	if r.modality {
		words = append(words, "same modality")
	}
	switch r.side {
	case sameSide:
		words = append(words, "same side")
	case otherSide:
		words = append(words, "other side")
	}
	return r, words
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// comparable reports whether two studies share a modality; radiographs are radiographs,
// whatever they were taken with.
func comparable(a, b string) bool {
	plain := strings.NewReplacer("DX", "CR", "RG", "CR")
	return a != "" && b != "" && shares(plain.Replace(a), plain.Replace(b))
}

// spanOf is the span that lies between the two days.
func spanOf(row Row, st study) int {
	a, okA := dicom.ParseDA(row.StudyDate)
	b, okB := dicom.ParseDA(st.Date)
	if !okA || !okB {
		return len(spans) + 1
	}
	apart := a.Sub(b).Abs()
	if i := slices.IndexFunc(spans, func(s time.Duration) bool { return apart <= s }); i >= 0 {
		return i
	}
	return len(spans)
}

func sides(a, b string) int {
	switch {
	case a == "" || b == "" || a == "B" || b == "B":
		return noSide
	case a == b:
		return sameSide
	}
	return otherSide
}

var (
	rightWord = regexp.MustCompile(`(?i)\b(right|rt|rechts|rechte[rsnm]?)\b`)
	leftWord  = regexp.MustCompile(`(?i)\b(left|lt|links|linke[rsnm]?)\b`)
)

// Side is the side that the words of an order or a description name: R, L, B for both,
// or empty.
func Side(words string) string {
	r, l := rightWord.MatchString(words), leftWord.MatchString(words)
	switch {
	case r && l:
		return "B"
	case r:
		return "R"
	case l:
		return "L"
	}
	return ""
}
