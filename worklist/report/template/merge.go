package template

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

// facts are what merge fields ask for, in words by their names, and what an
// ultrasound machine stated; what is not known is absent.
type facts struct {
	words   map[string]string
	machine []report.MachineValue
}

// text of a fact; names are read in any case.
func (c facts) text(name string) string {
	name = strings.ToLower(name)
	if query, ok := strings.CutPrefix(name, "us."); ok {
		text, _ := c.stated(query, "")
		return text
	}
	return c.words[name]
}

// MergeNames are the facts that a merge field can ask for, each with what it says.
var MergeNames = [][2]string{
	{"accession", "the accession number"},
	{"exam", "what was ordered, in words"},
	{"modality", "CT, MR, …"},
	{"side", "right, left or both sides, of the order"},
	{"age", "at the study's date: days, weeks, months or years"},
	{"sex", "female or male"},
	{"patient", "\"54-year-old female\""},
	{"indication", "the question that was asked"},
	{"comparison", "the priors that were looked at, or why none"},
	{"technique", "slices, sequences, views, contrast agent, as the images state them"},
	{"contrast", "contrast agent, volume and route, as the images state them"},
	{"kvp", "the tube voltage"},
	{"machine", "that fields are filled from an ultrasound machine's report, and which"},
	{"dose", "CTDIvol and DLP, or dose area product, of the Radiation Dose SR"},
}

// factsOf gathers all facts in words.
func factsOf(f report.Facts) facts {
	m := map[string]string{}
	put := func(name, text string) {
		if text = strings.TrimSpace(report.Foreign(text)); text != "" {
			m[name] = text
		}
	}
	put("accession", f.Accession)
	put("exam", strings.Join(strings.Fields(f.Exam), " "))
	put("modality", f.Modality)
	put("side", map[string]string{"R": "right", "L": "left", "B": "both sides"}[f.Laterality])
	put("age", ageOf(f))
	put("sex", map[string]string{"F": "female", "M": "male"}[f.Patient.Sex])
	put("patient", patient(f))
	put("indication", f.Indication)
	put("comparison", f.Compared())
	put("technique", f.Technique())
	put("contrast", f.ContrastGiven())
	put("kvp", f.TubeVoltage())
	put("dose", f.DoseGiven())
	put("machine", machineWords(f.Machine))
	return facts{m, f.Machine}
}

// ageOf is the age at the study's date, as a report writes it.
func ageOf(f report.Facts) string {
	birth, okB := dicom.ParseDA(f.Patient.Birth)
	at, okS := studyDate(f)
	if !okB || !okS {
		return ""
	}
	n, unit, _ := strings.Cut(dicom.AgeAt(birth, at), " ")
	word := map[string]string{"d": "day", "wk": "week", "mo": "month", "y": "year"}[unit]
	if word == "" {
		return ""
	}
	if n != "1" {
		word += "s"
	}
	return n + " " + word
}

// patient is "54-year-old female", as far as it is known.
func patient(f report.Facts) string {
	n, unit, ok := strings.Cut(ageOf(f), " ")
	sex := map[string]string{"F": "female", "M": "male"}[f.Patient.Sex]
	if !ok {
		return sex
	}
	if sex == "" {
		sex = "patient"
	}
	return n + "-" + strings.TrimSuffix(unit, "s") + "-old " + sex
}

// known reports whether the program knows a merge field of that name.
func known(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "us.") || slices.ContainsFunc(MergeNames, func(n [2]string) bool { return n[0] == name })
}

// fill is what a field says that is filled from a fact, and where that is from; its
// own default where the fact is not known.
func (c facts) fill(p Piece) (string, report.Source) {
	text, from := c.text(p.Fact), report.Source{}
	if query, ok := strings.CutPrefix(strings.ToLower(p.Fact), "us."); ok {
		text, from = c.stated(query, p.Unit)
	}
	if text == "" {
		return p.Text, report.Source{}
	}
	return text, from
}
