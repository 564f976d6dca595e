package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/ups"
)

// Times of one attempt. A stopped archive takes connections and says nothing.
const (
	sendTime    = 15 * time.Second
	confirmTime = 10 * time.Second
	upsTime     = 10 * time.Second
	silentAfter = 1500 * time.Millisecond // from then on the row says who is not answering
)

// attempt is one go at one row. Owned by the goroutine that made it.
type attempt struct {
	r         *Runner
	le        *ledger.Lease
	channel   Channel
	workitems pacs.Workitems
}

// run takes the row as far as it will go now. The error is the ledger's: what
// destinations do is in the row.
func (a *attempt) run(ctx context.Context) error {
	if a.Row().State != ledger.Verified {
		if sum := sha256.Sum256(a.Row().Object); hex.EncodeToString(sum[:]) != a.Row().SHA256 {
			return a.park(ctx, Noun(a.Row().Kind)+" on disk is not what was signed")
		}
		if err := a.deliver(ctx); err != nil {
			return err
		}
	}
	if a.Row().State != ledger.Verified || a.Row().Done() {
		return nil
	}
	ready, err := a.r.Ledger.Completable(ctx, a.Row().ID)
	if err != nil || !ready { // the last required row to arrive makes this one due
		return err
	}
	return a.complete(ctx)
}

// Row is the row as it stands.
func (a *attempt) Row() ledger.OutboxRow { return a.le.Row }

// deliver reads back first where something may have arrived, then sends.
func (a *attempt) deliver(ctx context.Context) error {
	if a.Row().State != ledger.Queued {
		done, err := a.confirm(ctx)
		if done || err != nil {
			return err
		}
	}
	if stop, err := a.before(ctx); stop || err != nil {
		return err
	}
	row := a.Row()
	if row.State == ledger.Sending && row.Answer == "" { // the program was killed: it may have left
		row.Answer = unanswered
	}
	if row.State == ledger.Acked { // it was taken, and is gone
		row.State, row.Answer = ledger.Retry, ""
		if err := a.save(ctx, row); err != nil {
			return err
		}
	}
	row.State, row.Reason = ledger.Sending, ""
	if err := a.save(ctx, row); err != nil {
		return err
	}
	var answer string
	row = a.Row()
	err := a.step(ctx, sendTime, func(ctx context.Context) (err error) {
		answer, err = a.channel.Send(ctx, row)
		return err
	})
	var park *ParkError
	switch {
	case errors.As(err, &park):
		return a.park(ctx, park.Reason)
	case err != nil && !errors.Is(err, ErrUnsure):
		return a.later(ctx, err)
	}
	row = a.Row()
	row.State, row.Reason, row.Answer = ledger.Acked, "", answer
	if err := a.save(ctx, row); err != nil {
		return err
	}
	done, err := a.confirm(ctx)
	if done || err != nil {
		return err
	}
	return a.later(ctx, ErrAbsent)
}

// confirm reads back. done: the row has its next state; else the report is
// certainly not there, and the row may be sent.
func (a *attempt) confirm(ctx context.Context) (done bool, err error) {
	row := a.Row()
	cerr := a.step(ctx, confirmTime, func(ctx context.Context) error { return a.channel.Confirm(ctx, row) })
	var park *ParkError
	row = a.Row()
	switch {
	case cerr == nil:
		if row.State == ledger.Retry { // verified is reached from sending or acked
			row.State = ledger.Sending
			if err := a.save(ctx, row); err != nil {
				return true, err
			}
		}
		row.State, row.Verified, row.Reason, row.NextAt = ledger.Verified, a.r.now(), "", time.Time{}
		return true, a.save(ctx, row)
	case errors.As(cerr, &park):
		return true, a.park(ctx, park.Reason)
	case !errors.Is(cerr, ErrAbsent):
		return true, a.later(ctx, cerr)
	}
	return false, nil
}

// complete takes the workitem to COMPLETED, now that the report is seen to be
// there. A claim that was lost meanwhile is flagged: the report stands.
func (a *attempt) complete(ctx context.Context) error {
	row := a.Row()
	if a.workitems == nil {
		return a.later(ctx, pacs.ErrNoWorkitems)
	}
	err := a.step(ctx, upsTime, func(ctx context.Context) error {
		done := performed(row)
		if done.Preliminary { // first: the case is never off every list
			if err := ups.RequestVerification(ctx, a.workitems, dicom.UID(row.WorkitemUID), done); err != nil {
				return err
			}
		}
		return ups.Complete(ctx, a.workitems, dicom.UID(row.WorkitemUID), dicom.UID(row.TransactionUID), done)
	})
	row = a.Row()
	var lost *ups.LostError
	switch {
	case err == nil:
		row.WorkitemDone, row.Reason = true, ""
	case errors.As(err, &lost):
		row.WorkitemDone, row.WithoutClaim, row.Reason = true, true, "signed without claim: "+lost.Error()
	default:
		return a.later(ctx, err)
	}
	// The claim first: a row that is done is never looked at again, and a program that was
	// ended between the two would hold the case for ever. Completing it twice is once.
	if err := a.settle(ctx, row); err != nil {
		return err
	}
	return a.save(ctx, row)
}

// settle ends the home's claim with its workitem.
func (a *attempt) settle(ctx context.Context, row ledger.OutboxRow) error {
	c, ok, err := a.r.Ledger.Claim(ctx, row.WorkitemUID)
	if err != nil || !ok || c.TransactionUID != row.TransactionUID || c.State.Ended() {
		return err
	}
	to := ledger.Completed
	if row.WithoutClaim {
		to = ledger.Lost
	}
	_, err = a.r.Ledger.MoveClaim(ctx, c, to)
	return err
}

// performed tells from the signed bytes alone who did what when.
func performed(row ledger.OutboxRow) ups.Performed {
	p := ups.Performed{Start: row.Signed, End: row.Signed, StudyUID: dicom.UID(row.StudyUID), SOPUID: dicom.UID(row.Control)}
	if row.Channel == ledger.DICOM && row.Address != "" {
		p.RetrieveURL = row.Address + "/studies/" + row.StudyUID
	}
	f, err := dicom.Parse(row.Object)
	if err != nil {
		return p
	}
	p.SeriesUID = dicom.UID(f.Dataset.Str(dicom.SeriesInstanceUID))
	p.SOPClassUID = dicom.UID(f.Dataset.Str(dicom.SOPClassUID))
	if doc, err := sr.Read(f.Dataset); err == nil {
		p.Reader = ups.Reader{Name: doc.Observer.Name, ID: doc.Observer.ID, Organization: doc.Observer.Organization}
		p.Start, p.Preliminary = doc.Content, doc.Preliminary
		if doc.Verified {
			p.End = doc.VerifiedAt
		}
	}
	return p
}

// step runs one request with its time limit. A destination that is silent for a
// while is named in the row at once, not only when the time is up.
func (a *attempt) step(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	answer := make(chan error, 1)
	go func() { answer <- do(ctx) }()
	silent := time.NewTimer(silentAfter)
	defer silent.Stop()
	for {
		select {
		case err := <-answer:
			return err
		case <-silent.C:
			row := a.Row()
			row.Reason = row.Site + " not answering"
			_ = a.save(ctx, row) // the outcome of the step is what counts
		}
	}
}
