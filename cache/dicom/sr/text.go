package sr

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Text renders any structured report as plain text for a terminal: title, state,
// headings in capitals, measurements with units, who answers for it. Foreign
// control characters are made visible (dicom.Clean). Empty when d is no report.
func Text(d *dicom.Dataset) string {
	doc, err := Read(d)
	if err != nil {
		return ""
	}
	root := Tree(d)
	var b strings.Builder
	b.WriteString(heading(root.Concept) + "\n" + doc.state() + "\n")
	for _, it := range root.Children {
		if it.Relationship == "HAS CONCEPT MOD" && it.Concept.Is(language) || isObserver(it.Concept) {
			continue
		}
		if it.ValueType == "CONTAINER" {
			fmt.Fprintf(&b, "\n%s\n%s\n", strings.ToUpper(sectionName(it)), body(it))
			continue
		}
		b.WriteString("\n" + strings.Join(it.render(0, Code{}), "\n") + "\n")
	}
	if by := doc.signature(); by != "" {
		b.WriteString("\n" + by + "\n")
	}
	return dicom.Clean(b.String())
}

func isObserver(c Code) bool {
	return c.Is(observerType) || c.Is(observerName) || c.Is(observerOrg) || c.Is(observerLogin)
}

func heading(c Code) string {
	if c.Meaning == "" {
		return "Report"
	}
	return c.Meaning
}

func sectionName(it Item) string {
	if s, ok := byHeading(it.Concept); ok {
		return s.name
	}
	return heading(it.Concept)
}

func (doc Document) state() string {
	words := []string{pick(doc.Verified, "verified", "not verified"), pick(doc.Preliminary, "preliminary", "final")}
	if doc.Partial {
		words[1] = "partial"
	}
	if !doc.Content.IsZero() {
		words = append(words, doc.Content.Format("2006-01-02 15:04"))
	}
	return strings.Join(words, ", ")
}

func (doc Document) signature() string {
	name := dicom.ParsePN(doc.Observer.Name).Display()
	if name == "" {
		return ""
	}
	s := pick(doc.Verified, "Verified by ", "By ") + name
	if doc.Observer.Organization != "" {
		s += ", " + doc.Observer.Organization
	}
	at := doc.AttestedAt
	if doc.Verified {
		at = doc.VerifiedAt
	}
	if !at.IsZero() {
		s += ", " + at.Format("2006-01-02 15:04 -0700")
	}
	for i, a := range doc.Authors {
		s += pick(i == 0, "\nWith ", ", ") + dicom.ParsePN(a.Name).Display()
	}
	return s
}

// body renders what a section holds, without its heading.
func body(it Item) string {
	if it.Continuous {
		return running(it)
	}
	return strings.Join(many(it.Children, 0, it.Concept), "\n")
}

// running joins the values of a continuous container to one text.
func running(it Item) string {
	var out []string
	for _, c := range it.Children {
		if v := c.value(); v != "" && !c.unreadable() {
			out = append(out, v)
		}
	}
	return strings.Join(out, " ")
}

// many renders items, alike lines in a row as one with their number: an image
// library names hundreds of images.
func many(items []Item, depth int, parent Code) []string {
	var out []string
	last, n := "", 0
	for _, it := range items {
		got := it.render(depth, parent)
		if len(got) == 1 && got[0] == last {
			n++
			out[len(out)-1] = fmt.Sprintf("%s (%d times)", last, n)
			continue
		}
		last, n = "", 1
		if len(got) == 1 {
			last = got[0]
		}
		out = append(out, got...)
	}
	return out
}

// unreadable items say nothing in words: identifiers, coordinates, references.
func (it Item) unreadable() bool {
	switch it.ValueType {
	case "UIDREF", "SCOORD", "SCOORD3D", "TCOORD":
		return true
	}
	return it.Target != nil
}

// plainConcepts need no label: the section says what they are.
var plainConcepts = []Code{finding, impression, recommendation, previous, description, history,
	{"121077", "DCM", ""}, {"55108-5", "LN", ""}, {"55112-7", "LN", ""}, {"55115-0", "LN", ""}}

// render gives the lines of an item and of what hangs below it, two spaces a level.
func (it Item) render(depth int, parent Code) []string {
	if it.unreadable() {
		return nil
	}
	pad := strings.Repeat("  ", depth)
	value, label := it.value(), it.Concept.Meaning
	if it.ValueType == "TEXT" && (it.Concept.Is(parent) || it.plain()) {
		label = ""
	}
	var out []string
	switch {
	case value == "" && label == "":
	case value == "":
		out = append(out, pad+label)
	case label == "":
		out = append(out, strings.Split(pad+strings.ReplaceAll(value, "\n", "\n"+pad), "\n")...)
	default:
		out = append(out, strings.Split(pad+label+": "+strings.ReplaceAll(value, "\n", "\n"+pad+"  "), "\n")...)
	}
	if it.Continuous {
		return append(out, pad+"  "+running(it))
	}
	return append(out, many(it.Children, depth+1, it.Concept)...)
}

func (it Item) plain() bool {
	for _, c := range plainConcepts {
		if it.Concept.Is(c) {
			return true
		}
	}
	return false
}

func (it Item) value() string {
	switch it.ValueType {
	case "TEXT":
		return lines(it.Text)
	case "CODE":
		return it.Code.Meaning
	case "NUM":
		return strings.TrimSpace(number(it.Num) + " " + unit(it.Units))
	case "PNAME":
		return dicom.ParsePN(it.Text).Display()
	case "DATE", "TIME", "DATETIME":
		return when(it.ValueType, it.Text)
	case "IMAGE", "COMPOSITE", "WAVEFORM":
		return it.Ref.String()
	}
	return it.Text
}

// number drops digits that no measurement has: more than three decimals become
// two. The data set keeps them.
func number(s string) string {
	_, decimals, _ := strings.Cut(s, ".")
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || len(decimals) <= 3 || f > -1 && f < 1 {
		return s
	}
	return strconv.FormatFloat(f, 'f', 2, 64)
}

// String names what is referenced by its class; UIDs are no reading matter.
func (r Ref) String() string {
	s := r.Class.Name()
	if len(r.Frames) > 0 {
		s += fmt.Sprintf(", frame %d", r.Frames[0])
	}
	return s
}

// unit is the UCUM symbol, or the reason why there is no number. UCUM's
// dimensionless units are not shown.
func unit(c Code) string {
	switch {
	case c.Scheme != "UCUM":
		return c.Meaning
	case c.Value == "1" || strings.HasPrefix(c.Value, "{"):
		return strings.Trim(c.Meaning, "{}")
	case c.Value == "[hnsf'U]":
		return "HU"
	}
	return c.Value
}

func when(vt, s string) string {
	switch vt {
	case "DATE":
		if t, ok := dicom.ParseDA(s); ok {
			return t.Format("2006-01-02")
		}
	case "TIME":
		if t, ok := dicom.ParseTM(s); ok {
			return t.Format("15:04:05")
		}
	case "DATETIME":
		if t, ok := dicom.ParseDT(s); ok {
			return t.Format("2006-01-02 15:04:05")
		}
	}
	return s
}
