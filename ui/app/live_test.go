package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// rightHand makes the case's order one of the right hand.
func (n *night) rightHand() {
	n.Helper()
	n.read("A1")
	n.until("the facts", func() bool { return n.m.open.live.known })
	n.m.open.row.Study = "XR hand right"
	f := n.m.open.live.facts
	f.Exam, f.Laterality = "XR hand right", "R"
	n.m.open.live.learn(f)
}

// TestAWrongSideIsMarkedWhileItIsTyped is scenario 4 at the keys: the word is marked, its
// sentence is said where the caret stands, the sheet stops with both words quoted, and the
// reason is kept as a record.
func TestAWrongSideIsMarkedWhileItIsTyped(t *testing.T) {
	n := newNight(t)
	n.rightHand()
	n.m.open.page.Typing = false
	n.key("f3", "tab")
	n.write("Fracture of the left thumb.")
	marks := n.m.open.marksIn(string(report.Impression))
	if len(marks) != 1 || marks[0].From != 16 || marks[0].To != 20 || marks[0].Severity != report.Block {
		t.Fatalf("marked %+v", marks)
	}
	n.m.status = status{}
	if !strings.Contains(n.frame(), "1 to settle · F12") {
		t.Errorf("the report's line does not count it:\n%s", n.frame())
	}
	for range 8 {
		n.key("left")
	}
	n.m.status = status{}
	if !strings.Contains(n.frame(), "the report names another side than the order (order: right)") {
		t.Errorf("the caret stands on it and nothing says why:\n%s", n.frame())
	}
	n.key("f12")
	n.until("the sheet", func() bool { return n.m.page == onSheet })
	for _, want := range []string{"order: right", "Fracture of the left thumb", "STOPS"} {
		if !strings.Contains(n.frame(), want) {
			t.Errorf("the sheet lacks %q:\n%s", want, n.frame())
		}
	}
	n.pass(time.Second)
	n.key("o")
	n.write("order entered for the wrong hand")
	n.key("enter")
	n.until("the record", func() bool {
		rows, err := n.m.Room.Ledger.Records(t.Context(), reading.OverrideKind, uid("A1"))
		return err == nil && len(rows) == 1 && strings.Contains(string(rows[0].Body), "order entered for the wrong hand")
	})
	if len(n.m.open.marksIn(string(report.Impression))) != 0 {
		t.Error("what was given a reason is marked still")
	}
}

// The clean twin: the right side, and nothing is marked, counted or stopped by it.
func TestTheRightSideRaisesNothing(t *testing.T) {
	n := newNight(t)
	n.rightHand()
	n.m.open.page.Typing = false
	n.key("f3", "tab")
	n.write("Fracture of the right thumb. The splint was left in place.")
	n.m.status = status{}
	if n.m.open.page.Checks != "" || strings.Contains(n.frame(), "to settle") {
		t.Errorf("%q:\n%s", n.m.open.page.Checks, n.frame())
	}
}

func TestFramesOfTheSheetWithWarnings(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.m.open.page.State = &viewer.State{}
	d := n.m.open.draft
	normal, _ := d.Frame(report.Span{Kind: report.Normal}, "The heart is normal in size.")
	lungs, _ := d.Frame(report.Span{Kind: report.Normal}, "The lungs are clear, without consolidation, nodule, effusion or pneumothorax.")
	pulled, _ := d.Frame(report.Span{Kind: report.Pulled, From: report.Source{Date: "20251120", Title: "CT chest"}}, "Unchanged granuloma of the right lung.")
	d.Edit(report.Findings, normal+" "+lungs+" "+pulled+" Nodule of 8 mm in the left upper lobe. The uterus is normal.", n.clock())
	for _, s := range n.m.open.page.Editor.Sections {
		if s.Key == string(report.Findings) {
			s.Buffer.Replace(d.Sections[report.Findings])
		}
	}
	n.toSign("Nodule of 8 cm in the right upper lobe. No nodlue elsewhere. Pneumothorax.")
	f := n.m.sheet.facts
	f.Patient.Sex = "M"
	n.m.sheet.facts = f
	n.m.renewSheet()
	n.golden("sheet-warnings")
	n.m.sheet.rolledTo = 1
	n.golden("sheet-warnings-next")
}
