package reading

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
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
	Signed bool          // the draft was signed: it is shown, not edited
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
	s.State, err = r.state(ctx, row.StudyUID)
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
		return report.New(row.StudyUID, row.Accession, row.Site, r.Now()), false, nil
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

// Keeper saves one draft again and again through the journal. Of drafts handed
// over faster than the disk takes them, the last is written.
type Keeper struct {
	room  *Room
	study string

	mu       sync.Mutex // guards revision
	revision int64
}

// Keeper begins saving the draft from the revision it was loaded with.
func (r *Room) Keeper(d *report.Draft) *Keeper {
	return &Keeper{room: r, study: d.StudyUID, revision: d.Revision}
}

// Keep hands the draft over as it is now and returns at once; saved is called
// from the journal's goroutine once it is on disk.
func (k *Keeper) Keep(d *report.Draft, saved func(time.Time)) error {
	body, err := d.Encode()
	if err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	k.room.Journal.Put("draft "+k.study, func(ctx context.Context) error {
		n, err := k.room.save(ctx, k.study, body, k.Revision())
		if err != nil {
			return fmt.Errorf("keep draft: %w", err)
		}
		k.mu.Lock()
		k.revision = n
		k.mu.Unlock()
		if saved != nil {
			saved(k.room.Now())
		}
		return nil
	})
	return nil
}

// Revision is the revision on disk.
func (k *Keeper) Revision() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.revision
}

// Addendum begins an addendum to the study's signed report.
func (r *Room) Addendum(ctx context.Context, row feed.Row) (*report.Draft, error) {
	d, signed, err := r.Draft(ctx, row)
	if err != nil || !signed {
		return d, err
	}
	rows, err := r.Ledger.OutboxOf(ctx, row.StudyUID)
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("begin addendum: the signed report is not in the outbox: %w", err)
	}
	last := rows[len(rows)-1]
	file, err := dicom.Parse(last.Object)
	if err != nil {
		return nil, fmt.Errorf("begin addendum: %w", err)
	}
	next := d.Addend(report.Document{SeriesUID: file.Dataset.Str(dicom.SeriesInstanceUID), SOPUID: last.SOPInstanceUID,
		SOPClass: file.Dataset.Str(dicom.SOPClassUID)}, r.Now())
	body, err := next.Encode()
	if err != nil {
		return nil, err
	}
	next.Revision, err = r.Ledger.SucceedDraft(ctx, row.StudyUID, body)
	return next, err
}
