package send

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// whose are the attributes that say whose object it is and where it belongs. An
// archive that changes one of them holds another object.
var whose = []dicom.Tag{dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.AccessionNumber,
	dicom.StudyInstanceUID, dicom.SeriesInstanceUID, dicom.SOPInstanceUID, dicom.SOPClassUID}

// recordAtOnce is how many objects one write to the disk records.
const recordAtOnce = 32

// readBack compares what the archive holds with our files. The error is the last that
// says nothing about an object.
func (r *run) readBack(ctx context.Context, st *study, items []*item) (last error) {
	var mu sync.Mutex
	var kept []*item // confirmed, and not in the journal yet: a program killed now reads them once more
	abreast(items, r.Workers, func(it *item) {
		err := r.readOne(ctx, st, it)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			last = err
		}
		if it.state == Confirmed {
			kept = append(kept, it)
		}
		if len(kept) == recordAtOnce {
			r.record(kept)
			kept = nil
		}
	})
	r.record(kept)
	return last
}

// readOne compares one object and decides it; the error says nothing of the object.
func (r *run) readOne(ctx context.Context, st *study, it *item) error {
	changed, why := 0, ""
	err := r.gate.through(ctx, 2*it.size, func() error {
		b := []byte(nil)
		if b, why = st.load(it); why != "" {
			return nil
		}
		ref := pacs.Ref{Study: st.uid, Series: it.Series, Instance: it.SOP}
		return pacs.ReadBack(ctx, r.Archive, ref, b, func(sent, held *dicom.Dataset) []dicom.Tag {
			tags := deliver.Differences(sent, held)
			if !it.acked && !it.sent {
				return tags // somebody else's: it has to be the very same
			}
			own := slices.DeleteFunc(slices.Clone(tags), func(t dicom.Tag) bool { return !slices.Contains(whose, t) })
			changed = len(tags) - len(own)
			return own
		})
	})
	if ctx.Err() != nil {
		return nil
	}
	if why != "" {
		r.decide(it, Unreadable, why)
		return nil
	}
	return r.compared(it, err, changed)
}

// compared decides an item by what reading it back said; an error that says nothing of
// the object is returned.
func (r *run) compared(it *item, err error, changed int) error {
	var different *pacs.DifferentError
	reason, refused := pacs.ReasonOf(err)
	switch {
	case err == nil:
		r.mu.Lock()
		r.total.Compared++
		if changed > 0 {
			r.total.Changed++
		}
		r.mu.Unlock()
		r.decide(it, Confirmed, "")
	case errors.As(err, &different):
		r.decide(it, Parked, r.difference(it, different))
	case errors.Is(err, pacs.ErrNotComparable):
		r.decide(it, Unconfirmed, r.Site+"'s copy cannot be compared with the file")
	case refused && reason == pacs.NotFound: // listed, and not given
		it.acked = false
		r.again(it, r.Site+" lists it and does not give it")
	default:
		it.why = r.sentence(err)
		r.denied(err)
		return err
	}
	return nil
}

func (r *run) difference(it *item, d *pacs.DifferentError) string {
	was := "holds something else under its UID"
	if it.acked || it.sent {
		was = "changed it"
	}
	what := "the pixels differ"
	if !d.Pixels {
		what = d.Tags[0].String() + " differs"
	}
	return fmt.Sprintf("%s %s: %s", r.Site, was, what)
}
