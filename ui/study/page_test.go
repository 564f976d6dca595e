package study

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
)

func page() *Page {
	return &Page{
		Row: feed.Row{PatientName: "PHANTOM^ANNA", PatientID: "P1", BirthDate: "19540302", Age: "72 y", Sex: "F", Study: "CT chest",
			StudyDate: "20261122", Accession: "A1", Site: "NORTH", Priority: pacs.Stat},
		Now: func() time.Time { return time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC) }, Claim: "yours since 03:12 UTC", Report: "draft",
		Editor:  editor.New([]*editor.Section{{Key: "findings", Title: "Findings", Buffer: editor.NewBuffer("No nodule.")}}, "findings"),
		Alarm:   "IMAGES DO NOT BELONG TO THIS ORDER: patient name, patient ID, birth date, sex, accession number differ. Signing is blocked.",
		Loading: []Loading{{Label: "current", Have: 3, Expected: 7, Done: true}, {Label: "prior 2025-11-20", Have: 1}},
		Priors:  []Prior{{Date: "2025-11-20", Label: "CT chest"}, {Date: "2026-12-01", Label: "CT thorax", Newer: true}},
		Marks:   []MarkLine{{ID: "a", Text: "8.0 mm", Slice: 3, InReport: true}, {ID: "b", Text: "34°", Slice: 5, Selected: true}},
	}
}

func draw(t *testing.T, p *Page, width, height int) string {
	t.Helper()
	rows := p.View(width, height)
	if len(rows) != height {
		t.Errorf("%dx%d: %d rows", width, height, len(rows))
	}
	for _, r := range rows {
		if ansi.StringWidth(r) != width {
			t.Errorf("%dx%d: %d cells: %q", width, height, ansi.StringWidth(r), ansi.Strip(r))
		}
	}
	return ansi.Strip(strings.Join(rows, "\n"))
}

func TestNothingThatWarnsIsCutNarrowOrWide(t *testing.T) {
	for _, size := range [][2]int{{80, 23}, {116, 30}, {140, 49}} {
		shown := strings.Join(strings.Fields(draw(t, page(), size[0], size[1])), " ")
		for _, want := range []string{"PHANTOM, ANNA · ID P1 · born 1954-03-02 · 72 y F", "STAT", "accession number differ.", "is blocked.",
			"INCOMPLETE", "yours since 03:12 UTC", "no indication was sent", "34°", "No nodule."} {
			if !strings.Contains(shown, want) {
				t.Errorf("%v: %q is missing:\n%s", size, want, draw(t, page(), size[0], size[1]))
			}
		}
	}
	wide := draw(t, page(), 140, 49)
	for _, want := range []string{"NEWER 2026-12-01", "2025-11-20 CT chest", "im 3  8.0 mm  ✓ in report", "prior 2025-11-20 images 1/?"} {
		if !strings.Contains(wide, want) {
			t.Errorf("%q is missing:\n%s", want, wide)
		}
	}
}

func TestThePageSaysWhoseTheKeysAre(t *testing.T) {
	p := page()
	if shown := draw(t, p, 80, 23); !strings.Contains(shown, "KEYS → IMAGES") || p.Owner() != viewer.InImages {
		t.Errorf("%s owns the keys:\n%s", p.Owner(), shown)
	}
	p.Typing = true
	if shown := draw(t, p, 80, 23); !strings.Contains(shown, "KEYS → REPORT") || p.Owner() != viewer.InText {
		t.Errorf("%s owns the keys:\n%s", p.Owner(), shown)
	}
}

func TestAPictureInTheTerminalIsNotForDiagnosisAndHidesNoWarning(t *testing.T) {
	p := page()
	p.Picture = make([]string, 10)
	shown := draw(t, p, 80, 23)
	for _, want := range []string{"NOT FOR DIAGNOSIS", "PHANTOM, ANNA", "IMAGES DO NOT BELONG", "current images 3/7"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing:\n%s", want, shown)
		}
	}
}

func TestAPriorIsNoLongerUnknownWhenItsSearchFailed(t *testing.T) {
	p := page()
	p.Priors, p.Notice = nil, "prior search not completed (NORTH not answering 03:12 UTC)"
	for _, width := range []int{80, 140} {
		if shown := draw(t, p, width, 40); !strings.Contains(shown, "prior search not completed") {
			t.Errorf("%d cells:\n%s", width, shown)
		}
	}
}
