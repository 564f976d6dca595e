package ul

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// Release ends the association in order and waits for the answer, Timeouts.Release
// at most. Fragments that nobody reads are dropped. After an association that is
// over already it gives nil when it was released, or why it ended.
func (a *Association) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, a.timeouts.Release, pacs.ErrStalled)
	defer cancel()
	defer a.end(ErrEnded) // what is not released by then never will be
	if _, err := a.request(ctx, evtRelease, fixed(pduReleaseRQ, [4]byte{})); err != nil {
		return a.unreleased(err)
	}
	for a.open() {
		select {
		case <-a.closed: // whoever reads saw the end
		case <-ctx.Done():
			return a.unreleased(context.Cause(ctx))
		case a.reading <- struct{}{}:
			a.rest = nil
			err := a.step(ctx)
			free(a.reading)
			if ctx.Err() != nil && err != nil && a.open() {
				return a.unreleased(err)
			}
		}
	}
	return a.unreleased(a.why())
}

func (a *Association) unreleased(err error) error {
	if a.open() {
		a.Abort()
	}
	if err == io.EOF || err == ErrEnded {
		return nil
	}
	return fmt.Errorf("release association: %w", err)
}

// Abort ends the association and its connection at once. The A-ABORT is sent where
// nothing else is being written. Whoever reads or writes gets ErrEnded.
func (a *Association) Abort() {
	if !a.open() {
		return
	}
	a.because(ErrEnded)
	select {
	case a.writing <- struct{}{}:
		if a.happens(evtAbort, false) == aa1 {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			a.link.whole(ctx, (&AbortError{}).pdu())
			cancel()
		}
		free(a.writing)
	default:
	}
	a.end(ErrEnded)
}
