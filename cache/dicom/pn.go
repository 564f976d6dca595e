package dicom

import "strings"

// PersonName is a PN value (PS3.5 6.2.1): up to three writings of one name.
type PersonName struct {
	Alphabetic, Ideographic, Phonetic PNGroup
}

// PNGroup is one writing of a name in its five components.
type PNGroup struct{ Family, Given, Middle, Prefix, Suffix string }

// ParsePN reads "Family^Given^Middle^Prefix^Suffix=Ideographic=Phonetic".
// Whatever is missing is empty; what is beyond the fifth component joins it.
func ParsePN(s string) PersonName {
	g := strings.SplitN(s, "=", 3)
	for len(g) < 3 {
		g = append(g, "")
	}
	return PersonName{parsePNGroup(g[0]), parsePNGroup(g[1]), parsePNGroup(g[2])}
}

func parsePNGroup(s string) PNGroup {
	c := strings.SplitN(s, "^", 5)
	for len(c) < 5 {
		c = append(c, "")
	}
	for i := range c {
		c[i] = strings.TrimSpace(c[i])
	}
	return PNGroup{c[0], c[1], c[2], c[3], c[4]}
}

// String is the group as DICOM writes it, without empty components at the end.
func (g PNGroup) String() string {
	return strings.TrimRight(strings.Join([]string{g.Family, g.Given, g.Middle, g.Prefix, g.Suffix}, "^"), "^")
}

// String is the name as DICOM writes it, without empty groups at the end.
func (p PersonName) String() string {
	return strings.TrimRight(p.Alphabetic.String()+"="+p.Ideographic.String()+"="+p.Phonetic.String(), "=")
}

// Display is the name for the eye, "PHANTOM, Anna M": the first writing that
// there is, on one line, safe for a terminal (see Clean).
func (p PersonName) Display() string {
	for _, g := range []PNGroup{p.Alphabetic, p.Ideographic, p.Phonetic} {
		if s := g.display(); s != "" {
			return s
		}
	}
	return ""
}

func (g PNGroup) display() string {
	rest := strings.Join(strings.Fields(strings.Join([]string{g.Prefix, g.Given, g.Middle, g.Suffix}, " ")), " ")
	s := g.Family
	if s != "" && rest != "" {
		s += ", "
	}
	return strings.Join(strings.Fields(Clean(s+rest)), " ")
}
