package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
)

// elsewhere saves the open draft as another program of the house would, with its own
// words in Findings.
func (n *night) elsewhere(words string) {
	n.Helper()
	other, err := reading.Clone(n.m.open.draft)
	if err != nil {
		n.Fatal(err)
	}
	other.Edit(report.Findings, words, n.clock())
	body, err := other.Encode()
	if err != nil {
		n.Fatal(err)
	}
	n.until("the other program's draft on disk", func() bool { // the one here may be saving too
		stored, _, err := n.led.Draft(n.Context(), other.StudyUID)
		if err == nil {
			_, err = n.led.SaveDraft(n.Context(), ledger.Draft{StudyUID: other.StudyUID, Body: body, Revision: stored.Revision})
		}
		return err == nil
	})
}

func TestWhatTwoProgramsTypeIntoOneReportIsNeverLost(t *testing.T) {
	n := newNight(t)
	n.bears = ledger.ErrStale
	n.read("A1")
	n.key("f3")
	n.elsewhere("Theirs.")
	n.m.open.page.Editor.Go(string(report.Findings))
	n.write("Ours one.")
	n.until("our draft kept apart", func() bool { p, err := n.led.PartedDrafts(t.Context(), uid("A1")); return err == nil && len(p) == 1 })
	n.write(" Ours two.")
	n.pass(time.Second)
	n.until("our last words kept apart", func() bool {
		p, err := n.led.PartedDrafts(t.Context(), uid("A1"))
		return err == nil && len(p) == 1 && strings.Contains(string(p[0].Body), "Ours two.")
	})
	n.key("f5")
	n.read("A1")
	if got := n.section(report.Findings); got != "Theirs." {
		t.Fatalf("the study's draft reads %q", got)
	}
	n.says("F3 puts it in")
	n.key("f3")
	n.until("both on disk", func() bool {
		got := n.stored(uid("A1"), report.Findings)
		return strings.Contains(got, "Theirs.") && strings.Contains(got, "Ours one. Ours two.")
	})
	n.until("nothing apart", func() bool { p, err := n.led.PartedDrafts(t.Context(), uid("A1")); return err == nil && len(p) == 0 })
}
