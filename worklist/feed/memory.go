package feed

import (
	"fmt"
	"time"
)

// Memory keeps what each site said last, so that there is a list before any site
// has answered, and while none does. Lists are told apart by site and by the reader
// they were made for.
type Memory interface {
	// Remembered gives the last rows and when the site said them; the zero time and
	// none when it never did.
	Remembered(site, reader string) ([]Row, time.Time, error)
	// Remember replaces them, and tells its owner when it cannot: the list at hand is
	// none the worse for it.
	Remember(site, reader string, rows []Row, at time.Time)
}

// Remembered is the list as the sites gave it the last time this or another program
// of the house asked them, every row stale. It asks nobody. A first start has
// nothing to remember: At is zero then. An error loses only what that site said.
func (f *Feed) Remembered() (Snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.opt.Memory == nil {
		return Snapshot{}, nil
	}
	var failed error
	some := false
	for _, s := range f.sites {
		if !s.status.Asked.IsZero() {
			continue // it has been asked since: its own answer is the better one
		}
		rows, at, err := f.opt.Memory.Remembered(s.Name, f.opt.Reader)
		if err != nil {
			failed = fmt.Errorf("read what %s said last: %w", s.Name, err)
			continue
		}
		some = some || !at.IsZero()
		f.recall(s, rows, at)
	}
	if !some {
		return Snapshot{}, failed
	}
	return f.snapshot(), failed
}

// recall takes remembered rows. Whose a case is may have changed since: the ledger
// knows.
func (f *Feed) recall(s *source, rows []Row, at time.Time) {
	s.rows, s.status.LastOK = rows, at
	for i := range rows {
		rows[i].Stale, rows[i].Mine = true, f.opt.Mine(rows[i].WorkitemUID)
		s.first[rows[i].key()] = rows[i].Arrived
	}
}

// remember keeps what a site has just said whole.
func (f *Feed) remember(s *source) {
	if f.opt.Memory != nil && s.status.Err == nil {
		f.opt.Memory.Remember(s.Name, f.opt.Reader, s.rows, s.status.LastOK)
	}
}
