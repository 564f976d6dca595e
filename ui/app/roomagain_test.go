package app

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/fetch"
)

// A full disk stops the images, not the reading: what is typed is kept, the pane says
// why, and when there is room again the rest comes without a key.
func TestFetchingStopsAtAFullDiskAndGoesOnByItself(t *testing.T) {
	n := newNight(t)
	var free atomic.Int64
	free.Store(1 << 20)
	asked := func() (int64, error) { return free.Load(), nil }
	n.m.Room.Shelf.Free = asked
	n.m.Room.Fetch = &fetch.Engine{Store: reading.Spared{Store: n.m.Room.Store, Free: asked}}
	for _, r := range n.m.snapshot.Rows {
		if r.Accession == "A1" {
			n.m.list.Select(r.StudyUID)
		}
	}
	n.key("enter")
	n.until("the disk to be found full", func() bool {
		c := n.m.open
		return c != nil && c.begun && c.draft != nil && len(c.stopped.studies) > 0 && strings.Contains(n.frame(), "disk")
	})
	if c := n.m.open.page.Loading[0]; c.Have != 0 || !strings.Contains(c.Err, "they come by themselves then") {
		t.Errorf("%+v", c)
	}
	n.pass(time.Second)
	n.key("f3")
	n.write("Seen on paper.")
	n.until("the draft on disk", func() bool { return n.stored(uid("A1"), "findings") == "Seen on paper." })
	for range 3 {
		n.pass(4 * time.Second)
		n.do(n.m.everySecond())
		n.settle(30 * time.Millisecond)
	}
	if have := len(n.m.Room.Objects(uid("A1"))); have != 0 {
		t.Fatalf("%d images were taken from what drafts need", have)
	}
	free.Store(1 << 40)
	n.pass(4 * time.Second)
	n.do(n.m.everySecond())
	n.until("the images", func() bool { return len(n.m.Room.Objects(uid("A1"))) == 3 && n.view.has(uid("A1", 1, 3)) })
}
