package app

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestACategoryIsCalculatedFromTheMarkAndInsertedWithRuleAndVersion(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	old := ruler("A0", "prior", 5.5)
	old.Prior, old.StudyDate = true, "20251122"
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 9), old}})
	n.m.run("calc fleischner")
	if got := n.frame(); !strings.Contains(got, "9 mm") || !strings.Contains(got, "decision support only") {
		t.Fatalf("not filled in from the mark:\n%s", got)
	}
	n.key("enter")
	n.says("Type is needed")
	if n.section(report.Impression) != "" {
		t.Error("inserted without a result")
	}
	n.key("s", "enter")
	want := "Single solid nodule, 9 mm (Fleischner Society 2017). Consider CT at 3 months, PET/CT or tissue sampling."
	if got := n.section(report.Impression); got != want {
		t.Errorf("inserted %q, not %q", got, want)
	}
	if n.m.page != onCase || !n.m.open.page.Typing {
		t.Error("the caret is not behind what was inserted")
	}
	c := n.m.open.draft.Calculated
	if len(c) != 1 || c[0].Inputs["size"] != "9" || len(c[0].Marks) != 1 || c[0].Marks[0] != "one" {
		t.Errorf("the draft remembers %+v", c)
	}
	if f := n.m.open.draft.FollowUps(); len(f) != 1 || f[0].What != "CT chest" {
		t.Errorf("follow-up %+v", f)
	}
	n.until("the inputs on disk", func() bool { return n.stored(uid("A1"), report.Impression) == want })
}

func TestTheCalculatorsAreOpenedByKeyAndLeftByEsc(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.write("Half a ")
	n.send(tea.KeyMsg{Type: tea.KeyCtrlG})
	if !strings.Contains(n.frame(), "Lung-RADS v2022") {
		t.Fatalf("Ctrl+G:\n%s", n.frame())
	}
	n.key("down", "enter")
	if !strings.Contains(n.frame(), "Lung nodule at screening") {
		t.Fatalf("Enter:\n%s", n.frame())
	}
	n.key("esc", "esc")
	if n.m.page != onCase || n.section(report.Findings) != "Half a " {
		t.Errorf("page %v, findings %q", n.m.page, n.section(report.Findings))
	}
	n.m.run("calc nothing")
	n.says("No rule is called nothing")
}

func TestALesionsNameFindsItsPriorAndAGuessIsNotMade(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	mark := func(id, label string, prior bool, mm float64) viewer.Mark {
		k := ruler("A1", id, mm)
		k.Label = label
		if prior {
			k.Prior, k.StudyDate = true, "20251122"
		}
		return k
	}
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{mark("a", "RUL", false, 9), mark("b", "LLL", false, 4),
		mark("pa", "rul", true, 5.5), mark("pb", "lll", true, 4.1)}})
	c := n.m.open
	if m, ok := c.earlier(c.marks[0]); !ok || m.MarkID != "pa" {
		t.Errorf("RUL was %+v, %v", m, ok)
	}
	if m, ok := c.earlier(mark("c", "", false, 7)); ok {
		t.Errorf("a mark without a name was guessed to be %q", m.MarkID)
	}
}

func TestWithThePriorsMarkSelectedTheFormIsFilledFromBothStudies(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	old := ruler("A0", "prior", 5.5)
	old.Prior, old.StudyDate = true, "20251122"
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 9), old}})
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Selected: "prior"}})
	n.m.run("calc lung-rads")
	if v := n.m.open.calculator.Form.Values; v["size"] != "9" || v["prior"] != "5.5" {
		t.Errorf("filled with %v", v)
	}
}
