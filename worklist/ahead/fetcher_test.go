package ahead

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// asked is an engine whose line brings ten images a second of whatever is asked for.
type asked struct {
	mu    sync.Mutex
	order []dicom.UID
	fail  map[dicom.UID]error
	have  map[dicom.UID]int
	of    map[dicom.UID]int
}

func (a *asked) Expect(dicom.UID, int)                   {}
func (a *asked) Running() []fetch.Run                    { return nil }
func (a *asked) Learned(pacs.Archive) (fetch.Link, bool) { return fetch.Link{}, false }

func (a *asked) Ahead(ctx context.Context, _ pacs.Archive, study dicom.UID, each func(fetch.Progress)) error {
	a.mu.Lock()
	a.order = append(a.order, study)
	err, have, of := a.fail[study], a.have[study], a.of[study]
	a.mu.Unlock()
	if err != nil {
		time.Sleep(time.Second)
		each(fetch.Progress{Done: true, Err: err})
		return err
	}
	for have < of {
		t := time.NewTimer(100 * time.Millisecond)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
		have++
		a.mu.Lock()
		a.have[study] = have
		a.mu.Unlock()
		each(fetch.Progress{Have: have, Expected: of, New: []store.Entry{{}}, Bytes: int64(have) * 1000, Done: have == of})
	}
	return nil
}

// list is rows of ten images each, of one site, in that order.
func (a *asked) list(studies ...dicom.UID) (rows []feed.Row) {
	for _, s := range studies {
		a.of[s] = 10
		rows = append(rows, feed.Row{Site: "NORTH", StudyUID: string(s), Modality: "CT", State: feed.Available, Expected: 10, PatientName: "A^B", PatientID: string(s)})
	}
	return rows
}

// running starts a Fetcher in a bubble of time; it ends with the test.
func running(t *testing.T, a *asked, change func(*Options)) *Fetcher {
	o := Options{Engine: a, Sites: []feed.Site{{Name: "NORTH", Archive: &far{}}}, Mode: All}
	if change != nil {
		change(&o)
	}
	f := New(o)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { f.Run(ctx) })
	t.Cleanup(func() { cancel(); all.Wait() })
	synctest.Wait()
	return f
}

func newAsked() *asked {
	return &asked{fail: map[dicom.UID]error{}, have: map[dicom.UID]int{}, of: map[dicom.UID]int{}}
}

func (a *asked) was() []dicom.UID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.order)
}

func says(t *testing.T, f *Fetcher, rows []feed.Row, want ...string) {
	t.Helper()
	f.Forecast(rows)
	var got []string
	for _, r := range rows {
		got = append(got, r.Forecast.Text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the list says %q, want %q", got, want)
	}
}

func TestAStatCutsInAndWhatItInterruptedGoesOnAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked()
		f := running(t, a, nil)
		rows := a.list("1", "2")
		f.Set(rows)
		time.Sleep(450 * time.Millisecond)
		stat := a.list("9")
		stat[0].Priority = pacs.Stat
		f.Set(append(stat, rows...))
		time.Sleep(5 * time.Second)
		if got := a.was(); !slices.Equal(got, []dicom.UID{"1", "9", "1", "2"}) {
			t.Errorf("fetched in the order %v", got)
		}
		if a.have["1"] != 10 || !f.Settled() {
			t.Errorf("%d of 10 of the interrupted one, settled %v", a.have["1"], f.Settled())
		}
		says(t, f, append(stat, rows...), "ready", "ready", "ready")
	})
}

func TestTheListSaysWhichPlaceACaseHasWhileNoTimeIsKnownAndThenTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked()
		f := running(t, a, nil)
		rows := a.list("1", "2", "3", "4")
		f.Set(rows)
		says(t, f, rows, "coming", "after 1 other", "after 2 others", "after 3 others")
		time.Sleep(1050 * time.Millisecond) // the first is here: 10 kB/s
		rows[0].Cached = 10
		f.Forecast(rows)
		if r := rows[3].Forecast; r.State != feed.Coming || r.Seconds < 2 || r.Seconds > 5 {
			t.Errorf("the last of three that take a second each: %+v", r)
		}
	})
}

