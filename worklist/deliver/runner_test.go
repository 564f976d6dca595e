package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/worklist/pacs"
)

func TestAReportIsReadBackBeforeItsWorkitemIsCompleted(t *testing.T) {
	l, id, _ := home(t, nil)
	s := newSite()
	r, _ := runner(l, s)
	var states []ledger.OutboxState
	r.Changed = func(row ledger.OutboxRow) { states = append(states, row.State) }
	left, err := r.Flush(ctx, false)
	if err != nil || len(left) != 0 {
		t.Fatalf("left %+v, %v", left, err)
	}
	if want := []string{"store", "retrieve", "update workitem", "workitem COMPLETED"}; !slices.Equal(s.did(), want) {
		t.Errorf("order %v", s.did())
	}
	if want := []ledger.OutboxState{ledger.Sending, ledger.Acked, ledger.Verified, ledger.Verified}; !slices.Equal(states, want) {
		t.Errorf("states %v", states)
	}
	row := stands(t, l, id)
	if !row.Done() || row.Verified.IsZero() || row.WithoutClaim || row.Reason != "" || row.Tries != 0 {
		t.Errorf("%+v", row)
	}
	if c, _, _ := l.Claim(ctx, "1.7"); c.State != ledger.Completed {
		t.Errorf("claim %s", c.State)
	}
}

// finish lets everything work again and delivers until nothing is left.
func finish(t *testing.T, r *Runner, c *clock) {
	t.Helper()
	for range 12 {
		c.add(2 * time.Minute)
		left, err := r.Flush(ctx, false)
		must(t, err)
		if len(left) == 0 {
			return
		}
	}
	rows, _ := r.Ledger.Outbox(ctx)
	t.Errorf("never done: %+v", rows)
}

// safe is what must hold at every moment of every delivery.
func safe(t *testing.T, s *site, where string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == pacs.Completed && len(s.held) == 0 {
		t.Errorf("%s: the workitem is COMPLETED and there is no report", where)
	}
}

// A link that breaks at any request, before or after its effect, once or from
// then on until it is mended, ends with one report and a completed workitem.
func TestALinkBrokenAnywhereDelaysAndNoMore(t *testing.T) {
	const requests = 4
	for n := 1; n <= requests; n++ {
		for _, after := range []bool{false, true} {
			for _, lasting := range []bool{false, true} {
				where := fmt.Sprintf("request %d, after %v, lasting %v", n, after, lasting)
				l, id, _ := home(t, nil)
				s := newSite()
				r, c := runner(l, s)
				s.fault = func(k int, late bool) error {
					if k == n && late == after || lasting && k > n {
						return errLink
					}
					return nil
				}
				left, err := r.Flush(ctx, false)
				must(t, err)
				safe(t, s, where)
				if len(left) != 1 || left[0].Reason == "" || left[0].NextAt.IsZero() {
					t.Errorf("%s: %+v", where, left)
				}
				s.fault = nil
				finish(t, r, c)
				safe(t, s, where)
				if row := stands(t, l, id); !row.Done() || s.state != pacs.Completed || len(s.held) != 1 {
					t.Errorf("%s: %s, workitem %s, %d reports", where, row.State, s.state, len(s.held))
				}
				if s.stores > 2 || n > 1 && s.stores > 1 {
					t.Errorf("%s: stored %d times: what is there is read back, not sent again", where, s.stores)
				}
			}
		}
	}
}

// A program that is stopped for ever at any request, before or after its effect,
// is taken over when its lease has run out, and learns so when it wakes.
func TestAStoppedProgramIsTakenOver(t *testing.T) {
	for n := 1; n <= 4; n++ {
		for _, after := range []bool{false, true} {
			where := fmt.Sprintf("request %d, after %v", n, after)
			l, id, dir := home(t, nil)
			s := newSite()
			r, _ := runner(l, s)
			wake, stopped := make(chan struct{}), make(chan struct{})
			s.fault = func(k int, late bool) error {
				if k == n && late == after {
					close(stopped)
					<-wake
					return errLink
				}
				return nil
			}
			var first sync.WaitGroup
			first.Go(func() { _, _ = r.Flush(ctx, false) })
			<-stopped
			s.mu.Lock()
			s.fault = nil
			s.mu.Unlock()

			other, err := ledger.Open(dir, ledgertest.Key)
			must(t, err)
			r2, c2 := runner(other, s)
			if left, _ := r2.Flush(ctx, true); len(left) != 1 {
				t.Errorf("%s: two programs at one row", where)
			}
			c2.add(ledger.LeaseTime)
			finish(t, r2, c2)
			close(wake)
			first.Wait()
			if row := stands(t, l, id); !row.Done() || s.state != pacs.Completed || len(s.held) != 1 {
				t.Errorf("%s: %s, workitem %s, %d reports", where, row.State, s.state, len(s.held))
			}
			other.Close()
		}
	}
}

