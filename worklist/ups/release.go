package ups

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Reason is why a case is given back: a code of CID 9300 and words.
type Reason struct {
	Code string // scheme DCM; empty is 110513
	Text string
}

// Reasons are the codes of CID 9300 and 9303 that a reader may choose from, with
// their meanings.
var Reasons = map[string]string{
	"110502": "Incorrect procedure ordered",
	"110510": "Duplicate order",
	"110513": "Discontinued for unspecified reason",
	"110514": "Incorrect worklist entry selected",
	"110523": "Object set incomplete",
	"110526": "Resource pre-empted",
	"110527": "Resource inadequate",
	"110530": "Assignment rejected by assigned resource",
	"110531": "Insufficient quality",
	"110532": "Requires specialist expertise",
	"110533": "Workitem expired",
}

func (r Reason) dataset() *dicom.Dataset {
	meaning, ok := Reasons[r.Code]
	if !ok {
		return dcm("110513", Reasons["110513"])
	}
	return dcm(r.Code, meaning)
}

// Release gives a held case back: a replacement workitem takes its place and ours
// is cancelled with the reason. What it is about to do is on disk before the
// first request, and Resolve finishes what a crash or a lost link interrupted
// (the error says so by *AskingError). A site that refuses the replacement leaves
// the case ours.
func (p *Performer) Release(ctx context.Context, c ledger.Claim, why Reason) error {
	if p.Workitems == nil {
		return fmt.Errorf("release: %w", ErrNotHeld)
	}
	if c.State == ledger.Asking {
		var err error
		if c, err = p.ask(ctx, c); err != nil {
			return fmt.Errorf("release: %w", err)
		}
	}
	if c.State == ledger.Held {
		var err error
		if c, err = p.prepare(ctx, c, why); err != nil {
			return fmt.Errorf("release: %w", err)
		}
	}
	if c.State != ledger.Releasing {
		return fmt.Errorf("release: %w", ErrNotHeld)
	}
	_, err := p.finish(ctx, c)
	return err
}

// prepare writes down how the case is going to be given back.
func (p *Performer) prepare(ctx context.Context, c ledger.Claim, why Reason) (ledger.Claim, error) {
	w, err := p.Workitems.RetrieveWorkitem(ctx, dicom.UID(c.WorkitemUID))
	if answerOf(err) == absent {
		return p.lose(ctx, c, &LostError{})
	}
	if err != nil {
		return c, err
	}
	switch w.State {
	case pacs.Scheduled, pacs.Completed, pacs.Canceled:
		return p.lose(ctx, c, &LostError{State: w.State})
	}
	body, err := json.Marshal(p.replacement(dicom.UID(c.WorkitemUID), w.Dataset))
	if err != nil {
		return c, err
	}
	r := ledger.Return{ReplacementUID: string(dicom.NewUID()), Replacement: body, ReasonCode: why.Code, ReasonText: why.Text}
	moved, err := p.Ledger.ReturnClaim(ctx, c, r)
	if err != nil {
		return c, err
	}
	if !moved {
		return c, ErrNotHeld
	}
	c.State, c.Return = ledger.Releasing, r
	return c, nil
}

// performing are the attributes of a workitem that speak of its performance: a
// new SCHEDULED one has them empty (type 2, PS3.4 Table CC.2.5-3).
var performing = []dicom.Tag{
	dicom.ProcedureStepProgressInformationSequence, dicom.UnifiedProcedureStepPerformedProcedureSequence,
}

// serverSet are the attributes that only the server sets.
var serverSet = []dicom.Tag{
	dicom.SOPClassUID, dicom.SOPInstanceUID, dicom.ScheduledProcedureStepModificationDateTime,
}

// replacement copies what can be scheduled of a workitem (PS3.17 GGG.2.3). The
// one who gives the case back is not asked for it again; others stay asked.
func (p *Performer) replacement(old dicom.UID, w *dicom.Dataset) *dicom.Dataset {
	d := w.Clone()
	for _, t := range serverSet {
		d.Delete(t)
	}
	for _, t := range performing {
		d.SetSeq(t)
	}
	d.SetStr(dicom.TransactionUID)
	d.SetStr(dicom.ProcedureStepState, string(pacs.Scheduled))
	ref := &dicom.Dataset{}
	ref.SetStr(dicom.ReferencedSOPClassUID, string(dicom.UPSPushSOPClass))
	ref.SetStr(dicom.ReferencedSOPInstanceUID, string(old))
	d.SetSeq(dicom.ReplacedProcedureStepSequence, ref)
	var others []*dicom.Dataset
	for _, h := range w.Seq(dicom.ScheduledHumanPerformersSequence) {
		if !p.names(h) {
			others = append(others, h)
		}
	}
	if others == nil {
		d.Delete(dicom.ScheduledHumanPerformersSequence)
	} else {
		d.SetSeq(dicom.ScheduledHumanPerformersSequence, others...)
	}
	return d
}

func (p *Performer) names(performer *dicom.Dataset) bool {
	return dicom.ParsePN(performer.Str(dicom.HumanPerformerName)).Alphabetic ==
		dicom.ParsePN(p.Reader.Name).Alphabetic
}

