package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// toSign writes an impression and opens the sheet.
func (n *night) toSign(impression string) {
	n.Helper()
	n.m.open.page.Typing = false
	n.key("f3", "tab")
	n.write(impression)
	n.key("f12")
	n.until("the sheet", func() bool { return n.m.page == onSheet })
}

func TestEnterSignsOnlyWhatTheReaderHadTimeToSee(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8)}})
	n.toSign("No nodule.")
	n.key("enter") // type-ahead
	for range 20 { // and its auto-repeat, long past the first moment
		n.pass(40 * time.Millisecond)
		n.key("enter")
	}
	if n.m.sheet == nil || n.m.sheet.signing {
		t.Fatal("type-ahead or auto-repeat signed")
	}
	n.pass(settle)
	n.tells(viewer.Event{Kind: viewer.Acted, Action: viewer.ReportInsert}) // nothing changes under the sheet
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	rows, err := n.m.Room.Ledger.OutboxOf(t.Context(), uid("A1"))
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	file, err := dicom.Parse(rows[0].Object)
	if err != nil || !strings.Contains(sr.Text(file.Dataset), "No nodule.") || strings.Contains(sr.Text(file.Dataset), "8.0 mm") || rows[0].TransactionUID == "" {
		t.Errorf("%v, transaction %q", err, rows[0].TransactionUID)
	}
}

func TestAMarkThatChangesUnderTheSheetStartsItsTimeAnew(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8)}})
	n.key("f3", "f4")
	n.toSign("Nodule.")
	n.pass(time.Second)
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 9)}})
	n.key("enter")
	if n.m.sheet.signing || !strings.Contains(n.frame(), "8.0 mm → 9.0 mm") {
		t.Errorf("signing %v:\n%s", n.m.sheet.signing, n.frame())
	}
}

func TestAnEmptyImpressionStopsForGood(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.toSign(" ")
	n.pass(time.Second)
	n.key("enter")
	n.says("the impression is empty")
	n.key("o")
	n.says("Nothing here can be overridden")
	if n.m.sheet.signing || n.m.open.signed {
		t.Error("signed without an impression")
	}
}

func TestAnOverrideNeedsATypedReason(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.toSign("Nodule [ ] mm.") // a field that was not filled in
	n.pass(time.Second)
	n.key("enter")
	n.says("a field is not filled in")
	n.key("o", "enter")
	n.says("Not overridden")
	n.pass(time.Second)
	if n.key("enter"); n.m.sheet.signing {
		t.Fatal("signed without a reason")
	}
	n.key("o")
	n.write("as dictated")
	n.key("enter", "enter")
	if !n.m.sheet.Ready || n.m.sheet.signing || !strings.Contains(n.frame(), "as dictated") {
		t.Errorf("ready %v, signing %v:\n%s", n.m.sheet.Ready, n.m.sheet.signing, n.frame())
	}
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	if o := n.m.open.draft.Overrides; len(o) != 1 || o[0].Reason != "as dictated" || o[0].By != "READER^DEMO" {
		t.Errorf("recorded %+v", o)
	}
}

func TestRecallWithinTheWindowThawsTheDraft(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8)}})
	n.toSign("No nodule.")
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature and its line", func() bool { return n.m.open.signed && strings.Contains(n.m.open.page.Report, "F12 takes it back") })
	n.key("f3", "x", "f4")
	if got := n.section(report.Impression); got != "No nodule." {
		t.Errorf("a signed report was changed to %q", got)
	}
	n.pass(5 * time.Second)
	n.key("f12")
	n.until("the draft", func() bool { return !n.m.open.signed && n.m.status.text == "Taken back: A1. Nothing was sent." })
	n.settle(30 * time.Millisecond)
	n.m.open.page.Typing = true
	n.m.open.page.Editor.Go(string(report.Impression))
	n.write(" Again")
	n.until("the change on disk", func() bool { return n.stored(uid("A1"), report.Impression) == "No nodule. Again" })
	n.key("f12")
	n.until("the sheet", func() bool { return n.m.page == onSheet })
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	n.pass(time.Minute)
	n.key("f12")
	n.until("the refusal", func() bool { return strings.Contains(n.m.status.text, "too late") })
	if rows, _ := n.m.Room.Ledger.Outbox(t.Context(), ledger.Queued); len(rows) != 1 {
		t.Errorf("%d reports wait", len(rows))
	}
}

// From the list nobody sees which report the command means: it says so and asks.
func TestRecallFromTheListNamesTheReportAndAsks(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.toSign("No nodule.")
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature and its line", func() bool { return n.m.open.signed && len(n.m.outbox) == 1 })
	n.key("f5")
	n.write(":recall")
	n.key("enter")
	if !n.m.prompt.Open || !strings.Contains(n.m.prompt.Label, "A1") {
		t.Fatalf("asked %q", n.m.prompt.Label)
	}
	n.key("esc")
	waiting := func() int {
		rows, err := n.m.Room.Ledger.Outbox(t.Context(), ledger.Queued)
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	if n.settle(20 * time.Millisecond); waiting() != 1 {
		t.Fatal("Esc took the report back")
	}
	n.write(":recall")
	n.key("enter", "enter")
	n.until("the answer", func() bool { return n.m.status.text == "Taken back: A1. Nothing was sent." })
	if waiting() != 0 {
		t.Error("the report still waits to be sent")
	}
}

func TestQuittingWithUnsentReportsNeedsAReason(t *testing.T) {
	n := newNight(t)
	quits := func(name string) bool {
		_, cmd := n.m.Update(tea.KeyMsg{Type: special[name]})
		if cmd == nil {
			return false
		}
		_, quit := cmd().(tea.QuitMsg)
		return quit
	}
	if !quits("ctrl+c") {
		t.Error("with nothing unsent Ctrl+C does not quit")
	}
	n.send(deliveredMsg{rows: []ledger.OutboxRow{{ID: 1, State: ledger.Retry, Site: "NORTH", Signed: n.clock().Add(-time.Hour)}}})
	for range 2 {
		if quits("ctrl+c") || !strings.Contains(n.frame(), "Reason to quit") {
			t.Errorf("quit without a reason:\n%s", n.frame())
		}
	}
	if quits("enter") {
		t.Error("an empty reason is none")
	}
	quits("ctrl+c")
	n.write("end of shift")
	if !quits("enter") {
		t.Error(fmt.Sprint("the reason does not quit: ", n.m.status.text))
	}
}
