package app

import (
	"slices"
	"testing"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestAKeyImageInTheTextOpensItsSliceAndWindow(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	key := viewer.Mark{ID: "2.25.77", Kind: viewer.KeyImageMark, StudyUID: uid("A1"), SeriesUID: uid("A1", 1), SOPUID: uid("A1", 1, 3), Slice: 3,
		Values: []viewer.Value{{Name: "window width", Number: 1500}, {Name: "window center", Number: -600}}}
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{key}})
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Selected: key.ID}})
	n.key("f3", "f4")
	if got := n.section(report.Findings); got != "key image 3" {
		t.Fatalf("reads %q", got)
	}
	n.key("ctrl+e")
	want := []viewer.Action{viewer.ImageGo.WithText(uid("A1", 1, 3) + " 0 2.25.77"), viewer.WindowSet(1500, -600)}
	n.until("the image", func() bool {
		n.view.mu.Lock()
		defer n.view.mu.Unlock()
		return len(n.view.did) >= 2 && slices.Equal(n.view.did[len(n.view.did)-2:], want)
	})
	if !n.m.open.page.Typing {
		t.Error("the keys left the report")
	}
	n.key("left")
	n.write("x")
	n.key("home")
	n.write("y")
	n.key("home", "ctrl+e")
	n.says("No measurement or key image")
}
