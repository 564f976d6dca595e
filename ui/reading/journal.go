package reading

import (
	"context"
	"sync"
)

// Journal writes what must not be lost, in the order it was given, on a goroutine
// of its own, so that no key waits for the disk. A job whose key is already
// waiting replaces it in place: of ten draft states in a row only the last is
// written. Close waits for all of them.
type Journal struct {
	fail func(error)
	done chan struct{}

	mu     sync.Mutex // guards what follows
	wake   *sync.Cond
	jobs   []job
	closed bool
}

type job struct {
	key string // "" never replaces and is never replaced
	do  func(context.Context) error
}

// NewJournal starts the writer. fail is called, from its goroutine, for each job
// that returned an error; the job is not tried again.
func NewJournal(fail func(error)) *Journal {
	j := &Journal{fail: fail, done: make(chan struct{})}
	j.wake = sync.NewCond(&j.mu)
	go j.run()
	return j
}

// Put hands a job over and returns at once.
func (j *Journal) Put(key string, do func(context.Context) error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.jobs {
		if key != "" && j.jobs[i].key == key {
			j.jobs[i].do = do
			return
		}
	}
	j.jobs = append(j.jobs, job{key, do})
	j.wake.Signal()
}

// Wait returns when every job handed over before it has been written, or ctx
// ends.
func (j *Journal) Wait(ctx context.Context) error {
	written := make(chan struct{})
	j.Put("", func(context.Context) error { close(written); return nil })
	select {
	case <-written:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close waits until every job handed over has been written.
func (j *Journal) Close() {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.wake.Signal()
	<-j.done
}

func (j *Journal) run() {
	defer close(j.done)
	for {
		next, ok := j.next()
		if !ok {
			return
		}
		if err := next.do(context.Background()); err != nil && j.fail != nil {
			j.fail(err)
		}
	}
}

func (j *Journal) next() (job, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.jobs) == 0 {
		if j.closed {
			return job{}, false
		}
		j.wake.Wait()
	}
	next := j.jobs[0]
	j.jobs = j.jobs[1:]
	return next, true
}
