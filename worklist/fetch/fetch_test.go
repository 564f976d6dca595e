package fetch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func init() { firstWait = time.Millisecond }

func ctxFor(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestAStudyArrivesWholeAndIsCounted(t *testing.T) {
	s, st := newSite(t), newStore(t)
	e := &Engine{Store: st, Workers: 4}
	var last Progress
	var entries []store.Entry
	have := -1
	err := e.Study(ctxFor(t), s, s.UID, nil, func(p Progress) {
		if p.Have < have || p.Have > p.Expected {
			t.Errorf("progress went from %d to %d of %d", have, p.Have, p.Expected)
		}
		have, last = p.Have, p
		entries = append(entries, p.New...)
	})
	if err != nil || held(t, st, s) != 8 || len(entries) != 8 || !last.Done || last.Have != 8 || last.Expected != 8 || last.Bytes == 0 {
		t.Errorf("%v; %d held, %d told, last %+v", err, held(t, st, s), len(entries), last)
	}
	if n, ok := st.Expected(s.UID); n != 8 || !ok {
		t.Errorf("%d expected on disk", n)
	}
	if s.most.Load() > 4 {
		t.Errorf("%d requests at once", s.most.Load())
	}
}

func TestOnlyWhatIsMissingIsAskedFor(t *testing.T) {
	s, st := newSite(t), newStore(t)
	for _, o := range s.Objects[:5] {
		if _, _, err := st.Put(o.Bytes); err != nil {
			t.Fatal(err)
		}
	}
	e := &Engine{Store: st}
	if err := e.Study(ctxFor(t), s, s.UID, nil, nil); err != nil || len(s.requests()) != 3 {
		t.Errorf("%v, %d requests", err, len(s.requests()))
	}
	if err := e.Study(ctxFor(t), s, s.UID, nil, nil); err != nil || len(s.requests()) != 3 {
		t.Errorf("again: %v, %d requests", err, len(s.requests()))
	}
}

func TestWantedComesFirstThenTheMiddleOutward(t *testing.T) {
	s := newSite(t)
	var want []dicom.UID
	for _, i := range []int{7, 2, 6, 3, 1, 4, 0, 5} { // wanted; middles of both series; first series outward; second
		want = append(want, s.Objects[i].SOP)
	}
	err := (&Engine{Store: newStore(t), Workers: 1}).Study(ctxFor(t), s, s.UID, []dicom.UID{s.Objects[7].SOP}, nil)
	if got := s.requests(); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v; asked in the order %v", err, positions(s, got))
	}
}

func positions(s *site, uids []dicom.UID) (out []int) {
	for _, u := range uids {
		for i, o := range s.Objects {
			if o.SOP == u {
				out = append(out, i)
			}
		}
	}
	return out
}

func TestTheFirstInstanceGoesAlone(t *testing.T) {
	s := newSite(t)
	s.open = make(chan struct{})
	done := make(chan error)
	go func() { done <- (&Engine{Store: newStore(t)}).Study(ctxFor(t), s, s.UID, nil, nil) }()
	s.open <- struct{}{}
	if n := s.most.Load(); n != 1 {
		t.Errorf("%d requests before the first answer", n)
	}
	close(s.open)
	if err := <-done; err != nil || s.most.Load() < 2 {
		t.Errorf("%v, never more than %d at once", err, s.most.Load())
	}
}

func TestAFailedInstanceIsTriedAgainAndOnlyIt(t *testing.T) {
	s, st := newSite(t), newStore(t)
	bad := s.Objects[4].SOP
	failed := 0
	s.fail = func(ref pacs.Ref, _ int) error {
		if ref.Instance == bad && failed < 2 {
			failed++
			return errReset
		}
		return nil
	}
	if err := (&Engine{Store: st}).Study(ctxFor(t), s, s.UID, nil, nil); err != nil || held(t, st, s) != 8 || len(s.requests()) != 10 {
		t.Errorf("%v, %d held, %d requests", err, held(t, st, s), len(s.requests()))
	}
}

