package reading

import (
	"context"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/evict"
)

// ErrPinned says that a study's images have to stay.
var ErrPinned = errors.New("its images stay")

// ShortageError says that the disk is too full though all went that may go.
type ShortageError struct{ Bytes int64 }

// Error implements error.
func (e *ShortageError) Error() string {
	return "the disk is too full by " + evict.Bytes(e.Bytes) + ", and every study on it is needed: give cases back, or make room"
}

// DiskLow reports whether less than the floor is free.
func (r *Room) DiskLow() bool {
	b := r.budget()
	return b.Free >= 0 && b.Free < b.Floor
}

// Evict erases the images of every study that goes by the rules, and of those that ask
// names beside them as far as nothing pins them; ask nil: none. It returns what it
// erased, and how many bytes are still too many. Of one that cannot be erased the error
// tells; the others go all the same.
func (r *Room) Evict(ctx context.Context, ask func(Cached) bool) (gone []Cached, shortage int64, err error) {
	all, shortage, err := r.Cached(ctx)
	if err != nil {
		return nil, 0, err
	}
	var failed error
	for _, c := range all {
		if !c.Go && ask != nil && ask(c) && len(c.Pins) == 0 {
			c.Go, c.Why = true, "asked for by the reader"
		}
		if !c.Go {
			continue
		}
		switch err := r.erase(ctx, c); {
		case errors.Is(err, ErrPinned): // it was opened meanwhile
		case err != nil:
			failed = errors.Join(failed, err)
		default:
			gone = append(gone, c)
		}
		if ctx.Err() != nil {
			return gone, shortage, errors.Join(failed, ctx.Err())
		}
	}
	return gone, shortage, failed
}

// erase looks once more whether anything pins the study, writes its going down, and
// removes the key before the bytes (cache/store).
func (r *Room) erase(ctx context.Context, c Cached) error {
	k, err := r.shelved(ctx)
	if err != nil {
		return err
	}
	if now := k.study(r, evict.Study{UID: c.UID}); len(now.Pins) > 0 {
		return ErrPinned
	}
	of := r.About(c.UID)
	if err := r.Record(ctx, audit.Evicted(of, c.Why)); err != nil {
		return fmt.Errorf("erase images: %w", err)
	}
	if err := r.Store.Remove(c.UID); err != nil {
		return errors.Join(err, r.Record(ctx, audit.Evicted(of, c.Why).Failed(audit.Serious, "the objects could not be removed")))
	}
	return r.Ledger.Forget(ctx, string(c.UID))
}

// About is whom and what a study on disk is of, for the audit trail.
func (r *Room) About(study dicom.UID) audit.Study {
	s := audit.Study{UID: string(study)}
	entries, err := r.Store.Study(study)
	if err != nil || len(entries) == 0 {
		return s
	}
	if f, err := r.Store.Header(entries[0]); err == nil {
		d := f.Dataset
		s.Accession, s.PatientID, s.PatientName = d.Str(dicom.AccessionNumber), d.Str(dicom.PatientID), d.Str(dicom.PatientName)
	}
	return s
}
