package template

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

var now = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func plainTemplate(t testing.TB, text string) *Template {
	t.Helper()
	x, err := ParsePlain(text)
	if err != nil {
		t.Fatal(err)
	}
	return NewSet(x).All()[0]
}

const liver = `title: CT abdomen
id: liver
modality: CT
# Indication
{indication}
# Technique
{technique} {dose}
# Findings *
Liver: [[Normal.]]
@not-after=cholecystectomy Gallbladder: [[Thin wall, no stone.]]
@after=cholecystectomy Gallbladder: [[Removed.]]
@F Uterus: [[Normal.]]
@M Prostate: [[Normal.]]
@age=..18y Growth plates: [[Open.]]
Aorta: [#aorta mm 0..150] wide.
# Impression *
[~impression: Normal.]
`

// factsFor makes the facts of a case; birth and study give the age.
func factsFor(exam, modality, sex, birth, indication string) report.Facts {
	h := &dicom.Dataset{}
	h.SetStr(dicom.StudyDate, "20261122")
	return report.Facts{Exam: exam, Modality: modality, Patient: report.Patient{Sex: sex, Birth: birth}, Indication: indication, Study: h}
}

func draft() *report.Draft { return report.New("1.2", "A1", "NORTH", now) }

func TestLinesAreWrittenForWhomTheyAre(t *testing.T) {
	x := plainTemplate(t, liver)
	for _, c := range []struct {
		name      string
		facts     report.Facts
		want, not []string
	}{
		{"a woman", factsFor("CT", "CT", "F", "19700101", "pain"), []string{"Uterus", "Thin wall"}, []string{"Prostate", "Growth", "Removed"}},
		{"a man", factsFor("CT", "CT", "M", "19700101", "pain"), []string{"Prostate"}, []string{"Uterus"}},
		{"unknown sex", factsFor("CT", "CT", "", "19700101", "pain"), nil, []string{"Uterus", "Prostate"}},
		{"a child of 17", factsFor("CT", "CT", "M", "20081123", "pain"), []string{"Growth plates"}, nil},
		{"18 today", factsFor("CT", "CT", "M", "20081122", "pain"), nil, []string{"Growth plates"}},
		{"unknown age", factsFor("CT", "CT", "M", "", "pain"), nil, []string{"Growth plates"}},
		{"operated", factsFor("CT", "CT", "F", "19700101", "status post cholecystectomy, fever"), []string{"Gallbladder: Removed."}, []string{"Thin wall"}},
		{"s/p", factsFor("CT", "CT", "F", "19700101", "S/P cholecystectomy"), []string{"Removed."}, []string{"Thin wall"}},
		{"by year", factsFor("CT", "CT", "F", "19700101", "Cholecystectomy 2019"), []string{"Removed."}, []string{"Thin wall"}},
		{"to be operated", factsFor("CT", "CT", "F", "19700101", "before cholecystectomy"), []string{"Gallbladder: [cholecystectomy?]"}, []string{"Thin wall", "Removed"}},
		{"only named", factsFor("CT", "CT", "F", "19700101", "cholecystectomy"), []string{"Gallbladder: [cholecystectomy?]"}, []string{"Thin wall", "Removed"}},
		{"denied", factsFor("CT", "CT", "F", "19700101", "no previous cholecystectomy"), []string{"Gallbladder: [cholecystectomy?]"}, []string{"Removed"}},
	} {
		d := draft()
		x.Apply(d, c.facts, now)
		got := d.Plain(report.Findings)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", c.name, w, got)
			}
		}
		for _, w := range c.not {
			if strings.Contains(got, w) {
				t.Errorf("%s: %q in\n%s", c.name, w, got)
			}
		}
	}
}

func TestNormalTextIsUnconfirmedAndFieldsAreUnfilled(t *testing.T) {
	d := draft()
	out := plainTemplate(t, liver).Apply(d, factsFor("CT", "CT", "F", "19700101", "pain"), now)
	if !slices.Equal(out.Changed, []report.Section{report.Technique, report.Findings, report.Impression}) || len(out.Kept) > 0 {
		t.Errorf("%+v", out)
	}
	var names []string
	for _, p := range d.Unconfirmed() {
		names = append(names, p.Name)
	}
	if !slices.Equal(names, []string{"Liver", "Gallbladder", "Uterus"}) {
		t.Errorf("unconfirmed: %q", names)
	}
	names = nil
	for _, p := range d.Unfilled() {
		names = append(names, p.Name)
	}
	if !slices.Equal(names, []string{"aorta", "impression"}) {
		t.Errorf("unfilled: %q", names)
	}
	if got := d.Plain(report.Impression); got != "[impression]" {
		t.Errorf("impression reads %q", got)
	}
	if d.Plain(report.Indication) != "pain" || d.Template != "liver" {
		t.Errorf("indication %q, template %q", d.Plain(report.Indication), d.Template)
	}
}

