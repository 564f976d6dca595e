// Package fetch brings studies from an archive into the store: only what is
// missing, in the order it will be looked at, over as many connections as make a
// lossy link full, and never with a success that is none.
//
// The unit is the instance: after any fault only the missing ones are asked for
// again. Memory holds at most one object a connection.
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
}

// DefaultWorkers is the number of connections a study: eight fill a 50 Mbit/s
// link with 0.1 % loss, sixteen only double the time to the first image.
const DefaultWorkers = 8

// Engine fetches studies. The zero value with a Store is ready; it is safe for
// concurrent use.
type Engine struct {
	Store   Store
	Workers int // connections a study; 0: DefaultWorkers

	mu      sync.Mutex
	jobs    map[dicom.UID]*job // guarded by mu: running, by study
	prefer  dicom.UID          // guarded by mu
	changed chan struct{}      // guarded by mu: closed when jobs or prefer change
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
// first names instances or series to begin with; the rest follows from the
// middle of each series outward. each is called from this goroutine, once at
// least, the last time with Done; it may be nil. A second call for a running
// study joins it: its each is given all that the run has stored. The run ends
// when ctx of every caller has.
func (e *Engine) Study(ctx context.Context, site pacs.Archive, study dicom.UID, first []dicom.UID, each func(Progress)) error {
	if each == nil {
		each = func(Progress) {}
	}
	j := e.join(site, study, first)
	defer e.leave(j)
	told := 0
	for last := (Progress{Have: -1}); ; {
		p, changed := j.since(told)
		told += len(p.New)
		if p.Done || len(p.New) > 0 || p.Have != last.Have || p.Expected != last.Expected {
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

// Prefer makes all other studies wait between two instances as long as this one
// is being fetched. The empty UID ends it.
func (e *Engine) Prefer(study dicom.UID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.prefer = study
	e.announce()
}

// announce wakes those who wait in gate. e.mu is held.
func (e *Engine) announce() {
	if e.changed != nil {
		close(e.changed)
	}
	e.changed = make(chan struct{})
}

// gate waits until study may send a request.
func (e *Engine) gate(ctx context.Context, study dicom.UID) error {
	for {
		e.mu.Lock()
		_, busy := e.jobs[e.prefer]
		wait := busy && e.prefer != study
		changed := e.changed
		e.mu.Unlock()
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
func (e *Engine) join(site pacs.Archive, study dicom.UID, first []dicom.UID) *job {
	e.mu.Lock()
	defer e.mu.Unlock()
	if j, ok := e.jobs[study]; ok {
		j.callers++
		j.wanted(first)
		return j
	}
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{
		engine: e, site: site, study: study, first: first, callers: 1, cancel: cancel,
		ended: make(chan struct{}), changed: make(chan struct{}), tries: map[dicom.UID]int{},
	}
	if e.jobs == nil {
		e.jobs = map[dicom.UID]*job{}
	}
	e.jobs[study] = j
	e.announce()
	go func() {
		defer close(j.ended)
		j.finish(j.run(ctx))
		e.forget(j)
	}()
	return j
}

// leave ends the run when nobody waits for it any more, and waits for its end.
func (e *Engine) leave(j *job) {
	e.mu.Lock()
	j.callers--
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
		e.announce()
	}
}
