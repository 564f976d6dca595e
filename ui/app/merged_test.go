package app

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/template"
)

func TestADoseThatComesLaterIsMergedIntoTheTemplatesText(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	c := n.m.open
	x, err := template.ParsePlain("title: T\nid: t\n# Technique\nCT. {dose}\n")
	if err != nil {
		t.Fatal(err)
	}
	f := n.m.facts(c)()
	x.Apply(c.draft, f, n.clock())
	f.Doses = []report.Dose{{DLP: 812.3}}
	n.send(factsMsg{c.epoch, f})
	if got := n.section(report.Technique); got != "CT. Dose: DLP 812.3 mGy·cm in total." {
		t.Errorf("technique %q", got)
	}
	for _, s := range c.page.Editor.Sections {
		if s.Key == string(report.Technique) && !strings.Contains(s.Buffer.String(), "812.3") {
			t.Error("the editor does not show it")
		}
	}
}
