package send

import (
	"context"
	"time"
)

// meter knows how fast bytes go: over the last while, not since the beginning.
type meter struct {
	total, gone int64
	marks       []mark // of the last window, oldest first
}

type mark struct {
	at   time.Time
	gone int64
}

const (
	window   = 15 * time.Second
	tellEach = 250 * time.Millisecond
)

// gone counts an object that the archive took.
func (r *run) gone(it *item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total.Bytes += it.size
	r.said, r.lost = "", false
	if !it.told {
		it.told = true
		r.meter.gone += it.size
	}
}

// trouble is why nothing moves.
func (r *run) trouble(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = why
}

// tell reports progress until ctx ends, the last time then.
func (r *run) tell(ctx context.Context, each func(Progress)) <-chan struct{} {
	done := make(chan struct{})
	if each == nil {
		close(done)
		return done
	}
	go func() {
		defer close(done)
		tick := time.NewTicker(tellEach)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				each(r.progress(time.Now()))
				return
			case now := <-tick.C:
				each(r.progress(now))
			}
		}
	}()
	return done
}

func (r *run) progress(now time.Time) Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := &r.meter
	m.marks = append(m.marks, mark{now, m.gone})
	for len(m.marks) > 1 && now.Sub(m.marks[0].at) > window {
		m.marks = m.marks[1:]
	}
	p := Progress{Objects: r.total.Objects, Confirmed: r.total.Confirmed, Failed: r.failed, Bytes: m.gone, Total: m.total, Trouble: r.said}
	if d := now.Sub(m.marks[0].at); d > 0 {
		p.PerSecond = float64(m.gone-m.marks[0].gone) / d.Seconds()
	}
	if p.PerSecond > 0 && m.total > m.gone {
		p.Left = time.Duration(float64(m.total-m.gone) / p.PerSecond * float64(time.Second)).Round(time.Second)
	}
	return p
}
