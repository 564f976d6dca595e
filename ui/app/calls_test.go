package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// atWork is a case with images on screen and a half sentence, the caret inside it.
func atWork(t *testing.T) *night {
	t.Helper()
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Tool: "tool.length", Unseen: 2, UnseenIn: []string{"Se 1: 2 of 3 not seen: 1, 3"},
		Tiles: []viewer.Tile{{SOPUID: uid("A1", 1, 2), SeriesUID: uid("A1", 1), StudyUID: uid("A1"), Slice: 1, Slices: 3, Width: 1500, Center: -600}}}})
	n.key("f3")
	n.write("Solid nodule in the right upper lobe measuring")
	n.key("left", "left", "left", "left", "left", "left", "left", "left", "left")
	return n
}

// back wants the case as it was: slice, window, tool, half sentence, caret, keys.
func (n *night) back(caret int) {
	n.Helper()
	n.until("the strip", func() bool { return n.m.open != nil && n.m.open.row.Accession == "A1" && n.m.interruptions.back != "" })
	last := n.view.cases[len(n.view.cases)-1]
	key, at := n.m.open.page.Editor.At()
	if key != "findings" || at != caret || !n.m.open.page.Typing || n.section(report.Findings) != "Solid nodule in the right upper lobe measuring" {
		n.Errorf("caret %s %d, typing %v, %q", key, at, n.m.open.page.Typing, n.section(report.Findings))
	}
	if s := last.State; last.StudyUID != uid("A1") || s == nil || s.Tool != "tool.length" || s.Tiles[0].SOPUID != uid("A1", 1, 2) || s.Tiles[0].Width != 1500 {
		n.Errorf("the window was given %+v", s)
	}
}

// TestOneKeyFreezesTheCaseForACallAndBringsItBack, although the reader looked at
// another slice and another case meanwhile.
func TestOneKeyFreezesTheCaseForACallAndBringsItBack(t *testing.T) {
	for name, meanwhile := range map[string]func(n *night){
		"nothing": func(*night) {},
		"another slice and section": func(n *night) {
			n.tells(viewer.Event{Kind: viewer.Stated, State: &viewer.State{Tiles: []viewer.Tile{{SOPUID: uid("A1", 1, 3), SeriesUID: uid("A1", 1), StudyUID: uid("A1"), Slice: 2, Slices: 3}}}})
			n.key("tab", "f3")
		},
		"another case": func(n *night) { n.key("f5"); n.read("B1") },
		"the list":     func(n *night) { n.key("f5") },
	} {
		t.Run(name, func(t *testing.T) {
			n := atWork(t)
			n.key("ctrl+f")
			n.m.run("call Dr Kern about an MRI")
			if !strings.Contains(n.frame(), "ON THE TELEPHONE 0:00 · Dr Kern · an MRI") || !n.m.callRuns() {
				t.Errorf("the call is not on\n%s", n.frame())
			}
			meanwhile(n)
			n.pass(4 * time.Minute)
			n.key("ctrl+f")
			n.back(37)
			for _, words := range []string{"Se 1 Im 2/3", "“Solid nodule in the right upper lobe”", "2 of this series unseen", "1st interruption within the hour"} {
				if !strings.Contains(n.m.interruptions.back, words) {
					t.Errorf("%q is not in %q", words, n.m.interruptions.back)
				}
			}
			if !strings.Contains(n.frame(), "BACK · you were at Se 1 Im 2/3") {
				t.Errorf("the strip is not on\n%s", n.frame())
			}
			n.m.Room.Journal.Wait(t.Context())
			calls, err := n.m.Room.Calls(t.Context(), dusk)
			if err != nil || len(calls) != 1 || calls[0].Minutes() != 4 || calls[0].Who != "Dr Kern" || calls[0].Cause != reading.ByPhone || calls[0].Accession != "A1" {
				t.Errorf("%v, the log has %+v", err, calls)
			}
		})
	}
}

func TestTheStripOfAReturnStaysTwentySecondsOrUntilAKey(t *testing.T) {
	for name, end := range map[string]func(n *night){"time": func(n *night) { n.pass(21 * time.Second) }, "a key": func(n *night) { n.key("x") }} {
		n := atWork(t)
		n.key("f6")
		n.ready("B1")
		n.key("f5")
		n.back(37)
		n.pass(19 * time.Second)
		if !strings.Contains(n.frame(), "BACK ·") {
			t.Errorf("after 19 s the strip is gone")
		}
		if end(n); strings.Contains(n.frame(), "BACK ·") {
			t.Errorf("%s: the strip is still on", name)
		}
	}
}

// TestInterruptionsAreCountedWithinTheHourAlsoThroughARestart: calls and cases that
// came between.
func TestInterruptionsAreCountedWithinTheHourAlsoThroughARestart(t *testing.T) {
	n := atWork(t)
	n.key("f6")
	n.ready("B1")
	n.key("f5")
	n.back(37)
	n.pass(40 * time.Minute)
	n.key("ctrl+f")
	n.pass(time.Minute)
	n.key("ctrl+f")
	n.back(37)
	if !strings.Contains(n.m.interruptions.back, "2nd interruption within the hour: look once more") {
		t.Errorf("said %q", n.m.interruptions.back)
	}
	n.m.Close()
	n.led.Close()
	n.pass(25 * time.Minute)
	n.start()
	n.until("the calls of before", func() bool { return len(n.m.interruptions.starts) > 0 && len(n.m.snapshot.Rows) == 3 && !n.m.settling })
	if got := n.m.lastHour(); got != 1 {
		t.Errorf("%d within the hour, want the call alone", got)
	}
	n.m.run("calls")
	n.do(n.m.openCalls())
	n.until("the log", func() bool { return n.m.page == onLines })
	for _, words := range []string{"1 min · telephone · during acc A1", "another case · during acc A1"} {
		if !strings.Contains(n.frame(), words) {
			t.Errorf("%q is not in\n%s", words, n.frame())
		}
	}
	n.key("esc")
	if n.m.page != onList {
		t.Errorf("Esc leads to page %v", n.m.page)
	}
}

func TestFramesOfACallAndOfTheReturn(t *testing.T) {
	n := atWork(t)
	n.key("ctrl+f")
	n.m.run("call Dr Kern about an MRI")
	n.pass(2*time.Minute + 5*time.Second)
	top := func(want string) {
		t.Helper()
		for _, size := range sizes {
			n.m.width, n.m.height = size[0], size[1]
			n.exact(want, size)
			if row, _, _ := strings.Cut(n.frame(), "\n"); !strings.Contains(row, want) {
				t.Errorf("at %v the first row is %q", size, row)
			}
		}
	}
	top("ON THE TELEPHONE 2:05 · Dr Kern")
	top("Ctrl+F goes back to acc A1")
	n.key("ctrl+f")
	n.back(37)
	top("BACK · you were at Se 1 Im 2/3 · last words")
}
