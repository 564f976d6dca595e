package fetch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Patience with one instance and with a link.
const (
	maxTries    = 3
	maxInARow   = 12 // failures without a success between: the link is gone
	maxBusyWait = 20 * time.Second
)

// ErrUnnamed says that images are still on their way to the archive, or that it miscounts.
var ErrUnnamed = errors.New("the archive counts more instances than it names")

// firstWait is the pause before the second try; it doubles.
var firstWait = 300 * time.Millisecond

// job is one run of one study.
type job struct {
	engine  *Engine
	site    pacs.Archive
	study   dicom.UID
	pace    *pace
	hint    int // how many instances a worklist said there are; 0: nothing was said
	callers int // guarded by engine.mu
	asked   int // guarded by engine.mu: of them, those who asked for it by Study
	cancel  context.CancelFunc
	ended   chan struct{} // closed when the run's goroutine is through

	mu       sync.Mutex
	first    []dicom.UID                           // all below guarded by mu
	queue    []instance                            // not yet asked for
	flying   map[dicom.UID]context.CancelCauseFunc // being asked for
	got      map[dicom.UID]bool                    // stored by this run
	series   map[dicom.UID]*seriesList             // as listed
	look     look                                  // where the reader is
	order    order                                 // in which what came is told
	tries    map[dicom.UID]int                     // failures so far
	inARow   int                                   // failures since the last success
	tender   bool                                  // nothing came yet: one request at a time
	scouting bool                                  // one image is still looked for beside the list
	listed   bool                                  // the archive's list is in, or is not to be had
	listErr  error                                 // with listed: no list
	unsure   error                                 // with listed: it may not be the whole one
	whole    bool                                  // the archive gives no single instances
	fatal    error                                 // ends the run
	have     int
	expected int
	before   int // expected when the study was last asked for
	bytes    int64
	stored   []store.Entry
	preview  *Preview
	lastErr  error
	gaps     []Gap
	done     bool
	err      error
	resting  time.Time     // since when it waits for another study; zero: it does not
	waited   time.Duration // for others, before that
	changed  chan struct{} // closed and replaced at every change
}

func newJob(e *Engine, site pacs.Archive, study dicom.UID, first []dicom.UID, cancel context.CancelFunc) *job {
	j := &job{
		engine: e, site: site, study: study, first: first, callers: 1, cancel: cancel,
		ended: make(chan struct{}), changed: make(chan struct{}), tries: map[dicom.UID]int{},
		flying: map[dicom.UID]context.CancelCauseFunc{}, got: map[dicom.UID]bool{}, tender: true, scouting: true,
	}
	j.before, _ = e.Store.Expected(study)
	return j
}

// since is the progress after the first told entries, and a channel that closes
// when there is more.
func (j *job) since(told int) (Progress, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := Progress{Have: j.have, Expected: j.expected, New: j.stored[told:len(j.stored):len(j.stored)], Bytes: j.bytes,
		Rate: j.pace.rate(), Preview: j.preview, Gaps: j.gaps, Done: j.done, Err: j.err, Waited: j.waitedSoFar()}
	if j.listed && j.before > 0 {
		p.Grew = max(0, j.expected-j.before)
	}
	return p, j.changed
}

// note changes the job's state and wakes its callers and its dispatcher.
func (j *job) note(change func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
	close(j.changed)
	j.changed = make(chan struct{})
}

func (j *job) finish(err error) {
	j.note(func() {
		j.stored = append(j.stored, j.order.flush()...)
		j.done, j.err, j.preview = true, err, nil
		var inc *IncompleteError
		if errors.As(err, &inc) {
			j.gaps = inc.Gaps
		}
	})
}

// wanted moves instances to the head of the queue.
func (j *job) wanted(first []dicom.UID) {
	if len(first) == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.first = append(append([]dicom.UID{}, first...), j.first...)
	j.queue = j.look.sort(advance(j.queue, first), j.series)
}

// run is the whole life of the job.
func (j *job) run(ctx context.Context) error {
	sctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	series := make(chan []seriesCount, 1)
	beside.Go(func() { j.list(sctx, series) })
	beside.Go(func() { j.scout(sctx, series) })
	err := j.dispatch(ctx)
	stop()
	beside.Wait()
	return j.verdict(ctx, err)
}

// verdict is nil only when all that the archive names is there.
func (j *job) verdict(ctx context.Context, fatal error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("fetch study: %w", ctx.Err())
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.listErr != nil && !DiskFailed(fatal) { // the disk's failure ends the search for the list, too
		return fmt.Errorf("fetch study: %w", j.listErr)
	}
	missing := max(0, j.expected-j.have)
	why := fatal
	for _, err := range []error{j.lastErr, j.unsure} {
		if why == nil {
			why = err
		}
	}
	if missing > 0 && why == nil {
		why = ErrUnnamed
	}
	if missing > 0 || fatal != nil || j.unsure != nil {
		return &IncompleteError{Missing: missing, Expected: j.expected, Gaps: j.missing(), Err: why}
	}
	return nil
}

// missing names the series that are short, in the order of their numbers. j.mu is held.
func (j *job) missing() (gaps []Gap) {
	for uid, s := range j.series {
		if n := s.expected - s.have; n > 0 {
			gaps = append(gaps, Gap{Series: uid, Number: s.number, Missing: n, Expected: s.expected})
		}
	}
	slices.SortFunc(gaps, func(a, b Gap) int {
		if a.Number != b.Number {
			return a.Number - b.Number
		}
		return slices.Compare([]byte(a.Series), []byte(b.Series))
	})
	return gaps
}

// sleep is false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// cancelFlying gives up what is being asked for. j.mu is held.
func (j *job) cancelFlying(cause error) {
	for cancel := range maps.Values(j.flying) {
		cancel(cause)
	}
}