func TestWhatCannotBeHadIsIncompleteNeverSuccess(t *testing.T) {
	refusal := &pacs.StatusError{Code: 404, Op: "retrieve"}
	for name, c := range map[string]struct {
		set     func(s *site)
		missing int
		err     error
	}{
		"a slice that always fails": {func(s *site) { s.failing(errReset, 4) }, 1, errReset},
		"a slice that is gone":      {func(s *site) { s.failing(refusal, 4, 5) }, 2, refusal},
		"more counted than named":   {func(s *site) { s.counted = 12 }, 4, ErrUnnamed},
		"a list cut short":          {func(s *site) { s.list = pacs.ErrPartial }, 0, pacs.ErrPartial},
		"another object": {func(s *site) {
			s.swap = func(sop dicom.UID, b []byte) []byte {
				if sop == s.Objects[4].SOP {
					return s.Objects[5].Bytes
				}
				return b
			}
		}, 1, ErrOther},
		"garbage": {func(s *site) {
			s.swap = func(sop dicom.UID, b []byte) []byte {
				if sop == s.Objects[4].SOP {
					return b[:200]
				}
				return b
			}
		}, 1, nil},
	} {
		s, st := newSite(t), newStore(t)
		c.set(s)
		var last Progress
		err := (&Engine{Store: st}).Study(ctxFor(t), s, s.UID, nil, func(p Progress) { last = p })
		var inc *IncompleteError
		if !errors.As(err, &inc) || inc.Missing != c.missing || c.err != nil && !errors.Is(err, c.err) || last.Err != err || !last.Done {
			t.Errorf("%s: %v", name, err)
		}
		if n := held(t, st, s); n < 6 {
			t.Errorf("%s: only %d of the others were kept", name, n)
		}
	}
}

// failing makes some instances fail for good.
func (s *site) failing(err error, at ...int) {
	s.fail = func(ref pacs.Ref, _ int) error {
		for _, i := range at {
			if ref.Instance == s.Objects[i].SOP {
				return err
			}
		}
		return nil
	}
}

func TestNothingListedIsAnError(t *testing.T) {
	s := newSite(t)
	s.Objects = nil
	if err := (&Engine{Store: newStore(t)}).Study(ctxFor(t), s, s.UID, nil, nil); !errors.Is(err, ErrNoInstances) {
		t.Error(err)
	}
	s.list = errReset
	if err := (&Engine{Store: newStore(t)}).Study(ctxFor(t), s, s.UID, nil, nil); !errors.Is(err, errReset) {
		t.Error(err)
	}
}

func TestADeadLinkEndsTheRunSoon(t *testing.T) {
	s, st := newSite(t), newStore(t)
	s.fail = func(ref pacs.Ref, nth int) error {
		if nth > 2 {
			return errReset
		}
		return nil
	}
	err := (&Engine{Store: st, Workers: 2}).Study(ctxFor(t), s, s.UID, nil, nil)
	var inc *IncompleteError
	if !errors.As(err, &inc) || inc.Missing != 6 || len(s.requests()) > 2+2*maxInARow {
		t.Errorf("%v after %d requests", err, len(s.requests()))
	}
	s.fail = nil
	if err := (&Engine{Store: st}).Study(ctxFor(t), s, s.UID, nil, nil); err != nil || held(t, st, s) != 8 {
		t.Errorf("after the link is back: %v, %d held", err, held(t, st, s))
	}
}

func TestABusyServerIsAskedByFewer(t *testing.T) {
	s, st := newSite(t), newStore(t)
	var mu sync.Mutex
	busy := 0
	s.fail = func(ref pacs.Ref, nth int) error {
		mu.Lock()
		defer mu.Unlock()
		if nth > 1 && busy < 7 {
			busy++
			return &pacs.StatusError{Code: 429, RetryAfter: 2 * time.Millisecond}
		}
		return nil
	}
	if err := (&Engine{Store: st, Workers: 3}).Study(ctxFor(t), s, s.UID, nil, nil); err != nil || held(t, st, s) != 8 {
		t.Errorf("%v, %d held", err, held(t, st, s))
	}
}

func TestAnArchiveWithoutInstanceGetStreamsTheStudy(t *testing.T) {
	for _, code := range []int{400, 404, 405, 501} {
		s, st := newSite(t), newStore(t)
		s.fail = func(ref pacs.Ref, _ int) error {
			if ref.Instance != "" {
				return &pacs.StatusError{Code: code}
			}
			return nil
		}
		if err := (&Engine{Store: st}).Study(ctxFor(t), s, s.UID, nil, nil); err != nil || held(t, st, s) != 8 || s.streams != 1 {
			t.Errorf("%d: %v, %d held, %d streams", code, err, held(t, st, s), s.streams)
		}
	}
}

func TestACutStreamIsAskedForAgainAsLongAsItHelps(t *testing.T) {
	s, st := newSite(t), newStore(t)
	s.cut = 3
	s.fail = func(ref pacs.Ref, _ int) error {
		if ref.Instance != "" {
			return &pacs.StatusError{Code: 501}
		}
		s.cut++
		return nil
	}
	if err := (&Engine{Store: st}).Study(ctxFor(t), s, s.UID, nil, nil); err != nil || held(t, st, s) != 8 || s.streams != 5 {
		t.Errorf("%v, %d held, %d streams", err, held(t, st, s), s.streams)
	}
	s, st = newSite(t), newStore(t)
	s.cut = 3
	s.fail = func(ref pacs.Ref, _ int) error {
		if ref.Instance != "" {
			return &pacs.StatusError{Code: 501}
		}
		return nil
	}
	err := (&Engine{Store: st}).Study(ctxFor(t), s, s.UID, nil, nil)
	var inc *IncompleteError
	if !errors.As(err, &inc) || inc.Missing != 5 || s.streams != 4 || held(t, st, s) != 3 {
		t.Errorf("%v, %d streams, %d held", err, s.streams, held(t, st, s))
	}
}

