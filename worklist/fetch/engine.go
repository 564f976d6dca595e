// Package fetch brings studies from an archive into the store: one image at once,
// then only what is missing, in the order it will be looked at, over as many
// connections as the link is measured to reward, and never with a success that is
// none.
//
// The unit is the instance: after any fault only the missing ones are asked for
// again. Memory holds at most one object a connection, and there are never more
// than MostConnections to a site.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Store is what fetch needs of *store.Store.
type Store interface {
	Put(b []byte) (e store.Entry, fresh bool, err error)
	Has(study, sop dicom.UID) bool
	SetExpected(study dicom.UID, n int) error
	Expected(study dicom.UID) (n int, ok bool)
}

// Engine fetches studies. The zero value with a Store is ready; it is safe for
// concurrent use.
type Engine struct {
	Store   Store
	Workers int // bounds the connections a study; 0: MostConnections

	mu      sync.Mutex
	jobs    map[dicom.UID]*job // guarded by mu: running, by study
	prefer  dicom.UID          // guarded by mu
	changed chan struct{}      // guarded by mu: closed when jobs, prefer or a site's pace change
	paces   map[any]*pace      // guarded by mu: what is known of each site's link
	counts  map[dicom.UID]int  // guarded by mu: what worklists say, see Expect
	spot    Spot               // guarded by mu: where the reader is
}

// Errors of single instances.
var (
	// ErrNoInstances: the archive names no instance of the study.
	ErrNoInstances = errors.New("the archive names no instance of this study")
	// ErrOther: what came is not what was asked for.
	ErrOther = errors.New("the archive sent another object than was asked for")
)

// Study fetches what the store does not hold of a study. It returns nil only
// when everything the archive names is in the store; *IncompleteError when it
// gave up on some of it, keeping what came.
//
// An instance near the middle is asked for before the archive has said which
// there are. first names instances or series to go on with; the rest follows from
// the middle of each series outward, or from where Look says. each is called from
// this goroutine, once at least, the last time with Done; it may be nil. A second
// call for a running study joins it: its each is given all that the run has
// stored. The run ends when ctx of every caller has.
func (e *Engine) Study(ctx context.Context, site pacs.Archive, study dicom.UID, first []dicom.UID, each func(Progress)) error {
	j := e.join(site, study, first, true)
	defer e.leave(j, true)
	return j.follow(ctx, each)
}

// follow tells each of all that the run stores, until it is over or ctx ends.
func (j *job) follow(ctx context.Context, each func(Progress)) error {
	if each == nil {
		each = func(Progress) {}
	}
	told, drawn := 0, false
	for last := (Progress{Have: -1}); ; {
		p, changed := j.since(told)
		told += len(p.New)
		if drawn {
			p.Preview = nil
		}
		drawn = drawn || p.Preview != nil
		if p.Done || len(p.New) > 0 || p.Preview != nil || p.Have != last.Have || p.Expected != last.Expected {
			each(p)
			last = p
		}
		if p.Done {
			return p.Err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("fetch study: %w", ctx.Err())
		case <-changed:
		}
	}
}

// Prefer gives the link to one study as long as it is being fetched: requests of
// others that do not end at once are cancelled, and asked for again afterwards.
// The empty UID ends it.
func (e *Engine) Prefer(study dicom.UID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.prefer = study
	e.announceLocked()
}

// Expect notes how many instances a worklist says a study has, which helps to find
// its middle before the archive has listed it.
func (e *Engine) Expect(study dicom.UID, n int) {
	const most = 64 // the cases of a shift; what is forgotten only costs a round trip
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.counts == nil || len(e.counts) >= most {
		e.counts = map[dicom.UID]int{}
	}
	e.counts[study] = n
}

func (e *Engine) announce() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.announceLocked()
}

// announceLocked wakes all who wait for their turn. e.mu is held.
func (e *Engine) announceLocked() {
	if e.changed != nil {
		close(e.changed)
	}
	e.changed = make(chan struct{})
}

// turn tells whether study has to wait for another, over how many connections it
// may go if not, and what closes when either may have changed.
func (e *Engine) turn(j *job) (wait bool, share int, changed <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	wait = e.waits(j)
	beside := 0
	for _, o := range e.jobs {
		if o.pace == j.pace && !e.waits(o) {
			beside++
		}
	}
	share = max(1, j.pace.allowed()/max(1, beside))
	if e.Workers > 0 {
		share = min(share, e.Workers)
	}
	return wait, share, e.changed
}

// gate waits until study may go on.
func (e *Engine) gate(ctx context.Context, j *job) error {
	for {
		wait, _, changed := e.turn(j)
		if !wait {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// join finds the study's run or starts it.
func (e *Engine) join(site pacs.Archive, study dicom.UID, first []dicom.UID, asked bool) *job {
	e.mu.Lock()
	defer e.mu.Unlock()
	if j, ok := e.jobs[study]; ok {
		j.callers++
		e.ask(j, asked, 1)
		j.wanted(first)
		return j
	}
	ctx, cancel := context.WithCancel(context.Background())
	j := newJob(e, site, study, first, cancel)
	j.pace, j.hint = e.paceOf(site), e.counts[study]
	j.expected = j.hint
	if e.spot.Study == study {
		j.look.at = e.spot
	}
	if e.jobs == nil {
		e.jobs = map[dicom.UID]*job{}
	}
	e.jobs[study] = j
	e.ask(j, asked, 1)
	e.announceLocked()
	go func() {
		defer close(j.ended)
		j.finish(j.run(ctx))
		e.forget(j)
	}()
	return j
}

// leave ends the run when nobody waits for it any more, and waits for its end.
func (e *Engine) leave(j *job, asked bool) {
	e.mu.Lock()
	j.callers--
	e.ask(j, asked, -1)
	last := j.callers == 0
	e.mu.Unlock()
	if last {
		e.forget(j)
		j.cancel()
		<-j.ended
	}
}

// forget lets the study be fetched anew, and opens the gate if it was preferred.
func (e *Engine) forget(j *job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.jobs[j.study] == j {
		delete(e.jobs, j.study)
		e.announceLocked()
	}
}

// Grown asks by how many instances the archive's count of a study is above what it
// was when the study was fetched last. 0: it is not, or the archive does not count.
// Study fetches what is new.
func (e *Engine) Grown(ctx context.Context, site pacs.Archive, study dicom.UID) (int, error) {
	before, ok := e.Store.Expected(study)
	n, err := count(ctx, site, study)
	if err != nil {
		return 0, fmt.Errorf("count instances: %w", err)
	}
	if !ok {
		before = 0
	}
	return max(0, n-before), nil
}
