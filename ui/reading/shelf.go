package reading

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/evict"
	"github.com/nocturne/nocturne/cache/index"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// Shelf is what the house allows to be kept on disk. Its zero value keeps everything a
// week and knows no budget.
type Shelf struct {
	// Keep is how long a site's studies stay after sign-off; nil: a week.
	Keep func(site string) time.Duration
	// Bytes is the most that all studies may take, Floor what must stay free of the disk;
	// 0: no such bound.
	Bytes, Floor int64
	// Index is the list of what is cached, as it is now; nil: the store is read.
	Index func(ctx context.Context) (*index.Index, error)
	// Free is how many bytes are free on the disk; nil: it is asked.
	Free func() (int64, error)
	mu   sync.Mutex // guards open
	open map[string]int
}

// week is how long a study stays where nobody says otherwise.
const week = 7 * 24 * time.Hour

func (s *Shelf) keep(site string) time.Duration {
	if s.Keep == nil {
		return week
	}
	return s.Keep(site)
}

// Hold keeps a study's images on disk until let is called: it is on screen.
func (s *Shelf) Hold(study string) (let func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[string]int{}
	}
	s.open[study]++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[study]--; s.open[study] == 0 {
			delete(s.open, study)
		}
	})
}

func (s *Shelf) holds(study string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[study] > 0
}

// recent is how long what was touched is taken for open, in this program or another.
const recent = 15 * time.Minute

// Cached is a study on disk and what becomes of it.
type Cached struct {
	evict.Verdict
	Have, Expected int
	Site           string
}

// known gathers, by study, what says whether its images may go.
type shelved struct {
	pins     map[string][]evict.Pin
	site     map[string]string
	signed   map[string]time.Time
	used     map[string]time.Time
	priorOf  map[string][]dicom.UID
	drafts   []ledger.Draft
	rows     []ledger.OutboxRow
	touched  map[string]ledger.Touch
	records  []ledger.Record
	searches []ledger.Record
	claims   []ledger.Claim
	lists    []ledger.List
}

func (k *shelved) pin(study string, p evict.Pin) {
	if !slices.Contains(k.pins[study], p) {
		k.pins[study] = append(k.pins[study], p)
	}
}

func (k *shelved) use(study string, at time.Time) {
	if at.After(k.used[study]) {
		k.used[study] = at
	}
}

// Cached lists the studies on disk with what becomes of each, those that stay longest
// last, and how many bytes are too many though all that may go had gone.
func (r *Room) Cached(ctx context.Context) (out []Cached, shortage int64, err error) {
	k, err := r.shelved(ctx)
	if err != nil {
		return nil, 0, err
	}
	here, err := r.held(ctx)
	if err != nil {
		return nil, 0, err
	}
	var studies []evict.Study
	by := map[dicom.UID]Cached{}
	for _, h := range here {
		k.use(string(h.uid), r.Store.Changed(h.uid))
		studies = append(studies, k.study(r, evict.Study{UID: h.uid, Size: h.size}))
		by[h.uid] = Cached{Have: h.have, Expected: h.expected, Site: k.site[string(h.uid)]}
	}
	for study := range k.pins { // a prior of one that is yet to come stays, too
		if _, ok := by[dicom.UID(study)]; !ok {
			studies = append(studies, k.study(r, evict.Study{UID: dicom.UID(study)}))
		}
	}
	verdicts, shortage := evict.Decide(studies, r.budget(), r.Now())
	for _, v := range verdicts {
		c := by[v.UID]
		c.Verdict = v
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Cached) int { return strings.Compare(a.order(), b.order()) })
	return out, shortage, nil
}

// order puts what goes now first, then what goes sooner, then what is pinned.
func (c Cached) order() string {
	switch {
	case c.Go:
		return "0"
	case len(c.Pins) == 0:
		return "1" + c.At.UTC().Format(time.RFC3339Nano)
	}
	return "2" + string(c.UID)
}

func (r *Room) budget() evict.Budget {
	b := evict.Budget{Bytes: r.Shelf.Bytes, Floor: r.Shelf.Floor, Free: -1}
	if free, err := r.free(); err == nil {
		b.Free = free
	}
	return b
}

