package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// The archive is away when the program starts: what is on disk is listed, opens and
// is read on; only a new claim is refused.
func TestAStartWithoutTheArchiveListsAndOpensWhatIsOnDisk(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.m.open.page.Typing = true
	n.m.open.page.Editor.Go(string(report.Findings))
	n.write("Begun")
	n.until("the draft on disk", func() bool { return n.stored(uid("A1"), report.Findings) == "Begun" })
	n.stop()
	n.url = "http://127.0.0.1:1/dicom-web" // nobody listens there
	n.pass(40 * time.Minute)
	n.view = &window{events: make(chan viewer.Event, 64)}
	n.start()
	if got := len(n.m.snapshot.Rows); got != 3 {
		t.Fatalf("%d rows before anybody has answered", got)
	}
	n.until("the site's silence", func() bool { return strings.Contains(n.frame(), "NORTH 40 min old") })
	if got := len(n.m.snapshot.Rows); got != 3 || !n.m.snapshot.Rows[0].Stale {
		t.Fatalf("%d rows after the site did not answer: %+v", got, n.m.snapshot.Rows)
	}
	n.m.list.Select(uid("A1"))
	n.key("enter")
	n.until("the report", func() bool { return n.m.open.begun && n.m.open.draft != nil })
	n.until("the images", func() bool { return n.view.has(uid("A1", 1, 3)) })
	if c := n.m.open; c.page.ReadOnly != "" || !c.claimed || n.section(report.Findings) != "Begun" {
		t.Errorf("a case held before: read only %q, claimed %v, draft %q", c.page.ReadOnly, c.claimed, n.section(report.Findings))
	}
	n.until("the count of what is on disk", func() bool { return strings.Contains(n.frame(), "current images 3/3") })
	n.pass(time.Second)
	n.key("f5")
	n.m.list.Select(uid("B1"))
	n.key("enter")
	n.until("the refusal", func() bool { return n.m.open != nil && n.m.open.begun && n.m.open.page.ReadOnly != "" })
	if n.m.open.draft != nil {
		t.Error("a report is open on a case that nobody gave")
	}
}

func TestAListIsRememberedForItsReaderAlone(t *testing.T) {
	n := newNight(t)
	if err := n.m.Room.Journal.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	for reader, want := range map[string]int{"READER^DEMO": 3, "OTHER^ONE": 0} {
		rows, at, err := n.m.Room.Remembered("NORTH", reader)
		if err != nil || len(rows) != want || at.IsZero() != (want == 0) {
			t.Errorf("%s: %d rows of %v, %v", reader, len(rows), at, err)
		}
	}
}
