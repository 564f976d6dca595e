package app

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/report"
)

// another reader's final report of a study arrives at the archive.
func (n *night) another(accession, impression string) {
	n.Helper()
	header := patients[0].header(0)
	at := n.clock()
	d, err := sr.BasicText(sr.Document{Study: header, SOPUID: dicom.UID(uid(accession, 8, 1)), SeriesUID: dicom.UID(uid(accession, 8)), Content: at, Verified: true, VerifiedAt: at,
		Observer: sr.Observer{Name: "REED^RITA", Organization: "Test"}, Sections: []sr.Section{{Key: "impression", Name: "Impression", Text: impression}}})
	if err != nil {
		n.Fatal(err)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, nil); err != nil {
		n.Fatal(err)
	}
	site := n.m.Room.Sites["NORTH"]
	if s, err := site.Archive.Store(n.Context(), dicom.UID(uid(accession)), b.Bytes()); err != nil || len(s.OK) != 1 {
		n.Fatalf("store: %+v, %v", s, err)
	}
}

// sign signs the open case as the sheet does.
func (n *night) sign(impression string) {
	n.Helper()
	n.toSign(impression)
	n.pass(settle + time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
}

// flush delivers what is due, as the program does by itself.
func (n *night) flush() {
	n.Helper()
	site := n.m.Room.Sites["NORTH"]
	n.m.Outbox.Dial = func(ledger.OutboxRow) (deliver.Destination, error) {
		return deliver.Destination{Channel: deliver.DICOM{Archive: site.Archive}, Workitems: site.Workitems}, nil
	}
	if _, err := n.m.Outbox.Flush(context.Background(), true); err != nil {
		n.Fatal(err)
	}
	n.send(n.m.lookAtOutbox(0, false)())
}

// A report that arrived while ours waited is found before anything is sent, shown
// beside ours, and ours follows it only signed anew.
func TestAnothersReportIsShownBesideOursBeforeAnythingIsSent(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.sign("No nodule at all.")
	n.another("A1", "Nodule of 8 mm in the right upper lobe.")
	n.pass(16 * time.Second)
	n.flush()
	n.says("A1 was NOT sent: NORTH holds another report of it, by REED, RITA")
	rows, err := n.m.Room.Ledger.OutboxOf(t.Context(), uid("A1"))
	if err != nil || len(rows) != 1 || rows[0].State != ledger.Parked {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	n.write(":conflict")
	n.key("enter")
	n.until("both texts", func() bool { return n.m.page == onLines && strings.Contains(n.frame(), "THEIRS, final · REED, RITA") })
	for _, words := range []string{"MINE · 03:12 · not sent", "No nodule at all", "8 mm in the right", "a add mine to theirs", "r replace theirs", "m keep mine aside"} {
		if !strings.Contains(n.frame(), words) {
			t.Errorf("%q is missing:\n%s", words, n.frame())
		}
	}
	if strings.Contains(n.frame(), "s send mine") {
		t.Error("two reports could stand as final")
	}
	n.golden("conflict")
	n.key("a")
	n.write("y")
	n.key("enter")
	n.until("the addendum", func() bool {
		c := n.m.open
		return c != nil && c.begun && c.draft != nil && c.draft.What() == report.Added && n.m.page == onCase
	})
	if d := n.m.open.draft; !strings.Contains(d.Plain(report.Addendum), "No nodule at all.") || d.Before.SOPUID != uid("A1", 8, 1) || n.m.open.signed {
		t.Errorf("the addendum follows %+v: %q", d.Before, d.Plain(report.Addendum))
	}
	if rows, _ := n.m.Room.Ledger.OutboxOf(t.Context(), uid("A1")); len(rows) != 0 {
		t.Errorf("%d rows would be sent", len(rows))
	}
}

func TestEnterOnAParkedRowOpensItsConflictAndKeepsItAside(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.sign("Normal.")
	n.another("A1", "Mass.")
	n.pass(16 * time.Second)
	n.flush()
	n.do(n.m.openOutbox())
	n.until("the outbox", func() bool { return n.m.page == onOutbox && n.m.sent.Listed })
	n.key("r")
	n.until("the conflict instead of sending again", func() bool { return n.m.page == onLines })
	n.key("m")
	n.write("y")
	n.key("enter")
	n.until("nothing to wait", func() bool { return n.m.waiting() == "" && n.m.page != onLines })
	n.says("theirs stands")
	kept, err := n.m.Room.Ledger.Records(t.Context(), ledger.WithheldKind, uid("A1"))
	if err != nil || len(kept) != 1 {
		t.Errorf("%d kept, %v", len(kept), err)
	}
	n.do(n.m.openConflict(nil))
	n.until("no conflict to be left", func() bool { return strings.Contains(n.m.status.text, "No report of yours waits") })
}
