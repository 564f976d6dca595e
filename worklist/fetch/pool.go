package fetch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var errLinkGone = errors.New("the link failed again and again")

// diskError is a failure of the store: no use in fetching on.
type diskError struct{ err error }

func (e *diskError) Error() string { return "keep object: " + e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// one asks for one instance and decides what becomes of it.
func (j *job) one(ctx context.Context, in instance) {
	got, err := j.fetch(ctx, in)
	overtaken := err != nil && errors.Is(context.Cause(ctx), errOvertaken)
	j.pace.ended(got, hurts(err) && !overtaken)
	if err != nil && !overtaken {
		j.engine.announce() // the connection is free while this instance waits
		j.settle(ctx, in, err)
	}
	j.note(func() {
		delete(j.flying, in.sop)
		if overtaken {
			j.queue = append([]instance{in}, j.queue...)
		}
	})
	j.engine.announce()
}

// hurts tells whether a failure says that too much is asked of link or server.
func hurts(err error) bool {
	reason, refused := pacs.ReasonOf(err)
	return refused && reason == pacs.Busy || errors.Is(err, pacs.ErrStalled) || errors.Is(err, context.DeadlineExceeded)
}

// noInstanceGet takes refusals that may be about the resource and not about the
// instance. A 404 is one of them: the study is asked for as a whole before it is
// believed.
func noInstanceGet(err error) bool {
	r, refused := pacs.ReasonOf(err)
	return refused && (r == pacs.Refused || r == pacs.NotFound)
}

// answer is what a request brought.
type answer struct {
	bytes, pixels int // pixels: uncompressed
}

// fetch gets one instance into the store.
func (j *job) fetch(ctx context.Context, in instance) (got answer, err error) {
	came, kept := false, false
	err = j.retrieve(ctx, pacs.Ref{Study: j.study, Series: in.series, Instance: in.sop}, func(o pacs.Object, arrived func(answer)) error {
		f, err := j.check(o.Bytes)
		if err != nil {
			return err
		}
		sop := dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID))
		if sop != in.sop {
			return ErrOther
		}
		came = true
		got = answer{got.bytes + len(o.Bytes), got.pixels + dicom.PixelBytes(f.Dataset)}
		arrived(got)
		err = j.keep(o.Bytes, sop, keyImages(f.Dataset))
		kept = err == nil
		return err
	})
	switch {
	case kept:
		return got, nil // what failed after it is the next request's trouble
	case err == nil && !came:
		err = pacs.ErrTruncated
	}
	return got, err
}

// retrieve asks in the way that has brought pixels soonest at this site. arrived
// takes the time before the object is stored: the disk is not the link.
func (j *job) retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object, func(answer)) error) error {
	site, ok := j.site.(pacs.Transcoder)
	if !ok {
		return j.site.Retrieve(ctx, ref, func(o pacs.Object) error { return each(o, func(answer) {}) })
	}
	wire, begun := j.pace.wire(), time.Now()
	return site.RetrieveAs(ctx, ref, wire, func(o pacs.Object) error {
		took := time.Since(begun)
		return each(o, func(a answer) { j.pace.came(wire, a.bytes, a.pixels, took) })
	})
}

// check reads what an object says it is.
func (j *job) check(b []byte) (*dicom.File, error) {
	f, err := dicom.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	if dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)) != j.study {
		return nil, ErrOther
	}
	return f, nil
}

// keep stores an object.
func (j *job) keep(b []byte, sop dicom.UID, keys []dicom.UID) error {
	e, _, err := j.engine.Store.Put(b)
	if err != nil {
		return putError(err)
	}
	j.note(func() {
		if !j.got[sop] {
			j.got[sop] = true
			j.have++
			if s := j.series[e.Series]; s != nil {
				s.have++
			}
		}
		j.expected = max(j.expected, j.have)
		j.bytes += int64(len(b))
		j.stored = append(j.stored, j.order.came(e)...)
		j.inARow, j.tender = 0, false
		if j.preview != nil && j.preview.SOP == sop {
			j.preview = nil
		}
		if len(keys) > 0 {
			j.queue = j.look.sort(advance(j.queue, keys), j.series)
		}
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

// settle decides what becomes of an instance after a failure. It holds the
// instance's connection back as long as server and link want to be left alone.
func (j *job) settle(ctx context.Context, in instance, err error) {
	var disk *diskError
	reason, refused := pacs.ReasonOf(err)
	switch {
	case ctx.Err() != nil:
	case errors.As(err, &disk), refused && reason == pacs.Unauthorized:
		j.note(func() { j.fatal = err })
	case refused && reason == pacs.Busy:
		j.busy(ctx, in, err)
	case noInstanceGet(err) && j.untouched():
		j.note(func() {
			j.queue = append([]instance{in}, j.queue...)
			j.whole = true
		})
	default:
		j.again(ctx, in, err, refused)
	}
}

// untouched: nothing came yet, so that a refusal may mean every instance.
func (j *job) untouched() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.tender
}

// again puts an instance back behind the others, so that one bad slice keeps none
// waiting, or gives it up.
func (j *job) again(ctx context.Context, in instance, err error, refused bool) {
	var conflict *store.ConflictError
	tries, again := 0, false
	j.note(func() {
		j.failed(err)
		j.tries[in.sop]++
		j.stored = append(j.stored, j.order.without(in.sop)...)
		tries = j.tries[in.sop]
		again = tries < maxTries && !refused && !errors.As(err, &conflict)
	})
	if !again {
		return
	}
	sleep(ctx, firstWait<<(tries-1))
	j.note(func() { j.queue = append(j.queue, in) })
}

// failed counts a failure. j.mu is held.
func (j *job) failed(err error) {
	j.lastErr = err
	if j.inARow++; j.inARow >= maxInARow && j.fatal == nil {
		j.fatal = fmt.Errorf("%w: %w", errLinkGone, err)
	}
}

// busy waits as the server asked and gives the instance back. The pace has been
// slowed already.
func (j *job) busy(ctx context.Context, in instance, err error) {
	var status *pacs.StatusError
	errors.As(err, &status)
	j.note(func() { j.failed(err) })
	sleep(ctx, min(max(status.RetryAfter, firstWait), maxBusyWait))
	j.note(func() { j.queue = append([]instance{in}, j.queue...) })
}
