package fetch

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
)

func TestAGapIsNamedWithItsSeries(t *testing.T) {
	s := newSite(t) // series 1 of 5, series 2 of 3
	second := s.Objects[7].Series
	s.more = map[dicom.UID]int{second: 12}
	var last Progress
	err := (&Engine{Store: newStore(t)}).Study(ctxFor(t), s, s.UID, nil, func(p Progress) { last = p })
	var inc *IncompleteError
	if !errors.As(err, &inc) || inc.Missing != 12 || inc.Expected != 20 {
		t.Fatal(err)
	}
	if want := []Gap{{Series: second, Number: 2, Missing: 12, Expected: 15}}; !slices.Equal(inc.Gaps, want) || !slices.Equal(last.Gaps, want) {
		t.Errorf("gaps %+v, told %+v", inc.Gaps, last.Gaps)
	}
	if !strings.HasPrefix(err.Error(), "12 of 20 instances missing (series 2: 12 of 15)") {
		t.Error(err)
	}
}

func TestWhatArrivesLaterIsNoticedAndFetchedAlone(t *testing.T) {
	s, st := newSite(t), newStore(t)
	all := s.Objects
	s.Objects = all[:6]
	e := &Engine{Store: st}
	if err := e.Study(ctxFor(t), s, s.UID, nil, func(p Progress) {
		if p.Grew != 0 {
			t.Errorf("grew by %d the first time", p.Grew)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if n, err := e.Grown(ctxFor(t), s, s.UID); n != 0 || err != nil {
		t.Errorf("grown by %d: %v", n, err)
	}
	s.Objects = all
	if n, err := e.Grown(ctxFor(t), s, s.UID); n != 2 || err != nil {
		t.Errorf("grown by %d: %v", n, err)
	}
	before, last := len(s.requests()), Progress{}
	if err := e.Study(ctxFor(t), s, s.UID, nil, func(p Progress) { last = p }); err != nil || last.Grew != 2 || len(s.requests())-before != 2 {
		t.Errorf("%v: grew by %d, %d requests", err, last.Grew, len(s.requests())-before)
	}
}

// emptied is a full store in which room is made.
type emptied struct {
	*store.Store
	room atomic.Bool
}

func (f *emptied) Put(b []byte) (store.Entry, bool, error) {
	if !f.room.Load() {
		return store.Entry{}, false, errFull
	}
	return f.Store.Put(b)
}

func TestAfterAFullDiskItGoesOnWhereItStopped(t *testing.T) {
	s, st := newSite(t), &emptied{Store: newStore(t)}
	st.room.Store(true)
	e := &Engine{Store: st, Workers: 1}
	n := 0
	err := e.Study(ctxFor(t), s, s.UID, nil, func(p Progress) {
		if n += len(p.New); n > 2 {
			st.room.Store(false)
		}
	})
	if !errors.Is(err, errFull) {
		t.Fatal(err)
	}
	here, before := held(t, st.Store, s), len(s.requests())
	st.room.Store(true)
	if err := e.Study(ctxFor(t), s, s.UID, nil, nil); err != nil || held(t, st.Store, s) != 8 || len(s.requests())-before != 8-here {
		t.Errorf("%v: %d held, %d of them before, %d requests", err, held(t, st.Store, s), here, len(s.requests())-before)
	}
}

// copying is a site whose objects are counted as long as anybody holds them.
type copying struct {
	*site
	mu         sync.Mutex
	live, most int
}

func (c *copying) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	return c.site.Retrieve(ctx, ref, func(o pacs.Object) error {
		b := slices.Clone(o.Bytes)
		c.mu.Lock()
		c.live++
		if c.live > c.most {
			c.most = c.live
		}
		c.mu.Unlock()
		runtime.AddCleanup(&b[0], func(struct{}) {
			c.mu.Lock()
			c.live--
			c.mu.Unlock()
		}, struct{}{})
		err := each(pacs.Object{Bytes: b})
		runtime.KeepAlive(b)
		return err
	})
}

func TestNoObjectIsHeldOnceItIsStored(t *testing.T) {
	c := &copying{site: newSite(t)}
	e := &Engine{Store: newStore(t)}
	collected := false
	err := e.Study(ctxFor(t), c, c.UID, nil, func(p Progress) {
		if !p.Done {
			return
		}
		for range 50 { // cleanups run beside
			runtime.GC()
			c.mu.Lock()
			collected = c.live == 0
			c.mu.Unlock()
			if collected {
				return
			}
		}
	})
	if err != nil || !collected {
		t.Errorf("%v: %d objects are still held at the end", err, c.live)
	}
	if n := c.site.most.Load(); n > MostConnections {
		t.Errorf("%d objects under way at a time", n)
	}
}
