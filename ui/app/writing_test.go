package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
)

func TestAReportOpenInAnotherWindowIsReadOnlyUntilThatLeaves(t *testing.T) {
	n := newNight(t)
	held := ledger.Record{ID: "writing " + uid("A1"), Kind: "writing", StudyUID: uid("A1"), At: dusk, Due: dusk.Add(time.Hour), Body: []byte("ward-pc 4711 x")}
	if err := n.led.PutRecord(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	n.key("enter")
	n.until("the case read-only", func() bool { return n.m.open != nil && n.m.open.page.ReadOnly != "" })
	if got, want := n.m.open.page.ReadOnly, "written in another window since 03:12 (process 4711 on ward-pc)"; !strings.Contains(got, want) {
		t.Errorf("it says %q", got)
	}
	if n.m.open.draft != nil || n.m.open.page.Editor != nil {
		t.Error("it can be written in")
	}
	n.pass(time.Second)
	n.key("f12")
	n.says("There is no report to sign")
	held.Due = dusk // that window is closed
	if err := n.led.PutRecord(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	n.pass(reading.RenewEvery + time.Second)
	n.send(clockMsg(n.clock()))
	n.until("the report open", func() bool { return n.m.open.draft != nil })
	n.says("it can be written here now")
}

func TestAReportTakenOverWhileThisWindowSleptIsNotWrittenOn(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.write("Before sleep.")
	n.until("it on disk", func() bool { return n.stored(uid("A1"), "findings") == "Before sleep." })
	if err := n.led.PutRecord(t.Context(), ledger.Record{ID: "writing " + uid("A1"), Kind: "writing", StudyUID: uid("A1"),
		At: dusk, Due: dusk.Add(time.Hour), Body: []byte("ward-pc 4711 x")}); err != nil {
		t.Fatal(err)
	}
	n.pass(time.Minute)
	n.send(clockMsg(n.clock()))
	n.until("the report closed", func() bool { return n.m.open.draft == nil })
	n.says("Another window writes this report now")
}
