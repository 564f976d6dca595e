package pacstest

import (
	"fmt"
	"testing"
	"time"
)

// watcher is a test whose cleanups run when it is told, and whose failures are kept.
type watcher struct {
	testing.TB
	cleanups []func()
	failed   string
}

func (w *watcher) Helper()                           {}
func (w *watcher) Name() string                      { return "watched" }
func (w *watcher) Cleanup(f func())                  { w.cleanups = append(w.cleanups, f) }
func (w *watcher) Errorf(format string, args ...any) { w.failed = fmt.Sprintf(format, args...) }

func (w *watcher) end() {
	for i := len(w.cleanups) - 1; i >= 0; i-- {
		w.cleanups[i]()
	}
}

func TestAGoroutineLeftBehindIsFound(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	defer close(stop)
	w := &watcher{TB: t}
	noneLeft(w, 100*time.Millisecond)
	started := make(chan struct{})
	go func() {
		go func() { // of one that is gone itself
			close(started)
			<-stop
		}()
	}()
	<-started
	if w.end(); w.failed == "" {
		t.Error("nothing was said of a goroutine that waits for ever")
	}
}

func TestGoroutinesThatEndOrAreAnothersAreNoFault(t *testing.T) {
	t.Parallel()
	w, ready, other := &watcher{TB: t}, make(chan struct{}), make(chan struct{})
	defer close(other)
	another := make(chan func(), 1)
	go func() { // as a test beside this one would
		close(ready)
		for f := range another {
			go f()
		}
	}()
	<-ready
	NoGoroutinesLeft(w)
	another <- func() { <-other }
	close(another)
	go time.Sleep(50 * time.Millisecond)
	if w.end(); w.failed != "" {
		t.Error(w.failed)
	}
}
