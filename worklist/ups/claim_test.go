package ups

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var ctx = context.Background()

func TestAClaimIsOnDiskBeforeTheRequestLeaves(t *testing.T) {
	l, s := home(t), newServer()
	s.fault = func(n int, after bool) error {
		c, ok, err := l.Claim(ctx, "1.7")
		if err != nil || !ok || n == 1 && c.State != ledger.Asking {
			t.Errorf("call %d: the ledger has %+v, %v, %v", n, c, ok, err)
		}
		return nil
	}
	r, err := reader(l, s, "READER^ONE").Claim(ctx, offered())
	if err != nil || r.Lock != Taken || r.Claim.State != ledger.Held {
		t.Fatalf("Claim = %+v, %v", r, err)
	}
	if it := s.items["1.7"]; it.state != pacs.InProgress || string(it.txn) != r.Claim.TransactionUID || !dicom.ValidUID(string(it.txn)) {
		t.Fatalf("the server has %+v", it)
	}
	w, _ := s.RetrieveWorkitem(ctx, "1.7")
	if w.Performer != "READER^ONE" || !w.Since.Equal(t0) || w.Progress != "reading" {
		t.Fatalf("others see %q since %v, %q", w.Performer, w.Since, w.Progress)
	}
}

func TestClaimingAgainIsSuccess(t *testing.T) {
	l, s := home(t), newServer()
	p := reader(l, s, "READER^ONE")
	first, err := p.Claim(ctx, offered())
	must(t, err)
	again, err := p.Claim(ctx, offered())
	if err != nil || again.Lock != Already || again.Claim.TransactionUID != first.Claim.TransactionUID {
		t.Fatalf("Claim again = %+v, %v", again, err)
	}
	s.fault = func(int, bool) error { return errLink }
	again, err = p.Claim(ctx, offered())
	if err != nil || again.Lock != Already || again.Notice == "" {
		t.Fatalf("Claim again without a link = %+v, %v", again, err)
	}
}

func TestTheSameNameInAnotherHomeIsAnotherReader(t *testing.T) {
	s := newServer()
	_, err := reader(home(t), s, "READER^ONE").Claim(ctx, offered())
	must(t, err)
	l := home(t)
	_, err = reader(l, s, "READER^ONE").Claim(ctx, offered())
	var held *HeldError
	if !errors.As(err, &held) || held.Performer != "READER^ONE" || !held.Since.Equal(t0) {
		t.Fatalf("Claim = %v (%+v)", err, held)
	}
	if c, _, _ := l.Claim(ctx, "1.7"); c.State != ledger.Lost {
		t.Fatalf("the loser's ledger says %s", c.State)
	}
}

func TestOfFiftyRacesEachHasOneWinnerAndALoserWhoKnowsWhom(t *testing.T) {
	a, b := home(t), home(t)
	for round := range 50 {
		s := newServer()
		uid := dicom.UID(fmt.Sprintf("1.7.%d", round))
		s.items[uid] = s.items["1.7"]
		w := offered()
		w.UID = uid
		var wg sync.WaitGroup
		var results [2]Result
		var errs [2]error
		start := time.Now()
		for i, p := range []*Performer{reader(a, s, "READER^ONE"), reader(b, s, "READER^TWO")} {
			wg.Add(1)
			go func() { defer wg.Done(); results[i], errs[i] = p.Claim(ctx, w) }()
		}
		wg.Wait()
		win, lose := 0, 1
		if errs[0] != nil {
			win, lose = 1, 0
		}
		var held *HeldError
		names := []string{"READER^ONE", "READER^TWO"}
		if errs[win] != nil || results[win].Lock != Taken || !errors.As(errs[lose], &held) || held.Performer != names[win] || held.Since.IsZero() {
			t.Fatalf("round %d: %+v %v / %+v %v (%+v)", round, results[0], errs[0], results[1], errs[1], held)
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("round %d took %v", round, d)
		}
	}
}

