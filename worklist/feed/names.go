package feed

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/nocturne/nocturne/cache/dicom"
)

// name is a person name reduced to what one remembers of it.
type name struct{ family, given string }

func readName(pn string) name {
	g := dicom.ParsePN(pn).Alphabetic
	return name{plain(g.Family), plain(g.Given)}
}

// plain keeps letters and digits, lower case, without accents.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// placeholders are names given to those who could not tell theirs (N4).
var placeholders = []string{
	"unknown", "doe", "trauma", "unidentified", "unbekannt", "unnamed", "noname", "anonymous", "anonym", "anon", "johndoe", "janedoe", "xx", "xxx",
}

// Placeholder reports whether a name stands for nobody in particular. Such a
// name is never evidence that two studies are of one patient.
func Placeholder(pn string) bool {
	n := readName(pn)
	if n.family == "" {
		return true
	}
	for _, s := range []string{n.family, n.given} {
		s = strings.TrimRightFunc(s, unicode.IsDigit)
		if slices.Contains(placeholders, s) {
			return true
		}
	}
	return false
}

// similar reports names that tired eyes take for each other: one letter apart,
// or given and family name exchanged.
func similar(a, b name) bool {
	return near(a.family, b.family) && near(a.given, b.given) ||
		near(a.family, b.given) && near(a.given, b.family)
}

// near allows one slip in up to five letters and two in more.
func near(a, b string) bool {
	most := 1
	if min(len(a), len(b)) > 5 {
		most = 2
	}
	if len(a) < 2 || len(b) < 2 {
		most = 0
	}
	return distance([]rune(a), []rune(b), most) <= most
}

// distance counts slips: a letter too many, missing, wrong, or two exchanged
// (optimal string alignment). Beyond most it stops counting.
func distance(a, b []rune, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// markSimilar makes rows of different patients with similar names warn each
// other (N4).
func markSimilar(rows []Row) {
	names := make([]name, len(rows))
	for i, r := range rows {
		names[i] = readName(r.PatientName)
		rows[i].Similar = nil
	}
	for i := range rows {
		for j := range i {
			if names[i].family == "" || samePatient(rows[i], rows[j]) || !similar(names[i], names[j]) {
				continue
			}
			rows[i].Similar = append(rows[i].Similar, cmp.Or(rows[j].Accession, rows[j].StudyUID))
			rows[j].Similar = append(rows[j].Similar, cmp.Or(rows[i].Accession, rows[i].StudyUID))
		}
	}
}

// samePatient is one patient's two cases: an ID says something only within its
// site, and only with the same name and birth date.
func samePatient(a, b Row) bool {
	return a.Site == b.Site && a.PatientID != "" && a.PatientID == b.PatientID &&
		a.BirthDate == b.BirthDate && readName(a.PatientName) == readName(b.PatientName)
}
