package app

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/quality"
)

// records of a kind as a restart would find them.
func (n *night) records(kind string) (bodies []string) {
	n.Helper()
	if err := n.m.Room.Journal.Wait(n.Context()); err != nil {
		n.Fatal(err)
	}
	recs, err := n.led.Records(n.Context(), kind, "")
	if err != nil {
		n.Fatal(err)
	}
	for _, r := range recs {
		bodies = append(bodies, string(r.Body))
	}
	return bodies
}

// TestAMajorDiscrepancyShowsTheChangeAndGoesOnAsACriticalResult.
func TestAMajorDiscrepancyShowsTheChangeAndGoesOnAsACriticalResult(t *testing.T) {
	n := newNight(t)
	n.read("B1")
	n.m.run("discrepancy")
	n.says("No preliminary report")
	d := n.m.open.draft
	d.Follows(report.Document{SOPUID: "1.2.77"}, map[report.Section]string{report.Impression: "No acute bleed."}, n.clock())
	d.Set(report.Impression, "Acute subdural bleed.", n.clock())
	n.do(n.m.run("discrepancy"))
	if f := n.frame(); n.m.page != onLines || !strings.Contains(f, "Impression: [-No acute-] {+Acute subdural+} bleed.") {
		t.Fatalf("the page is\n%s", f)
	}
	n.key("M")
	if got := n.records(quality.DiscrepancyKind); len(got) != 1 || !strings.Contains(got[0], `"grade":"major"`) || !strings.Contains(got[0], `"impression"`) {
		t.Errorf("kept %v", got)
	}
	if n.m.page != onContact || !strings.Contains(n.frame(), "Preliminary report corrected: Acute subdural bleed.") {
		t.Errorf("F7 is not on\n%s", n.frame())
	}
}

func TestFollowUpsAreListedClosedByHandAndByALaterStudy(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.do(n.m.run("followup CT chest 6 months"))
	n.until("it to be kept", func() bool { return strings.Contains(n.m.status.text, "CT chest by 2027-05-22") })
	n.do(n.m.run("followup MRI brain in 2 weeks"))
	n.until("the second", func() bool { return len(n.records(quality.FollowUpKind)) == 2 })
	n.do(n.m.run("followup soon"))
	n.until("the sentence", func() bool { return strings.Contains(n.m.status.text, "CT chest 6 months") })
	n.pass(30 * 24 * time.Hour)
	n.do(n.m.settleFollowUps())
	n.until("it to be said", func() bool { return strings.Contains(n.m.status.text, "1 recommended follow-ups are overdue") })
	n.m.status = status{}
	n.pass(2 * time.Minute)
	n.do(n.m.settleFollowUps())
	n.settle(50 * time.Millisecond)
	if strings.Contains(n.m.status.text, "overdue") {
		t.Error("it is said twice a day")
	}
	later := n.m.snapshot.Rows[0]
	for _, r := range n.m.snapshot.Rows {
		if r.Accession == "A1" {
			later = r
		}
	}
	later.StudyUID, later.StudyDate, later.Accession, later.Study = "1.9", "20261220", "A9", "CT chest follow-up"
	n.m.snapshot.Rows = append(n.m.snapshot.Rows, later)
	n.pass(2 * time.Minute)
	n.do(n.m.settleFollowUps())
	n.until("the later study to close it", func() bool { return strings.Contains(n.m.status.text, "done: accession A9") })
	n.do(n.m.run("followups"))
	n.until("the page", func() bool { return n.m.page == onLines })
	n.exactPage(t, "OVERDUE 2026-12-06 · MRI brain · PHANTOM, ANNA ID P1 · acc A1 NORTH")
	n.send(tea.KeyMsg{Type: tea.KeyDelete})
	n.write("done elsewhere")
	n.key("enter")
	n.until("the empty page", func() bool { return n.m.lines != nil && len(n.m.lines.rows) == 0 })
}

// exactPage wants the words on the screen in both sizes, filling it.
func (n *night) exactPage(t *testing.T, words string) {
	t.Helper()
	for _, size := range sizes {
		n.m.width, n.m.height = size[0], size[1]
		n.exact(words, size)
		if !strings.Contains(n.frame(), words) {
			t.Errorf("at %v %q is not in\n%s", size, words, n.frame())
		}
	}
}

func TestFiguresAreAPageWithoutPatients(t *testing.T) {
	n := newNight(t)
	n.m.Room.Keep = quality.Records
	n.read("A1")
	n.toSign("Solid nodule.")
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	n.key("f5")
	n.do(n.m.run("stats"))
	n.until("the page", func() bool { return n.m.page == onLines })
	n.exactPage(t, "reports by modality")
	for _, words := range []string{"reports                              1", "CT 1", "TAT median, min"} {
		if !strings.Contains(n.frame(), words) {
			t.Errorf("%q is not in\n%s", words, n.frame())
		}
	}
	for _, s := range secrets {
		if strings.Contains(n.frame(), s) {
			t.Errorf("the figures show %s", s)
		}
	}
	n.m.run("stats soon")
	n.says("Since is a day")
}

func TestAPeerReviewNeedsAReportOfAnother(t *testing.T) {
	n := newNight(t)
	n.read("B1") // without a prior
	n.m.run("peer 2a")
	n.says("No prior with a report")
	n.key("f5")
	n.read("A1")
	n.m.open.page.Priors[0].Report = "Nodule of 5.5 mm."
	n.do(n.m.run("peer 2a small nodule"))
	n.until("an answer", func() bool { return n.m.status.text != "" && !strings.Contains(n.m.status.text, "images") })
	if got := n.records(quality.PeerKind); len(got) != 0 {
		t.Errorf("a review without a report on disk was kept: %v", got)
	}
}

func TestAnErrorThatACheckFoundAndThatWasCorrectedIsCounted(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f12")
	n.until("the sheet", func() bool { return n.m.sheet != nil && !n.m.sheet.Ready })
	n.key("esc")
	n.toSign("Solid nodule.")
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	if got := n.records(quality.CaughtKind); len(got) != 1 || got[0] != `{"rule":"impression-empty"}` {
		t.Errorf("kept %v", got)
	}
}
