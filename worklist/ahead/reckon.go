package ahead

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
)

// leastTold is the shortest time whose forecast is judged, in seconds: below it the
// rounding to seconds is most of the error.
const leastTold = 3

// mostSaid is how many figures of a case are judged. Each is one that a reader was told
// and that did not only run down.
const mostSaid = 6

// unknown is the time of what cannot be told.
const unknown = -1

// reckon forecasts every study of the plan: what the reader asked for goes first, then
// each site's studies one after another. f.mu is held.
func (f *Fetcher) reckon() {
	running := map[dicom.UID]fetch.Run{}
	asked := 0.0
	now := f.opt.Now()
	for _, r := range f.opt.Engine.Running() {
		running[r.Study] = r
		if r.Asked {
			asked += f.ofAsked(r)
			f.rested = now
		}
	}
	for site, line := range f.lines {
		if a := f.sites[site].Archive; a != nil {
			l, _ := f.opt.Engine.Learned(a)
			line.packed = l.Compressed
		}
		q := queue{f: f, left: asked}
		if line.now != nil && !running[line.now.study].Asked {
			q.add(line.now)
		}
		for _, w := range f.plan {
			switch {
			case w.site != site || w == line.now || w.complete():
			case running[w.study].Asked:
				w.seconds, w.behind, w.told = asked, 0, nil // the reader is ahead of the forecast
			default:
				q.add(w)
			}
		}
	}
	for _, w := range f.plan {
		f.say(w, now)
	}
}

// ofAsked is how long what the reader asked for goes on; 0 where it cannot be told.
func (f *Fetcher) ofAsked(r fetch.Run) float64 {
	w := f.works[r.Study]
	if w == nil || w.site == "" {
		return 0
	}
	s, _ := f.model.seconds(part{site: w.site, kind: f.kindOf(w), images: max(r.Expected, w.expected) - r.Have, begun: r.Have > 0})
	return s
}

// queue adds up what is fetched one after another.
type queue struct {
	f      *Fetcher
	left   float64 // seconds until what was added is here; below 0: not known
	behind int
	open   bool // priors of a case before may still be found
}

func (q *queue) add(w *work) {
	p := part{site: w.site, kind: q.f.kindOf(w), images: w.expected - w.have, begun: w.fresh > 0 && q.f.lines[w.site].now == w}
	if w.fresh >= few && p.begun {
		p.bytes, p.rate = float64(w.bytes)/float64(w.fresh), w.rate
		p.looked = w.looked
	}
	s, ok := q.f.model.seconds(p)
	if q.f.lines[w.site].now == w {
		s = q.f.gone(w, s)
	}
	if !ok || w.expected == 0 || q.open {
		q.left = unknown
	} else if q.left >= 0 {
		q.left += s
	}
	w.seconds, w.behind = q.left, q.behind
	q.behind++
	q.open = q.open || w.of == "" && q.f.unsearchedFor(string(w.study))
}

// gone takes off what has passed since the study under way last brought an image: of a
// few large ones none may be whole for long, and then all are.
func (f *Fetcher) gone(w *work, s float64) float64 {
	since := w.moved
	if f.rested.After(since) {
		since = f.rested
	}
	return max(s-f.opt.Now().Sub(since).Seconds(), s/10)
}

// unsearchedFor: priors of a case may yet come between it and the next one.
func (f *Fetcher) unsearchedFor(study string) bool {
	s := f.found[study]
	return f.opt.Priors > 0 && (s == nil || !s.over && s.fails == 0)
}

// say sets the countdown of a study and remembers what was said. f.mu is held.
func (f *Fetcher) say(w *work, now time.Time) {
	if why, _ := f.stopped(w); why != "" || w.complete() || w.seconds < 0 || !f.running {
		return
	}
	left, anew := w.left.Show(now, seconds(w.seconds))
	if s := Seconds(left); anew && w.of == "" && s >= leastTold && len(w.told) < mostSaid {
		w.told = append(w.told, Told{At: now, Said: float64(s)})
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// stopped says why a study is not coming, also in seven cells; "": it is.
func (f *Fetcher) stopped(w *work) (why, short string) {
	line := f.lines[w.site]
	switch {
	case line.why != "":
		return line.why, "silent"
	case w.trouble != "":
		return w.trouble, ""
	case f.room != "" && line.now != w:
		return f.room, "no room"
	}
	return "", ""
}

// Forecast writes into each row when its case is ready, or why not, and how many of its
// images are here now. It is cheap: once a second for a whole list.
func (f *Fetcher) Forecast(rows []feed.Row) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reckon()
	now := f.opt.Now()
	for i := range rows {
		r := &rows[i]
		if w := f.works[dicom.UID(r.StudyUID)]; w != nil && w.of == "" && w.have > r.Cached {
			r.Cached = w.have
		}
		r.Forecast = f.forecast(*r, now)
	}
}

// forecast is one row's.
func (f *Fetcher) forecast(r feed.Row, now time.Time) feed.Forecast {
	if r.Expected > 0 && r.Cached >= r.Expected {
		return feed.Forecast{State: feed.Here, Text: "ready"}
	}
	if _, readable := classOf(r, All); !readable {
		return feed.Forecast{}
	}
	w := f.works[dicom.UID(r.StudyUID)]
	switch {
	case f.opt.Mode == Off:
		return feed.Forecast{State: feed.Stopped, Text: "prefetch off"}
	case w == nil && len(f.rows) == 0: // nobody gave the list yet
		return feed.Forecast{}
	case w == nil || w.site != r.Site:
		return feed.Forecast{State: feed.Stopped, Text: "only claimed cases are fetched ahead"}
	case w.done:
		return feed.Forecast{State: feed.Here, Text: "ready"}
	case !f.running && !f.others:
		return f.alone(w)
	}
	if why, short := f.stopped(w); why != "" {
		return feed.Forecast{State: feed.Stopped, Text: why, Short: short}
	}
	if w.seconds >= 0 {
		left, _ := w.left.Show(now, seconds(w.seconds))
		s := Seconds(left)
		return feed.Forecast{State: feed.Coming, Seconds: s, Text: "ready in " + words(s), Short: short(s)}
	}
	return behind(w.behind)
}

// alone is what a case would take if it were fetched now; nobody does.
func (f *Fetcher) alone(w *work) feed.Forecast {
	s, ok := f.model.seconds(part{site: w.site, kind: f.kindOf(w), images: w.expected - w.have})
	if !ok || w.expected == 0 {
		return feed.Forecast{State: feed.Unasked, Text: "not fetched ahead now"}
	}
	n := Seconds(seconds(s))
	return feed.Forecast{State: feed.Unasked, Seconds: n, Text: "not fetched ahead now, takes " + words(n)}
}

// behind is said where there is no telling how long.
func behind(n int) feed.Forecast {
	switch n {
	case 0:
		return feed.Forecast{State: feed.Queued, Text: "coming", Short: "coming"}
	case 1:
		return feed.Forecast{State: feed.Queued, Text: "after 1 other", Short: "after 1"}
	}
	short := fmt.Sprintf("after %d", n)
	if n > 9 {
		short = fmt.Sprintf("aft %d", min(n, 999))
	}
	return feed.Forecast{State: feed.Queued, Text: fmt.Sprintf("after %d others", n), Short: short}
}
