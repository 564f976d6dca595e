package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/ui/reading"
)

// elsewhereEnv makes this test binary another program of a home, which writes a report.
const elsewhereEnv = "NOCTURNE_TEST_WRITES_IN"

// writeElsewhere holds the draft of the study in the second word at the time in the
// third until its input ends, and says so with a line.
func writeElsewhere() bool {
	args := strings.Fields(os.Getenv(elsewhereEnv))
	if len(args) != 3 {
		return false
	}
	at, err := time.Parse(time.RFC3339, args[2])
	if err != nil {
		panic(err)
	}
	l, err := ledger.Open(args[0], ledgertest.Key)
	if err != nil {
		panic(err)
	}
	defer l.Close()
	h, err := l.HoldDraft(context.Background(), args[1], at)
	if err != nil {
		panic(err)
	}
	fmt.Println("held")
	io.Copy(io.Discard, os.Stdin)
	if err := h.Close(context.Background()); err != nil {
		panic(err)
	}
	return true
}

// anotherProgram is another program of the night's home that writes a study's report from a
// time on, until leave is called.
func (n *night) anotherProgram(study string, at time.Time) (pid int, leave func()) {
	n.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s", elsewhereEnv, n.home, study, at.Format(time.RFC3339)))
	in, err := cmd.StdinPipe()
	if err != nil {
		n.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		n.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		n.Fatal(err)
	}
	leave = func() { in.Close(); cmd.Wait() }
	n.Cleanup(leave)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		n.Fatalf("the other program said %q, %v", line, err)
	}
	return cmd.Process.Pid, leave
}

func TestAReportOpenInAnotherWindowIsReadOnlyUntilThatLeaves(t *testing.T) {
	n := newNight(t)
	pid, leave := n.anotherProgram(uid("A1"), dusk)
	n.key("enter")
	n.until("the case read-only", func() bool { return n.m.open != nil && n.m.open.page.ReadOnly != "" })
	if got, want := n.m.open.page.ReadOnly, fmt.Sprintf("written in another window since 03:12 (process %d)", pid); !strings.Contains(got, want) {
		t.Errorf("it says %q", got)
	}
	if n.m.open.draft != nil || n.m.open.page.Editor != nil {
		t.Error("it can be written in")
	}
	n.pass(time.Second)
	n.key("f12")
	n.says("There is no report to sign")
	leave() // that window is closed
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
	n.anotherProgram(uid("A1"), dusk.Add(2*ledger.LeaseTime)) // ours is over, and we do not know it
	n.pass(time.Minute)
	n.send(clockMsg(n.clock()))
	n.until("the report closed", func() bool { return n.m.open.draft == nil })
	n.says("Another window writes this report now")
}
