package send

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// study takes one study as far as it will go. Each round asks what is there, reads
// back what has to be, and sends the rest; what was sent in a round is confirmed in
// the next.
func (r *run) study(ctx context.Context, st *study) {
	st.batch = r.Batch
	r.measure(st)
	best, vain := 0, 0
	for len(st.open()) > 0 && ctx.Err() == nil {
		err := r.round(ctx, st)
		if ctx.Err() != nil {
			return
		}
		if now := st.moved(); now > best {
			best, vain = now, 0
			continue
		}
		if vain++; vain > r.patient() || errors.Is(err, errBlind) {
			r.giveUp(st, err)
			break
		}
		if err != nil {
			r.trouble(r.sentence(err))
		}
		rest(ctx, min(r.Patience<<(vain-1), longestPause))
	}
	if ctx.Err() == nil {
		r.commit(ctx, st)
	}
}

// moved is a figure that grows whenever something became of an item.
func (st *study) moved() (n int) {
	for _, it := range st.items {
		if it.state != "" {
			n += 3
		} else if it.acked {
			n++
		}
	}
	return n
}

// round asks, reads back and sends. The error is why nothing may have moved.
func (r *run) round(ctx context.Context, st *study) error {
	there, err := r.query(ctx, st)
	if err == nil && len(there) > 0 {
		err = r.stranger(ctx, st)
	}
	if err != nil {
		return err
	}
	var sure, back, missing []*item
	for _, it := range st.open() {
		switch {
		case there[it.SOP] && r.unread(st, it):
			back = append(back, it)
		case there[it.SOP]:
			sure = append(sure, it)
		case it.acked && it.asked < 2: // taken, and not shown yet
			it.asked++
		case it.acked && r.again(it, r.Site+" took it and does not show it"):
		default:
			it.acked = false
			missing = append(missing, it)
		}
	}
	r.record(sure)
	for _, it := range sure {
		r.decide(it, Confirmed, "")
	}
	err = r.readBack(ctx, st, back)
	if sent := r.store(ctx, st, missing); sent != nil {
		err = sent
	}
	return err
}

// unread tells whether a listed object has to be read back: one of the sample, one
// that was there before unless an earlier run confirmed these very bytes.
func (r *run) unread(st *study, it *item) bool {
	if it.acked {
		return r.CompareAll || st.sampled(it)
	}
	if it.held = !it.sent; it.sent {
		return true // the answer was lost, or did not name it
	}
	if r.Journal == nil || !r.Journal.has(it.SOP) {
		return true
	}
	if !it.known {
		b, err := it.bytes()
		if err != nil {
			return true // reading back says why
		}
		it.take(b)
	}
	return !r.Journal.confirmed(it.SOP, it.sum)
}

// sampled is the first and the last of a study and about √n between.
func (st *study) sampled(it *item) bool {
	n := len(st.items)
	step := 1
	for step*step < n {
		step++
	}
	for i := 0; i < n; i += step {
		if st.items[i] == it {
			return true
		}
	}
	return st.items[n-1] == it
}

// query lists which of the study's objects the archive names. A study that is not
// there has none.
func (r *run) query(ctx context.Context, st *study) (map[dicom.UID]bool, error) {
	there := map[dicom.UID]bool{}
	err := r.gate.through(ctx, 0, func() error {
		return r.Archive.Search(ctx, pacs.Query{Level: pacs.InstanceLevel, Study: st.uid}, func(ds *dicom.Dataset) error {
			there[dicom.UID(ds.Str(dicom.SOPInstanceUID))] = true
			return nil
		})
	})
	if reason, ok := pacs.ReasonOf(err); ok && reason == pacs.NotFound {
		return there, nil
	}
	var status *pacs.StatusError
	if errors.As(err, &status) && (status.Code == noSuchClass || status.Code == 405 || status.Code == 501) {
		return nil, errBlind
	}
	r.denied(err)
	return there, err
}

// errBlind: the archive answers no queries, so that nothing sent to it could ever be
// confirmed.
var errBlind = errors.New("the archive cannot be queried")

// noSuchClass is the DIMSE status of a SOP class that is not supported (PS3.7 C.5.11).
const noSuchClass = 0x0122

// again counts a try of an item in vain; true when that was the last.
func (r *run) again(it *item, why string) bool {
	it.why = why
	if it.tries++; it.tries < triesOfAnObject {
		return false
	}
	r.decide(it, Unconfirmed, why)
	return true
}

// patient is how many rounds in vain a study gets: one, while nobody has got through
// since another study was given up.
func (r *run) patient() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost {
		return 0
	}
	return r.Rounds
}

// giveUp ends what nothing becomes of.
func (r *run) giveUp(st *study, err error) {
	r.mu.Lock()
	r.lost = r.lost || err != nil
	r.mu.Unlock()
	for _, it := range st.open() {
		why := it.why
		switch {
		case err != nil:
			why = r.sentence(err)
		case it.acked:
			why = r.Site + " took it and does not show it"
		case why == "":
			why = r.Site + " does not take it"
		}
		r.decide(it, Unconfirmed, why)
	}
}

// commit asks for the archive's word to keep what was confirmed, where it gives one.
func (r *run) commit(ctx context.Context, st *study) {
	c, ok := pacs.As[pacs.Committer](r.Archive)
	if !ok {
		return
	}
	var objects []pacs.SOP
	byUID := map[dicom.UID]*item{}
	for _, it := range st.items {
		if it.state == Confirmed && it.class != "" {
			objects = append(objects, pacs.SOP{Class: it.class, Instance: it.SOP})
			byUID[it.SOP] = it
		}
	}
	if len(objects) == 0 {
		return
	}
	wctx, cancel := context.WithTimeout(ctx, r.CommitWait)
	defer cancel()
	said, err := c.Commit(wctx, objects) // no answer is no promise, and no failure
	if _, refused := pacs.ReasonOf(err); refused && len(said.OK)+len(said.Failed) == 0 {
		return // it gives no such word
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, u := range said.OK {
		if byUID[u] != nil {
			r.total.Promised++
			delete(byUID, u)
		}
	}
	for u := range said.Failed {
		if it := byUID[u]; it != nil {
			it.state, it.why = Unconfirmed, r.Site+" does not promise to keep it"
			r.total.Confirmed--
			r.failed++
			delete(byUID, u)
		}
	}
	r.total.Waiting += len(byUID)
}

// measure learns the sizes, for the progress.
func (r *run) measure(st *study) {
	var sum int64
	for _, it := range st.items {
		it.size = it.Object.size()
		sum += it.size
	}
	r.mu.Lock()
	r.meter.total += sum
	r.mu.Unlock()
}

// rest waits a while, more or less.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d/2 + rand.N(d/2+1))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// abreast runs do over parts, as many at once as the gate lets through, and waits.
func abreast[T any](parts []T, n int, do func(T)) {
	var all sync.WaitGroup
	next := make(chan T)
	for range min(n, len(parts)) {
		all.Go(func() {
			for p := range next {
				do(p)
			}
		})
	}
	for _, p := range parts {
		next <- p
	}
	close(next)
	all.Wait()
}
