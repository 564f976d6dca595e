package app

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// named is a ruler with a lesion's name on a study of the case.
func named(study, id, name string, mm float64, prior bool) viewer.Mark {
	k := ruler(study, id, mm)
	k.Label, k.Prior = name, prior
	return k
}

func (n *night) openLesions() {
	n.Helper()
	n.send(tea.KeyMsg{Type: tea.KeyCtrlR})
	n.until("the lesions", func() bool { return n.m.open.lesions != nil && n.m.open.lesions.Listed })
}

func TestLesionsAreFollowedKeptAndInsertedWithLiveNumbers(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	prior := ""
	for _, s := range n.m.open.studies {
		if s.Prior {
			prior = s.UID
		}
	}
	if prior == "" {
		t.Fatal("the case has no prior")
	}
	old := named("A1", "old", "RUL nodule", 20, true)
	old.StudyUID = prior
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{named("A1", "new", "rul nodule", 26, false), old}})
	n.key("f3")
	n.openLesions()
	n.key("t")
	if got := n.frame(); !strings.Contains(got, "targets PD. PD") || !strings.Contains(got, "+6.0 mm, +30 %") {
		t.Fatalf("not followed:\n%s", got)
	}
	n.key("i")
	got := n.section(report.Findings)
	if !strings.HasPrefix(got, "RUL nodule (target)") && !strings.HasPrefix(got, "rul nodule (target)") || !strings.Contains(got, "(prior, ") || !strings.Contains(got, "targets PD. PD (RECIST 1.1).") {
		t.Errorf("inserted:\n%s", got)
	}
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{named("A1", "new", "rul nodule", 28, false)}})
	if got := n.section(report.Findings); !strings.Contains(got, "28.0 mm") || !strings.Contains(got, "+8.0 mm, +40 %") {
		t.Errorf("the table does not follow:\n%s", got)
	}
	n.key("ctrl+z", "ctrl+z")
	if got := n.section(report.Findings); got != "" {
		t.Errorf("undo leaves %q", got)
	}
	n.openLesions()
	n.key("c")
	if got := n.section(report.Findings); !strings.Contains(got, ": 28.0 mm, previously 20.0 mm (prior") || !strings.HasSuffix(got, "+8.0 mm, +40 %.") {
		t.Errorf("as a sentence: %q", got)
	}
	n.key("f3")
	n.tells(viewer.Event{Kind: viewer.Edited, Deleted: []string{"old", "new"}})
	n.openLesions()
	if l := n.m.open.lesions; len(l.Lesions) != 1 || !l.Lesions[0].Target || len(l.Lesions[0].Points) != 2 {
		t.Errorf("what was kept of it is %+v", l.Lesions)
	}
}

func TestEnterOnALesionGoesToItsImage(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{named("A1", "new", "RUL", 26, false)}})
	n.openLesions()
	n.key("enter")
	did := n.view.did
	if len(did) == 0 || !strings.Contains(string(did[len(did)-1]), "new") {
		t.Fatalf("the window was told %v", did)
	}
	if name, text, ok := did[len(did)-1].Text(); !ok || name != viewer.ImageGo || len(strings.Fields(text)) != 3 {
		t.Errorf("told %q", text)
	}
	if n.m.page != onCase {
		t.Error("the page stays over the images")
	}
}

func TestALesionWithoutANameIsAskedFor(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "one", 8)}})
	n.openLesions()
	if got := n.frame(); !strings.Contains(got, ":name") || !strings.Contains(got, "1 measurement(s) of this study have no name") {
		t.Errorf("%s", got)
	}
	n.key("esc")
	if n.m.page != onCase {
		t.Error("Esc stays")
	}
}

func TestThePageOfLesionsFollowsTheMarksUnderIt(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.openLesions()
	n.tells(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{named("A1", "new", "RUL nodule", 26, false)}})
	shows := func() bool { return strings.Contains(n.frame(), "RUL nodule") }
	n.until("the mark that was named while the page is open", shows)
	n.send(lesionsMsg{epoch: n.m.open.epoch, asked: 1}) // what was read before comes late
	if !shows() {
		t.Errorf("an older answer took its place:\n%s", n.frame())
	}
}
