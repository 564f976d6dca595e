package fetch

import (
	"context"
	"errors"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Ahead is Study for what nobody has asked for yet: while a study that was asked for is
// being fetched, from whatever site, since they share the reader's line, no request of
// it is made, and those under way that do not end at once are cancelled and made again
// afterwards. Once Study asks for the same one, it is as any other.
func (e *Engine) Ahead(ctx context.Context, site pacs.Archive, study dicom.UID, each func(Progress)) error {
	j := e.join(site, study, nil, false)
	defer e.leave(j, false)
	return j.follow(ctx, each)
}

// ask counts who asked for a study and waits for it. e.mu is held.
func (e *Engine) ask(j *job, asked bool, more int) {
	if asked {
		j.asked += more
		e.announceLocked()
	}
}

// waits tells whether another study goes before this one. e.mu is held.
func (e *Engine) waits(j *job) bool {
	if _, busy := e.jobs[e.prefer]; busy {
		return e.prefer != j.study
	}
	return j.asked == 0 && e.anyAsked()
}

func (e *Engine) anyAsked() bool {
	for _, o := range e.jobs {
		if o.asked > 0 {
			return true
		}
	}
	return false
}

// Run is a study that is being fetched now.
type Run struct {
	Study          dicom.UID
	Asked          bool // not only ahead
	Have, Expected int
}

// Running lists what is being fetched, in no order.
func (e *Engine) Running() (out []Run) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, j := range e.jobs {
		j.mu.Lock()
		out = append(out, Run{j.study, j.asked > 0, j.have, j.expected})
		j.mu.Unlock()
	}
	return out
}

// rested notes when the run begins to wait for another study, and when that is over.
func (j *job) rested(wait bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch now := time.Now(); {
	case wait && j.resting.IsZero():
		j.resting = now
	case !wait && !j.resting.IsZero():
		j.waited += now.Sub(j.resting)
		j.resting = time.Time{}
	}
}

// waitedSoFar is how long the run has waited for others. j.mu is held.
func (j *job) waitedSoFar() time.Duration {
	if j.resting.IsZero() {
		return j.waited
	}
	return j.waited + time.Since(j.resting)
}

// DiskFailed tells whether a study ended because it could not be kept here.
func DiskFailed(err error) bool {
	var disk *diskError
	return errors.As(err, &disk)
}
