package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestScenario2InTheWindow: in the middle of a sentence F6 opens the STAT head, its
// four windows come by their keys, and F5 brings back the slice, the window and the
// half sentence.
func TestScenario2InTheWindow(t *testing.T) {
	t.Parallel()
	d, a, c, nodule := chest(t)
	c.press("2")
	c.command(fmt.Sprintf("goto %d", nodule.Slice))
	here := fmt.Sprintf(`Im %d/.*W 1500 L -600`, nodule.Slice)
	c.see(10*time.Second, here)
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT`)
	c.typeText("Half a sen")
	c.see(5*time.Second, `Half a sen`)
	c.press("F6")
	begun := time.Now()
	c.see(20*time.Second, `ADELE · ID PH-1001`)
	c.see(60*time.Second, `Im \d+/\d+ · W`)
	first := time.Since(begun)
	d.window(t)
	for key, window := range map[string]string{"4": "W 80 L 40", "6": "W 200 L 75", "5": "W 40 L 40", "3": "W 2000 L 400"} {
		c.press(key)
		c.see(10*time.Second, window+` `)
	}
	d.screenshot(t, "scenario2-head")
	c.press("F7") // found, category 1, the contact on duty, reached, read back, acknowledged
	c.see(5*time.Second, `CRITICAL RESULT · .*ADELE`)
	c.typeText("Acute parenchymal haemorrhage")
	for _, key := range []string{"Tab", "1", "Enter", "r", "y", "y"} {
		c.press(key)
	}
	c.see(5*time.Second, `the report says it`)
	c.see(5*time.Second, `Told to .*, phone, `)
	out := c.wetRead(a, truth(t, "head-bleed").Study, "Acute right frontal haemorrhage. Final report follows.")
	c.press("F5")
	begun = time.Now()
	c.see(20*time.Second, `BORIS · ID PH-1002`)
	c.see(20*time.Second, here)
	c.see(5*time.Second, `Half a sen`)
	c.see(5*time.Second, `BACK · you were at .*“Half a sen”.*1st interruption`)
	t.Logf("preliminary at the archive %v after its Enter", out.Round(time.Millisecond))
	t.Logf("the STAT's first image %v after F6; back at the slice and sentence %v after F5", first.Round(time.Millisecond), time.Since(begun).Round(time.Millisecond))
}

// wetRead sends one preliminary line by its key and returns how long it took from Enter
// until the archive held it, unverified, as the only report of the study; the case stays
// open and ours.
func (c *console) wetRead(a *archiveProcess, study, line string) time.Duration {
	c.t.Helper()
	c.press("C-o")
	c.see(5*time.Second, `preliminary, sent at once:`)
	c.press("C-u") // what the impression proposes
	c.typeText(line)
	c.press("Enter")
	begun := time.Now()
	var texts []string
	eventually(c.t, 10*time.Second, "the preliminary report at the archive", func() bool {
		texts = a.reports(c.t, study)
		return len(texts) == 1
	}, c.screen)
	took := time.Since(begun)
	if !strings.Contains(strings.Join(strings.Fields(texts[0]), " "), line) {
		c.t.Errorf("the archive's preliminary says:\n%s", texts[0])
	}
	if s := a.step(c.t, study); s.state != "IN PROGRESS" {
		c.t.Errorf("the task is %s", s.state)
	}
	return took
}