func (r *Room) free() (int64, error) {
	if r.Shelf.Free != nil {
		return r.Shelf.Free()
	}
	return disk.Free(r.Store.Root())
}

// study adds what is known of it.
func (k *shelved) study(r *Room, s evict.Study) evict.Study {
	uid := string(s.UID)
	if at := k.used[uid]; r.Shelf.holds(uid) || !at.IsZero() && r.Now().Sub(at) < recent {
		k.pin(uid, evict.Open)
	}
	s.Pins, s.PriorOf, s.Signed, s.Used, s.Keep = k.pins[uid], k.priorOf[uid], k.signed[uid], k.used[uid], r.Shelf.keep(k.site[uid])
	return s
}

// shelved reads the ledger for it.
func (r *Room) shelved(ctx context.Context) (k *shelved, err error) {
	k = &shelved{pins: map[string][]evict.Pin{}, site: map[string]string{}, signed: map[string]time.Time{}, used: map[string]time.Time{}, priorOf: map[string][]dicom.UID{}}
	for _, read := range []func() error{
		func() (err error) { k.rows, err = r.Ledger.Outbox(ctx); return err },
		func() (err error) { k.drafts, err = r.Ledger.Drafts(ctx); return err },
		func() (err error) { k.touched, err = r.Ledger.Touched(ctx); return err },
		func() (err error) { k.records, err = r.Ledger.OpenRecords(ctx, "writing"); return err },
		func() (err error) { k.searches, err = r.Ledger.Records(ctx, priorsKind, ""); return err },
		func() (err error) {
			k.claims, err = r.Ledger.Claims(ctx, ledger.Asking, ledger.Held, ledger.Releasing)
			return err
		},
		func() (err error) { k.lists, err = r.Ledger.Lists(ctx); return err },
	} {
		if err := read(); err != nil {
			return nil, fmt.Errorf("look what may go: %w", err)
		}
	}
	return k, k.judge(r.Now())
}

// judge turns what was read into pins and times. What cannot be read keeps everything:
// nothing is erased on a guess.
func (k *shelved) judge(now time.Time) error {
	for _, l := range k.lists {
		var rows []feed.Row
		if err := json.Unmarshal(l.Body, &rows); err != nil {
			return fmt.Errorf("read the list kept of %s: %w", l.Site, err)
		}
		for _, row := range rows {
			k.site[row.StudyUID] = l.Site
			if !row.Finished() && (row.ClaimedBy == nil || row.Mine) {
				k.pin(row.StudyUID, evict.Assigned)
			}
		}
	}
	for _, c := range k.claims {
		k.site[c.StudyUID] = c.Site
		k.pin(c.StudyUID, evict.Claimed)
	}
	for _, o := range k.rows {
		k.site[o.StudyUID] = o.Site
		if !o.Done() {
			k.pin(o.StudyUID, evict.Unsent)
		} else if o.Kind == ledger.KindSR && o.Verified.After(k.signed[o.StudyUID]) {
			k.signed[o.StudyUID] = o.Verified
		}
		k.use(o.StudyUID, o.Signed)
	}
	for _, rec := range k.records {
		if rec.Due.After(now) {
			k.pin(rec.StudyUID, evict.Open)
		}
	}
	for study, t := range k.touched {
		k.use(study, t.Looked)
		k.use(study, t.Marked)
		if t.Marked.After(k.signed[study]) {
			k.pin(study, evict.Marks)
		}
	}
	return k.written()
}

// written takes drafts and searches for priors.
func (k *shelved) written() error {
	for _, d := range k.drafts {
		draft, err := report.Decode(d.Body)
		if err != nil {
			return fmt.Errorf("read a draft: %w", err)
		}
		if !draft.Untouched() {
			k.pin(d.StudyUID, evict.Draft)
			k.use(d.StudyUID, d.Saved)
		}
	}
	for _, rec := range k.searches {
		var s priorSearch
		if err := json.Unmarshal(rec.Body, &s); err != nil {
			continue // of an older program: the next search writes it anew
		}
		for _, p := range s.Found {
			k.priorOf[string(p.UID)] = append(k.priorOf[string(p.UID)], dicom.UID(rec.StudyUID))
		}
	}
	return nil
}
