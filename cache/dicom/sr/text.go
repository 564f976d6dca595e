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
	if doc.Verified && !doc.VerifiedAt.IsZero() {
		s += ", " + doc.VerifiedAt.Format("2006-01-02 15:04 -0700")
	}
	return s
}

// body renders what a section holds, without its heading.
func body(it Item) string {
	var out []string
	for _, c := range it.Children {
		out = append(out, c.render(0, it.Concept)...)
	}
	return strings.Join(out, "\n")
}

// plainConcepts need no label: the section says what they are.
var plainConcepts = []Code{finding, impression, recommendation, previous, description, history,
	{"121077", "DCM", ""}, {"55108-5", "LN", ""}, {"55112-7", "LN", ""}, {"55115-0", "LN", ""}}

// render gives the lines of an item, two spaces a level.
func (it Item) render(depth int, parent Code) []string {
	pad := strings.Repeat("  ", depth)
	value := it.value()
	label := it.Concept.Meaning
	if it.ValueType == "TEXT" && (label == "" || it.Concept.Is(parent) || it.plain()) {
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
	for _, c := range it.Children {
		out = append(out, c.render(depth+1, it.Concept)...)
	}
	return out
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
	if it.Target != nil {
		n := make([]string, len(it.Target))
		for i, v := range it.Target {
			n[i] = strconv.Itoa(v)
		}
		return "see item " + strings.Join(n, ".")
	}
	switch it.ValueType {
	case "TEXT":
		return lines(it.Text)
	case "CODE":
		return it.Code.Meaning
	case "NUM":
		return strings.TrimSpace(it.Num + " " + unit(it.Units))
	case "PNAME":
		return dicom.ParsePN(it.Text).Display()
	case "DATE", "TIME", "DATETIME":
		return when(it.ValueType, it.Text)
	case "IMAGE", "COMPOSITE", "WAVEFORM":
		return it.Ref.String()
	case "SCOORD", "SCOORD3D":
		return strings.ToLower(it.Text)
	}
	return it.Text
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
