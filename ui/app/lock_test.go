package app

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

var secrets = []string{"PHANTOM", "ANNA", "P1", "A1", "1954", "cough", "Solid", "ULF", "BERG"}

// TestALockedScreenShowsNothingOfAnyPatient, nor is the window told, whatever
// arrives meanwhile.
func TestALockedScreenShowsNothingOfAnyPatient(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.write("Solid nodule")
	n.key("ctrl+l")
	cases, sites, keys := len(n.view.cases), len(n.view.sites), len(n.view.keys)
	if n.view.blanked == 0 {
		t.Error("the window was not blanked")
	}
	n.arrive("STAT1", "URGENT^ULF")
	n.send(begunMsg{epoch: n.m.open.epoch}) // a late answer to the claim
	n.send(pictureMsg{n.m.open.epoch, []string{"ANNA"}, "graphics"})
	n.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	n.tells(viewer.Event{Kind: viewer.Acted, Action: viewer.CaseNext})
	n.tells(viewer.Event{Kind: viewer.Noticed, Text: "ANNA"})
	n.key("f6", "x", "f12", "f3")
	n.settle(20 * time.Millisecond)
	for _, s := range secrets {
		if strings.Contains(n.m.View(), s) {
			t.Errorf("the terminal shows %s", s)
		}
	}
	told, err := json.Marshal(struct {
		C []viewer.Case
		S []viewer.SiteLine
	}{n.view.cases[cases:], n.view.sites[sites:]})
	if err != nil || len(n.view.cases) > cases || len(n.view.sites) > sites || len(n.view.keys) > keys {
		t.Errorf("the window was told %s %v", told, n.view.keys[keys:])
	}
}

func TestUnlockingBringsTheSameCaseBack(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.until("the images", func() bool { return n.view.has(uid("A1", 1, 3)) })
	at := &viewer.State{Tiles: []viewer.Tile{{SOPUID: uid("A1", 1, 2), StudyUID: uid("A1"), Slice: 1, Slices: 3}}}
	n.tells(viewer.Event{Kind: viewer.Stated, State: at})
	n.key("ctrl+l", "a", "esc")
	if !n.m.locked {
		t.Fatal("any key unlocks")
	}
	n.pass(rest)
	n.key("ctrl+l")
	last := n.view.cases[len(n.view.cases)-1]
	if n.m.locked || last.StudyUID != uid("A1") || last.State != at || !n.view.has(uid("A1", 1, 3)) {
		t.Errorf("locked %v, case %s, state %v", n.m.locked, last.StudyUID, last.State)
	}
	if !strings.Contains(n.frame(), "PHANTOM, ANNA") {
		t.Errorf("the page is\n%s", n.frame())
	}
}

func TestAHeldEnterThatUnlocksDoesNotSign(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.toSign("Solid nodule.")
	n.pass(time.Second)
	n.key("ctrl+l")
	n.pass(rest)
	n.key("enter")
	for range 20 {
		n.pass(40 * time.Millisecond)
		n.key("enter")
	}
	if n.m.locked || n.m.sheet == nil || n.m.sheet.signing {
		t.Errorf("locked %v, sheet %+v", n.m.locked, n.m.sheet)
	}
}
