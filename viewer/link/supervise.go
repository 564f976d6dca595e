package link

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// Restarts: the first is at once, later ones within a minute wait longer, and
// after the last the window stays down until the reader opens a case again.
var delays = []time.Duration{0, 100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second, 5 * time.Second}

const crashMemory = time.Minute // crashes longer ago are forgotten

// supervise reads one window after another until Close.
func (w *Window) supervise(ctx context.Context, p *process) {
	defer close(w.done)
	var crashes []time.Time
	for {
		w.receive(p)
		w.mu.Lock()
		w.child = nil
		w.mu.Unlock()
		err := p.wait()
		if ctx.Err() != nil {
			return
		}
		if p = w.restart(ctx, &crashes, reason(err)); p == nil {
			return
		}
	}
}

// restart announces a crash and starts the next window, as often as it takes. It
// returns nil when the Window is being closed.
func (w *Window) restart(ctx context.Context, crashes *[]time.Time, why string) *process {
	for {
		w.crashed(why)
		if !w.pause(ctx, crashes) {
			return nil
		}
		p, err := spawn(ctx, w.options, w.log)
		if ctx.Err() != nil {
			if err == nil {
				p.kill()
				_ = p.wait()
			}
			return nil
		}
		if err == nil {
			w.adopt(p)
			return p
		}
		var unable *UnableError
		if why = "the image window cannot be started"; errors.As(err, &unable) {
			why = unable.Error()
		}
	}
}

// crashed tells the terminal.
func (w *Window) crashed(why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := viewer.Event{Kind: viewer.Crashed, Text: why}
	if w.memory.open != nil {
		e.Epoch, e.StudyUID = w.memory.open.Epoch, w.memory.open.StudyUID
	}
	w.events.put(e)
}

// pause waits as long as the crashes of the last minute ask for; false means that
// the Window is being closed.
func (w *Window) pause(ctx context.Context, crashes *[]time.Time) bool {
	now := time.Now()
	recent := (*crashes)[:0]
	for _, t := range *crashes {
		if now.Sub(t) < crashMemory {
			recent = append(recent, t)
		}
	}
	*crashes = append(recent, now)
	n := len(*crashes)
	if n > len(delays) {
		return w.giveUp(ctx, crashes)
	}
	select {
	case <-time.After(delays[n-1]):
		return true
	case <-ctx.Done():
		return false
	}
}

// giveUp stays down until the reader opens a case.
func (w *Window) giveUp(ctx context.Context, crashes *[]time.Time) bool {
	w.events.put(viewer.Event{Kind: viewer.Noticed, Text: "the image window keeps stopping: it is tried again with the next case you open"})
	select {
	case <-w.kick: // an Open of before the crash
	default:
	}
	select {
	case <-w.kick:
		*crashes = nil
		return true
	case <-ctx.Done():
		return false
	}
}

// adopt makes p the window and brings it up to date. When Close came in between,
// p ends at once and the supervisor sees it end.
func (w *Window) adopt(p *process) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		p.kill()
		p.out.close()
	}
	w.child = p
	for _, m := range w.memory.again() {
		if err := w.send(m); err != nil {
			w.events.put(viewer.Event{Kind: viewer.Noticed, Text: "the image window could not be shown the case again: open it once more"})
			return
		}
	}
}

// receive reads what the window says until its output ends.
func (w *Window) receive(p *process) {
	for {
		m, err := p.lines.next()
		var bad *Error
		switch {
		case errors.As(err, &bad):
			w.events.put(viewer.Event{Kind: viewer.Noticed, Text: "the image window sent something unreadable; it was dropped"})
		case errors.Is(err, io.EOF), err != nil:
			p.kill() // whatever closes its output is no window any more
			return
		case m.Kind == Told:
			w.deliver(*m.Event)
		}
	}
}

// deliver passes an event on if it is of the case on screen, or of none; or if it
// is an edit of a case opened here before, under way when the case changed: the
// marks say themselves whose they are, and a mark must not be lost. Anything else
// that is late is dropped, commands visibly (N1).
func (w *Window) deliver(e viewer.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	current := w.memory.is(e.Epoch) && w.memory.open.StudyUID == e.StudyUID
	switch {
	case e.Kind == viewer.Acted && e.Action == viewer.SessionLock:
		w.events.put(e) // of whatever case: it harms none
	case current || e.Epoch == 0 && free(e.Kind):
		w.memory.learn(e)
		w.events.put(e)
	case (e.Kind == viewer.Edited || e.Kind == viewer.Viewed) && w.memory.past[e.Epoch] == e.StudyUID:
		w.events.put(e)
	case e.Kind == viewer.Acted || e.Kind == viewer.Held:
		w.events.put(viewer.Event{Kind: viewer.Noticed, Text: late})
	}
}
