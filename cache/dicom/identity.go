package dicom

import "strings"

// Identity is who an order is about, as every instance is compared with it (N4).
// What is empty was not stated and is not compared, but for the ID, which every
// instance must repeat.
type Identity struct {
	Name      string // PN form
	ID        string
	Birth     string // DA
	Sex       string
	Accession string // empty for a prior: its accession is its own
}

// Differs lists what of an instance's header is not the order's, in words and
// without values: "patient name", "patient ID", "birth date", "sex", "accession
// number".
func (o Identity) Differs(h *Dataset) []string {
	var out []string
	name := h.Str(PatientName)
	if o.Name != "" && name != "" && !SameName(o.Name, name) {
		out = append(out, "patient name")
	}
	if o.ID != "" && o.ID != h.Str(PatientID) {
		out = append(out, "patient ID")
	}
	for _, c := range []struct{ what, order, image string }{
		{"birth date", o.Birth, h.Str(PatientBirthDate)},
		{"sex", o.Sex, h.Str(PatientSex)},
		{"accession number", o.Accession, h.Str(AccessionNumber)},
	} {
		if c.order != "" && c.image != "" && c.order != c.image {
			out = append(out, c.what)
		}
	}
	return out
}

// SameName compares person names as people write them: without regard to case,
// double blanks and empty components at the end.
func SameName(a, b string) bool {
	x, y := ParsePN(a), ParsePN(b)
	if x.Alphabetic != (PNGroup{}) && y.Alphabetic != (PNGroup{}) {
		return plainName(x.Alphabetic.String()) == plainName(y.Alphabetic.String())
	}
	return plainName(x.String()) == plainName(y.String())
}

func plainName(s string) string {
	parts := strings.Split(strings.ToUpper(s), "^")
	for i := range parts {
		parts[i] = strings.Join(strings.Fields(parts[i]), " ")
	}
	return strings.TrimRight(strings.Join(parts, "^"), "^")
}
