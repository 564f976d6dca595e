package feed

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Site is one place that cases come from.
type Site struct {
	Name      string
	Archive   pacs.Archive
	Workitems pacs.Workitems // nil: no worklist (UPS), the site's studies are the list
	Orders    pacs.Orders    // a modality worklist that tells what rows lack; nil: none
	// AllStudies lists every study of a site without worklist; otherwise those
	// that name the reader as Physician Reading Study.
	AllStudies bool
	// NotLocked: this site's worklist is not obeyed by everybody who reads there.
	NotLocked bool
	Phone     string
	// Watchers tell when there is something new; without one the site is asked now
	// and then.
	Watchers []pacs.Watcher
	Timeout  time.Duration // of one poll; 0: 20 s
}

// Options says for whom the list is made.
type Options struct {
	Reader string // PN; the cases assigned to nobody else are listed. Empty: everybody's
	// Mine tells whether our ledger holds the Transaction UID of a workitem. A
	// name never decides that. Nil: nothing is ours.
	Mine func(workitemUID string) bool
	// Held are the workitems of a site that we hold, listed whoever they are
	// assigned to. May be nil.
	Held func(site string) []string
	// Memory keeps the lists across programs; nil keeps none.
	Memory Memory
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

const siteTimeout = 20 * time.Second

// Feed asks the sites. It is safe for concurrent use; a site is asked one question
// at a time.
type Feed struct {
	opt   Options
	sites []*source
	pace  pace
	mu    sync.Mutex // guards what sources published
}

// source is one site with what it said last.
type source struct {
	Site
	wake chan struct{} // one word is kept: ask the site now
	busy chan struct{} // holds a token while the site is asked

	// owned by whoever asks
	studies  map[dicom.UID]study // what QIDO said last
	single   bool                // learned: this server takes no lists of UIDs
	orders   map[string]known    // by accession number: what the modality worklist said
	noOrders time.Time           // until then the modality worklist is not asked: it failed

	// guarded by Feed.mu
	rows   []Row
	status SiteStatus
	first  map[string]time.Time // when a row was first seen
	hears  int                  // watchers that hear something
}

// New makes a feed; it asks nobody yet.
func New(sites []Site, opt Options) *Feed {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Mine == nil {
		opt.Mine = func(string) bool { return false }
	}
	f := &Feed{opt: opt, pace: nightPace}
	for _, s := range sites {
		if s.Timeout <= 0 {
			s.Timeout = siteTimeout
		}
		f.sites = append(f.sites, &source{Site: s, studies: map[dicom.UID]study{}, first: map[string]time.Time{},
			wake: make(chan struct{}, 1), busy: make(chan struct{}, 1), status: SiteStatus{Name: s.Name, Phone: s.Phone}})
	}
	return f
}

// Poll asks all sites at once and returns the list in the order to read it. It
// returns when the slowest site has answered or run out of time.
func (f *Feed) Poll(ctx context.Context) Snapshot {
	var wg sync.WaitGroup
	for _, s := range f.sites {
		wg.Go(func() { f.poll(ctx, s) })
	}
	wg.Wait()
	return f.list()
}

// Site is the site of that name.
func (f *Feed) Site(name string) (Site, bool) {
	for _, s := range f.sites {
		if s.Name == name {
			return s.Site, true
		}
	}
	return Site{}, false
}

// poll asks one site, after whoever is asking it now. What comes of it is the site's
// new state; the error is in it.
func (f *Feed) poll(ctx context.Context, s *source) error {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	now := f.opt.Now()
	f.mu.Lock()
	if s.status.Asked.IsZero() {
		s.status.Asked = now
	}
	f.mu.Unlock()
	rows, err := f.rows(ctx, s)
	f.withOrders(ctx, s, rows)
	f.take(s, rows, err, now)
	return err
}

// take makes an answer the site's state.
func (f *Feed) take(s *source, rows []Row, err error, asked time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.status.Err = err
	if err != nil && !partial(err) {
		for i := range s.rows {
			s.rows[i].Stale = true
		}
		return
	}
	s.status.LastOK = f.opt.Now()
	if err != nil {
		rows = append(rows, missing(s.rows, rows)...)
	}
	for i := range rows {
		s.arrive(&rows[i], asked)
	}
	s.rows = rows
	f.remember(s)
}

// missing is the old rows that a partial answer does not hold, marked stale.
func missing(old, fresh []Row) (out []Row) {
	for _, r := range old {
		if !slices.ContainsFunc(fresh, func(n Row) bool { return n.key() == r.key() }) {
			r.Stale = true
			out = append(out, r)
		}
	}
	return out
}

// arrive gives a row without a scheduled start the time it was first seen.
func (s *source) arrive(r *Row, now time.Time) {
	if !r.Arrived.IsZero() {
		return
	}
	seen, ok := s.first[r.key()]
	if !ok {
		seen = now
		s.first[r.key()] = now
	}
	r.Arrived = seen
}

// list is the list as it is now.
func (f *Feed) list() Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snapshot()
}

// snapshot merges the sites. f.mu is held.
func (f *Feed) snapshot() Snapshot {
	snap := Snapshot{At: f.opt.Now()}
	for _, s := range f.sites {
		snap.Rows = append(snap.Rows, s.rows...)
		snap.Sites = append(snap.Sites, s.status)
	}
	markSimilar(snap.Rows)
	for i := range snap.Rows {
		snap.Rows[i].Reason = Reason(snap.Rows[i])
	}
	slices.SortStableFunc(snap.Rows, Compare)
	return snap
}
