package main

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
)

// TestScenario4WrongSide: the order is of the right hand. "left" in the impression is
// counted while it is typed and named where the caret stands; the sheet stops with both
// words quoted; Enter does nothing until a reason is given, which is kept as a record.
// The clean twin is signed without a question about sides.
func TestScenario4WrongSide(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	a := spawnArchive(t, "--phantoms")
	home := a.ownHome(t)
	l := book(t, home)
	hand := truth(t, "hand-fracture")
	c := startConsole(t, nil, home, 120, 40)
	c.openCase("hana")
	c.see(60*time.Second, `draft · saved`) // the facts filled it in
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT`)
	c.press("Tab")
	c.typeText("Fracture of the left fifth metacarpal.")
	c.see(10*time.Second, `REPORT · .*1 to settle · F12`)
	for range 20 {
		c.press("Left")
	}
	c.see(10*time.Second, `the report names another side than the order`)
	c.press("F12")
	c.see(20*time.Second, `STOPS +the report names another side than the order: order: right`)
	c.see(5*time.Second, `Fracture of the left fifth metacarpal`)
	time.Sleep(settleTime)
	c.press("Enter")
	c.see(5*time.Second, `Not signed`)
	if n, err := l.Records(t.Context(), reading.OverrideKind, hand.Study); err != nil || len(n) != 0 {
		t.Fatalf("%d reasons before one was given, %v", len(n), err)
	}
	c.press("o")
	c.see(5*time.Second, `reason to sign although`)
	c.typeText("order entered for the wrong hand")
	c.press("Enter")
	c.see(10*time.Second, `passed`)
	eventually(t, 10*time.Second, "the reason as a record", func() bool {
		n, err := l.Records(t.Context(), reading.OverrideKind, hand.Study)
		return err == nil && len(n) == 1 && strings.Contains(string(n[0].Body), "order entered for the wrong hand") && strings.Contains(string(n[0].Body), `"rule":"side-conflict"`)
	}, c.screen)

	c.press("Escape")
	c.see(10*time.Second, `KEYS → REPORT`)
	for range 20 {
		c.press("Right")
	}
	for range len("left fifth metacarpal.") {
		c.press("BSpace")
	}
	c.typeText("right fifth metacarpal.")
	eventually(t, 10*time.Second, "the twin on disk", func() bool {
		return onDisk(t, l, hand.Study, report.Impression) == "Fracture of the right fifth metacarpal."
	}, c.screen)
	if s := c.screen(); strings.Contains(s, "to settle") {
		t.Errorf("the clean twin is counted:\n%s", s)
	}
	c.press("F12")
	screen := c.see(20*time.Second, `side +impression: right`)
	if strings.Contains(screen, "another side") {
		t.Errorf("the clean twin raises an alarm:\n%s", screen)
	}
}