func TestTwoProgramsOfOneHomeHoldOneClaim(t *testing.T) {
	dir := t.TempDir()
	for round := range 20 {
		s := newServer()
		uid := dicom.UID(fmt.Sprintf("1.7.%d", round))
		s.items[uid] = s.items["1.7"]
		w := offered()
		w.UID = uid
		var wg sync.WaitGroup
		var results [2]Result
		for i := range 2 {
			l, err := ledger.Open(dir, ledgertest.Key)
			must(t, err)
			defer l.Close()
			wg.Add(1)
			go func() {
				defer wg.Done()
				var err error
				if results[i], err = reader(l, s, "READER^ONE").Claim(ctx, w); err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			}()
		}
		wg.Wait()
		if results[0].Claim.TransactionUID != results[1].Claim.TransactionUID || string(s.items[uid].txn) != results[0].Claim.TransactionUID {
			t.Fatalf("round %d: %+v, the server has %s", round, results, s.items[uid].txn)
		}
		if (results[0].Lock == Taken) == (results[1].Lock == Taken) {
			t.Fatalf("round %d: %s and %s", round, results[0].Lock, results[1].Lock)
		}
	}
}

// A crash or a lost link at any request, before or after its effect, ends in
// "mine" after the next start, or in "asking" while the link is away.
func TestAClaimInterruptedAnywhereIsFoundOut(t *testing.T) {
	for _, kill := range []bool{true, false} {
		for n := 1; n <= 2; n++ {
			for _, after := range []bool{false, true} {
				l, s := home(t), newServer()
				s.fault = func(k int, late bool) error {
					if k != n || late != after {
						return nil
					}
					if kill {
						panic(crash{})
					}
					return errLink
				}
				p := reader(l, s, "READER^ONE")
				var err error
				killed := untilCrash(func() { _, err = p.Claim(ctx, offered()) })
				s.fault = func(int, bool) error { return errLink }
				c, ok, lerr := l.Claim(ctx, "1.7")
				if lerr != nil || !ok || c.State != ledger.Asking && c.State != ledger.Held {
					t.Fatalf("call %d: the ledger says %+v, %v, %v", n, c, ok, lerr)
				}
				var asking *AskingError
				if n == 1 && !killed && !errors.As(err, &asking) {
					t.Errorf("call %d after %v: %v, want asking", n, after, err)
				}
				if changes, err := p.Resolve(ctx); err != nil || c.State == ledger.Asking && (len(changes) != 1 || !errors.As(changes[0].Err, &asking)) {
					t.Errorf("Resolve without a link = %+v, %v", changes, err)
				}
				s.fault = nil
				_, err = p.Resolve(ctx)
				must(t, err)
				c, _, _ = l.Claim(ctx, "1.7")
				if c.State != ledger.Held || string(s.items["1.7"].txn) != c.TransactionUID {
					t.Errorf("call %d, after %v, kill %v: %s, the server has %+v", n, after, kill, c.State, s.items["1.7"])
				}
				if w, _ := s.RetrieveWorkitem(ctx, "1.7"); w.Performer != "READER^ONE" {
					t.Errorf("call %d, after %v, kill %v: nobody is named", n, after, kill)
				}
			}
		}
	}
}

func TestACaseThatWentToAnotherWhileWeAskedIsLost(t *testing.T) {
	l, s := home(t), newServer()
	p := reader(l, s, "READER^ONE")
	s.fault = func(int, bool) error { return errLink }
	_, err := p.Claim(ctx, offered())
	var asking *AskingError
	if !errors.As(err, &asking) {
		t.Fatal(err)
	}
	s.fault = nil
	_, err = reader(home(t), s, "READER^TWO").Claim(ctx, offered())
	must(t, err)
	changes, err := p.Resolve(ctx)
	var held *HeldError
	if err != nil || len(changes) != 1 || changes[0].Claim.State != ledger.Lost || !errors.As(changes[0].Err, &held) || held.Performer != "READER^TWO" {
		t.Fatalf("Resolve = %+v, %v", changes, err)
	}
}

func TestAnAnswerThatTellsNothingLeavesTheClaimAsking(t *testing.T) {
	for _, code := range []int{429, 500, 502, 503} {
		l, s := home(t), newServer()
		s.fault = func(int, bool) error { return refuse(code, "") }
		_, err := reader(l, s, "READER^ONE").Claim(ctx, offered())
		var asking *AskingError
		if c, _, _ := l.Claim(ctx, "1.7"); !errors.As(err, &asking) || c.State != ledger.Asking {
			t.Errorf("%d: %v, %s", code, err, c.State)
		}
	}
}

