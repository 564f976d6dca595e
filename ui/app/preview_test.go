package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

func TestThePreviewShowsTheReportAndSignsNothing(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.toSign("Solid nodule of 8.0 mm.")
	n.pass(time.Second)
	n.key("p")
	frame := n.frame()
	for _, want := range []string{"DRAFT, NOT SIGNED", "Diagnostic imaging report", "Accession     A1"} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	n.key("end")
	if frame := n.frame(); !strings.Contains(frame, "Solid nodule of 8.0 mm.") {
		t.Errorf("its end is\n%s", frame)
	}
	n.pass(time.Second)
	if n.key("enter"); n.m.sheet.signing || n.m.open.signed {
		t.Fatal("signed from the preview")
	}
	n.says("Nothing is signed from here")
	n.key("p", "enter") // an Enter meant for the preview
	if n.m.sheet.preview != nil || n.m.sheet.signing {
		t.Error("the preview stayed, or its Enter signed")
	}
}

func TestThePreviewOfALongReportShowsEveryLine(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.toSign("Nodule.")
	var long []string
	for i := range 120 {
		long = append(long, "finding "+strings.Repeat("i", i))
	}
	n.m.open.draft.Edit(report.Findings, strings.Join(long, "\n"), n.clock())
	n.m.renewSheet()
	n.key("p")
	seen := ""
	for range 20 {
		seen += n.frame()
		n.key("pgdown")
	}
	for _, l := range strings.Split(long[60]+" "+long[1]+" "+long[40], " ") {
		if !strings.Contains(seen, l) {
			t.Errorf("%q was on no page", l)
		}
	}
	if !strings.Contains(n.frame(), "Nodule.") {
		t.Errorf("the end is\n%s", n.frame())
	}
	n.key("home")
	if !strings.Contains(n.frame(), "DRAFT, NOT SIGNED") {
		t.Error("Home does not lead to the beginning")
	}
}
