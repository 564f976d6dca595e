package main

import (
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// TestASilentSiteHoldsNoCaseUp: the archive stops while the list is on screen. A
// case of one's own opens for writing, another one read-only, each within two
// seconds; when the archive goes on, what was asked is answered.
func TestASilentSiteHoldsNoCaseUp(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	a, cases := spawnNight(t, 2)
	home := a.ownHome(t)
	l := book(t, home)
	if _, code := nocturne(t, home, "pull", "--assigned"); code != exitOK {
		t.Fatal("pull")
	}
	c := startConsole(t, nil, home, 100, 30)
	c.openOurs("alder")
	c.press("F5")
	c.see(5*time.Second, `▸.*ALDER.*(aside|held)`)
	a.signal(syscall.SIGSTOP)
	begun := time.Now()
	c.press("Enter")
	c.see(5*time.Second, `yours since .*, NORTH not answering`)
	own := time.Since(begun)
	c.see(5*time.Second, `Im 1/3`)
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT`)
	c.typeText("Written in silence.")
	eventually(t, 3*time.Second, "the sentence on disk", func() bool { return onDisk(t, l, cases[0].uid, report.Findings) == "Written in silence." }, c.screen)

	begun = time.Now()
	c.press("F6")
	c.see(5*time.Second, `BIRCH[\s\S]*READ ONLY · NORTH is silent: only the server can give it; v looks`)
	other := time.Since(begun)
	if own > 2*time.Second || other > 2*time.Second {
		t.Errorf("opened after %v and %v", own, other)
	}
	a.signal(syscall.SIGCONT)
	c.see(15*time.Second, `BIRCH[\s\S]*yours since \d\d:\d\d \S+\s`)
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT[\s\S]*FINDINGS`)
	if s := a.step(t, cases[1].uid); s.state != "IN PROGRESS" || s.performer != "READER^DEMO" {
		t.Errorf("the archive has %v", s)
	}
	t.Logf("one's own case opened in %v, another in %v", own.Round(time.Millisecond), other.Round(time.Millisecond))
}

// TestASignedReportIsFrozenUntilItIsTakenBack: within the recall window the case
// is opened again; nothing can be typed, F12 takes back this report and no other.
func TestASignedReportIsFrozenUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	a, cases := spawnNight(t, 2)
	home := a.ownHome(t)
	l := book(t, home)
	c := startConsole(t, nil, home, 100, 30)
	for _, family := range []string{"alder", "birch"} {
		c.openOurs(family)
		c.see(10*time.Second, `3/3`)
		c.press("F3", "Tab")
		c.typeText("Normal.")
		c.press("F12")
		c.see(5*time.Second, `Enter signs as`)
		time.Sleep(450 * time.Millisecond)
		c.press("Enter")
		c.see(5*time.Second, `signed · sent in \d+ s`)
		c.press("F5")
		c.see(5*time.Second, `2 cases`)
		c.press("Escape") // the filter
		c.see(5*time.Second, `ALDER[\s\S]*BIRCH|BIRCH[\s\S]*ALDER`)
	}
	c.openOurs("alder")
	c.see(5*time.Second, `signed · sent in \d+ s · F12 takes it back`)
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT`)
	c.typeText("Not this.")
	c.press("F12")
	c.see(5*time.Second, `Taken back`)
	rows, err := l.Outbox(t.Context())
	if err != nil || len(rows) != 1 || rows[0].StudyUID != cases[1].uid {
		t.Fatalf("the outbox has %v %v", rows, err)
	}
	c.see(5*time.Second, `REPORT · draft`)
	c.press("Tab")
	c.typeText(" Really.")
	eventually(t, 5*time.Second, "the draft to be written again", func() bool { return onDisk(t, l, cases[0].uid, report.Impression) == "Normal. Really." }, c.screen)
}
