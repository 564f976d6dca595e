package dimse

import (
	"slices"
	"time"
)

// slowPlace is longer than an association takes to come about on a slow line. Archives
// with few places do not all refuse one more: Orthanc, with four threads by default,
// takes the connection and leaves the request unanswered until another association ends.
const slowPlace = 500 * time.Millisecond

// spareFor is how long an association is kept that is the third or later that nobody
// uses. Orthanc's threads wait a second at each association in turn, used or not: with
// more of them than threads every request stands in line.
const (
	spareFor   = time.Second
	keptLonger = 2
)

// spare is how long one more free association is kept. The caller holds mu.
func (p *pool) spare() time.Duration {
	if len(p.free) < keptLonger {
		return idleFor
	}
	return spareFor
}

// thin gives free associations back but the latest few. A new one is about to come: an
// archive that waits at each in turn must find it before those that nobody uses. The
// caller holds mu.
func (p *pool) thin(keep int) {
	for i := len(p.free) - keep - 1; i >= 0; i-- {
		if l := p.free[i]; l.idle.Stop() {
			p.free = slices.Delete(p.free, i, i+1)
			p.end(l)
		}
	}
}

// room gives associations of ours that nobody uses back, one after another, as long as
// a new one is waited for. ended says that it came about or failed; where giving one
// back was what helped, the archive is asked for no more at once than it has places.
func (p *pool) room() (ended func(ok bool)) {
	var t *time.Timer
	var gave time.Time // guarded by mu
	places, over := 0, false
	p.mu.Lock()
	defer p.mu.Unlock()
	t = time.AfterFunc(slowPlace, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if over {
			return
		}
		if len(p.free) > 0 && p.free[0].idle.Stop() {
			gave, places = time.Now(), p.open-1
			p.end(p.free[0])
			p.free = p.free[1:]
		}
		t.Reset(slowPlace)
	})
	return func(ok bool) {
		p.mu.Lock()
		defer p.mu.Unlock()
		over = true
		t.Stop()
		if ok && !gave.IsZero() && time.Since(gave) < slowPlace {
			p.most = max(1, min(p.most, places))
		}
	}
}
