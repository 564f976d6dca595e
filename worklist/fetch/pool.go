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

var (
	// errNoInstanceGet: the server gives no single instances.
	errNoInstanceGet = errors.New("the archive gives no single instances")
	errLinkGone      = errors.New("the link failed again and again")
)

// diskError is a failure of the store: no use in fetching on.
type diskError struct{ err error }

func (e *diskError) Error() string { return "keep object: " + e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// firstOne fetches the first instance alone, so that it has the whole link.
func (j *job) firstOne(ctx context.Context) error {
	for {
		in, ok := j.take()
		if !ok {
			return nil
		}
		err := j.fetch(ctx, in)
		if noInstanceGet(err) {
			j.putBack(in)
			return errNoInstanceGet
		}
		if fatal := j.settle(ctx, in, err); fatal != nil || err == nil {
			return fatal
		}
	}
}

// noInstanceGet takes refusals that may be about the resource and not about the
// instance. A 404 is one of them: the study is asked for as a whole before it is
// believed.
func noInstanceGet(err error) bool {
	r, refused := pacs.ReasonOf(err)
	return refused && (r == pacs.Refused || r == pacs.NotFound)
}

// pool fetches the rest with several connections. It returns what ends the run
// early, nil when the queue was worked off.
func (j *job) pool(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	n := j.engine.Workers
	if n <= 0 {
		n = DefaultWorkers
	}
	j.mu.Lock()
	j.workers = n
	j.mu.Unlock()
	var wg sync.WaitGroup
	for id := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := j.work(ctx, id); err != nil {
				cancel(err)
			}
		}()
	}
	wg.Wait()
	if err := j.work(ctx, 0); err != nil { // what a worker gave back that was one too many
		cancel(err)
	}
	return context.Cause(ctx)
}

// work fetches until the queue is empty or this worker is one too many.
func (j *job) work(ctx context.Context, id int) error {
	for ctx.Err() == nil && j.allowed(id) {
		in, ok := j.take()
		if !ok {
			return nil
		}
		if err := j.settle(ctx, in, j.fetch(ctx, in)); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) allowed(id int) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return id < j.workers
}

func (j *job) take() (instance, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.queue) == 0 || j.inARow >= maxInARow {
		return instance{}, false
	}
	in := j.queue[0]
	j.queue = j.queue[1:]
	return in, true
}

func (j *job) putBack(in instance) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.queue = append([]instance{in}, j.queue...)
}

// fetch gets one instance into the store.
func (j *job) fetch(ctx context.Context, in instance) error {
	if err := j.engine.gate(ctx, j.study); err != nil {
		return err
	}
	came := false
	err := j.site.Retrieve(ctx, pacs.Ref{Study: j.study, Series: in.series, Instance: in.sop}, func(o pacs.Object) error {
		sop, err := j.check(o.Bytes)
		if err != nil {
			return err
		}
		if sop != in.sop {
			return ErrOther
		}
		came = true
		return j.keep(o.Bytes, 1)
	})
	if err == nil && !came {
		err = pacs.ErrTruncated
	}
	return err
}

// check reads what an object says it is.
func (j *job) check(b []byte) (dicom.UID, error) {
	f, err := dicom.Parse(b)
	if err != nil {
		return "", fmt.Errorf("read object: %w", err)
	}
	if dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)) != j.study {
		return "", ErrOther
	}
	return dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID)), nil
}

// keep stores an object that counts for so many expected instances.
func (j *job) keep(b []byte, counts int) error {
	e, _, err := j.engine.Store.Put(b)
	if err != nil {
		return putError(err)
	}
	j.note(func() {
		j.have += counts
		j.bytes += int64(len(b))
		j.stored = append(j.stored, j.order.came(e)...)
		j.inARow = 0
	})
	return nil
}

// putError tells a bad object from a bad disk.
func putError(err error) error {
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	var con *store.ConflictError
	if errors.As(err, &inv) || errors.As(err, &uns) || errors.As(err, &con) {
		return err
	}
	return &diskError{err}
}

// settle decides what becomes of an instance after a try; its error ends the run.
func (j *job) settle(ctx context.Context, in instance, err error) error {
	var disk *diskError
	reason, refused := pacs.ReasonOf(err)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &disk):
		return err
	case refused && reason == pacs.Unauthorized:
		return err
	case refused && reason == pacs.Busy:
		return j.slowDown(ctx, in, err)
	}
	j.mu.Lock()
	j.lastErr = err
	j.inARow++
	j.tries[in.sop]++
	j.stored = append(j.stored, j.order.without(in.sop)...)
	tries := j.tries[in.sop]
	var conflict *store.ConflictError
	again := tries < maxTries && !refused && !errors.As(err, &conflict)
	if again {
		j.queue = append(j.queue, in) // behind the others: one bad slice keeps none waiting
	} else {
		j.lost++
	}
	gone := j.inARow >= maxInARow
	j.mu.Unlock()
	if gone {
		return fmt.Errorf("%w: %w", errLinkGone, err)
	}
	if again {
		sleep(ctx, firstWait<<(tries-1))
	}
	return nil
}

// slowDown gives the instance back, waits as the server asked and goes on with
// one connection fewer, but never with none.
func (j *job) slowDown(ctx context.Context, in instance, err error) error {
	var status *pacs.StatusError
	errors.As(err, &status)
	wait := min(max(status.RetryAfter, firstWait), maxBusyWait)
	j.mu.Lock()
	j.lastErr = err
	j.inARow++
	gone := j.inARow >= maxInARow
	j.queue = append([]instance{in}, j.queue...)
	j.workers = max(1, j.workers-1)
	j.mu.Unlock()
	if gone {
		return fmt.Errorf("%w: %w", errLinkGone, err)
	}
	sleep(ctx, wait)
	return nil
}

// wholeStudy asks for the study in one stream, again from the start as long as
// that brings something new: there is no resume (PS3.18 10.4).
func (j *job) wholeStudy(ctx context.Context) error {
	missing := map[dicom.UID]bool{}
	j.mu.Lock()
	for _, in := range j.queue {
		missing[in.sop] = true
	}
	j.queue = nil
	j.mu.Unlock()
	var err error
	for stuck := 0; stuck < maxTries && len(missing) > 0; {
		before := len(missing)
		err = j.stream(ctx, missing)
		var disk *diskError
		if _, refused := pacs.ReasonOf(err); err == nil || ctx.Err() != nil || refused || errors.As(err, &disk) {
			break
		}
		if stuck++; len(missing) < before {
			stuck = 0
		}
		sleep(ctx, firstWait<<stuck)
	}
	if err == nil && len(missing) > 0 {
		err = ErrOther
	}
	return err
}

// stream reads the study once and strikes what came from missing. An instance
// that the list did not name is kept as well: it is newer than the list.
func (j *job) stream(ctx context.Context, missing map[dicom.UID]bool) error {
	return j.site.Retrieve(ctx, pacs.Ref{Study: j.study}, func(o pacs.Object) error {
		if err := j.engine.gate(ctx, j.study); err != nil {
			return err
		}
		sop, err := j.check(o.Bytes)
		if errors.Is(err, ErrOther) {
			return nil // not of this study: not kept, and missed in the end if it was due
		}
		if err != nil {
			return err
		}
		if !missing[sop] {
			if j.engine.Store.Has(j.study, sop) {
				return nil
			}
			j.note(func() { j.expected++ })
		}
		delete(missing, sop)
		return j.keep(o.Bytes, 1)
	})
}
