package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
)

// fetched puts a row's images on disk as if they had been fetched ahead.
func (n *night) fetched(accession string) {
	n.Helper()
	if err := n.m.Room.Load(n.Context(), "NORTH", uid(accession), func(reading.Progress) {}); err != nil {
		n.Fatal(err)
	}
}

func TestTheWindowIsToldTheNextCaseOnceItIsHereAndNeverWhileLocked(t *testing.T) {
	n := newNight(t)
	n.fetched("A1")
	n.fetched("B1")
	n.m.Room.CountCached(n.m.snapshot.Rows)
	n.m.list.Set(n.m.snapshot.Rows)
	n.m.list.Select(uid("A1"))
	soon := func(want string) {
		t.Helper()
		n.do(n.m.foresee())
		n.until("the window to be told of "+want, func() bool {
			n.view.mu.Lock()
			defer n.view.mu.Unlock()
			return len(n.view.soon) > 0 && n.view.soon[len(n.view.soon)-1] == want
		})
	}
	soon(fmt.Sprintf("%s %d", uid("A1"), 3))
	if n.m.foresee() != nil {
		t.Error("it is told twice")
	}
	late := n.m.foreseen
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Shown})
	soon(fmt.Sprintf("%s %d", uid("B1"), 3))
	told := len(n.view.soon)
	n.send(foreseenMsg{foreseen: late}) // what was gathered before A1 was opened
	n.key("ctrl+l")
	n.send(foreseenMsg{foreseen: n.m.foreseen})
	n.pass(time.Second)
	if n.m.foresee() != nil || len(n.view.soon) != told {
		t.Error("the window was told of a case too late, or while it is locked")
	}
}
