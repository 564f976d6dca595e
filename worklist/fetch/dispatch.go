package fetch

import (
	"context"
	"errors"
	"sync"
	"time"
)

// step is what a job can do next.
type step int

const (
	rest   step = iota // until something changes
	asked              // a request began; there may be room for another
	stream             // ask for the study as one
	over
)

// grace is how long a request may go on that another study's preference overtook:
// what ends within it is cheaper to finish than to ask for again.
const grace = 100 * time.Millisecond

// errOvertaken is the cause of requests cancelled for another study.
var errOvertaken = errors.New("another study goes first")

// dispatch asks for the queue's instances until there are none and no more can
// come. It returns what ended the run early. All its requests have ended then.
func (j *job) dispatch(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var requests sync.WaitGroup
	defer requests.Wait()
	defer cancel(nil)
	for ctx.Err() == nil {
		wait, share, turned := j.engine.turn(j)
		j.rested(wait)
		switch what, changed := j.next(ctx, wait, share, &requests); what {
		case rest:
			j.idle(ctx, wait, turned, changed)
		case over:
			return j.ending()
		case stream:
			return j.wholeStudy(ctx)
		}
	}
	return ctx.Err()
}

// idle waits for a change. Where another study goes first, what is still being
// asked for has a short time to end.
func (j *job) idle(ctx context.Context, wait bool, turned, changed <-chan struct{}) {
	var late <-chan time.Time
	if wait {
		t := time.NewTimer(grace)
		defer t.Stop()
		late = t.C
	}
	select {
	case <-ctx.Done():
	case <-turned:
	case <-changed:
	case <-late:
		j.mu.Lock()
		j.cancelFlying(errOvertaken)
		j.mu.Unlock()
		select { // nothing is left to do until a turn comes
		case <-ctx.Done():
		case <-turned:
		}
	}
}

func (j *job) ending() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.fatal
}

// next starts the next request, or says what else there is to do. changed closes
// when that may be different.
func (j *job) next(ctx context.Context, wait bool, share int, requests *sync.WaitGroup) (what step, changed <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.tender {
		share = 1
	}
	none := len(j.queue) == 0
	switch {
	case j.fatal != nil:
		return over, nil
	case j.whole && j.listed && len(j.flying) == 0:
		return stream, nil
	case none && len(j.flying) == 0 && j.listed && !j.scouting:
		return over, nil
	case none && !j.tender:
		j.pace.starved()
		return rest, j.changed
	case none || j.whole || wait || len(j.flying) >= share || !j.pace.start():
		return rest, j.changed
	}
	in := j.queue[0]
	j.queue = j.queue[1:]
	rctx, cancel := context.WithCancelCause(ctx)
	j.flying[in.sop] = cancel
	requests.Go(func() {
		defer cancel(nil)
		j.one(rctx, in)
	})
	return asked, nil
}
