package template

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

// merges are the facts by their names; what is not known is absent.
type merges map[string]string

// text of a fact; names are read in any case.
func (m merges) text(name string) string { return m[strings.ToLower(name)] }

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
	{"dose", "CTDIvol and DLP, or dose area product, of the Radiation Dose SR"},
}

// factsOf gathers all facts in words.
func factsOf(f report.Facts) merges {
	m := merges{}
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
	return m
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
