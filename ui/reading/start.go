package reading

import (
	"context"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// Start is what a case begins with: what was on disk of it.
type Start struct {
	Draft  *report.Draft
	Marks  []viewer.Mark
	Seen   []viewer.Seen
	State  *viewer.State // where the reader left off; nil the first time
	Desk   Desk          // in the report; zero: nowhere
	Signed bool          // the draft was signed: it is shown, not edited
	Apart  []Apart       // what was typed in other programs and is not in the draft
}

// Begin reads a case's draft, marks and state, or begins a draft.
func (r *Room) Begin(ctx context.Context, row feed.Row) (Start, error) {
	var s Start
	var err error
	if s.Draft, s.Signed, err = r.Draft(ctx, row); err != nil {
		return s, err
	}
	if s.Marks, err = r.Marks(ctx, row.StudyUID); err != nil {
		return s, err
	}
	if s.Seen, err = r.seen(ctx, row.StudyUID); err != nil {
		return s, err
	}
	if s.Apart, err = r.apart(ctx, s.Draft); err != nil {
		return s, err
	}
	p, err := r.place(ctx, row.StudyUID)
	s.State, s.Desk = p.State, p.Desk
	return s, err
}

// Draft loads the study's draft or begins one. signed says that it went out
// already and only an addendum may follow.
func (r *Room) Draft(ctx context.Context, row feed.Row) (d *report.Draft, signed bool, err error) {
	stored, ok, err := r.Ledger.Draft(ctx, row.StudyUID)
	if err != nil {
		return nil, false, fmt.Errorf("load draft: %w", err)
	}
	if !ok {
		d = report.New(row.StudyUID, row.Accession, row.Site, r.Now())
		d.Style = r.Style
		return d, false, nil
	}
	d, err = report.Decode(stored.Body)
	if err != nil {
		return nil, false, fmt.Errorf("load draft: %w", err)
	}
	d.Revision = stored.Revision
	return d, stored.SignedAs != "", nil
}

// Clone is a copy of a draft as it would be read back from disk: what is signed
// off the model's goroutine.
func Clone(d *report.Draft) (*report.Draft, error) {
	body, err := d.Encode()
	if err != nil {
		return nil, err
	}
	c, err := report.Decode(body)
	if err == nil {
		c.Revision = d.Revision
	}
	return c, err
}

// Save puts a draft on disk and returns its new revision.
func (r *Room) Save(ctx context.Context, d *report.Draft) (int64, error) {
	body, err := d.Encode()
	if err != nil {
		return 0, err
	}
	return r.save(ctx, d.StudyUID, body, d.Revision)
}

func (r *Room) save(ctx context.Context, study string, body []byte, revision int64) (int64, error) {
	n, err := r.Ledger.SaveDraft(ctx, ledger.Draft{StudyUID: study, Body: body, Revision: revision, Saved: r.Now()})
	if errors.Is(err, ledger.ErrStale) {
		return 0, fmt.Errorf("this report was changed by another program meanwhile: %w", err)
	}
	return n, err
}
