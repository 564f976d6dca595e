package main

import (
	"fmt"
	"testing"
	"time"
)

// TestScenario2InTheWindow: in the middle of a sentence F6 opens the STAT head, its
// four windows come by their keys, and F5 brings back the slice, the window and the
// half sentence.
func TestScenario2InTheWindow(t *testing.T) {
	d, _, c, nodule := chest(t)
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
	c.press("F5")
	begun = time.Now()
	c.see(20*time.Second, `BORIS · ID PH-1002`)
	c.see(20*time.Second, here)
	c.see(5*time.Second, `Half a sen`)
	c.see(5*time.Second, `BACK · you were at .*“Half a sen”.*1st interruption`)
	t.Logf("the STAT's first image %v after F6; back at the slice and sentence %v after F5", first.Round(time.Millisecond), time.Since(begun).Round(time.Millisecond))
}
