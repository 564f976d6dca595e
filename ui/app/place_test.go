package app

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// The power goes in the middle of a sentence. The next program has the same slice,
// window, tool and layout, the mark, the half sentence, and F3 goes to the caret in it.
func TestARestartBringsTheReaderBackToTheSameSliceAndLetter(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	left := &viewer.State{Layout: "1x2", Active: 1, Tool: "tool.length", Tiles: []viewer.Tile{
		{StudyUID: uid("A1"), SeriesUID: uid("A1", 1), SOPUID: uid("A1", 1, 3), Slice: 2, Slices: 3, Center: -600, Width: 1500, Zoom: 2.5, PanX: 3}, {StudyUID: uid("A1"), SeriesUID: uid("A1", 1)}}}
	n.tells(viewer.Event{Kind: viewer.Stated, State: left})
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8)}})
	n.key("f3", "tab")
	n.write("No nodu")
	n.key("left", "left")
	n.pass(time.Second)
	n.do(n.m.everySecond())
	n.until("all on disk", func() bool {
		p := n.m.Room.LeftOff(n.Context(), uid("A1"))
		return n.stored(uid("A1"), report.Impression) == "No nodu" && p != nil && p.Tiles[0].Slice == 2
	})
	if err := n.m.Room.Journal.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.stop()
	n.view = &window{events: make(chan viewer.Event, 64)}
	n.start()
	n.until("the list", func() bool { return len(n.m.snapshot.Rows) == 3 && n.m.view != nil && !n.m.settling })
	n.read("A1")
	n.view.mu.Lock()
	last := n.view.cases[len(n.view.cases)-1]
	n.view.mu.Unlock()
	want, _ := json.Marshal(left)
	if got, _ := json.Marshal(last.State); string(got) != string(want) || len(last.Marks) != 1 {
		t.Errorf("the window got %s and %d marks, want %s", got, len(last.Marks), want)
	}
	if n.m.open.page.Typing {
		t.Error("a restart took the keys (N3)")
	}
	n.key("f3", "x")
	if got := n.section(report.Impression); got != "No noxdu" {
		t.Errorf("the caret is elsewhere: %q", got)
	}
}

// A window that was started again has no image on screen yet, and a caret moves meanwhile:
// the power may go just then.
func TestAnEmptyWindowIsNoPlaceToComeBackTo(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	at := &viewer.State{Tiles: []viewer.Tile{{StudyUID: uid("A1"), SeriesUID: uid("A1", 1), SOPUID: uid("A1", 1, 2), Slice: 1, Slices: 3}}}
	kept := func() *viewer.State {
		if err := n.m.Room.Journal.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		return n.m.Room.LeftOff(n.Context(), uid("A1"))
	}
	n.tells(viewer.Event{Kind: viewer.Stated, State: at})
	n.key("f3", "tab")
	n.write("No nodu")
	n.pass(time.Second)
	n.do(n.m.everySecond())
	if s := kept(); s == nil || s.Tiles[0].Slice != 1 {
		t.Fatalf("on disk %+v", s)
	}
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{}})
	n.write("le")
	n.pass(time.Second)
	n.do(n.m.everySecond())
	if s := kept(); s == nil || len(s.Tiles) == 0 || s.Tiles[0].Slice != 1 {
		t.Errorf("the slice is lost: %+v", s)
	}
}

func TestACaseThatWasPutAsideIsTakenUpByF5AfterARestart(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f5")
	n.until("the worklist to know", func() bool {
		n.do(n.m.pollOnce())
		n.settle(30 * time.Millisecond)
		for _, r := range n.m.snapshot.Rows {
			if r.Accession == "A1" && r.Mine && r.State == "aside" {
				return true
			}
		}
		return false
	})
	n.stop()
	n.view = &window{events: make(chan viewer.Event, 64)}
	n.start()
	n.until("the list", func() bool { return len(n.m.aside) == 1 && n.m.view != nil && !n.m.settling })
	n.pass(time.Second)
	n.key("f5")
	n.ready("A1")
}

func TestAPlaceInAFormOfTheFutureBeginsAfresh(t *testing.T) {
	n := newNight(t)
	for body, kept := range map[string]bool{
		`{"form":2,"layout":"1x1","tiles":[{"series_uid":"1"}]}`: false,
		`{"layout":"1x1","tiles":[{"series_uid":"1"}]}`:          true, // of a program before forms
		`{"form":1,"desk":{"section":"findings","after":3}}`:     false,
		`{"form":`: false,
	} {
		if err := n.led.SaveCapsule(t.Context(), ledger.Capsule{StudyUID: "9.9", Body: []byte(body)}); err != nil {
			t.Fatal(err)
		}
		if s := n.m.Room.LeftOff(t.Context(), "9.9"); (s != nil) != kept {
			t.Errorf("%s: %+v", body, s)
		}
	}
	n.m.Room.KeepPlace("9.9", reading.Place{Desk: reading.Desk{Section: "findings", After: 3}})
	if err := n.m.Room.Journal.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := n.m.Room.LeftOff(t.Context(), "9.9"); s != nil {
		t.Errorf("a place without images: %+v", s)
	}
}
