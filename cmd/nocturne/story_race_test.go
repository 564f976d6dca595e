package main

import (
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

// turnstile is a crossing at which two claims of one workitem wait for each
// other, so that the archive gets both within a millisecond or so.
type turnstile struct {
	*crossing
	mu      sync.Mutex // guards the rest
	waiting map[string]chan struct{}
	met     int
}

func newTurnstile(t *testing.T, a *archiveProcess) *turnstile {
	g := &turnstile{crossing: newCrossing(t, a), waiting: map[string]chan struct{}{}}
	g.before = func(r *http.Request) bool {
		if claims(r) {
			g.pass(path.Dir(r.URL.Path))
		}
		return true
	}
	return g
}

// pass waits for a second claim of the workitem, for two seconds at most.
func (g *turnstile) pass(workitem string) {
	g.mu.Lock()
	other, ok := g.waiting[workitem]
	if ok {
		g.met++
		delete(g.waiting, workitem)
		close(other)
	} else {
		other = make(chan struct{})
		g.waiting[workitem] = other
	}
	g.mu.Unlock()
	select {
	case <-other:
	case <-time.After(2 * time.Second):
	}
}

// claimant is one process that claims a case.
type claimant struct {
	out, errs strings.Builder
	code      int
	answer    claimAnswer
}

// race lets each home claim the case at the same time.
func race(t *testing.T, accession string, homes ...string) []*claimant {
	t.Helper()
	all := make([]*claimant, len(homes))
	var done sync.WaitGroup
	for i, home := range homes {
		c := &claimant{}
		all[i] = c
		cmd := program(t, home, "claim", accession, "--json")
		cmd.Stdout, cmd.Stderr = &c.out, &c.errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done.Go(func() {
			cmd.Wait()
			c.code = cmd.ProcessState.ExitCode()
		})
	}
	done.Wait()
	for _, c := range all {
		if err := json.Unmarshal([]byte(c.out.String()), &c.answer); err != nil {
			t.Fatalf("%s: %q %s", accession, c.out.String(), c.errs.String())
		}
	}
	return all
}

// races is how many cases are raced for.
const races = 50

func TestTwoHomesRaceForOneCaseAndOneWins(t *testing.T) {
	t.Parallel()
	a, cases := spawnNight(t, races)
	gate := newTurnstile(t, a)
	names := map[string]string{}
	var homes []string
	for _, reader := range []string{"WREN^ONE", "LARK^TWO"} {
		home := nightHome(t, reader, gate.base(a.DICOMweb), gate.base(a.UPS))
		homes, names[home] = append(homes, home), reader
	}
	books := []*ledger.Ledger{book(t, homes[0]), book(t, homes[1])}
	won := [2]int{}
	for _, c := range cases {
		both := race(t, c.accession, homes...)
		w := 0
		if both[1].code == exitOK {
			w = 1
		}
		winner, loser := both[w], both[1-w]
		won[w]++
		if winner.code != exitOK || loser.code != exitFailed || !winner.answer.Claimed || loser.answer.Claimed {
			t.Fatalf("%s: exits %d and %d\n%s%s", c.accession, both[0].code, both[1].code, both[0].errs.String(), both[1].errs.String())
		}
		name := names[homes[w]]
		if loser.answer.ClaimedBy == nil || *loser.answer.ClaimedBy != name || !strings.Contains(loser.errs.String(), strings.Split(name, "^")[0]) || loser.answer.Since == "" {
			t.Errorf("%s: %s won, the loser says %s%s", c.accession, name, loser.out.String(), loser.errs.String())
		}
		held, ok, err := books[w].ClaimByStudy(t.Context(), c.uid)
		if err != nil || !ok || held.State != ledger.Held {
			t.Errorf("%s: the winner's journal has %v %v", c.accession, held.State, err)
		}
		if lost, ok, _ := books[1-w].ClaimByStudy(t.Context(), c.uid); ok && !lost.State.Ended() {
			t.Errorf("%s: the loser's journal has %v", c.accession, lost.State)
		}
		if s := a.step(t, c.uid); s.state != "IN PROGRESS" || s.performer != name {
			t.Errorf("%s: the archive has %v", c.accession, s)
		}
	}
	if gate.met != len(cases) {
		t.Errorf("only %d of %d races met at the archive", gate.met, len(cases))
	}
	t.Logf("%d races: %d and %d won", len(cases), won[0], won[1])
}

func TestTwoProgramsOfOneHomeShareOneClaim(t *testing.T) {
	t.Parallel()
	a, cases := spawnNight(t, races/5)
	gate := newTurnstile(t, a)
	home := nightHome(t, "WREN^ONE", gate.base(a.DICOMweb), gate.base(a.UPS))
	l := book(t, home)
	for _, c := range cases {
		for _, p := range race(t, c.accession, home, home) {
			if p.code != exitOK || !p.answer.Claimed {
				t.Fatalf("%s: exit %d: %s%s", c.accession, p.code, p.out.String(), p.errs.String())
			}
		}
		held, ok, err := l.ClaimByStudy(t.Context(), c.uid)
		if err != nil || !ok || held.State != ledger.Held {
			t.Errorf("%s: the journal has %v %v", c.accession, held.State, err)
		}
		if s := a.step(t, c.uid); s.state != "IN PROGRESS" || s.performer != "WREN^ONE" {
			t.Errorf("%s: the archive has %v", c.accession, s)
		}
	}
	t.Logf("%d of %d met at the archive", gate.met, len(cases))
}
