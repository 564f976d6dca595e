package feed

import (
	"context"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Bounds of asking a modality worklist: the list never waits for it longer than this,
// and a site's worklist is not asked for the same order again and again.
const (
	ordersFor     = 2 * time.Second  // of one poll
	ordersAtATime = 16               // of one poll
	ordersKept    = 2048             // accession numbers: a few hundred bytes each
	ordersAgain   = 10 * time.Minute // what was not there, or after the worklist failed
)

// known is what the modality worklist said of an accession number; none: nothing.
type known struct {
	order pacs.Order
	none  bool
	asked time.Time
}

// withOrders fills in what a row's own task or study did not tell (why, by whom, how
// pressing) from the site's modality worklist, by accession number. An order of another
// patient or study is never taken: accession numbers are not everywhere unique. Failing
// is no error: the row stays as it is.
func (f *Feed) withOrders(ctx context.Context, s *source, rows []Row) {
	if s.Orders == nil {
		return
	}
	now := f.opt.Now()
	ctx, cancel := context.WithTimeout(ctx, ordersFor)
	defer cancel()
	left := ordersAtATime
	for i := range rows {
		r := &rows[i]
		if r.Accession == "" || r.Indication != "" && r.Requester != "" && r.Priority != pacs.NotStated {
			continue
		}
		k, ok := s.orders[r.Accession]
		if !ok || k.none && now.Sub(k.asked) > ordersAgain {
			if left == 0 || now.Before(s.noOrders) {
				continue
			}
			left--
			var err error
			if k, err = s.order(ctx, r, now); err != nil {
				s.noOrders = now.Add(ordersAgain)
				continue
			}
		}
		if !k.none && isOf(k.order, r) {
			r.fill(k.order)
		}
	}
}

// order looks one order up.
func (s *source) order(ctx context.Context, r *Row, now time.Time) (known, error) {
	k := known{none: true, asked: now}
	q := pacs.OrderQuery{Accession: r.Accession}
	if strings.ContainsAny(q.Accession, `*?\`) {
		return k, nil // it would be a pattern
	}
	err := s.Orders.SearchOrders(ctx, q, func(o pacs.Order) error {
		if k.none && o.Accession == r.Accession && isOf(o, r) {
			o.Dataset = nil // what is needed of it is read
			k.order, k.none = o, false
		}
		return nil
	})
	if err != nil && !partial(err) {
		return k, err
	}
	if s.orders == nil || len(s.orders) >= ordersKept {
		s.orders = map[string]known{}
	}
	s.orders[r.Accession] = k
	return k, nil
}

// isOf: the order names the row's patient, and no other study than its.
func isOf(o pacs.Order, r *Row) bool {
	return o.Patient.ID != "" && o.Patient.ID == r.PatientID &&
		(o.Study == "" || o.Study == dicom.UID(r.StudyUID))
}

func (r *Row) fill(o pacs.Order) {
	or := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	or(&r.Indication, o.Indication)
	or(&r.Requester, o.Requester)
	or(&r.Callback, o.Callback)
	or(&r.Study, o.Label)
	or(&r.Class, o.Patient.Class)
	or(&r.Bed, o.Patient.Bed)
	if r.Priority == pacs.NotStated {
		r.Priority = o.Priority
	}
}
