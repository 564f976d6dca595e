package ahead

import (
	"context"
	"errors"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/feed"
)

// search is the looking for one case's priors.
type search struct {
	studies []feed.Study // earlier ones, the most relevant first, no more than are fetched
	over    bool
	fails   int
	again   time.Time
}

// searchPatience is how long one search may take.
const searchPatience = 15 * time.Second

// priors are those found, by the case's study. f.mu is held.
func (f *Fetcher) priors() map[string][]feed.Study {
	out := map[string][]feed.Study{}
	for study, s := range f.found {
		out[study] = s.studies
	}
	return out
}

// searchAll looks for the priors of a site's cases, one case at a time in the order of
// the list, until ctx ends.
func (f *Fetcher) searchAll(ctx context.Context, site string) {
	for ctx.Err() == nil {
		row, wait, changed := f.unsearched(site)
		if row == nil {
			rest(ctx, wait, changed)
			continue
		}
		f.search(ctx, *row)
	}
}

// unsearched is the next case whose priors were not searched.
func (f *Fetcher) unsearched(site string) (row *feed.Row, wait time.Duration, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.opt.Now()
	wait = time.Minute
	if f.opt.Priors <= 0 || f.lines[site].again.After(now) {
		return nil, sitePause, f.changed
	}
	for i, r := range f.rows {
		if _, ok := classOf(r, f.opt.Mode); !ok || r.Site != site {
			continue
		}
		switch s := f.found[r.StudyUID]; {
		case s == nil:
			return &f.rows[i], 0, nil
		case !s.over && s.again.After(now):
			wait = min(wait, s.again.Sub(now))
		case !s.over:
			return &f.rows[i], 0, nil
		}
	}
	return nil, wait, f.changed
}

// search asks for one case's priors.
func (f *Fetcher) search(ctx context.Context, row feed.Row) {
	ctx, cancel := context.WithTimeout(ctx, searchPatience)
	defer cancel()
	found, complete, err := feed.Priors(ctx, f.sites[row.Site], row)
	if ctx.Err() != nil && !complete {
		found = nil
	}
	var earlier []feed.Study
	have := map[dicom.UID]int{}
	for _, s := range found {
		if !s.Newer && len(earlier) < f.opt.Priors {
			earlier = append(earlier, s)
			have[s.UID] = f.opt.Held(s.UID)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.found[row.StudyUID]
	if s == nil {
		s = &search{}
		f.found[row.StudyUID] = s
	}
	s.over = complete || errors.Is(err, feed.ErrNotIdentified)
	if !s.over {
		s.fails++
		s.again = f.opt.Now().Add(pause(studyPause, s.fails))
	}
	if len(earlier) > 0 || s.over {
		s.studies = earlier
	}
	for study, n := range have {
		if f.works[study] == nil {
			f.works[study] = &work{seconds: -1}
		}
		f.works[study].have = max(f.works[study].have, n)
	}
	f.replan()
}
