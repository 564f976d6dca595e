package main

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

// ambush is a crossing that stops at one request and lets the test kill who sent
// it. Only the first match is stopped; killed cuts it.
type ambush struct {
	*crossing
	arrived chan struct{}
	killed  chan struct{}
}

// newAmbush stops at the first request that match holds for, before the archive
// sees it or after it was answered.
func newAmbush(t *testing.T, a *archiveProcess, afterwards bool, match func(*http.Request) bool) *ambush {
	b := &ambush{crossing: newCrossing(t, a), arrived: make(chan struct{}), killed: make(chan struct{})}
	var once sync.Once
	stop := func(r *http.Request) bool {
		passes := true
		if match(r) {
			once.Do(func() {
				close(b.arrived)
				<-b.killed
				passes = false
			})
		}
		return passes
	}
	if afterwards {
		b.after = stop
	} else {
		b.before = stop
	}
	return b
}

// kill runs a subcommand until the ambush has it, and ends it there by kill -9.
func (b *ambush) kill(t *testing.T, home string, args ...string) {
	t.Helper()
	cmd := program(t, home, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.arrived:
	case <-time.After(20 * time.Second):
		t.Error("the request never came")
	}
	cmd.Process.Kill()
	cmd.Wait()
	close(b.killed)
}

func tells(r *http.Request) bool { return r.Method == http.MethodPost }

// A claim killed at any of its three moments is on disk and found again: by the
// same command, and meanwhile nobody else gets what the archive granted.
func TestAKilledClaimIsNeverNobodys(t *testing.T) {
	t.Parallel()
	for _, moment := range []struct {
		name    string
		after   bool
		at      func(*http.Request) bool
		written ledger.ClaimState
		archive string
	}{
		{"before the request leaves", false, claims, ledger.Asking, "SCHEDULED"},
		{"before the answer comes", true, claims, ledger.Asking, "IN PROGRESS"},
		{"before the name is told", false, tells, ledger.Held, "IN PROGRESS"},
	} {
		t.Run(moment.name, func(t *testing.T) {
			a, cases := spawnNight(t, 1)
			b := newAmbush(t, a, moment.after, moment.at)
			home := nightHome(t, "WREN^ONE", b.base(a.DICOMweb), b.base(a.UPS))
			other := nightHome(t, "LARK^TWO", a.DICOMweb, a.UPS)
			b.kill(t, home, "claim", "T01")
			c, ok, err := book(t, home).ClaimByStudy(t.Context(), cases[0].uid)
			if err != nil || !ok || c.State != moment.written {
				t.Fatalf("the journal has %v %v", c.State, err)
			}
			if s := a.step(t, cases[0].uid); s.state != moment.archive {
				t.Fatalf("the archive has %v", s)
			}
			if moment.archive == "IN PROGRESS" {
				if out, code := nocturne(t, other, "claim", "T01"); code != exitFailed {
					t.Fatalf("another home took it: %s", out)
				}
			}
			if out, code := nocturne(t, home, "claim", "T01"); code != exitOK {
				t.Fatalf("exit %d after the restart: %s", code, out)
			}
			if s := a.step(t, cases[0].uid); s.state != "IN PROGRESS" || s.performer != "WREN^ONE" {
				t.Errorf("after the restart the archive has %v", s)
			}
			if _, code := nocturne(t, other, "claim", "T01"); code != exitFailed {
				t.Errorf("both hold it")
			}
		})
	}
}

func TestAClaimKilledBeforeItLeftMayBeLostAndSaysToWhom(t *testing.T) {
	a, cases := spawnNight(t, 1)
	b := newAmbush(t, a, false, claims)
	home := nightHome(t, "WREN^ONE", b.base(a.DICOMweb), b.base(a.UPS))
	b.kill(t, home, "claim", "T01")
	if out, code := nocturne(t, nightHome(t, "LARK^TWO", a.DICOMweb, a.UPS), "claim", "T01"); code != exitOK {
		t.Fatalf("exit %d: %s", code, out)
	}
	_, code := nocturne(t, home, "claim", "T01")
	if c, _, _ := book(t, home).ClaimByStudy(t.Context(), cases[0].uid); code != exitFailed || c.State != ledger.Lost {
		t.Errorf("exit %d, the journal has %v", code, c.State)
	}
	if s := a.step(t, cases[0].uid); s.performer != "LARK^TWO" {
		t.Errorf("the archive has %v", s)
	}
}

// The terminal settles by itself what a kill left open, also when the archive was
// away at its start.
func TestTheTerminalResolvesWhatAKillLeftAsking(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	for _, away := range []bool{false, true} {
		store := t.TempDir()
		a, cases := spawnNight(t, 2, "--store", store)
		b := newAmbush(t, a, true, claims)
		home := nightHome(t, "WREN^ONE", b.base(a.DICOMweb), b.base(a.UPS))
		b.kill(t, home, "claim", "T01")
		if away {
			b.before = func(*http.Request) bool { return false }
		}
		c := startConsole(t, nil, home, 100, 30)
		if away {
			c.see(20*time.Second, `NORTH`)
			time.Sleep(1500 * time.Millisecond)
			if s := a.step(t, cases[0].uid); s.performer != "" {
				t.Fatalf("it went around the gate: %v", s)
			}
			b.before = nil
		}
		eventually(t, 25*time.Second, "the claim to become ours", func() bool {
			s := a.step(t, cases[0].uid)
			return s.state == "IN PROGRESS" && s.performer == "WREN^ONE"
		}, c.screen)
		c.see(10*time.Second, `you hold 1`)
	}
}
