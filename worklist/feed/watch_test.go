package feed

import (
	"context"
	"errors"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// teller is a Watcher that the test speaks through.
type teller struct {
	says  chan pacs.Change
	fails chan error
	began atomic.Int32
}

func newTeller() *teller {
	return &teller{says: make(chan pacs.Change, 20000), fails: make(chan error, 1)}
}

func (w *teller) Watch(ctx context.Context, changed func(pacs.Change)) error {
	w.began.Add(1)
	changed(pacs.Change{})
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-w.fails:
			return err
		case c := <-w.says:
			changed(c)
		}
	}
}

// mute is a site that tells of nothing.
type mute struct{ asked atomic.Int32 }

func (m *mute) Watch(context.Context, func(pacs.Change)) error {
	m.asked.Add(1)
	return pacs.ErrNoWatch
}

// watch runs Watch until the test ends and gives the lists as they come.
func watch(t *testing.T, f *Feed, every time.Duration) <-chan Snapshot {
	ctx, cancel := context.WithCancel(context.Background())
	lists := make(chan Snapshot, 10000)
	var running sync.WaitGroup
	running.Go(func() { f.Watch(ctx, every, func(s Snapshot) { lists <- s }) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return lists
}

func until(t *testing.T, lists <-chan Snapshot, what string, so func(Snapshot) bool) Snapshot {
	t.Helper()
	deadline := time.After(5 * time.Second)
	for {
		select {
		case s := <-lists:
			if so(s) {
				return s
			}
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (f *fake) polls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.times
}

func (f *fake) add(w pacs.Workitem) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = append(f.items, w)
}

func brisk() pace {
	return pace{watched: time.Hour, least: 20 * time.Millisecond, limit: 200 * time.Millisecond, again: time.Millisecond, never: time.Hour}
}

func TestASTATIsListedWithinASecondOfItsEventAndNotAtTheNextPoll(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	a, err := demo.New(demo.Options{})
	must(t, err)
	server := httptest.NewServer(a.Handler())
	t.Cleanup(func() { a.Close(); server.CloseClientConnections(); server.Close() })
	base := server.URL + "/dicom-web"
	c, seed := open(t, dicomweb.Config{BaseURL: base, UPSURL: base}), pacstest.NewSeed(t)
	f := New([]Site{{Name: "NORTH", Archive: c, Workitems: c.Workitems(), Watchers: []pacs.Watcher{c}}}, Options{})
	lists := watch(t, f, time.Hour) // the next poll is an hour away
	until(t, lists, "the site to be listened to", func(s Snapshot) bool { return s.Sites[0].Watched == "events" })
	uid, err := c.CreateWorkitem(t.Context(), dicom.NewUID(), pacstest.NewWorkitem(seed.Studies[0], seed.PatientID(0), ""))
	must(t, err)
	begun := time.Now()
	until(t, lists, "the STAT", func(s Snapshot) bool { return len(s.Rows) == 1 && s.Rows[0].WorkitemUID == string(uid) })
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

// The event of a case that was missed is nobody's loss: every beginning searches.
func TestEveryBeginningOfListeningSearches(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	w, site := newTeller(), &fake{}
	f := New([]Site{{Name: "NORTH", Archive: site, Workitems: site, Watchers: []pacs.Watcher{w}}}, Options{})
	f.pace = brisk()
	lists := watch(t, f, time.Hour)
	until(t, lists, "the beginning", func(s Snapshot) bool { return s.Sites[0].Watched == "events" })
	for n := 1; n <= 3; n++ {
		site.add(task(string(rune('0'+n)), "1.2.1", "A^B", pacs.Stat, time.Hour)) // and no event
		w.fails <- errors.New("the line was cut")
		until(t, lists, "the case", func(s Snapshot) bool { return len(s.Rows) == n })
	}
	if w.began.Load() < 3 {
		t.Errorf("listened %d times", w.began.Load())
	}
}

func TestTenThousandEventsAreAFewPollsAndTheLastOneCounts(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	w, site := newTeller(), &fake{}
	f := New([]Site{{Name: "NORTH", Archive: site, Workitems: site, Watchers: []pacs.Watcher{w}}}, Options{})
	f.pace = brisk()
	lists := watch(t, f, time.Hour)
	until(t, lists, "the beginning", func(s Snapshot) bool { return s.Sites[0].Watched == "events" })
	begun := time.Now()
	for range 10000 {
		w.says <- pacs.Change{Workitem: "1.2.3"}
	}
	site.add(task("1", "1.2.1", "A^B", pacs.Stat, time.Hour))
	w.says <- pacs.Change{Workitem: "1"}
	until(t, lists, "the last case", func(s Snapshot) bool { return len(s.Rows) == 1 })
	if most := int(time.Since(begun)/f.pace.least) + 4; site.polls() > most {
		t.Errorf("%d polls, %d at most", site.polls(), most)
	}
}

func TestASiteThatTellsNothingIsPolled(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	w, site := &mute{}, &fake{}
	f := New([]Site{{Name: "NORTH", Archive: site, Workitems: site, Watchers: []pacs.Watcher{w}}}, Options{})
	f.pace = brisk()
	lists := watch(t, f, 30*time.Millisecond)
	for range 5 {
		if s := until(t, lists, "a poll", func(Snapshot) bool { return true }); s.Sites[0].Watched != "" {
			t.Errorf("it is said to be told by %q", s.Sites[0].Watched)
		}
	}
	if w.asked.Load() != 1 {
		t.Errorf("it was asked %d times whether it tells", w.asked.Load())
	}
}

func TestASilentSiteDelaysNoOther(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	north, south := &fake{block: true}, &fake{items: []pacs.Workitem{task("2", "1.2.2", "C^D", pacs.Routine, time.Hour)}}
	f := New([]Site{{Name: "NORTH", Archive: north, Workitems: north, Timeout: time.Hour}, {Name: "SOUTH", Archive: south, Workitems: south}}, Options{})
	lists := watch(t, f, time.Hour)
	if s := until(t, lists, "SOUTH", func(s Snapshot) bool { return len(s.Rows) == 1 }); s.Sites[0].Asked.IsZero() {
		t.Error("the silent site's age is not told")
	}
}

func TestPollsThatFailGrowRarerUpToALimitAndTheAgeGoesOn(t *testing.T) {
	now := night
	f := at(&fake{}, &now)
	s := f.sites[0]
	for failed, want := range map[int]time.Duration{0: 5, 1: 5, 2: 10, 3: 20, 4: 30, 60: 30} {
		got := f.pause(s, 5*time.Second, failed, errDown)
		if d := want * time.Second; got < d-d/10 || got > d+d/10 {
			t.Errorf("after %d failures %v, want %v", failed, got, d)
		}
	}
	if got := f.pause(s, 5*time.Second, 1, &pacs.StatusError{Code: 503, RetryAfter: 20 * time.Second}); got < 18*time.Second {
		t.Errorf("a server that asked for 20 s is asked after %v", got)
	}
	f.hears(s, newTeller(), 1)
	if got := f.pause(s, 5*time.Second, 0, nil); got < 36*time.Second || got >= amberAfter {
		t.Errorf("a site that tells is asked after %v", got)
	}
	s.rows = []Row{{Mine: true}}
	if got := f.pause(s, 5*time.Second, 0, nil); got > 6*time.Second {
		t.Errorf("a site whose case is held is asked after %v", got)
	}
}

func TestOneSiteIsAskedOneQuestionAtATime(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	site := &fake{}
	var at, most atomic.Int32
	site.during = func() {
		most.Store(max(most.Load(), at.Add(1)))
		time.Sleep(5 * time.Millisecond)
		at.Add(-1)
	}
	f := New([]Site{{Name: "NORTH", Archive: site, Workitems: site}}, Options{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { f.Poll(context.Background()) })
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d at once", most.Load())
	}
}

func TestTheFirstAnswerOfASiteDoesNotRingButOneAfterAFailureDoes(t *testing.T) {
	row := Row{Site: "NORTH", WorkitemUID: "1", StudyUID: "1.2.1", Priority: pacs.Stat}
	fresh := Snapshot{At: night, Rows: []Row{row}, Sites: []SiteStatus{{Name: "NORTH", LastOK: night}}}
	for _, c := range []struct {
		old  SiteStatus
		want int
	}{{SiteStatus{Name: "NORTH"}, 0}, {SiteStatus{Name: "NORTH", Err: errDown}, 1}, {SiteStatus{Name: "NORTH", LastOK: night}, 1}} {
		if got := Diff(Snapshot{At: night, Sites: []SiteStatus{c.old}}, fresh); len(got) != c.want {
			t.Errorf("after %+v it rings %d times, want %d", c.old, len(got), c.want)
		}
	}
}
