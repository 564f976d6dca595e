// Package calc holds the published rules that a radiologist applies to numbers and
// features: what category a nodule gets, what is recommended, and when. Each rule is a
// pure function with its version and source; there is no I/O and no clock.
//
// Every calculator describes its fields in one way, so that the terminal's form, the
// command line and the check of a written category share them. Values are text, as they
// are typed. What is out of range, contradicts itself or is outside of what a rule was
// published for is an error, a sentence for the reader: there is no result then. Where a
// rule counts a feature only when it is certain, a field that is left empty is absent.
//
//	id          rule                                       source
//	fleischner  Fleischner Society 2017                    Radiology 2017;284:228–243; measuring: Radiology 2017;285:584–600
//	lung-rads   Lung-RADS v2022                            ACR 2022; Chest 2024;165:738–753
//	li-rads     LI-RADS CT/MRI v2018                       ACR 2018, CT/MRI core
//	ti-rads     ACR TI-RADS 2017                           J Am Coll Radiol 2017;14:587–595
//	bosniak     Bosniak 2019                               Radiology 2019;292:475–488
//	recist      RECIST 1.1                                 Eur J Cancer 2009;45:228–247
//	adrenal     washout of an adrenal mass at 15 minutes   Radiology 2002;222:629–633; J Am Coll Radiol 2017;14:1038–1044
//	volume      ellipsoid volume                           π/6 · a · b · c
//	doubling    volume doubling time                       Radiology 1956: t · ln 2 ÷ ln(V₂/V₁)
//	pi-rads     PI-RADS v2.1                               Eur Urol 2019;76:340–351
//	cad-rads    CAD-RADS 2.0                               J Cardiovasc Comput Tomogr 2022;16:536–557
//	bi-rads     BI-RADS categories 0–6                     ACR 2013 (5th edition): numbers only
//
// The words are ours; categories, numbers and intervals are the rules'. All results are
// decision support only.
//
// What was held against which text stands with each rule. Checked whole: LI-RADS. Checked
// in parts, by the document or by tables that others print of it: Fleischner, Lung-RADS,
// TI-RADS, Bosniak, RECIST, CAD-RADS, PI-RADS, BI-RADS, washout. What is from general
// knowledge alone is named there, and a result that rests on it says so in its notes.
package calc

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// Calculator is one rule with the fields it asks for.
type Calculator struct {
	ID      string  // "lung-rads"
	Title   string  // what it answers: "Lung nodule at screening"
	Version string  // "Lung-RADS v2022", as the report cites it
	Fields  []Field // in the order they are asked
	rule    func(*inputs) Result
}

// FieldKind is how a field is filled in.
type FieldKind string

// Kinds of fields. A Number is finite and within Min and Max; a Choice is one word of
// Choices, Choices several, joined by commas; a YesNo is yes or no.
const (
	Number  FieldKind = "number"
	Choice  FieldKind = "choice"
	Choices FieldKind = "choices"
	YesNo   FieldKind = "yes or no"
)

// Field is one input.
type Field struct {
	Name     string // on the command line: "size"
	Title    string // in the form: "Long diameter"
	Kind     FieldKind
	Unit     string // mm, HU, mL, %, months, …
	Min, Max float64
	Options  []Option
	Required bool
	Default  string // what an empty field means, where the rule has such a value
	From     Source // what of a measurement fills it in
}

// Option is one choice: the word that is typed and what it means.
type Option struct{ Word, Means string }

// Source names what of the selected mark, or of the same lesion on the prior, fills a
// field in.
type Source string

// Sources. A long axis is a mark's length too.
const (
	LongAxis  Source = "long"
	ShortAxis Source = "short"
	PriorLong Source = "prior long"
	MeanAxis  Source = "mean axis" // the average of long and short, else the long one
	PriorMean Source = "prior mean axis"
	MeanHU    Source = "mean"
	VolumeML  Source = "volume"
	PriorML   Source = "prior volume"
	AxisA     Source = "axis a"
	AxisB     Source = "axis b"
	AxisC     Source = "axis c"
	Months    Source = "months" // between the prior and this study
	Days      Source = "days"
)

// Values are what was typed, by the fields' names. Empty is not given.
type Values map[string]string