func TestTwoRunnersSendOnce(t *testing.T) {
	l, id, dir := home(t, nil)
	s := newSite()
	other, err := ledger.Open(dir, ledgertest.Key)
	must(t, err)
	defer other.Close()
	var all sync.WaitGroup
	for _, led := range []*ledger.Ledger{l, other} {
		r, _ := runner(led, s)
		all.Go(func() {
			row, err := r.Deliver(ctx, id, 10*time.Second)
			if err != nil || !row.Done() {
				t.Errorf("%+v, %v", row, err)
			}
		})
	}
	all.Wait()
	if s.stores != 1 {
		t.Errorf("stored %d times", s.stores)
	}
}

func TestOtherContentUnderOurUIDIsParkedAndTheWorkitemStaysOpen(t *testing.T) {
	l, id, _ := home(t, nil)
	s := newSite()
	s.held["1.2.9.1"] = object(t, "1.2.9.1", "Something else.")
	r, c := runner(l, s)
	_, err := r.Flush(ctx, false)
	must(t, err)
	c.add(time.Hour)
	_, err = r.Flush(ctx, true)
	must(t, err)
	row := stands(t, l, id)
	if row.State != ledger.Parked || !strings.Contains(row.Reason, "(0040,A730)") || s.state != pacs.InProgress || s.stores != 1 {
		t.Errorf("%s %q, workitem %s, stored %d times", row.State, row.Reason, s.state, s.stores)
	}
	delete(s.held, "1.2.9.1") // a person mended it
	must(t, l.Unpark(ctx, id))
	finish(t, r, c)
}

func TestAnAcceptedReportThatIsNotThereIsSentAgainAfterAPause(t *testing.T) {
	l, id, _ := home(t, nil)
	s := newSite()
	s.keep = func([]byte) []byte { return nil }
	r, c := runner(l, s)
	for i := range 3 {
		_, err := r.Flush(ctx, false)
		must(t, err)
		row := stands(t, l, id)
		if row.State != ledger.Retry || row.Tries != i+1 || s.stores != i+1 || !row.NextAt.After(c.now()) {
			t.Fatalf("%d: %s, tries %d, stored %d, next %v", i, row.State, row.Tries, s.stores, row.NextAt)
		}
		c.add(time.Minute)
	}
	s.keep = nil
	finish(t, r, c)
}

func TestALostClaimDeliversAndIsFlagged(t *testing.T) {
	l, id, _ := home(t, nil)
	s := newSite()
	s.txn = "2.25.999"
	r, _ := runner(l, s)
	_, err := r.Flush(ctx, false)
	must(t, err)
	row := stands(t, l, id)
	if !row.Done() || row.State != ledger.Verified || !row.WithoutClaim || s.state != pacs.InProgress {
		t.Errorf("%+v, workitem %s", row, s.state)
	}
	if c, _, _ := l.Claim(ctx, "1.7"); c.State != ledger.Lost {
		t.Errorf("claim %s", c.State)
	}
}

func TestASiteWithoutWorklistIsDoneWhenVerified(t *testing.T) {
	l, id, _ := home(t, func(r *ledger.OutboxRow) { r.WorkitemUID, r.TransactionUID, r.WithoutClaim = "", "", true })
	s := newSite()
	r, _ := runner(l, s)
	r.Dial = func(ledger.OutboxRow) (Destination, error) { return Destination{Channel: DICOM{s}}, nil }
	left, err := r.Flush(ctx, false)
	if row := stands(t, l, id); err != nil || len(left) != 0 || !row.Done() {
		t.Errorf("%+v, %v", row, err)
	}
}

