package route

import (
	"context"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// What keeps measurements honest and cheap.
const (
	stale    = 7 * 24 * time.Hour // a remembered measurement is taken up no later
	trials   = 2                  // small retrievals by the other way
	tryAgain = 400                // retrievals until it is tried again
	clearly  = 0.85               // the other way must cost less than this part
	little   = 32 << 10           // bytes: what is smaller measures round trips
	away     = 15 * time.Second   // a way that failed is not gone; it doubles
	longAway = 4 * time.Minute
)

// way is a Way with its figures, guarded by Archive.mu.
type way struct {
	Way
	trip    time.Duration
	cost    float64 // seconds a megabyte
	images  float64 // a second
	tried   int     // retrievals in cost, at most trials of them remembered
	asked   int     // trials begun
	since   int     // retrievals since the other ways were tried
	at      time.Time
	err     error
	until   time.Time // not gone before
	pausing time.Duration
}

func (w *way) remember(m Measurement) {
	w.trip, w.images, w.at = m.RoundTrip, m.Images, m.At
	if m.Bytes > 0 {
		w.cost, w.tried = 1e6/m.Bytes, trials
	}
}

func (w *way) measured() Measurement {
	m := Measurement{Way: w.Name, RoundTrip: w.trip, Images: w.images, At: w.at, Err: w.err}
	if w.cost > 0 {
		m.Bytes = 1e6 / w.cost
	}
	return m
}

func (w *way) open(now time.Time) bool { return !now.Before(w.until) }

func (a *Archive) inUse() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// choose is the way for one retrieval: the one in use, or for a few of them one
// that is not measured yet.
func (a *Archive) choose() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, use := time.Now(), a.ways[a.now]
	if use.tried == 0 || !use.open(now) {
		return a.now // the way in use is measured first, on what is really wanted
	}
	use.since++
	for i, w := range a.ways {
		if i == a.now || !w.open(now) {
			continue
		}
		if use.since > tryAgain {
			w.asked, w.tried = 0, 0
		}
		if w.asked < trials && w.tried < trials {
			w.asked++
			return i
		}
	}
	if use.since > tryAgain {
		use.since = 0
	}
	return a.now
}

// order is the ways to try: the chosen one, then the others; those that failed
// lately are last.
func (a *Archive) order(chosen int) (out []*way) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	for _, open := range []bool{true, false} {
		if a.ways[chosen].open(now) == open {
			out = append(out, a.ways[chosen])
		}
		for i, w := range a.ways {
			if i != chosen && w.open(now) == open {
				out = append(out, w)
			}
		}
	}
	return out
}

// try goes the ways in turn until one has an answer. do tells whether it handed
// something on: then nothing is begun again.
func (a *Archive) try(ctx context.Context, ways []*way, do func(*way) (bool, error)) error {
	var first error
	var from *way
	for i, w := range ways {
		told, err := do(w)
		if err == nil {
			a.recovered(w)
			if from != nil && blames(first) && a.Fell != nil {
				a.Fell(&FellError{from.Name, w.Name, first})
			}
			return nil
		}
		if ctx.Err() != nil || told || !elsewhere(err) {
			return err
		}
		if blames(err) {
			a.failed(w, err)
		}
		if i == 0 {
			first, from = err, w
		}
	}
	return first
}

// elsewhere tells whether another way may have what this one had not: not where
// the server asks for patience, or says of a workitem what is so.
func elsewhere(err error) bool {
	reason, refused := pacs.ReasonOf(err)
	return !refused || reason == pacs.Unauthorized || reason == pacs.Refused || reason == pacs.NotFound
}

// blames tells whether a failure is of the way and not of what was asked for.
func blames(err error) bool {
	reason, refused := pacs.ReasonOf(err)
	return !refused || reason == pacs.Unauthorized
}

func (a *Archive) failed(w *way, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.pausing = min(max(away, 2*w.pausing), longAway)
	w.err, w.until = err, time.Now().Add(w.pausing)
	a.compareLocked()
}

func (a *Archive) recovered(w *way) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if w.err != nil {
		w.err, w.until, w.pausing = nil, time.Time{}, 0
		a.compareLocked()
	}
}

func (a *Archive) tripped(w *way, took time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.trip, w.at, w.err, w.until, w.pausing = took, time.Now(), nil, time.Time{}, 0
}

// learn notes one retrieval.
func (a *Archive) learn(w *way, bytes, objects int, took time.Duration) {
	if bytes < little || took <= 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	cost, images := took.Seconds()/(float64(bytes)/1e6), float64(objects)/took.Seconds()
	if w.tried++; w.tried > 1 {
		cost, images = 0.8*w.cost+0.2*cost, 0.8*w.images+0.2*images
	}
	w.cost, w.images, w.at = cost, images, time.Now()
	a.compareLocked()
}

func (a *Archive) compare() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.compareLocked()
}

// compareLocked changes the way in use when it is not open, or another one is
// clearly better and measured. a.mu is held.
func (a *Archive) compareLocked() {
	now := time.Now()
	best := a.ways[a.now]
	for i, w := range a.ways {
		switch {
		case !w.open(now) || w == best:
		case !best.open(now), w.tried >= trials && best.tried >= trials && w.cost < clearly*best.cost:
			a.now, best = i, w
		}
	}
}