// Result is what a rule says of its inputs.
type Result struct {
	Calculator string     `json:"calculator"`
	Rule       string     `json:"rule"`           // and version: "Fleischner Society 2017"
	Category   string     `json:"category"`       // "4A", "LR-5", "PR", "TR4"; "" where the rule has none
	Finding    string     `json:"finding"`        // what it was computed from, in words
	Advice     string     `json:"recommendation"` // a sentence; "" where the rule has none
	Follow     []Interval `json:"follow_up,omitempty"`
	Numbers    []Figure   `json:"numbers,omitempty"` // computed: sums, percentages, volumes
	Inputs     []Input    `json:"inputs"`            // that led to it
	Notes      []string   `json:"notes,omitempty"`   // what the reader should know of the way there
	Conflict   string     `json:"conflict,omitempty"`
	Caveat     string     `json:"caveat"` // "decision support only"
}

// fromMemory is the note of a result that rests on what no published text was held against.
func fromMemory(what string) string {
	return what + " is written from general knowledge: compare it with the published rule."
}

// Interval is an examination that is due so many months after this one.
type Interval struct {
	What     string `json:"what"`
	From     int    `json:"from_months"`
	To       int    `json:"to_months"`
	Optional bool   `json:"optional,omitempty"` // only to be considered
}

// Figure is a computed number.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// Input is one value that was given.
type Input struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Value string `json:"value"`
	Unit  string `json:"unit,omitempty"`
}

// Caveat stands in every result.
const Caveat = "decision support only"

// All lists the calculators in the order of the page.
func All() []Calculator {
	return []Calculator{fleischner, lungRADS, liRADS, tiRADS, bosniak, piRADS, biRADS, cadRADS, adrenal, ellipsoid, doubling, recist}
}

// Find returns a calculator by its ID; a beginning that only one has is enough.
func Find(id string) (Calculator, bool) {
	id = strings.ToLower(strings.TrimSpace(id))
	var hits []Calculator
	for _, c := range All() {
		if c.ID == id {
			return c, true
		}
		if id != "" && (strings.HasPrefix(c.ID, id) || strings.HasPrefix(strings.ReplaceAll(c.ID, "-", ""), id)) {
			hits = append(hits, c)
		}
	}
	if len(hits) == 1 {
		return hits[0], true
	}
	return Calculator{}, false
}

// Field returns a field by its name.
func (c Calculator) Field(name string) (Field, bool) {
	i := slices.IndexFunc(c.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return c.Fields[i], true
}

// Run applies the rule. The error is a *Error, a sentence that names the field.
func (c Calculator) Run(v Values) (Result, error) {
	in := &inputs{fields: c.Fields, values: map[string]string{}}
	if err := in.take(v); err != nil {
		return Result{}, err
	}
	r := c.rule(in)
	if in.err != nil {
		return Result{}, in.err
	}
	r.Calculator, r.Rule, r.Caveat, r.Inputs = c.ID, c.Version, Caveat, in.given()
	return r, nil
}

// Sentence is the result as it goes into the report, with rule and version.
func (r Result) Sentence() string {
	var s []string
	if r.Finding != "" {
		s = append(s, strings.TrimSuffix(r.Finding, ".")+".")
	}
	if r.Category != "" {
		s = append(s, r.Category+" ("+r.Rule+").")
	} else if len(s) > 0 {
		s[len(s)-1] = strings.TrimSuffix(s[len(s)-1], ".") + " (" + r.Rule + ")."
	}
	if r.Advice != "" {
		s = append(s, r.Advice)
	}
	return strings.Join(s, " ")
}

// FollowUps are the examinations that the rule asks for, not those it lets consider,
// as dates from the day of this study.
func (r Result) FollowUps(study time.Time) (out []report.FollowUp) {
	for i, f := range r.Follow {
		if f.Optional {
			continue
		}
		out = append(out, report.FollowUp{ID: fmt.Sprintf("%s-%d", r.Calculator, i+1), What: f.What, Why: r.Rule,
			From: study.AddDate(0, f.From, 0), By: study.AddDate(0, f.To, 0)})
	}
	return out
}

// Note is the result as a draft remembers it.
func (r Result) Note(at time.Time, marks ...string) report.Calculated {
	n := report.Calculated{ID: r.Calculator, Rule: r.Rule, Category: r.Category, Text: r.Sentence(), Inputs: map[string]string{}, Marks: marks, At: at.UTC()}
	for _, i := range r.Inputs {
		n.Inputs[i.Name] = i.Value
	}
	return n
}
