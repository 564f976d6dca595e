package app

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
)

func TestACaseThatCannotBeRecordedShowsNothing(t *testing.T) {
	n := newNight(t)
	n.audit.Fail(errors.New("no space left on device"))
	n.key("enter")
	n.until("the case to be closed again", func() bool { return n.m.open == nil && strings.Contains(n.m.status.text, "not opened") })
	n.says("audit log cannot be written")
	n.view.mu.Lock()
	if n.m.page != onList || len(n.view.objects)+len(n.view.drawn) > 0 || n.view.blanked == 0 {
		t.Errorf("the window has %d images and %d previews, blanked %d times", len(n.view.objects), len(n.view.drawn), n.view.blanked)
	}
	n.view.mu.Unlock()
	n.audit.Fail(nil)
	n.pass(time.Second) // keys that were meant for the case
	n.read("A1")
	for _, want := range []audit.Code{audit.InstancesAccessed, audit.ProcedureRecord} {
		if n.audit.Count(want) == 0 {
			t.Errorf("opening and claiming a case records no %s", want.Meaning)
		}
	}
	events := n.audit.Events()
	if !slices.ContainsFunc(events, func(e audit.Event) bool {
		return e.ID == audit.InstancesAccessed && e.Objects[0].ID == n.m.open.row.StudyUID && e.Objects[1].ID == n.m.open.row.PatientID
	}) {
		t.Error("the event does not name the study and its patient")
	}
}
