package fetch

import (
	"context"
	"errors"
	"fmt"
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

// errUnnamed: images are still on their way to the archive, or it miscounts.
var errUnnamed = errors.New("the archive counts more instances than it names")

// firstWait is the pause before the second try; it doubles.
var firstWait = 300 * time.Millisecond

// job is one run of one study.
type job struct {
	engine  *Engine
	site    pacs.Archive
	study   dicom.UID
	callers int // guarded by engine.mu
	cancel  context.CancelFunc
	ended   chan struct{} // closed when the run's goroutine is through

	mu       sync.Mutex
	first    []dicom.UID       // all below guarded by mu
	queue    []instance        // not yet asked for
	order    order             // in which what came is told
	tries    map[dicom.UID]int // failures so far
	lost     int               // given up
	inARow   int               // failures since the last success
	workers  int               // allowed now
	have     int
	expected int
	bytes    int64
	stored   []store.Entry
	lastErr  error
	done     bool
	err      error
	changed  chan struct{} // closed and replaced at every change
}

// since is the progress after the first told entries, and a channel that closes
// when there is more.
func (j *job) since(told int) (Progress, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fresh := j.stored[told:len(j.stored):len(j.stored)]
	return Progress{Have: j.have, Expected: j.expected, New: fresh, Bytes: j.bytes, Done: j.done, Err: j.err}, j.changed
}

// note changes the job's state and wakes its callers.
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
		j.done, j.err = true, err
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
	j.queue = advance(j.queue, first)
}

// run is the whole life of the job.
func (j *job) run(ctx context.Context) error {
	unsure, err := j.plan(ctx)
	if err != nil {
		return fmt.Errorf("fetch study: %w", err)
	}
	fatal := j.firstOne(ctx)
	if errors.Is(fatal, errNoInstanceGet) {
		fatal = j.wholeStudy(ctx)
	} else if fatal == nil {
		fatal = j.pool(ctx)
	}
	return j.verdict(ctx, fatal, unsure)
}

// verdict is nil only when all that the archive names is there.
func (j *job) verdict(ctx context.Context, fatal, unsure error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("fetch study: %w", ctx.Err())
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	missing := j.expected - j.have
	why := fatal
	if why == nil {
		why = j.lastErr
	}
	if why == nil {
		why = unsure
	}
	switch {
	case missing > 0 && why == nil:
		why = errUnnamed
		fallthrough
	case missing > 0, fatal != nil, unsure != nil:
		return &IncompleteError{Missing: max(0, missing), Expected: j.expected, Err: why}
	}
	return nil
}

// plan asks which instances there are. unsure is what leaves doubt whether
// these are all.
func (j *job) plan(ctx context.Context) (unsure, err error) {
	count := make(chan int, 1)
	go func() { count <- j.counted(ctx) }() // beside the list: the first image waits for both
	list, err := retry(ctx, func() ([]*dicom.Dataset, error) {
		return pacs.Find(ctx, j.site, pacs.Query{Level: pacs.InstanceLevel, Study: j.study,
			Include: []dicom.Tag{dicom.InstanceNumber, dicom.SeriesNumber, dicom.SeriesInstanceUID, dicom.SeriesDescription, dicom.ImageType}})
	})
	counted := <-count
	if errors.Is(err, pacs.ErrPartial) {
		unsure = err
	} else if err != nil {
		return nil, err
	}
	all := instances(list)
	if len(all) == 0 {
		return nil, ErrNoInstances
	}
	expected := max(len(all), counted)
	if err := j.engine.Store.SetExpected(j.study, expected); err != nil {
		return nil, &diskError{err}
	}
	var missing []instance
	for _, in := range all {
		if !j.engine.Store.Has(j.study, in.sop) {
			missing = append(missing, in)
		}
	}
	j.note(func() {
		j.queue = advance(viewingOrder(missing), j.first)
		j.order.middles = firstOfEach(j.queue)
		j.expected, j.have = expected, len(all)-len(missing)
	})
	return unsure, nil
}

// counted is the archive's own count of the study: it may name fewer than it
// counts while images are still coming (N8).
func (j *job) counted(ctx context.Context) int {
	list, err := pacs.Find(ctx, j.site, pacs.Query{Level: pacs.StudyLevel, Include: []dicom.Tag{dicom.NumberOfStudyRelatedInstances},
		Match: map[dicom.Tag]string{dicom.StudyInstanceUID: string(j.study)}})
	if err != nil || len(list) != 1 || dicom.UID(list[0].Str(dicom.StudyInstanceUID)) != j.study {
		return 0
	}
	const believable = 1 << 20
	n := list[0].IntOr(dicom.NumberOfStudyRelatedInstances, 0)
	if n > believable {
		return 0
	}
	return n
}

// retry repeats what the link failed, not what the server refused.
func retry[T any](ctx context.Context, do func() (T, error)) (v T, err error) {
	for try := range maxTries {
		v, err = do()
		if _, refused := pacs.ReasonOf(err); err == nil || refused || errors.Is(err, pacs.ErrPartial) || !sleep(ctx, firstWait<<try) {
			break
		}
	}
	return v, err
}

// sleep is false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
