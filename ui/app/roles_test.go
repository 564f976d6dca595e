package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

func TestATraineeSignsPreliminaryReportsAndWritesOnOnceTheyAreSent(t *testing.T) {
	n := newNight(t)
	n.m.Room.Trainee = true
	n.read("A1")
	n.toSign("No nodule.")
	for _, want := range []string{"SIGN PRELIMINARY", "an attending makes it final"} {
		if !strings.Contains(n.frame(), want) {
			t.Errorf("the sheet does not say %q:\n%s", want, n.frame())
		}
	}
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature and its line", func() bool { return n.m.open.signed && strings.Contains(n.m.open.page.Report, "F12 takes it back") })
	n.pass(time.Minute)
	n.key("f12")
	n.until("the draft open again", func() bool { return !n.m.open.signed })
	n.key("f3")
	n.write(" Small effusion.")
	n.until("the first version before it", func() bool { return n.m.open.draft.Before != nil && n.m.open.draft.BeforeKind == report.Preliminary })
	n.m.run("correct side")
	n.m.run("coauthor FELLOW^THREE")
	n.says("FELLOW, THREE")
	n.key("f12")
	n.until("the sheet", func() bool { return n.m.page == onSheet })
	if s := n.m.sheet; s.Kind != report.Preliminary || len(n.m.open.draft.Authors) == 0 {
		t.Errorf("%s by %+v", s.Kind, n.m.open.draft.Authors)
	}
}
