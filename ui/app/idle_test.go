package app

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// TestTheIdleLockFiresAfterItsTimeAndNeverDuringACall (N19): keys and work in the window
// are activity, a call or an untold critical result holds it off.
func TestTheIdleLockFiresAfterItsTimeAndNeverDuringACall(t *testing.T) {
	for name, c := range map[string]struct {
		begin, meanwhile func(n *night)
		locks            bool
	}{
		"nothing":               {func(*night) {}, func(*night) {}, true},
		"a key":                 {func(*night) {}, func(n *night) { n.key("f3") }, false},
		"slices in the window":  {func(*night) {}, func(n *night) { n.tells(viewer.Event{Kind: viewer.Viewed, Seen: []viewer.Seen{{SOPUID: "1"}}}) }, false},
		"a prior scrolled":      {func(*night) {}, func(n *night) { n.tells(viewer.Event{Kind: viewer.Touched}) }, false},
		"the window by itself":  {func(*night) {}, func(n *night) { n.tells(viewer.Event{Kind: viewer.Noticed, Text: "x"}) }, true},
		"a telephone call":      {func(n *night) { n.key("ctrl+f") }, func(*night) {}, false},
		"a result not told":     {func(n *night) { n.key("f7"); n.write("x"); n.key("enter", "1", "esc") }, func(*night) {}, false},
		"no lock is configured": {func(n *night) { n.m.LockAfter = 0 }, func(*night) {}, false},
	} {
		n := newNight(t)
		n.m.LockAfter = 5 * time.Minute
		n.read("A1")
		n.do(n.m.everySecond())
		c.begin(n)
		n.pass(4 * time.Minute)
		c.meanwhile(n)
		n.do(n.m.everySecond())
		n.pass(2 * time.Minute)
		n.do(n.m.everySecond())
		if n.m.locked != c.locks {
			t.Errorf("%s: locked %v, want %v", name, n.m.locked, c.locks)
		}
	}
}
