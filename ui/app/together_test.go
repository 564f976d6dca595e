package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/feed"
)

// beside puts a second order of the patient of A1 into the list, edited.
func (n *night) beside(edit func(*feed.Row)) {
	s := n.m.snapshot
	s.Rows = append([]feed.Row(nil), s.Rows...)
	for _, r := range s.Rows {
		if r.Accession == "A1" {
			r.StudyUID, r.WorkitemUID, r.Accession, r.Study, r.Expected, r.Lockable = "8.2", "", "A2", "CT abdomen", 0, false
			r.ClaimedBy, r.Mine = nil, false
			edit(&r)
			s.Rows = append(s.Rows, r)
			break
		}
	}
	n.send(snapshotMsg{Snapshot: s})
}

func TestOrdersThatBelongTogetherAreSuggestedLinkedAndSignedForEach(t *testing.T) {
	n := newNight(t)
	n.beside(func(*feed.Row) {})
	n.read("A1")
	n.says("also A2 CT abdomen")
	n.do(n.m.run("link"))
	n.until("the link", func() bool { return len(n.m.open.draft.Linked) == 1 })
	n.says("F12 signs one of it for each")
	n.m.run("unlink A9")
	n.says("No such order")
	n.toSign("No nodule.")
	if f := n.frame(); !strings.Contains(f, "also signs  A2 CT abdomen") {
		t.Errorf("the sheet:\n%s", f)
	}
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	rows, err := n.m.Room.Ledger.OutboxOf(t.Context(), "8.2")
	if err != nil || len(rows) != 1 || rows[0].Accession != "A2" {
		t.Errorf("%d rows of the second order, %v", len(rows), err)
	}
}

func TestAnOrderOfAnotherPatientIsNeitherSuggestedNorLinked(t *testing.T) {
	n := newNight(t)
	n.beside(func(r *feed.Row) { r.BirthDate = "19540203" })
	n.read("A1")
	if strings.Contains(n.m.status.text, "A2") {
		t.Errorf("suggested: %s", n.m.status.text)
	}
	n.do(n.m.run("link A2"))
	n.until("the refusal", func() bool { return strings.Contains(n.m.status.text, "not of this patient") })
	if len(n.m.open.draft.Linked) > 0 {
		t.Error("linked")
	}
}