func TestTheReadersOwnWordsAreNeverReplaced(t *testing.T) {
	x, f := plainTemplate(t, liver), factsFor("CT", "CT", "F", "19700101", "pain")
	d := draft()
	d.Set(report.Findings, "8 mm nodule.", now)
	d.Set(report.Impression, "Nodule.", now)
	out := x.Apply(d, f, now)
	if got := d.Plain(report.Findings); !strings.HasPrefix(got, "8 mm nodule.\n\nLiver: Normal.") {
		t.Errorf("findings:\n%s", got)
	}
	if d.Plain(report.Impression) != "Nodule." || !slices.Contains(out.Kept, report.Impression) {
		t.Errorf("impression %q, kept %v", d.Plain(report.Impression), out.Kept)
	}
	before := d.Sections[report.Findings]
	if out = x.Apply(d, f, now); d.Sections[report.Findings] != before || !slices.Contains(out.Kept, report.Findings) {
		t.Errorf("a second template wrote into the reader's findings:\n%s", d.Plain(report.Findings))
	}
}

func TestAnUntouchedTemplateIsReplacedByAnother(t *testing.T) {
	f := factsFor("CT", "CT", "F", "19700101", "pain")
	d := draft()
	plainTemplate(t, liver).Apply(d, f, now)
	plainTemplate(t, "title: Other\nid: other\n# Findings\nSpleen: [[Normal.]]\n").Apply(d, f, now)
	if got := d.Plain(report.Findings); got != "Spleen: Normal." {
		t.Errorf("findings:\n%s", got)
	}
	d.Edit(report.Findings, d.Sections[report.Findings]+" Large.", now)
	plainTemplate(t, liver).Apply(d, f, now)
	if got := d.Plain(report.Findings); got != "Spleen: Normal. Large." {
		t.Errorf("findings:\n%s", got)
	}
}

func TestAnAddendumTakesOnlyItsOwnSection(t *testing.T) {
	d := draft()
	d.Set(report.Findings, "Liver normal.", now)
	a := d.Addend(report.Document{SOPUID: "1.2.3"}, "more", now)
	x := plainTemplate(t, "title: Addendum\nid: add\nfor: addendum\n# Findings\nNo.\n# Addendum *\nReason: [reason]\n[addendum]\n")
	x.Apply(a, factsFor("CT", "CT", "F", "19700101", ""), now)
	if a.Plain(report.Findings) != "Liver normal." || a.Plain(report.Addendum) != "Reason: [reason]\n[addendum]" {
		t.Errorf("findings %q, addendum %q", a.Plain(report.Findings), a.Plain(report.Addendum))
	}
	x.Apply(d, factsFor("CT", "CT", "F", "19700101", ""), now)
	if d.Plain(report.Addendum) != "" {
		t.Error("a report that is no addendum has one")
	}
}

func TestAMergeFieldFollowsItsFactUntilTheReaderWasThere(t *testing.T) {
	x := plainTemplate(t, "title: T\nid: t\n# Technique\nExamination: {exam} ({age}) done.\n")
	f := factsFor("CT head", "CT", "F", "", "")
	d := draft()
	x.Apply(d, f, now)
	if got := d.Plain(report.Technique); got != "Examination: CT head () done." {
		t.Fatalf("technique %q", got)
	}
	f.Patient.Birth, f.Exam = "20261112", "CT head plain"
	if got := Refresh(d, f, now); !slices.Equal(got, []report.Section{report.Technique}) {
		t.Errorf("changed: %v", got)
	}
	if got := d.Plain(report.Technique); got != "Examination: CT head plain (10 days) done." {
		t.Errorf("technique %q", got)
	}
	d.Confirm(d.Placed(report.Technique)[0].Rune)
	f.Exam = "CT neck"
	if got := Refresh(d, f, now); got != nil || !strings.Contains(d.Plain(report.Technique), "CT head plain") {
		t.Errorf("a confirmed field was changed: %q", d.Plain(report.Technique))
	}
}
