package main

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestScenario9TwoReaders: both press Enter on the same case; the one who loses
// reads who has it and since when, and looking never claims.
func TestScenario9TwoReaders(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	a, cases := spawnNight(t, 5)
	gate := newTurnstile(t, a)
	var readers []*console
	names := []string{"WREN", "LARK"}
	for _, name := range names {
		home := nightHome(t, name+"^TINY", gate.base(a.DICOMweb), gate.base(a.UPS))
		readers = append(readers, startConsole(t, nil, home, 110, 30))
	}
	for _, c := range readers {
		c.see(15*time.Second, `▸.*ALDER`)
	}
	readers[0].press("v")
	readers[0].see(5*time.Second, `looking only[\s\S]*READ ONLY · opened with v`)
	if s := a.step(t, cases[0].uid); s.state != "SCHEDULED" {
		t.Errorf("looking claimed: %v", s)
	}
	time.Sleep(150 * time.Millisecond)
	readers[0].press("F5")
	readers[0].see(5*time.Second, `▸.*ALDER`)

	var took []time.Duration
	for i, tc := range cases {
		family := strings.Split(tc.name, "^")[0]
		for _, c := range readers {
			if i > 0 {
				c.press("F5", "Down")
			}
			c.see(5*time.Second, `▸.*`+family)
		}
		took = append(took, bothEnter(t, readers, names))
		if s := a.step(t, tc.uid); s.state != "IN PROGRESS" || !slices.Contains(names, strings.TrimSuffix(s.performer, "^TINY")) {
			t.Errorf("%s: the archive has %v", tc.accession, s)
		}
	}
	slices.Sort(took)
	if median := took[len(took)/2]; median > time.Second {
		t.Errorf("the loser learned it after %v", took)
	}
	t.Logf("%d of %d met at the archive; the loser learned it after %v", gate.met, len(cases), took)
}

// bothEnter presses Enter in both terminals at once and returns how long it took
// until the loser read of the winner.
func bothEnter(t *testing.T, readers []*console, names []string) time.Duration {
	t.Helper()
	begun := time.Now()
	var pressed sync.WaitGroup
	for _, c := range readers {
		pressed.Go(func() { c.press("Enter") })
	}
	pressed.Wait()
	winner, told := -1, time.Duration(0)
	eventually(t, 10*time.Second, "one to win and one to read so", func() bool {
		for i, c := range readers {
			screen, other := c.screen(), names[1-i]
			if winner < 0 && strings.Contains(screen, "READ ONLY · held by "+other+", TINY since ") {
				winner, told = 1-i, time.Since(begun)
			}
		}
		return winner >= 0 && strings.Contains(readers[winner].screen(), "yours since")
	}, readers[0].screen, readers[1].screen)
	if strings.Contains(readers[winner].screen(), "READ ONLY") {
		t.Errorf("the winner reads only:\n%s", readers[winner].screen())
	}
	time.Sleep(150 * time.Millisecond)
	return told
}
