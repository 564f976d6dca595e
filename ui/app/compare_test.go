package app

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestWhatDiffersFromThePriorIsShownWhileItIsWritten(t *testing.T) {
	n := newNight(t)
	n.reported("PHANTOM^ANNA")
	n.read("A1")
	n.do(n.m.run("diff"))
	n.until("what differs", func() bool { return n.m.open.page.Beside != nil })
	n.key("f3")
	n.write("Solid nodule of 8.0 mm in the right upper lobe. No pleural effusion.")
	n.m.status, n.m.open.page.Report = status{}, "draft"
	n.golden("case-differs")
	if got := n.frame(); !strings.Contains(got, "Solid nodule of [-5.5-]{+8.0+} mm") {
		t.Errorf("not shown:\n%s", got)
	}
}

func TestEarlierVersionsAreCompared(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.do(n.m.run("versions"))
	n.until("the answer", func() bool { return strings.Contains(n.m.status.text, "no earlier version") })
	old := report.New(uid("A1"), "A1", "NORTH", n.clock())
	old.Set(report.Findings, "No nodule.", n.clock())
	body, err := old.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.m.Room.Ledger.PartDraft(t.Context(), 0, ledger.Draft{StudyUID: uid("A1"), Body: body, Saved: n.clock()}); err != nil {
		t.Fatal(err)
	}
	n.key("f3")
	n.write("One nodule.")
	n.do(n.m.run("versions"))
	n.until("what differs", func() bool { return n.m.open.page.Beside != nil })
	if got := n.frame(); !strings.Contains(got, "[-No-]{+One+} nodule.") || !strings.Contains(got, "kept apart") {
		t.Errorf("not shown:\n%s", got)
	}
	n.key("f9")
	n.says("nothing is pulled")
}
