package ahead

import (
	"context"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Engine is what is needed of *fetch.Engine.
type Engine interface {
	Ahead(ctx context.Context, site pacs.Archive, study dicom.UID, each func(fetch.Progress)) error
	Expect(study dicom.UID, n int)
	Running() []fetch.Run
	Learned(site pacs.Archive) (l fetch.Link, ok bool)
}

// Options is what a Fetcher needs of the house.
type Options struct {
	Engine Engine
	Sites  []feed.Site
	Mode   Mode
	// Priors is how many earlier studies of a case are fetched after it.
	Priors int
	// Room is how many bytes may still be kept, and why no more; nil: any number. It may
	// look at the disk.
	Room func() (bytes int64, why string)
	// Held counts what is on disk of a study; nil: nothing is.
	Held func(study dicom.UID) int
	Now  func() time.Time
}

// Fetcher fetches ahead. It is safe for concurrent use. Until Run it only forecasts what
// a case would take by itself.
type Fetcher struct {
	opt   Options
	sites map[string]feed.Site

	mu      sync.Mutex // guards all below
	model   Model
	rows    []feed.Row
	found   map[string]*search // priors, by the case's study
	plan    []*work
	works   map[dicom.UID]*work
	lines   map[string]*lineState // by site
	room    string                // why there is no room; "" there is
	running bool
	others  bool          // another program of this home fetches
	rested  time.Time     // when something the reader asked for was seen last
	changed chan struct{} // closed and replaced when the plan changes
}

// work is a study that is to be fetched, with what became of it.
type work struct {
	wanted
	done    bool // all that the site names is here
	doneAt  int  // expected then
	fails   int
	again   time.Time // not before
	trouble string    // why it is not complete; "": nothing went wrong
	moved   time.Time // when the run under way began or last brought something
	bytes   int64     // fetched by it
	fresh   int       // images fetched by it
	rate    float64   // bytes a second, as they come; 0: not known
	looked  float64   // the seconds for which that was seen
	left    Countdown
	told    []Told    // what was said and is not judged yet
	ended   time.Time // when it was whole
	seconds float64   // until it is ready, as forecast last; below 0: not known
	behind  int       // studies before it
}

// lineState is one site's fetching.
type lineState struct {
	now    *work
	cancel context.CancelFunc
	fails  int
	again  time.Time // the site is left alone until then
	why    string    // it answers nothing: in words
	packed bool      // its server compresses what comes now
}

// New makes a Fetcher; it fetches nothing yet.
func New(o Options) *Fetcher {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Room == nil {
		o.Room = func() (int64, string) { return 1 << 62, "" }
	}
	if o.Held == nil {
		o.Held = func(dicom.UID) int { return 0 }
	}
	f := &Fetcher{opt: o, sites: map[string]feed.Site{}, found: map[string]*search{}, works: map[dicom.UID]*work{},
		lines: map[string]*lineState{}, changed: make(chan struct{})}
	for _, s := range o.Sites {
		f.sites[s.Name], f.lines[s.Name] = s, &lineState{}
	}
	return f
}

// Recall takes up what another night learned of a site, before Run.
func (f *Fetcher) Recall(site string, l Line) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.model.Recall(site, l)
}

// Learned is what is known of a site now.
func (f *Fetcher) Learned(site string) (Line, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.model.Learned(site)
}

// Set gives the list as it is now, counted (feed.Row.Cached). What is being fetched goes
// on, unless something more pressing has come, or it is somebody else's now.
func (f *Fetcher) Set(rows []feed.Row) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows = append(f.rows[:0:0], rows...)
	f.replan()
}

// Elsewhere says that another program of this home fetches, or that it does no longer:
// forecasts are of its work then, and none of them is judged here.
func (f *Fetcher) Elsewhere(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.others = on
}

// Run fetches until ctx ends; all it started has ended then.
func (f *Fetcher) Run(ctx context.Context) {
	f.mu.Lock()
	f.running = f.opt.Mode != Off
	f.mu.Unlock()
	if f.opt.Mode == Off {
		return
	}
	var all sync.WaitGroup
	for name := range f.sites {
		all.Go(func() { f.serve(ctx, name) })
		all.Go(func() { f.searchAll(ctx, name) })
	}
	all.Go(func() { f.watch(ctx) })
	all.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = false
}

// watch keeps the forecasts up to date, so that their error is known though nobody looks.
func (f *Fetcher) watch(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			f.mu.Lock()
			f.reckon()
			f.mu.Unlock()
		}
	}
}

// replan makes the plan anew, keeping what is known of each study. f.mu is held.
func (f *Fetcher) replan() {
	f.plan = f.plan[:0:0]
	for _, w := range plan(f.rows, f.priors(), f.opt.Mode) {
		if f.sites[w.site].Archive == nil {
			continue
		}
		f.plan = append(f.plan, f.renew(w))
	}
	for _, l := range f.lines {
		if l.now != nil && f.overtaken(l.now) {
			l.cancel()
		}
	}
	f.reckon()
	close(f.changed)
	f.changed = make(chan struct{})
}

// renew is the study's work, told what the list says of it now.
func (f *Fetcher) renew(w wanted) *work {
	at := f.works[w.study]
	if at == nil {
		at = &work{wanted: w, seconds: -1}
		f.works[w.study] = at
	}
	have, expected := at.have, max(at.expected, w.expected)
	if w.of == "" && f.lines[w.site].now != at && (w.have > have || f.opt.Now().Sub(at.ended) > listLag) {
		have = w.have
	} else if w.of != "" {
		have = max(have, w.have)
	}
	at.wanted = w
	at.have, at.expected = have, expected
	if at.done && (w.expected > at.doneAt || have < at.doneAt && have < expected) {
		at.done = false // images came to the site since, or were taken from the disk
	}
	return at
}

// listLag is how old the counts of a list may be: what came since is not in them.
const listLag = 10 * time.Second

// overtaken: the study is wanted no more, or one of the same site is more pressing.
func (f *Fetcher) overtaken(now *work) bool {
	for _, w := range f.plan {
		if w == now {
			return false
		}
		if w.site == now.site && w.class < now.class && !w.complete() && !f.opt.Now().Before(w.again) {
			return true
		}
	}
	return true
}

// kindOf is a study's kind in the way its site's objects come now.
func (f *Fetcher) kindOf(w *work) string {
	if l := f.lines[w.site]; l != nil && l.packed {
		return w.kind + packed
	}
	return w.kind
}

func (w *work) complete() bool { return w.done || w.expected > 0 && w.have >= w.expected }
