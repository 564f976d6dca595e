package app

import (
	"testing"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestF4OnANumberTypedByHandBindsItToTheMarkThatSaysTheSame(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8.2), ruler("A1", "two", 12.3)}})
	n.key("f3")
	n.write("Nodule 8 mm")
	n.key("f4")
	n.says("8 mm is bound to its mark and follows it: 8.2 mm")
	if got := n.section(report.Findings); got != "Nodule 8.2 mm" {
		t.Errorf("reads %q", got)
	}
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 9)}})
	if got := n.section(report.Findings); got != "Nodule 9.0 mm" {
		t.Errorf("does not follow its mark: %q", got)
	}
	n.key("ctrl+z")
	if got := n.section(report.Findings); got != "Nodule 8 mm" {
		t.Errorf("undo gives %q", got)
	}
}

func TestF4BehindANumberThatNoMarkSaysInsertsAsEver(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8.2)}})
	n.key("f3")
	n.write("Was 5 mm")
	n.key("f4")
	if got := n.section(report.Findings); got != "Was 5 mm 8.2 mm" {
		t.Errorf("reads %q", got)
	}
}
