package template

import (
	"bytes"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/assets"
	"github.com/nocturne/nocturne/worklist/report"
)

func shipped(t testing.TB) *Set {
	t.Helper()
	dir, err := fs.Sub(assets.Reports, "report")
	if err != nil {
		t.Fatal(err)
	}
	ts, err := Load(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return NewSet(ts...)
}

func TestEveryShippedTemplateIsRightAndComesBackTheSame(t *testing.T) {
	files, err := fs.Glob(assets.Reports, "report/*.html")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		b, err := fs.ReadFile(assets.Reports, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range Check(b) {
			t.Errorf("%s: %s", name, s)
		}
		x, err := ParseHTML(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(x.HTML(), b) {
			t.Errorf("%s: written again it is another file", name)
		}
		y, err := ParsePlain(x.Text())
		if err != nil {
			t.Errorf("%s as text: %v", name, err)
			continue
		}
		for i := range y.Sections {
			y.Sections[i].ID = x.Sections[i].ID
		}
		if !bytes.Equal(y.HTML(), b) {
			t.Errorf("%s: by way of plain text it is another file", name)
		}
	}
}

// What a template says without asking must be a label, never a finding: only what
// stands in normal text is shown as unconfirmed (N18).
func TestNoShippedTemplateStatesAFindingThatIsNotUnconfirmed(t *testing.T) {
	says := regexp.MustCompile(`\.( |$)|\b[Nn]o\b|\b[Nn]one\b|\b[Nn]ot\b|\b[Nn]ormal\b|\b[Uu]nremarkable\b`)
	for _, x := range shipped(t).All() {
		for _, s := range x.Sections {
			for _, l := range s.Lines {
				for _, p := range l.Pieces {
					if p.Kind == Literal && says.MatchString(p.Text) {
						t.Errorf("%s says %q", x.Short(), p.Text)
					}
				}
			}
		}
	}
}

func TestEveryShippedReportAsksForAnImpressionAndHasItsFacts(t *testing.T) {
	for _, x := range shipped(t).All() {
		if x.Scope.Module {
			continue
		}
		d := draft()
		f := factsFor("exam", "CT", "F", "19700101", "pain")
		if x.Scope.Addendum {
			d = d.Addend(report.Document{SOPUID: "1.2"}, "more", now)
		}
		x.Apply(d, f, now)
		section := report.Impression
		if x.Scope.Addendum {
			section = report.Addendum
		}
		asked := false
		for _, p := range d.Unfilled() {
			asked = asked || p.Section == section
		}
		if !asked {
			t.Errorf("%s does not ask for a %s", x.Short(), section)
		}
		if !x.Scope.Addendum && (d.Plain(report.Indication) != "pain" || d.Plain(report.Technique) == "") {
			t.Errorf("%s: indication %q, technique %q", x.Short(), d.Plain(report.Indication), d.Plain(report.Technique))
		}
		if all := d.Text(); strings.Contains(all, "{") || strings.Contains(all, "[>") {
			t.Errorf("%s has a module or fact that was not put in:\n%s", x.Short(), all)
		}
	}
}
