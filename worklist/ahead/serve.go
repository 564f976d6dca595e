package ahead

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Pauses after what went wrong; they double up to longPause.
const (
	sitePause  = 5 * time.Second
	studyPause = 30 * time.Second
	roomPause  = 20 * time.Second
	longPause  = 5 * time.Minute
)

// serve fetches from one site until ctx ends.
func (f *Fetcher) serve(ctx context.Context, site string) {
	for ctx.Err() == nil {
		room, why := f.opt.Room()
		w, run, wait, changed := f.next(ctx, site, room, why)
		if w != nil {
			f.bring(run, w)
			continue
		}
		rest(ctx, wait, changed)
	}
}

// rest waits until something changed, at most so long, or ctx ends.
func rest(ctx context.Context, wait time.Duration, changed <-chan struct{}) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-changed:
	case <-t.C:
	}
}

// next takes the site's next study, or says how long there is nothing to do at most.
func (f *Fetcher) next(ctx context.Context, site string, room int64, why string) (w *work, run context.Context, wait time.Duration, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, line := f.opt.Now(), f.lines[site]
	wait = time.Minute
	if line.again.After(now) {
		return nil, nil, line.again.Sub(now), f.changed
	}
	for _, c := range f.plan {
		if c.site != site || c.complete() {
			continue
		}
		if c.again.After(now) {
			wait = min(wait, c.again.Sub(now))
			continue
		}
		if f.weight(c) > room {
			f.room = why
			return nil, nil, min(wait, roomPause), f.changed
		}
		f.room = ""
		run, cancel := context.WithCancel(ctx)
		line.now, line.cancel = c, cancel
		c.bytes, c.fresh, c.rate, c.moved = 0, 0, 0, now
		return c, run, 0, nil
	}
	return nil, nil, wait, f.changed
}

// usualImage is taken for an image of which nothing is known, in bytes: a CT slice.
const usualImage = 512 << 10

// weight is what is still to come of a study, in bytes. f.mu is held.
func (f *Fetcher) weight(w *work) int64 {
	each := f.model.bytes(w.site, f.kindOf(w))
	if each == 0 {
		each = usualImage
	}
	return int64(each) * int64(max(1, w.expected-w.have))
}

// bring fetches one study and notes what came of it.
func (f *Fetcher) bring(ctx context.Context, w *work) {
	f.opt.Engine.Expect(w.study, w.expected)
	m := meter{begun: time.Now()}
	err := f.opt.Engine.Ahead(ctx, f.sites[w.site].Archive, w.study, func(p fetch.Progress) { f.came(w, &m, p) })
	f.mu.Lock()
	defer f.mu.Unlock()
	line := f.lines[w.site]
	cut := ctx.Err() != nil
	line.cancel()
	line.now, line.cancel = nil, nil
	if err == nil {
		f.ended(w, &m)
	} else if !cut {
		f.failed(w, &m, err)
	}
	f.reckon()
	close(f.changed)
	f.changed = make(chan struct{})
}

// meter is the time of one run, waiting for others left out.
type meter struct {
	begun  time.Time
	first  time.Duration // until the first image
	last   time.Duration // of the last measurement
	bytes  int64         // then
	images int           // then
	steps  int           // measurements of the line within this run
}

// What one look at the line takes, so that an image more or less does not matter.
const (
	lookTime   = 2 * time.Second
	lookImages = 16
)

// came takes progress.
func (f *Fetcher) came(w *work, m *meter, p fetch.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	active := time.Since(m.begun) - p.Waited
	w.have, w.bytes = p.Have, p.Bytes
	if w.expected = max(w.expected, p.Expected); p.Done && p.Err == nil {
		w.expected = p.Expected
	}
	if w.fresh += len(p.New); len(p.New) > 0 {
		w.moved = f.opt.Now()
	}
	if w.fresh > 0 && m.first == 0 {
		m.first = active
		m.look(active, w)
	}
	if took := active - m.last; m.first > 0 && took >= lookTime && w.fresh-m.images >= lookImages {
		f.model.came(w.site, f.kindOf(w), w.bytes-m.bytes, took.Seconds())
		m.look(active, w)
		m.steps++
	}
	if since := (active - m.first).Seconds(); m.first > 0 && since >= measurable && w.fresh >= few {
		w.rate, w.looked = float64(w.bytes)*float64(w.fresh-1)/float64(w.fresh)/since, since
	}
	if p.Done {
		m.last = active
	}
}

// look begins a measurement.
func (m *meter) look(active time.Duration, w *work) {
	m.last, m.bytes, m.images = active, w.bytes, w.fresh
}

// ended notes a study that is whole. f.mu is held.
func (f *Fetcher) ended(w *work, m *meter) {
	line := f.lines[w.site]
	line.fails, line.why = 0, ""
	w.done, w.doneAt, w.fails, w.trouble = true, w.expected, 0, ""
	w.ended = f.opt.Now()
	if whole := m.last.Seconds() - f.model.line(w.site).begin(); m.steps == 0 && whole >= measurable {
		f.model.came(w.site, f.kindOf(w), w.bytes, whole)
	}
	f.model.line(w.site).learn(f.kindOf(w), took{images: w.fresh, bytes: w.bytes, first: m.first, whole: m.last})
	f.settle(w)
}

// settle compares what was said of a study that is ready with the time it is. f.mu is held.
func (f *Fetcher) settle(w *work) {
	for _, t := range w.told {
		t.Took = f.opt.Now().Sub(t.At).Seconds()
		f.model.line(w.site).told(t)
	}
	w.told, w.left = nil, Countdown{}
}

// failed notes why a study is not whole, and when it or its site is tried again. f.mu
// is held.
func (f *Fetcher) failed(w *work, m *meter, err error) {
	now, line := f.opt.Now(), f.lines[w.site]
	var short *fetch.IncompleteError
	reason, refused := pacs.ReasonOf(err)
	if fetch.DiskFailed(err) {
		f.room, line.again = "the disk cannot be written", now.Add(roomPause)
		return
	}
	if w.fresh > 0 || refused || errors.As(err, &short) && errors.Is(err, fetch.ErrUnnamed) {
		line.fails, line.why = 0, ""
	}
	switch {
	case refused && reason == pacs.Unauthorized:
		line.fails++
		line.why, line.again = w.site+" asks for a login", now.Add(pause(studyPause, line.fails))
		return
	case refused:
		w.trouble = w.site + " refuses it"
	case errors.As(err, &short) && w.have > 0:
		w.trouble = fmt.Sprintf("%s gave %d of %d", w.site, w.have, w.expected)
	default:
		line.fails++
		line.why = w.site + " not answering"
		line.again = now.Add(pause(sitePause, line.fails))
		return
	}
	w.fails++
	w.again = now.Add(pause(studyPause, w.fails))
}

func pause(first time.Duration, fails int) time.Duration {
	return min(first<<min(fails-1, 10), longPause)
}