// finish carries out what prepare wrote down. Every step may be repeated.
func (p *Performer) finish(ctx context.Context, c ledger.Claim) (ledger.Claim, error) {
	c, err := p.replace(ctx, c)
	if err != nil {
		return c, err
	}
	// A server may refuse the words and still take the cancellation.
	if err := p.explain(ctx, c); answerOf(err) == unknown {
		return c, fmt.Errorf("release: %w", &AskingError{Err: err})
	}
	err = p.Workitems.ChangeState(ctx, dicom.UID(c.WorkitemUID), dicom.UID(c.TransactionUID), pacs.Canceled)
	switch answerOf(err) {
	case yes, already:
		return p.end(ctx, c, ledger.Released, nil)
	case unknown:
		return c, fmt.Errorf("release: %w", &AskingError{Err: err})
	}
	return p.reconsider(ctx, c, err)
}

// replace creates the replacement, once: its UID was chosen before.
func (p *Performer) replace(ctx context.Context, c ledger.Claim) (ledger.Claim, error) {
	d := &dicom.Dataset{}
	if err := json.Unmarshal(c.Return.Replacement, d); err != nil {
		return c, fmt.Errorf("release: read replacement: %w", err)
	}
	uid, err := p.Workitems.CreateWorkitem(ctx, dicom.UID(c.Return.ReplacementUID), d)
	switch answerOf(err) {
	case yes:
		if uid != "" && string(uid) != c.Return.ReplacementUID {
			c.Return.ReplacementUID = string(uid)
			_, err = p.Ledger.ReturnClaim(ctx, c, c.Return)
		}
		return c, err
	case unknown:
		return c, fmt.Errorf("release: %w", &AskingError{Err: err})
	}
	if _, gerr := p.Workitems.RetrieveWorkitem(ctx, dicom.UID(c.Return.ReplacementUID)); gerr == nil {
		return c, nil // created by an earlier try
	}
	return p.end(ctx, c, ledger.Held, fmt.Errorf("release: the site refused a replacement, the case is still yours: %w", err))
}

// explain says why, as a cancelled step needs it (PS3.4 Table CC.2.5-3).
func (p *Performer) explain(ctx context.Context, c ledger.Claim) error {
	item, change := &dicom.Dataset{}, &dicom.Dataset{}
	item.SetStr(dicom.ProcedureStepCancellationDateTime, dicom.FormatDT(p.now()))
	item.SetSeq(dicom.ProcedureStepDiscontinuationReasonCodeSequence, Reason{Code: c.Return.ReasonCode}.dataset())
	if c.Return.ReasonText != "" {
		item.SetStr(dicom.ReasonForCancellation, c.Return.ReasonText)
	}
	change.SetSeq(dicom.ProcedureStepProgressInformationSequence, item)
	return p.Workitems.UpdateWorkitem(ctx, dicom.UID(c.WorkitemUID), dicom.UID(c.TransactionUID), change)
}

// reconsider is for a cancellation that was refused: the replacement stands, and
// the original is no longer what we took it for.
func (p *Performer) reconsider(ctx context.Context, c ledger.Claim, refusal error) (ledger.Claim, error) {
	w, err := p.Workitems.RetrieveWorkitem(ctx, dicom.UID(c.WorkitemUID))
	switch {
	case answerOf(err) == absent || err == nil && w.State == pacs.Canceled:
		return p.end(ctx, c, ledger.Released, nil)
	case err != nil:
		return c, fmt.Errorf("release: %w", &AskingError{Err: err})
	case w.State == pacs.Completed:
		return p.withdraw(ctx, c, ledger.Completed, &LostError{State: w.State})
	case w.State == pacs.Scheduled:
		return p.withdraw(ctx, c, ledger.Released, nil)
	}
	err = p.Workitems.UpdateWorkitem(ctx, dicom.UID(c.WorkitemUID), dicom.UID(c.TransactionUID), progress(""))
	switch answerOf(err) {
	case yes, already: // ours, and the server will not let go
		return p.withdraw(ctx, c, ledger.Held, refusal)
	case unknown:
		return c, fmt.Errorf("release: %w", &AskingError{Err: err})
	}
	return p.withdraw(ctx, c, ledger.Lost, &LostError{State: w.State})
}

// withdraw takes the replacement back where the original still stands for the
// case, and ends with the state to and the error why.
func (p *Performer) withdraw(ctx context.Context, c ledger.Claim, to ledger.ClaimState, why error) (ledger.Claim, error) {
	err := p.Workitems.RequestCancel(ctx, dicom.UID(c.Return.ReplacementUID), "the replaced step was not cancelled")
	if answerOf(err) == unknown {
		return c, fmt.Errorf("release: %w", &AskingError{Err: err})
	}
	if why != nil {
		why = fmt.Errorf("release: %w", why)
	}
	return p.end(ctx, c, to, why)
}

// end settles a claim that was being given back.
func (p *Performer) end(ctx context.Context, c ledger.Claim, to ledger.ClaimState, why error) (ledger.Claim, error) {
	if _, err := p.Ledger.MoveClaim(ctx, c, to); err != nil {
		return c, errors.Join(why, err)
	}
	c.State = to
	return c, why
}
