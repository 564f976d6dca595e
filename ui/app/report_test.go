package app

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestStrayTextIsHeldAndOfferedByF3(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	pressed := len(n.view.keys)
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("the liv")})
	n.pass(20 * time.Millisecond)
	n.key("e", "r", "enter")
	n.pass(time.Second)
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("is normal")})
	n.pass(time.Second)
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("x2"), Paste: true})
	n.tells(viewer.Event{Kind: viewer.Held, Text: "said to the window"})
	n.says("F3")
	if got := n.view.keys[pressed:]; len(got) > 0 || len(n.view.did) > 0 || n.m.page != onCase {
		t.Errorf("executed %v %v", got, n.view.did)
	}
	n.key("f3")
	if got, want := n.section(report.Findings), "the liver\nis normal x2 said to the window"; got != want {
		t.Errorf("F3 brought %q, want %q", got, want)
	}
	n.key("f3", "f3")
	if got := n.section(report.Findings); strings.Count(got, "normal") != 1 {
		t.Errorf("brought twice: %q", got)
	}
}

func TestSingleKeysAndHeldKeysActOnTheImages(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("r", "2")
	n.pass(time.Second)
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("ddddd")})
	if got := strings.Join(n.view.keys, ""); got != "r2ddddd" {
		t.Errorf("the window got %q", got)
	}
}

func TestADraftIsOnDiskWithinAMomentOfAKeystroke(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.write("No nodule.")
	from := time.Now()
	n.until("the draft on disk", func() bool { return n.stored(uid("A1"), report.Findings) == "No nodule." })
	if took := time.Since(from); took > saveEvery+700*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

func TestF4InsertsTheSelectedOrLastMarkOfThisStudy(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f4")
	n.says("Nothing measured yet")
	old := ruler("A0", "prior", 5.5)
	old.Prior, old.StudyDate = true, "20251120"
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8), ruler("A1", "two", 12.3), old}})
	n.key("f3", "f4")
	if got := n.section(report.Findings); got != "12.3 mm" {
		t.Errorf("the last of this study: %q", got)
	}
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Selected: "one", Last: "two"}})
	n.key("f4")
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Selected: "prior", Last: "two"}})
	n.key("f4")
	if got, want := n.section(report.Findings), "12.3 mm 8.0 mm 5.5 mm (prior, 2025-11-20)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The window's state comes a moment after the mark: F4 in that moment means the mark
// just drawn, not the one selected before.
func TestF4RightAfterDrawingInsertsWhatWasDrawn(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8)}})
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Selected: "one", Last: "one"}})
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "two", 12.3)}})
	n.key("f4")
	if got := n.section(report.Findings); got != "12.3 mm" {
		t.Errorf("got %q", got)
	}
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Selected: "one", Last: "two"}})
	n.key("f4")
	if got := n.section(report.Findings); got != "12.3 mm 8.0 mm" {
		t.Errorf("after the reader selected another: %q", got)
	}
}

func TestAChangedOrDeletedMarkIsSaidUntilSeen(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8)}})
	n.key("f3", "f4", "f3")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 9.5)}})
	n.says("1 measurement(s) in the report changed")
	tokens := n.m.open.draft.Used()
	if _, stale, _ := n.m.open.token(tokens[0].Rune); !stale || n.section(report.Findings) != "9.5 mm" {
		t.Errorf("stale %v, reads %q", stale, n.section(report.Findings))
	}
	n.key("f12")
	n.until("the sheet", func() bool { return n.m.page == onSheet })
	if !strings.Contains(n.frame(), "8.0 mm → 9.5 mm") {
		t.Errorf("the sheet does not say it:\n%s", n.frame())
	}
	n.key("esc", "f3")
	if _, stale, _ := n.m.open.token(tokens[0].Rune); stale {
		t.Error("still stale after the reader was in the report")
	}
	n.tells(viewer.Event{Kind: viewer.Edited, Deleted: []string{"one"}})
	if _, stale, _ := n.m.open.token(tokens[0].Rune); !stale {
		t.Error("the number of a deleted mark reads like any other")
	}
	n.key("f12")
	n.until("the sheet", func() bool { return n.m.page == onSheet })
	if !strings.Contains(n.frame(), "the measurement was deleted") {
		t.Errorf("the sheet does not say it:\n%s", n.frame())
	}
}

func TestF5AndBackRestoresTheReport(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.write("Half a sen")
	n.key("f5")
	if n.m.page != onList || n.view.blanked == 0 || strings.Contains(n.frame(), "Half a sen") {
		t.Errorf("page %v, blanked %d", n.m.page, n.view.blanked)
	}
	n.key("f5")
	n.ready("A1")
	if got := n.section(report.Findings); got != "Half a sen" {
		t.Errorf("findings are %q", got)
	}
	n.key("f6")
	n.ready("B1")
	n.key("f3")
	n.write("Other")
	n.key("f5") // back to the case that F6 left
	n.ready("A1")
	if got := n.section(report.Findings); got != "Half a sen" {
		t.Errorf("findings are %q", got)
	}
}
