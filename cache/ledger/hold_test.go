package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
)

// childHolds is the environment variable that makes the test binary the other program.
const childHolds = "LEDGER_HOLD"

// childTakesDraft takes the draft, says so and waits to be ended.
func childTakesDraft(dir string) {
	l, err := Open(dir, ledgertest.Key)
	if err == nil {
		_, err = l.HoldDraft(context.Background(), "1.2", time.Now())
	}
	fmt.Println(err)
	time.Sleep(time.Minute)
}

func TestTheSecondProgramLearnsWhoWritesTheDraft(t *testing.T) {
	dir := t.TempDir()
	l, ctx := open(t, dir), t.Context()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), childHolds+"="+dir)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 64)
	n, _ := out.Read(said)
	if got := strings.TrimSpace(string(said[:n])); got != "<nil>" {
		t.Fatalf("the other program: %s", got)
	}
	var held *HeldError
	if _, err := l.HoldDraft(ctx, "1.2", time.Now()); !errors.As(err, &held) || held.PID != other.Process.Pid {
		t.Errorf("got %v", err)
	} else if !strings.Contains(err.Error(), fmt.Sprint(other.Process.Pid)) {
		t.Errorf("it says %q", err)
	}
	if _, err := l.HoldDraft(ctx, "1.3", time.Now()); err != nil {
		t.Errorf("another study's draft: %v", err)
	}
	other.Process.Kill()
	for !ended(other.Process.Pid) && runtime.GOOS == "linux" { // killed, and nobody waited for it yet
		time.Sleep(time.Millisecond)
	}
	h, err := l.HoldDraft(ctx, "1.2", time.Now())
	other.Wait()
	if err != nil {
		t.Fatalf("after the other program was killed: %v", err)
	}
	again, err := l.HoldDraft(ctx, "1.2", time.Now())
	if err != nil {
		t.Fatalf("the same program: %v", err)
	}
	if err := h.Renew(ctx, time.Now()); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("the hold before: %v", err)
	}
	if err := errors.Join(h.Close(ctx), again.Renew(ctx, time.Now()), again.Close(ctx)); err != nil {
		t.Error(err)
	}
}

func TestAHoldOfAnotherMachineEndsWithItsTime(t *testing.T) {
	l, ctx, now := open(t, t.TempDir()), t.Context(), time.Now()
	_, err := l.db.Exec(`INSERT INTO lock VALUES (?,?,?,?)`, holdName("1.2"), "elsewhere 12 abc", nanos(now), nanos(now.Add(LeaseTime)))
	must(t, err)
	var held *HeldError
	if _, err := l.HoldDraft(ctx, "1.2", now); !errors.As(err, &held) || held.Host != "elsewhere" {
		t.Errorf("got %v", err)
	}
	if _, err := l.HoldDraft(ctx, "1.2", now.Add(LeaseTime+time.Second)); err != nil {
		t.Errorf("after its time: %v", err)
	}
}