func TestASilentSiteIsNamedAndAskedAgainLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked()
		rows := a.list("1", "2")
		a.fail["1"] = errors.New("connection refused")
		f := running(t, a, nil)
		f.Set(rows)
		time.Sleep(1500 * time.Millisecond)
		says(t, f, rows, "NORTH not answering", "NORTH not answering")
		a.mu.Lock()
		delete(a.fail, "1")
		a.mu.Unlock()
		time.Sleep(time.Minute)
		says(t, f, rows, "ready", "ready")
	})
}

func TestARefusedStudyKeepsNoOtherWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked()
		rows := a.list("1", "2")
		a.fail["1"] = &pacs.StatusError{Code: 400}
		f := running(t, a, nil)
		f.Set(rows)
		time.Sleep(5 * time.Second)
		says(t, f, rows, "NORTH refuses it", "ready")
		if !f.Settled() {
			t.Error("it is waited for what is not to be had")
		}
	})
}

func TestNothingIsFetchedThatHasNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked()
		var mu sync.Mutex
		room := int64(100)
		f := running(t, a, func(o *Options) {
			o.Room = func() (int64, string) { mu.Lock(); defer mu.Unlock(); return room, "no space on the disk" }
		})
		rows := a.list("1", "2")
		f.Set(rows)
		time.Sleep(time.Minute)
		says(t, f, rows, "no space on the disk", "no space on the disk")
		if n := len(a.was()); n != 0 {
			t.Errorf("%d studies were begun", n)
		}
		mu.Lock()
		room = 1 << 40
		mu.Unlock()
		time.Sleep(time.Minute)
		says(t, f, rows, "ready", "ready")
	})
}

func TestWhatIsOffOrOnlyForClaimedCasesIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for mode, want := range map[Mode]string{Off: "prefetch off", Claimed: "only claimed cases are fetched ahead"} {
			a := newAsked()
			f := running(t, a, func(o *Options) { o.Mode = mode })
			rows := a.list("1")
			f.Set(rows)
			time.Sleep(time.Minute)
			says(t, f, rows, want)
			if n := len(a.was()); n != 0 {
				t.Errorf("%s: %d studies were begun", mode, n)
			}
		}
	})
}

func TestACaseThatGrowsIsFetchedAgainAndOneThatSomebodyElseTookIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsked()
		f := running(t, a, nil)
		rows := a.list("1", "2")
		f.Set(rows[:1])
		time.Sleep(5 * time.Second)
		a.mu.Lock()
		a.of["1"] = 12
		a.mu.Unlock()
		other := "OTHER^READER"
		rows[0].Expected, rows[0].Cached = 12, 10
		rows[1].State, rows[1].ClaimedBy = feed.Claimed, &other
		f.Set(rows)
		time.Sleep(20 * time.Second)
		if got := a.was(); !slices.Equal(got, []dicom.UID{"1", "1"}) || a.have["1"] != 12 {
			t.Errorf("fetched %v, %d images", got, a.have["1"])
		}
		says(t, f, rows, "ready", "")
	})
}

func TestAProgramThatDoesNotFetchSaysWhatItWouldTakeOrWhatAnotherDoes(t *testing.T) {
	a := newAsked()
	f := New(Options{Engine: a, Sites: []feed.Site{{Name: "NORTH", Archive: &far{}}}, Mode: All})
	f.Recall("NORTH", Line{Kinds: map[string]*Kind{"CT": {Bytes: []float64{1000}, Rates: []float64{1000}}}, Begin: []float64{1}})
	rows := a.list("1", "2")
	f.Set(rows)
	says(t, f, rows, "not fetched ahead now, takes 11 s", "not fetched ahead now, takes 11 s")
	f.Elsewhere(true)
	says(t, f, rows, "ready in 11 s", "ready in 20 s")
	if l, _ := f.Learned("NORTH"); len(l.Told) != 0 {
		t.Error("another's work is judged")
	}
}
