package send

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// take notes what a file's bytes are.
func (it *item) take(b []byte) {
	it.sum, it.known = sha256.Sum256(b), true
}

// load reads a file and checks that it is the whole object that was announced: what
// was shown to a person is what is sent. A reason instead of bytes decides the item.
func (st *study) load(it *item) (b []byte, why string) {
	b, err := it.bytes()
	if err != nil {
		return nil, "the file cannot be read"
	}
	f, err := dicom.Parse(b)
	switch {
	case err != nil:
		return nil, "the file is no DICOM object"
	case f.Truncated:
		return nil, "the file ends early: it is not a whole object"
	case !f.Preamble:
		return nil, "the file has no DICOM header (PS3.10 7.1)"
	case dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID)) != it.SOP || dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)) != st.uid:
		return nil, "the file is not the one that was looked at before"
	}
	it.class = dicom.UID(f.Dataset.Str(dicom.SOPClassUID))
	it.take(b)
	return b, ""
}

// store sends items in batches. The error is the last batch's that failed whole.
func (r *run) store(ctx context.Context, st *study, items []*item) error {
	var mu sync.Mutex
	var last error
	abreast(st.batches(items), r.Workers, func(batch []*item) {
		if err := r.storeBatch(ctx, st, batch); err != nil {
			mu.Lock()
			last = err
			mu.Unlock()
		}
	})
	st.learn(items, last)
	return last
}

// batches cuts items into requests bounded in bytes and number.
func (st *study) batches(items []*item) (out [][]*item) {
	var batch []*item
	var size int64
	for _, it := range items {
		if len(batch) > 0 && (st.single || size+it.size > st.batch || len(batch) == mostObjects) {
			out, batch, size = append(out, batch), nil, 0
		}
		batch, size = append(batch, it), size+it.size
	}
	if len(batch) > 0 {
		out = append(out, batch)
	}
	return out
}

// learn makes later requests smaller where these were refused whole.
func (st *study) learn(items []*item, err error) {
	var status *pacs.StatusError
	if !errors.As(err, &status) || len(items) < 2 {
		return
	}
	switch status.Code {
	case 413:
		st.batch = max(1, st.batch/4)
	case 400, 409, 415, 422:
		st.single = true
	}
}

func (r *run) storeBatch(ctx context.Context, st *study, batch []*item) error {
	var stored pacs.Stored
	var sent []*item
	var cost int64
	for _, it := range batch {
		cost += it.size
	}
	err := r.gate.through(ctx, cost, func() (err error) {
		var objects [][]byte
		sent, objects = r.loadAll(st, batch)
		if len(sent) == 0 {
			return nil
		}
		stored, err = r.Archive.Store(ctx, st.uid, objects...)
		return err
	})
	if ctx.Err() != nil || len(sent) == 0 {
		return nil
	}
	r.denied(err)
	for _, it := range sent {
		r.answered(it, stored, err, len(sent) == 1)
	}
	return err
}

func (r *run) loadAll(st *study, batch []*item) (sent []*item, objects [][]byte) {
	for _, it := range batch {
		b, why := st.load(it)
		if why != "" {
			r.decide(it, Unreadable, why)
			continue
		}
		sent, objects = append(sent, it), append(objects, b)
	}
	return sent, objects
}

// answered reads what an answer says of one item.
func (r *run) answered(it *item, stored pacs.Stored, err error, alone bool) {
	it.asked, it.sent = 0, true
	if slices.Contains(stored.OK, it.SOP) {
		it.acked, it.why = true, ""
		r.gone(it)
		return
	}
	why, named := stored.Failed[it.SOP]
	var status *pacs.StatusError
	switch {
	case named && why == 0x0111: // there already: reading back tells what
		it.why = r.Site + " says that it holds an object under this UID, and does not show it"
	case named && final(why):
		r.decide(it, Refused, fmt.Sprintf("%s refuses it (%s)", r.Site, reason(why)))
	case named:
		r.again(it, fmt.Sprintf("%s did not take it (%s)", r.Site, reason(why)))
	case errors.As(err, &status) && alone && (status.Code == 400 || status.Code == 409 || status.Code == 413 || status.Code == 415 || status.Code == 422):
		r.decide(it, Refused, fmt.Sprintf("%s refuses it (%d)", r.Site, status.Code))
	case errors.As(err, &status) && status.Code < 500 && status.Reason() != pacs.Busy:
		it.why = fmt.Sprintf("%s refuses the request (%d)", r.Site, status.Code) // it is sent in a smaller one
	case err != nil:
		it.why = r.sentence(err) // not the object's fault: patience is the study's
	default:
		r.again(it, r.Site+" answered without naming it: its disk may be full")
	}
}

// final tells a Failure Reason that another try does not change (PS3.4 Table B.2-1,
// PS3.18 Table I.2-2): no SOP class like this, or the object is not understood.
func final(why uint16) bool {
	return why == 0x0122 || why == 0x0117 || why>>8 == 0xA9 || why>>12 == 0xC
}

// reason is a Failure Reason in words.
func reason(why uint16) string {
	words := ""
	switch {
	case why>>8 == 0xA7:
		words = "out of resources: its disk may be full, "
	case why == 0x0110:
		words = "it failed while storing, "
	case why == 0x0122:
		words = "it keeps no objects of this kind, "
	case why>>8 == 0xA9, why == 0x0117:
		words = "the object is not as its kind should be, "
	case why>>12 == 0xC:
		words = "it does not understand the object, "
	}
	return fmt.Sprintf("%s%04X", words, why)
}

// denied ends the run when the archive refuses who we are: no object after this one
// will fare better.
func (r *run) denied(err error) {
	if why, ok := pacs.ReasonOf(err); ok && why == pacs.Unauthorized {
		r.fatal(err)
	}
}

// sentence says why nothing moves, without a server's own words: they may name a
// patient.
func (r *run) sentence(err error) string {
	var status *pacs.StatusError
	var other *pacs.NotArchiveError
	why, unreachable := pacs.Unreachable(err)
	switch {
	case errors.Is(err, errBlind):
		return r.Site + " cannot be asked what it holds: nothing is sent to it"
	case errors.As(err, &status) && status.Reason() == pacs.Busy:
		return fmt.Sprintf("%s is busy (%d)", r.Site, status.Code)
	case errors.As(err, &status) && (status.Code == 507 || status.Code>>8 == 0xA7):
		return r.Site + " has no room: its disk is full"
	case errors.As(err, &status) && status.Code < 1000:
		return fmt.Sprintf("%s answered %d", r.Site, status.Code)
	case errors.As(err, &status):
		return fmt.Sprintf("%s answered %04X", r.Site, status.Code)
	case errors.As(err, &other):
		return "something else answers in place of " + r.Site
	case unreachable:
		return fmt.Sprintf("%s is not answering (%s)", r.Site, why)
	case errors.Is(err, pacs.ErrStalled):
		return r.Site + " stopped answering"
	case errors.Is(err, pacs.ErrTruncated):
		return "the line to " + r.Site + " was cut"
	}
	return dicom.Clean(r.Site + ": " + err.Error()) // the house's errors name no patient
}
