package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// The status line says "saved" of nothing that the disk did not take yet.
func TestADraftIsCalledSavedOnceTheDiskTookIt(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.until("the draft on disk", func() bool { return strings.HasPrefix(n.m.open.page.Report, "draft · saved ") })
	said := n.m.open.page.Report
	n.pass(65 * time.Second)
	slow := make(chan struct{})
	n.m.Room.Journal.Put("", func(context.Context) error { <-slow; return nil })
	n.key("f3")
	n.write("No nodule.")
	n.until("the draft handed to the journal", func() bool { return !n.m.open.saving && !n.m.open.dirty })
	n.settle(30 * time.Millisecond)
	if n.m.open.page.Report != said {
		t.Errorf("the disk took nothing since, and the line says %q, %q before", n.m.open.page.Report, said)
	}
	close(slow)
	n.until("it said to be saved", func() bool { return n.m.open.page.Report != said })
	if got := n.stored(uid("A1"), report.Findings); got != "No nodule." {
		t.Errorf("saved is %q", got)
	}
}
