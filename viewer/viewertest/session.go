package viewertest

import (
	"context"
	"image"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// patience is how long the suite waits for what must happen; a machine that runs
// other tests too may be slow.
const patience = 20 * time.Second

// session is a viewer under test and all it has told.
type session struct {
	testing.TB
	v     viewer.Viewer
	epoch uint64
	ended chan struct{}

	mu     sync.Mutex
	told   []viewer.Event // guarded by mu
	at     []time.Time    // guarded by mu
	closed bool           // guarded by mu: Events is
}

func begin(tb testing.TB, start func(testing.TB) viewer.Viewer) *session {
	s := &session{TB: tb, v: start(tb), ended: make(chan struct{})}
	go s.listen()
	tb.Cleanup(func() {
		s.v.Close()
		select {
		case <-s.ended:
		case <-time.After(patience):
			tb.Error("Events is not closed after Close")
		}
	})
	return s
}

// listen keeps what is told, and fetches pictures as a terminal would.
func (s *session) listen() {
	defer close(s.ended)
	for e := range s.v.Events() {
		now := time.Now()
		s.mu.Lock()
		s.told, s.at = append(s.told, e), append(s.at, now)
		s.mu.Unlock()
		if p, ok := s.v.(viewer.Painter); ok && e.Kind == viewer.Painted {
			p.Paint(image.Pt(320, 240))
		}
	}
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
}

// mark is how much has been told so far.
func (s *session) mark() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.told)
}

// find is the first event from a mark on that fits, and when it came.
func (s *session) find(from int, fits func(viewer.Event) bool) (viewer.Event, time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := from; i < len(s.told); i++ {
		if fits(s.told[i]) {
			return s.told[i], s.at[i], true
		}
	}
	return viewer.Event{}, time.Time{}, false
}

// await waits for an event that fits.
func (s *session) await(what string, from int, fits func(viewer.Event) bool) (viewer.Event, time.Time) {
	s.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if e, at, ok := s.find(from, fits); ok {
			return e, at
		}
	}
	s.Fatalf("waited %v for %s", patience, what)
	return viewer.Event{}, time.Time{}
}

// never fails if an event that fits comes within a time.
func (s *session) never(what string, from int, within time.Duration, fits func(viewer.Event) bool) {
	s.Helper()
	time.Sleep(within)
	if e, _, ok := s.find(from, fits); ok {
		s.Errorf("%s: %+v", what, e)
	}
}

func kind(k viewer.EventKind) func(viewer.Event) bool {
	return func(e viewer.Event) bool { return e.Kind == k }
}

// state fits a State of the epoch that the function likes.
func state(epoch uint64, likes func(viewer.State) bool) func(viewer.Event) bool {
	return func(e viewer.Event) bool {
		return e.Kind == viewer.Stated && e.Epoch == epoch && e.State != nil && likes(*e.State)
	}
}

// open shows a series as a case and waits until it is on screen.
func (s *session) open(c viewer.Case, series ...Series) {
	s.Helper()
	from := s.mark()
	s.epoch = c.Epoch
	if err := s.v.Open(context.Background(), c); err != nil {
		s.Fatal(err)
	}
	for _, one := range series {
		if err := s.v.Add(c.Epoch, one.Write(s, s.TempDir())); err != nil {
			s.Fatal(err)
		}
	}
	s.await("the first pixel", from, func(e viewer.Event) bool { return e.Kind == viewer.Shown && e.Epoch == c.Epoch })
}

func (s *session) press(keys ...viewer.Key) {
	s.Helper()
	for _, k := range keys {
		if err := s.v.Press(s.epoch, k); err != nil {
			s.Fatal(err)
		}
		if k.Typing() {
			time.Sleep(90 * time.Millisecond) // a hand, not dictation (N2)
		}
	}
}

// Eventually waits, for 20 s at most, for what workers do; a test that never sees it fails.
func Eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}
