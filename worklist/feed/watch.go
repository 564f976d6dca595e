package feed

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// pace is how often sites are asked and listened to.
type pace struct {
	// watched is the pause between two polls of a site that tells of its changes: an
	// event that was never sent is found then, and the site never grows amber (N11).
	watched time.Duration
	// least is the pause after an event's poll, in which further events gather.
	least time.Duration
	// limit bounds the pause after polls that failed one after another.
	limit time.Duration
	// again is the first pause before listening anew; it doubles up to limit.
	again time.Duration
	// never is the pause after a site said that it tells of nothing.
	never time.Duration
}

var nightPace = pace{watched: 40 * time.Second, least: 250 * time.Millisecond, limit: 30 * time.Second,
	again: time.Second, never: 10 * time.Minute}

// Watch keeps the list until ctx ends. Every site is asked by itself: at once; when it
// tells that something changed; and every so often, rarely where it tells of changes
// and more and more rarely, up to half a minute, while it does not answer. Pauses vary
// by a tenth, so that many desks do not ask in step. While a case of a site is held,
// its images are counted as often as if it told nothing.
//
// each is given the whole list whenever a site was asked, by one goroutine at a time.
// Watch returns when all it started has ended.
func (f *Feed) Watch(ctx context.Context, every time.Duration, each func(Snapshot)) {
	var all sync.WaitGroup
	var telling sync.Mutex
	tell := func() {
		telling.Lock()
		defer telling.Unlock()
		if ctx.Err() == nil { // half a list is none
			each(f.list())
		}
	}
	if f.begin(); len(f.sites) == 0 {
		tell()
	}
	for _, s := range f.sites {
		all.Go(func() { f.follow(ctx, s, every, tell) })
		for _, w := range s.Watchers {
			all.Go(func() { f.listen(ctx, s, w) })
		}
	}
	all.Wait()
	<-ctx.Done()
}

// begin lets the sites' age count from now: one that never answers grows old, too.
func (f *Feed) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sites {
		if s.status.Asked.IsZero() {
			s.status.Asked = f.opt.Now()
		}
	}
}

// follow asks one site again and again.
func (f *Feed) follow(ctx context.Context, s *source, every time.Duration, tell func()) {
	for failed := 0; ; {
		begun := time.Now()
		err := f.poll(ctx, s)
		if ctx.Err() != nil {
			return
		}
		if failed++; err == nil || partial(err) {
			failed = 0
		}
		tell()
		gather := max(f.pace.least, time.Since(begun)) // at most half of the time is spent asking
		if !rest(ctx, gather, nil) || !rest(ctx, f.pause(s, every, failed, err)-gather, s.wake) {
			return
		}
	}
}

// pause is how long a site is left alone when it tells nothing.
func (f *Feed) pause(s *source, every time.Duration, failed int, err error) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := every
	if s.hears > 0 && !s.holds() {
		p = max(every, f.pace.watched)
	}
	limit := max(f.pace.limit, every)
	if failed > 0 {
		p = min(every<<min(failed-1, 16), limit)
	}
	var status *pacs.StatusError
	if errors.As(err, &status) {
		p = max(p, min(status.RetryAfter, limit))
	}
	return vary(p)
}

// holds tells whether one of the site's cases is ours. Feed.mu is held.
func (s *source) holds() bool {
	for _, r := range s.rows {
		if r.Mine {
			return true
		}
	}
	return false
}

// vary is d, a tenth more or less.
func vary(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5+1) }

// rest waits, or less where it is woken; false when ctx has ended.
func rest(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	t := time.NewTimer(max(0, d))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-wake:
	}
	return ctx.Err() == nil
}

// listen hears what a site tells, and begins again whenever that ends. The first word
// of every beginning makes the site be asked: what was told to nobody is found.
func (f *Feed) listen(ctx context.Context, s *source, w pacs.Watcher) {
	for wait := f.pace.again; ; wait = min(2*wait, f.pace.limit) {
		heard := time.Time{}
		err := w.Watch(ctx, func(pacs.Change) {
			if heard.IsZero() {
				heard = time.Now()
				f.hears(s, w, 1)
			}
			s.prompt()
		})
		if !heard.IsZero() {
			f.hears(s, w, -1)
			s.prompt()
		}
		if !heard.IsZero() && time.Since(heard) > f.pace.limit {
			wait = f.pace.again
		}
		pause := wait
		if errors.Is(err, pacs.ErrNoWatch) {
			pause = f.pace.never
		}
		if !rest(ctx, vary(pause), nil) {
			return
		}
	}
}

// prompt has the site asked as soon as may be. Many words before that are one.
func (s *source) prompt() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// hears counts the watchers that hear something.
func (f *Feed) hears(s *source, w pacs.Watcher, more int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.hears += more
	s.status.Watched = ""
	if s.hears > 0 {
		s.status.Watched = "events"
		if l, ok := w.(pacs.Listening); ok && l.Listening() != "" {
			s.status.Watched = l.Listening()
		}
	}
}
