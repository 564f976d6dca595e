package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// wrongPatientText looks for another patient in the text: the name, ID or
// accession number of another row of the list, or a number that calls itself an
// accession number or a record number and is not this case's.
func wrongPatientText(d *Draft, f Facts) (out []Finding) {
	own := f.ownNumbers(d)
	for _, s := range Order {
		text := d.Plain(s)
		if words := strangers(text, f, own); len(words) > 0 {
			out = append(out, Finding{Section: s, Evidence: words, Hint: "the text names another patient or order"})
		}
	}
	return out
}

// ownNumbers are the identifiers that may stand in this report.
func (f Facts) ownNumbers(d *Draft) []string {
	own := []string{f.Patient.ID, f.Accession, d.Accession, f.Request.ProcedureID, f.Request.PlacerOrder, f.Request.FillerOrder}
	for _, p := range slices.Concat(f.Priors, f.Newer) {
		own = append(own, p.Accession)
	}
	return slices.DeleteFunc(own, func(s string) bool { return s == "" })
}

func strangers(text string, f Facts, own []string) (out []string) {
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	ws := words(text)
	for _, o := range f.Others {
		for _, id := range []string{o.ID, o.Accession} {
			if len(id) >= 4 && !containsFold(own, id) && hasIdentifier(text, id) {
				add(id)
			}
		}
		if name, ok := namedIn(ws, o.Name); ok && !samePerson(o.Name, f.Patient.Name) {
			add(name)
		}
	}
	for _, m := range labelled.FindAllStringSubmatch(text, -1) {
		if id := strings.Trim(m[1], ".,;:-"); strings.ContainsAny(id, "0123456789") && !containsFold(own, id) {
			add(id)
		}
	}
	return out
}

// labelled is a number that says what it is.
var labelled = regexp.MustCompile(`(?i)\b(?:accession(?: number| no\.?)?|MRN|patient ID|record number)[ \t]*[:#]?[ \t]*([A-Z0-9][A-Z0-9._/-]{3,})`)

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(o, s) })
}

// hasIdentifier finds id in text as a whole: not inside a longer number or word.
func hasIdentifier(text, id string) bool {
	low, id := strings.ToLower(text), strings.ToLower(id)
	for at := 0; ; {
		i := strings.Index(low[at:], id)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(id)
		if !wordByte(low, from-1) && !wordByte(low, to) {
			return true
		}
		at = from + 1
	}
}

func wordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}

// namedIn finds a person's family and given name side by side, in either order.
// A family name alone is too often a word: Small, Grant, Bell.
func namedIn(ws []wordAt, pn string) (string, bool) {
	g := dicom.ParsePN(pn).Alphabetic
	family, given := words(g.Family), words(g.Given)
	if len(family) == 0 || len(given) == 0 {
		return "", false
	}
	last, first := family[len(family)-1].text, given[0].text
	for i := 1; i < len(ws); i++ {
		a, b := ws[i-1].text, ws[i].text
		if strings.EqualFold(a, last) && strings.EqualFold(b, first) || strings.EqualFold(a, first) && strings.EqualFold(b, last) {
			return a + " " + b, true
		}
	}
	return "", false
}

func samePerson(a, b string) bool {
	x, y := dicom.ParsePN(a).Alphabetic, dicom.ParsePN(b).Alphabetic
	return strings.EqualFold(x.Family, y.Family) && strings.EqualFold(x.Given, y.Given)
}