func TestBytesThatRottedOnDiskAreNeverSent(t *testing.T) {
	l, id, _ := home(t, func(r *ledger.OutboxRow) { r.Object[len(r.Object)-1] ^= 1 })
	s := newSite()
	r, _ := runner(l, s)
	_, err := r.Flush(ctx, false)
	must(t, err)
	if row := stands(t, l, id); row.State != ledger.Parked || s.stores != 0 {
		t.Errorf("%s, stored %d times", row.State, s.stores)
	}
}

func TestTheRecallWindowIsKeptByAll(t *testing.T) {
	l, id, _ := home(t, func(r *ledger.OutboxRow) { r.NotBefore = t0.Add(90 * time.Second) })
	s := newSite()
	r, c := runner(l, s) // t0 + 60 s
	_, err := r.Flush(ctx, true)
	must(t, err)
	row, err := r.Deliver(ctx, id, 150*time.Millisecond)
	if err != nil || row.State != ledger.Queued || len(s.did()) != 0 {
		t.Errorf("%s, %v, %v", row.State, s.did(), err)
	}
	c.add(30 * time.Second)
	if row, err = r.Deliver(ctx, id, 5*time.Second); err != nil || !row.Done() {
		t.Errorf("%+v, %v", row, err)
	}
}

func TestFlushIgnoresBackOffOnlyWhenTold(t *testing.T) {
	l, id, _ := home(t, nil)
	s := newSite()
	r, _ := runner(l, s)
	s.fault = func(int, bool) error { return errLink }
	_, err := r.Flush(ctx, false)
	must(t, err)
	s.fault = nil
	if left, _ := r.Flush(ctx, false); len(left) != 1 {
		t.Error("the back-off was ignored")
	}
	if left, _ := r.Flush(ctx, true); len(left) != 0 || !stands(t, l, id).Done() {
		t.Error("the back-off was not ignored")
	}
}

func TestAnAddendumFollowsItsReport(t *testing.T) {
	l, first, _ := home(t, nil)
	s := newSite()
	r, c := runner(l, s)
	s.fault = func(int, bool) error { return errLink }
	_, err := r.Flush(ctx, false)
	must(t, err)
	second := queue(t, l, "1.2.9.2", func(r *ledger.OutboxRow) { r.WorkitemUID = "" })
	s.fault = nil
	s.log = nil
	if row, _ := r.Deliver(ctx, second, 250*time.Millisecond); row.State != ledger.Queued || s.stores > 0 {
		t.Errorf("the addendum went before its report: %s", row.State)
	}
	c.add(time.Minute)
	left, err := r.Flush(ctx, false)
	if err != nil || len(left) != 0 || !stands(t, l, first).Done() || s.stores != 2 {
		t.Errorf("%+v, %v", left, err)
	}
}

func TestAServerIsWaitedForAsLongAsItAsks(t *testing.T) {
	l, id, _ := home(t, nil)
	s := newSite()
	s.answer = func(pacs.Stored) (pacs.Stored, error) {
		return pacs.Stored{}, &pacs.StatusError{Code: 503, Op: "store", RetryAfter: 40 * time.Second, Warning: "PHANTOM^ANNA is locked"}
	}
	s.keep = func([]byte) []byte { return nil }
	r, c := runner(l, s)
	_, err := r.Flush(ctx, false)
	must(t, err)
	row := stands(t, l, id)
	if wait := row.NextAt.Sub(c.now()); wait != 40*time.Second {
		t.Errorf("waits %v", wait)
	}
	if row.Reason != "NORTH answered 503" {
		t.Errorf("reason %q: a server's words may name a patient", row.Reason)
	}
}

func TestBackOffGrowsWithJitterAndStaysUnderFifteenSecondsAtFirst(t *testing.T) {
	for tries, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 60: 8 * time.Second, 61: time.Minute, 1000: time.Minute} {
		low, high := backOff(tries, 0), backOff(tries, 0.999999)
		if low != want*3/4 || high < want || high > want*5/4 {
			t.Errorf("try %d: %v to %v, want %v ± 25 %%", tries, low, high, want)
		}
	}
}