func TestARefusedLoginEndsTheRunAtOnce(t *testing.T) {
	s := newSite(t)
	s.fail = func(pacs.Ref, int) error { return &pacs.StatusError{Code: 401} }
	err := (&Engine{Store: newStore(t)}).Study(ctxFor(t), s, s.UID, nil, nil)
	if r, _ := pacs.ReasonOf(err); r != pacs.Unauthorized || len(s.requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.requests()))
	}
}

// full is a store whose disk is full after n objects.
type full struct {
	*store.Store
	mu sync.Mutex
	n  int
}

var errFull = errors.New("no space left on device")

func (f *full) Put(b []byte) (store.Entry, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n--; f.n < 0 {
		return store.Entry{}, false, errFull
	}
	return f.Store.Put(b)
}

func TestAFullDiskEndsTheRunAndSaysSo(t *testing.T) {
	for n := range 8 {
		s := newSite(t)
		err := (&Engine{Store: &full{Store: newStore(t), n: n}, Workers: 2}).Study(ctxFor(t), s, s.UID, nil, nil)
		var inc *IncompleteError
		if !errors.As(err, &inc) || !errors.Is(err, errFull) || inc.Missing != 8-n || len(s.requests()) > n+2 {
			t.Errorf("full after %d: %v, %d requests", n, err, len(s.requests()))
		}
	}
}

func TestTwoCallsJoinOneRun(t *testing.T) {
	s, st := newSite(t), newStore(t)
	s.open = make(chan struct{})
	e := &Engine{Store: st, Workers: 2}
	ctx := ctxFor(t)
	told := make([]int, 3)
	var wg sync.WaitGroup
	started := make(chan struct{}, 100)
	for i := range told {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := e.Study(ctx, s, s.UID, nil, func(p Progress) { told[i] += len(p.New); started <- struct{}{} }); err != nil {
				t.Error(err)
			}
		}()
		<-started
	}
	close(s.open)
	wg.Wait()
	if len(s.requests()) != 8 || !slices.Equal(told, []int{8, 8, 8}) {
		t.Errorf("%d requests, told of %v", len(s.requests()), told)
	}
}

func TestARunEndsWithItsLastCaller(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := newSite(t)
	s.open = make(chan struct{})
	e := &Engine{Store: newStore(t)}
	one, stopOne := context.WithCancel(ctxFor(t))
	two, stopTwo := context.WithCancel(ctxFor(t))
	joined := make(chan struct{}, 100)
	errs := make(chan error, 2)
	for _, ctx := range []context.Context{one, two} {
		go func() { errs <- e.Study(ctx, s, s.UID, nil, func(Progress) { joined <- struct{}{} }) }()
		<-joined
	}
	stopOne()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.open <- struct{}{} // the other still gets its first instance
	stopTwo()
	if err := <-errs; !errors.Is(err, context.Canceled) || s.active.Load() != 0 {
		t.Errorf("%v, %d requests still run", err, s.active.Load())
	}
	close(s.open)
	if err := e.Study(ctxFor(t), s, s.UID, nil, nil); err != nil {
		t.Errorf("anew: %v", err)
	}
}

func TestThePreferredStudyGoesFirst(t *testing.T) {
	back, front := newSite(t), newSite(t)
	e := &Engine{Store: newStore(t), Workers: 2}
	back.open, front.open = make(chan struct{}), make(chan struct{})
	ctx := ctxFor(t)
	errs := make(chan error, 2)
	joined := make(chan struct{}, 100)
	go func() { errs <- e.Study(ctx, back, back.UID, nil, nil) }()
	back.open <- struct{}{} // its first instance is through
	e.Prefer(front.UID)
	go func() { errs <- e.Study(ctx, front, front.UID, nil, func(Progress) { joined <- struct{}{} }) }()
	<-joined
	close(back.open) // what was under way ends, nothing new begins
	time.Sleep(30 * time.Millisecond)
	if n := len(back.requests()); n > 3 {
		t.Errorf("%d requests of the study behind", n)
	}
	close(front.open)
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if len(back.requests()) != 8 || len(front.requests()) != 8 {
		t.Error("not both were fetched in the end")
	}
}

func TestAPreferredStudyThatDoesNotRunStopsNobody(t *testing.T) {
	s := newSite(t)
	e := &Engine{Store: newStore(t)}
	e.Prefer("1.2.3")
	if err := e.Study(ctxFor(t), s, s.UID, nil, nil); err != nil {
		t.Error(err)
	}
}
