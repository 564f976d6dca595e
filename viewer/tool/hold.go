package tool

import (
	"time"

	"github.com/nocturne/nocturne/viewer"
)

const (
	// HoldToUse is how long a letter must be down to be held for use: its tool
	// goes when the key comes up (night.md, Default keys).
	HoldToUse = 200 * time.Millisecond

	repeatAfter = 250 * time.Millisecond
	repeatEvery = time.Second / 30
)

// Repeat is the auto-repeat of the one key that was pressed last: after 250 ms,
// 30 a second, counted by the clock so that a late tick loses none. The zero
// value repeats nothing.
type Repeat struct {
	key   viewer.Key
	since time.Time
	done  int
}

// Start begins to repeat a key that went down at a time.
func (r *Repeat) Start(k viewer.Key, at time.Time) { *r = Repeat{key: k, since: at} }

// Stop ends the repeat of a key; "" stops any.
func (r *Repeat) Stop(k viewer.Key) {
	if k == "" || k == r.key {
		*r = Repeat{}
	}
}

// Due is which key repeats and how often since the last call.
func (r *Repeat) Due(now time.Time) (k viewer.Key, times int) {
	if r.key == "" || now.Sub(r.since) < repeatAfter {
		return r.key, 0
	}
	total := int((now.Sub(r.since)-repeatAfter)/repeatEvery) + 1
	times, r.done = total-r.done, total
	return r.key, times
}

// Next is when Due will have something.
func (r *Repeat) Next() (at time.Time, ok bool) {
	if r.key == "" {
		return at, false
	}
	return r.since.Add(repeatAfter + time.Duration(r.done)*repeatEvery), true
}
