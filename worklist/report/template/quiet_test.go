package template

import (
	"strconv"
	"testing"

	"github.com/nocturne/nocturne/worklist/report"
)

// filled applies the template to a case it is for and fills every required field by
// its first choice, or a number within its bounds.
func filled(x *Template, f report.Facts) *report.Draft {
	d := draft()
	x.Apply(d, f, now)
	for _, p := range d.Unfilled() {
		value := "Recorded"
		if len(p.Choices) > 0 {
			value = p.Choices[0]
		} else if p.Kind == report.NumberField {
			value = strconv.FormatFloat(p.Min+(p.Max-p.Min)/4, 'f', 0, 64) + " " + p.Unit
		}
		for _, at := range d.Placed(p.Section) {
			if at.Rune == p.Rune {
				text := []rune(d.Sections[p.Section])
				d.Edit(p.Section, string(text[:at.From])+value+string(text[at.To:]), now)
			}
		}
	}
	return d
}

// A normal report by a template of ours is not warned of for the template's words, or
// readers learn to look past warnings.
func TestANormalReportByTemplateWarnsOfNothingButWhatIsUnconfirmed(t *testing.T) {
	exams := map[string]string{"ct-head-stroke": "CT head stroke", "mr-brain-stroke": "MR brain stroke", "us-obstetric": "US obstetric", "us-obstetric-early": "US early pregnancy"}
	for _, x := range shipped(t).All() {
		if x.Scope.Module || x.Scope.Addendum {
			continue
		}
		modality, agent := "", "Iohexol"
		if len(x.Scope.Modalities) > 0 {
			modality = x.Scope.Modalities[0]
		}
		if modality == "MR" {
			agent = "Gadobutrol"
		}
		for _, sex := range []string{"F", "M"} {
			for _, contrast := range []string{"", agent} {
				exam, ok := exams[x.Short()]
				if !ok {
					exam = x.Title
				}
				f := factsFor(exam, modality, sex, "19500101", "pain")
				f.Asked, f.Reader.Name, f.Series = true, "A^B", []report.Series{{Modality: modality, Contrast: contrast, Thickness: 1}}
				if x.Scope.Sex != "" && (x.Scope.Sex == "F") != (sex == "F") || contrast != "" && modality != "CT" && modality != "MR" {
					continue
				}
				for _, w := range report.Check(filled(x, f), f) {
					// that an angiography has no agent recorded is worth a word
					if w.Rule != "unconfirmed" && !(w.Rule == "contrast" && contrast == "") {
						t.Errorf("%s, %s, contrast %q: %s %q: %s", x.Short(), sex, contrast, w.Rule, w.Evidence, w.Hint)
					}
				}
			}
		}
	}
}