func TestRefusalsThatAreNoRace(t *testing.T) {
	var ended *EndedError
	var notReady *NotReadyError
	for name, c := range map[string]struct {
		change func(*server, *pacs.Workitem)
		target any
	}{
		"completed in the list":   {func(_ *server, w *pacs.Workitem) { w.State = pacs.Completed }, &ended},
		"completed at the server": {func(s *server, _ *pacs.Workitem) { s.items["1.7"].state = pacs.Completed }, &ended},
		"cancelled at the server": {func(s *server, _ *pacs.Workitem) { s.items["1.7"].state = pacs.Canceled }, &ended},
		"gone":                    {func(s *server, _ *pacs.Workitem) { delete(s.items, "1.7") }, &ended},
		"no images yet":           {func(_ *server, w *pacs.Workitem) { w.Readiness = "UNAVAILABLE" }, &notReady},
	} {
		l, s, w := home(t), newServer(), offered()
		c.change(s, &w)
		_, err := reader(l, s, "READER^ONE").Claim(ctx, w)
		if !errors.As(err, c.target) {
			t.Errorf("%s: %v", name, err)
		}
		if live, _ := l.Claims(ctx, ledger.Asking, ledger.Held); len(live) != 0 {
			t.Errorf("%s: a live claim stays: %+v", name, live)
		}
	}
	l, s := home(t), newServer()
	s.fault = func(int, bool) error { return refuse(403, "") }
	_, err := reader(l, s, "READER^ONE").Claim(ctx, offered())
	if r, ok := pacs.ReasonOf(err); !ok || r != pacs.Unauthorized {
		t.Errorf("forbidden: %v", err)
	}
}

func TestASiteWithoutWorklistSaysNotLocked(t *testing.T) {
	p := reader(home(t), nil, "READER^ONE")
	p.Workitems = nil
	r, err := p.Claim(ctx, offered())
	if err != nil || r.Lock != NotLocked {
		t.Fatalf("Claim = %+v, %v", r, err)
	}
	l, s := home(t), newServer()
	s.fault = func(int, bool) error { return fmt.Errorf("change state: %w", pacs.ErrNoWorkitems) }
	if r, err = reader(l, s, "READER^ONE").Claim(ctx, offered()); err != nil || r.Lock != NotLocked {
		t.Fatalf("Claim = %+v, %v", r, err)
	}
	if live, _ := l.Claims(ctx, ledger.Asking, ledger.Held); len(live) != 0 {
		t.Fatalf("a live claim stays: %+v", live)
	}
}

func TestIncompleteImagesAreSaid(t *testing.T) {
	w := offered()
	w.Readiness = "INCOMPLETE"
	r, err := reader(home(t), newServer(), "READER^ONE").Claim(ctx, w)
	if err != nil || r.Lock != Taken || r.Notice == "" {
		t.Fatalf("Claim = %+v, %v", r, err)
	}
}

func TestAServerThatForgotIsAskedAgain(t *testing.T) {
	l, s := home(t), newServer()
	p := reader(l, s, "READER^ONE")
	_, err := p.Claim(ctx, offered())
	must(t, err)
	s.items["1.7"] = newServer().items["1.7"]
	_, err = p.Resolve(ctx)
	must(t, err)
	c, _, _ := l.Claim(ctx, "1.7")
	if c.State != ledger.Held || s.items["1.7"].state != pacs.InProgress || string(s.items["1.7"].txn) != c.TransactionUID {
		t.Fatalf("%s, the server has %+v", c.State, s.items["1.7"])
	}
}

func TestPuttingAsideKeepsTheClaim(t *testing.T) {
	l, s := home(t), newServer()
	p := reader(l, s, "READER^ONE")
	r, err := p.Claim(ctx, offered())
	must(t, err)
	must(t, p.Aside(ctx, r.Claim, true))
	w, _ := s.RetrieveWorkitem(ctx, "1.7")
	if w.Progress != "aside" || w.State != pacs.InProgress || w.Performer != "READER^ONE" {
		t.Fatalf("others see %q, %s, %q", w.Progress, w.State, w.Performer)
	}
}
