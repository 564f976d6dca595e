package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/index"
	"github.com/nocturne/nocturne/ui/notice"
	"github.com/nocturne/nocturne/worklist/feed"
)

// heldIndex is the list of what is cached, opened when it is first asked for.
type heldIndex struct {
	mu    sync.Mutex   // guards the rest, and is held while the list is brought up to date
	x     *index.Index // nil: nobody asked yet
	lost  bool         // when it was opened it knew nothing of what is held
	found index.Report // by all Syncs so far
}

// cached gives the list of what is cached as the store is now. What was lost or damaged
// of it is made again.
func (h *house) cached(ctx context.Context) (*index.Index, error) {
	if err := h.openIndex(ctx); err != nil {
		return nil, err
	}
	h.index.mu.Lock()
	defer h.index.mu.Unlock()
	r, err := h.index.x.Sync(ctx, h.room.Store)
	f := &h.index.found
	f.Changed, f.Gone, f.Damaged = f.Changed+r.Changed, f.Gone+r.Gone, f.Damaged+r.Damaged
	return h.index.x, err
}

// openIndex opens the list, before anything is fetched: one that knows nothing then, of
// studies that are held, was lost.
func (h *house) openIndex(ctx context.Context) error {
	h.index.mu.Lock()
	defer h.index.mu.Unlock()
	if h.index.x != nil {
		return nil
	}
	ring, err := h.env.ring()
	if err != nil {
		return err
	}
	x, err := index.Open(filepath.Join(h.env.Home, "cache", index.File), ring.Key("index"))
	if err != nil {
		return err
	}
	h.index.x = x
	h.index.lost, err = x.Lost(ctx, h.room.Store)
	return err
}

func (h *house) closeIndex() error {
	h.index.mu.Lock()
	defer h.index.mu.Unlock()
	if h.index.x == nil {
		return nil
	}
	return h.index.x.Close()
}

// followCache keeps the list up while the terminal runs, and says once what was found to
// be mended since the program was last here.
func (h *house) followCache(ctx context.Context) {
	every := time.NewTicker(10 * time.Second)
	defer every.Stop()
	for said := 0; ; {
		if _, err := h.cached(ctx); err != nil && ctx.Err() == nil {
			h.fail(fmt.Errorf("list what is cached: %w", err))
		}
		if line := h.recovered(); len(line) > said {
			h.fail(notice.Calm(line))
			said = len(line)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// recovered is what opening the home found to mend, in a line; "" where all was well.
func (h *house) recovered() string {
	h.index.mu.Lock()
	found, lost := h.index.found, h.index.lost
	h.index.mu.Unlock()
	s, said := h.room.Store.Recovered(), []string{}
	say := func(n int, one, many string) {
		switch {
		case n == 1:
			said = append(said, "1 "+one)
		case n > 1:
			said = append(said, fmt.Sprintf("%d %s", n, many))
		}
	}
	if h.room.Ledger.Sealed() {
		said = append(said, "the ledger of an older program was sealed")
	}
	say(s.Sealed, "object of an older program was sealed", "objects of an older program were sealed")
	say(s.Refused+found.Damaged, "object was not whole: it is fetched again with its case", "objects were not whole: they are fetched again with their cases")
	say(s.Removed, "study that was being removed is gone", "studies that were being removed are gone")
	if lost {
		said = append(said, "the list of what is cached was made anew")
	}
	if len(said) == 0 {
		return ""
	}
	line := strings.Join(said, "; ")
	return strings.ToUpper(line[:1]) + line[1:] + "."
}

// cacheCheck is doctor's line about what is cached.
func (h *house) cacheCheck(ctx context.Context) check {
	x, err := h.cached(ctx)
	if err != nil {
		return check{"cache", "fail", sentence(err)}
	}
	studies, err := x.Studies()
	if err != nil {
		return check{"cache", "fail", sentence(err)}
	}
	objects, bytes := 0, int64(0)
	for _, s := range studies {
		objects, bytes = objects+s.Instances, bytes+s.Bytes
	}
	c := check{"cache", "ok", fmt.Sprintf("studies %d, objects %d, %.2f GB", len(studies), objects, float64(bytes)/1e9)}
	if line := h.recovered(); line != "" {
		c.Level, c.Detail = "warn", c.Detail+". "+line
	}
	return c
}

// ledgerCheck reads the whole ledger.
func (h *house) ledgerCheck(ctx context.Context) check {
	if err := h.room.Ledger.Check(ctx); err != nil {
		return check{"ledger", "fail", sentence(err)}
	}
	return check{"ledger", "ok", "sealed; every page is as it was written"}
}

// local makes a row of what is cached of a study, named by its UID or accession number,
// and of the claim on it. Several studies of one number are never taken for each other.
func (h *house) local(ctx context.Context, study string) (feed.Row, bool) {
	x, err := h.cached(ctx)
	if err != nil {
		return feed.Row{}, false
	}
	hits, err := x.Find(study)
	if err != nil || len(hits) != 1 {
		return feed.Row{}, false
	}
	row := h.localRow(hits[0])
	if claim, ok, err := h.room.Ledger.ClaimByStudy(ctx, row.StudyUID); err == nil && ok {
		row.WorkitemUID, row.Site, row.Accession = claim.WorkitemUID, claim.Site, claim.Accession
	}
	return row, true
}

// localRow is a list row of a cached study, as its objects describe it.
func (h *house) localRow(s index.Study) feed.Row {
	row := feed.Row{Site: h.onlySite(), StudyUID: string(s.UID), Accession: s.Accession, PatientName: s.PatientName, PatientID: s.PatientID,
		BirthDate: s.BirthDate, Sex: s.Sex, Study: s.Description, StudyDate: s.Date, StudyTime: s.Time, State: feed.Available, Cached: s.Instances}
	if len(s.Modalities) > 0 {
		row.Modality = s.Modalities[0]
	}
	if s.Expected >= 0 {
		row.Expected = s.Expected
	}
	return row
}