func TestUndeliveredStatIsOverdueAfterTenMinutes(t *testing.T) {
	stat := ledger.OutboxRow{Priority: "stat", State: ledger.Retry, Signed: t0}
	if Overdue(stat, t0.Add(10*time.Minute-1)) || !Overdue(stat, t0.Add(10*time.Minute)) {
		t.Error("not at ten minutes")
	}
	routine, there, parked := stat, stat, stat
	routine.Priority, there.State, parked.State = "routine", ledger.Verified, ledger.Parked
	if Overdue(routine, t0.Add(time.Hour)) || Overdue(there, t0.Add(time.Hour)) || !Overdue(parked, t0.Add(time.Hour)) {
		t.Error("alarms for the wrong ones")
	}
}

// Run, with the real clock: a silent site is named within two seconds and holds
// up no other; when it speaks again the report goes.
func TestRunNamesASilentSiteAndServesTheOthers(t *testing.T) {
	l, silent, _ := home(t, nil)
	quick := queue2(t, l)
	north, south := newSite(), newSite()
	speak := make(chan struct{})
	north.fault = func(int, bool) error { <-speak; return nil }
	changed := make(chan ledger.OutboxRow, 100)
	r := &Runner{Ledger: l, Changed: func(row ledger.OutboxRow) { changed <- row },
		Dial: func(row ledger.OutboxRow) (Destination, error) {
			if row.Site == "SOUTH" {
				return Destination{Channel: DICOM{south}}, nil
			}
			return Destination{DICOM{north}, north}, nil
		}}
	run, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { r.Run(run, func(err error) { t.Error(err) }) })
	defer func() { stop(); done.Wait() }()
	start := time.Now()
	named, delivered := false, false
	for !named || !delivered {
		select {
		case row := <-changed:
			named = named || row.ID == silent && row.Reason == "NORTH not answering"
			delivered = delivered || row.ID == quick && row.State == ledger.Verified
		case <-time.After(5 * time.Second):
			t.Fatalf("named %v, delivered %v", named, delivered)
		}
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("it took %v", d)
	}
	close(speak)
	for deadline := time.Now().Add(5 * time.Second); !stands(t, l, silent).Done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never delivered")
		}
	}
}

// queue2 queues a report of another study for another site.
func queue2(t *testing.T, l *ledger.Ledger) int64 {
	return queue(t, l, "1.3.9.1", func(r *ledger.OutboxRow) {
		r.StudyUID, r.Site, r.Address, r.WorkitemUID = "1.3", "SOUTH", "http://127.0.0.1/south", ""
	})
}

func TestRunSeesWhatAnotherProgramQueuedAndEndsWhenTold(t *testing.T) {
	l, _, dir := home(t, nil)
	s := newSite()
	r, _ := runner(l, s)
	r.Now = nil
	run, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { r.Run(run, func(err error) { t.Error(err) }); close(ended) }()
	other, err := ledger.Open(dir, ledgertest.Key)
	must(t, err)
	defer other.Close()
	id := queue(t, other, "1.3.9.1", func(r *ledger.OutboxRow) { r.StudyUID, r.WorkitemUID = "1.3", "" })
	for deadline := time.Now().Add(6 * time.Second); !stands(t, l, id).Done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not seen")
		}
	}
	stop()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("Run does not end")
	}
}

func TestADestinationThatCannotBeDialledWaitsVisibly(t *testing.T) {
	l, id, _ := home(t, nil)
	r, _ := runner(l, newSite())
	r.Dial = func(ledger.OutboxRow) (Destination, error) {
		return Destination{}, errors.New("bad URL")
	}
	left, err := r.Flush(ctx, false)
	if err != nil || len(left) != 1 || stands(t, l, id).Reason != "NORTH cannot be reached as configured" {
		t.Errorf("%+v, %v", left, err)
	}
}

func TestTheOutputOfTheWorkitemIsReadFromTheSignedBytes(t *testing.T) {
	p := performed(row(t, "1.2.9.1"))
	if p.Reader.Name != "READER^DEMO" || p.SeriesUID != "1.2.9" || p.SOPUID != "1.2.9.1" || p.SOPClassUID != dicom.BasicTextSRStorage ||
		p.RetrieveURL != "http://127.0.0.1/dw/studies/1.2" || !p.End.Equal(t0) {
		t.Errorf("%+v", p)
	}
}
