package main

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// TestTwoInstancesOfOneReport: the second terminal, and the command line, only look
// at a report that the first has open, and say why; the second goes on when the first
// leaves, with every word of it.
func TestTwoInstancesOfOneReport(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	a, cases := spawnNight(t, 1)
	home := a.ownHome(t)
	l, study := book(t, home), cases[0].uid
	first := startConsole(t, nil, home, 120, 30)
	first.openOurs("alder")
	first.press("F3")
	first.typeText("Words of the first.")
	eventually(t, 5*time.Second, "them on disk", func() bool { return onDisk(t, l, study, report.Findings) == "Words of the first." })

	second := startConsole(t, nil, home, 120, 30)
	second.openCase("alder")
	second.see(10*time.Second, `READ ONLY · written in another window since \d\d:\d\d \(process \d+\)`)
	time.Sleep(150 * time.Millisecond)
	second.press("F3")
	second.see(5*time.Second, `No report is open here`)
	second.press("F12")
	second.see(5*time.Second, `There is no report to sign`)
	if out, code := nocturne(t, home, "report", "draft", study, "--set", "findings=Words of a script."); code != exitFailed {
		t.Errorf("the command line wrote into it: exit %d, %s", code, out)
	}
	if out, code := nocturne(t, home, "report", "sign", study, "--yes"); code != exitFailed {
		t.Errorf("the command line signed it: exit %d, %s", code, out)
	}
	first.typeText(" And more.")
	first.press("F5") // puts the case aside
	second.see(15*time.Second, `it can be written here now`)
	second.see(5*time.Second, `Im \d/3`)
	second.press("F3")
	second.see(5*time.Second, `Words of the first\. And more\.`)
	second.typeText(" Words of the second.")
	eventually(t, 5*time.Second, "all words on disk", func() bool {
		return strings.HasSuffix(onDisk(t, l, study, report.Findings), "And more. Words of the second.")
	})
}
