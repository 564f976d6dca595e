package app

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

var update = flag.Bool("update", false, "write the golden frames anew")

var sizes = [][2]int{{80, 24}, {140, 50}}

// golden compares the screen in both sizes with the files of that name.
func (n *night) golden(name string) {
	n.Helper()
	for _, size := range sizes {
		n.m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		n.exact(name, size)
		path := filepath.Join("testdata", fmt.Sprintf("%s-%dx%d.golden", name, size[0], size[1]))
		got := n.frame() + "\n"
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				n.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				n.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			n.Fatal(err)
		}
		if got != string(want) {
			n.Errorf("%s changed (go test -update writes it anew):\n%s", path, got)
		}
	}
}

// exact: every frame fills the terminal, no more and no less.
func (n *night) exact(name string, size [2]int) {
	n.Helper()
	rows := strings.Split(n.m.View(), "\n")
	if len(rows) != size[1] {
		n.Errorf("%s at %v has %d rows", name, size, len(rows))
	}
	for i, r := range rows {
		if w := ansi.StringWidth(r); w != size[0] {
			n.Errorf("%s at %v: row %d has %d cells: %q", name, size, i, w, ansi.Strip(r))
		}
	}
}

// inTheMiddle is a case half read: marks, a prior, images still coming.
func (n *night) inTheMiddle() {
	n.Helper()
	n.read("A1")
	old := ruler("A0", "old", 5.5)
	old.Prior, old.StudyDate, old.Slice = true, "20251120", 41
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8), old}})
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Tool: "tool.length", Selected: "one", Unseen: 1, Probe: "−612 HU",
		Tiles: []viewer.Tile{{SOPUID: uid("A1", 1, 2), StudyUID: uid("A1"), Slice: 1, Slices: 3, Width: 1500, Center: -600}}}})
	n.m.open.page.Loading[0].Have, n.m.open.page.Loading[0].Expected = 113, 120
	n.m.open.page.Loading[0].Done = false
	n.m.open.page.Priors[0].Report = "Nodule of 5.5 mm in the right upper lobe. Follow-up in 12 months."
	n.key("f3")
	n.write("Solid nodule of ")
	n.key("f4")
	n.write(" in the right upper lobe, 5.5 mm in the prior.")
	n.m.open.page.Report = "draft · saved 03:12:04"
	n.m.status = status{}
}

func TestFrameOfTheList(t *testing.T) {
	n := newNight(t)
	n.arrive("STAT1", "URGENT^ULF")
	other := "OTHER^OLGA"
	for i := range n.m.snapshot.Rows {
		if r := &n.m.snapshot.Rows[i]; r.Accession == "B1" {
			r.ClaimedBy, r.Since, r.State = &other, dusk.Add(-time.Hour), feed.Claimed
		}
	}
	n.m.snapshot.Sites[0].LastOK = dusk.Add(-2 * time.Minute)
	n.send(deliveredMsg{rows: []ledger.OutboxRow{{ID: 1, State: ledger.Retry, Site: "NORTH", Signed: dusk, NotBefore: dusk}}})
	n.m.list.Set(n.m.snapshot.Rows)
	n.golden("list")
}

func TestFrameOfTheEmptyList(t *testing.T) {
	n := newNight(t)
	n.m.list.Set(nil)
	n.m.list.Filter = ""
	n.golden("list-empty")
}

func TestFrameOfACase(t *testing.T) {
	n := newNight(t)
	n.inTheMiddle()
	n.golden("case-typing")
	n.key("f3")
	n.golden("case-images")
}

func TestFrameOfACaseJustOpened(t *testing.T) {
	n := newNight(t)
	n.m.list.Select(uid("B1"))
	n.key("enter")
	n.golden("case-opening")
}

func TestFrameOfAReadOnlyCase(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.m.open.page.ReadOnly, n.m.open.page.Claim = "held by OTHER, OLGA since 02:12 UTC", "held"
	n.m.stopWriting(n.m.open)
	n.m.status = status{}
	n.golden("case-readonly")
}

func TestFrameOfTheWrongPatient(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Mismatch: []string{"patient ID", "birth date"},
		Tiles: []viewer.Tile{{SOPUID: uid("A1", 1, 2), StudyUID: uid("A1"), Slice: 1, Slices: 3, Width: 400, Center: 40}}}})
	n.m.status, n.m.open.page.Report = status{}, "draft"
	n.golden("case-wrong-patient")
}

func TestFramesOfTheSignSheet(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.m.open.page.State = &viewer.State{}
	n.toSign("Solid nodule of 8.0 mm in the right upper lobe, new. Follow-up in 3 months.")
	n.golden("sheet-ready")
	facts := n.m.sheet.facts
	facts.Foreign, facts.Unseen, facts.Expected = []string{"1 instance with another patient ID than the order's"}, 2, 120
	facts.Exam, facts.Laterality = "CT left chest wall", "L"
	n.m.open.draft.Edit(report.Impression, "", n.clock())
	n.m.sheet.facts = facts
	n.m.renewSheet()
	n.golden("sheet-stopped")
}

func TestFramesOfTheHelp(t *testing.T) {
	n := newNight(t)
	n.key("?")
	n.golden("help-list")
	n.key("x")
	n.read("A1")
	n.m.status = status{}
	n.key("?")
	n.golden("help-case")
	n.m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	for n.key("space"); n.m.help; n.key("space") {
		n.exact("help-case", [2]int{80, 24})
	}
	if n.m.page != onCase {
		t.Error("the last page of the help does not close it")
	}
}

func TestEverySizeIsDrawnWithoutACrash(t *testing.T) {
	n := newNight(t)
	n.inTheMiddle()
	for w := 1; w < 130; w += 9 {
		for h := range 12 {
			n.m.Update(tea.WindowSizeMsg{Width: w, Height: h})
			for _, p := range []pageName{onCase, onList} {
				n.m.page = p
				if got := strings.Count(n.m.View(), "\n") + 1; got != max(1, h) {
					t.Errorf("%dx%d: %d rows", w, h, got)
				}
			}
		}
	}
}
