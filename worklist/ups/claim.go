package ups

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Lock is how safe a case is from being read twice.
type Lock string

// Outcomes of a claim that is no error.
const (
	Taken     Lock = "claimed"
	Already   Lock = "already yours" // by an earlier claim, or by another program of this home
	NotLocked Lock = "NOT LOCKED at this site"
)

// Result is a claim that was not refused.
type Result struct {
	Lock   Lock
	Claim  ledger.Claim // zero when NotLocked
	Notice string       // a sentence for the reader, or empty
}

// Claim makes the case of w ours. Errors: *HeldError (somebody else's),
// *EndedError, *NotReadyError, *AskingError (no answer: may be ours, see
// Resolve). Of any number of homes that claim at once, one gets a Result;
// claiming again what is ours gives Already.
func (p *Performer) Claim(ctx context.Context, w pacs.Workitem) (Result, error) {
	if p.Workitems == nil {
		return Result{Lock: NotLocked}, nil
	}
	c, written, err := p.write(ctx, w)
	if err != nil {
		return Result{}, err
	}
	r := Result{Lock: Taken, Claim: c}
	if !written {
		r.Lock = Already
	} else if w.Readiness == "INCOMPLETE" {
		r.Notice = "more images are expected"
	}
	switch c.State {
	case ledger.Asking:
		r.Claim, err = p.ask(ctx, c)
	case ledger.Held:
		r.Claim, r.Notice, err = p.check(ctx, c)
	case ledger.Releasing:
		err = fmt.Errorf("claim: %w", &EndedError{State: pacs.Canceled})
	}
	if errors.Is(err, pacs.ErrNoWorkitems) {
		_, _ = p.Ledger.MoveClaim(ctx, c, ledger.Lost)
		return Result{Lock: NotLocked}, nil
	}
	if err != nil {
		return Result{}, err
	}
	return r, nil
}

// write puts the claim on disk, unless one stands there already.
func (p *Performer) write(ctx context.Context, w pacs.Workitem) (c ledger.Claim, written bool, err error) {
	stands, ok, err := p.Ledger.Claim(ctx, string(w.UID))
	if err != nil || ok && !stands.State.Ended() {
		return stands, false, err
	}
	switch {
	case w.State == pacs.Completed || w.State == pacs.Canceled:
		return c, false, fmt.Errorf("claim: %w", &EndedError{State: w.State})
	case w.Readiness == "UNAVAILABLE":
		return c, false, fmt.Errorf("claim: %w", &NotReadyError{Readiness: w.Readiness})
	}
	return p.Ledger.PutClaim(ctx, ledger.Claim{
		WorkitemUID: string(w.UID), TransactionUID: string(dicom.NewUID()), StudyUID: string(w.StudyUID),
		Accession: w.Accession, Site: p.Site, UPSURL: p.UPSURL, State: ledger.Asking, Since: p.now()})
}

// ask sends the request of a claim that is written as asking, the first time or
// again: the same Transaction UID makes it the same request.
func (p *Performer) ask(ctx context.Context, c ledger.Claim) (ledger.Claim, error) {
	err := p.Workitems.ChangeState(ctx, dicom.UID(c.WorkitemUID), dicom.UID(c.TransactionUID), pacs.InProgress)
	switch answerOf(err) {
	case yes:
		return p.taken(ctx, c)
	case unknown:
		if errors.Is(err, pacs.ErrNoWorkitems) {
			return c, err
		}
		return c, &AskingError{Err: err}
	case denied:
		return p.lose(ctx, c, fmt.Errorf("claim: %w", err))
	case absent:
		return p.lose(ctx, c, fmt.Errorf("claim: %w", &EndedError{}))
	}
	return p.prove(ctx, c, err)
}

// prove finds out whether the one who has the case is us, by a change that the
// server grants to our Transaction UID alone (PS3.18 11.6).
func (p *Performer) prove(ctx context.Context, c ledger.Claim, refusal error) (ledger.Claim, error) {
	err := p.Workitems.UpdateWorkitem(ctx, dicom.UID(c.WorkitemUID), dicom.UID(c.TransactionUID), progress(""))
	switch answerOf(err) {
	case yes, already:
		return p.taken(ctx, c)
	case unknown:
		return c, &AskingError{Err: err}
	}
	return p.lose(ctx, c, p.holder(ctx, c, refusal))
}

// taken settles a claim that the server granted and tells the others who has it.
func (p *Performer) taken(ctx context.Context, c ledger.Claim) (ledger.Claim, error) {
	moved, err := p.Ledger.MoveClaim(ctx, c, ledger.Held)
	if err != nil {
		return c, &AskingError{Err: err}
	}
	if !moved { // another program of this home settled it first
		return p.settled(ctx, c)
	}
	c.State = ledger.Held
	_ = p.announce(ctx, c) // Resolve tries again while the worklist shows no name
	return c, nil
}

func (p *Performer) settled(ctx context.Context, c ledger.Claim) (ledger.Claim, error) {
	now, ok, err := p.Ledger.Claim(ctx, c.WorkitemUID)
	switch {
	case err != nil:
		return c, err
	case ok && now.State == ledger.Held:
		return now, nil
	case ok && now.State == ledger.Completed:
		return now, fmt.Errorf("claim: %w", &EndedError{State: pacs.Completed})
	case ok && now.State == ledger.Lost:
		return now, p.holder(ctx, now, ErrNotHeld)
	}
	return now, fmt.Errorf("claim: %w", ErrNotHeld)
}

// lose settles a claim that the server refused.
func (p *Performer) lose(ctx context.Context, c ledger.Claim, why error) (ledger.Claim, error) {
	if _, err := p.Ledger.MoveClaim(ctx, c, ledger.Lost); err != nil {
		return c, errors.Join(why, err)
	}
	c.State = ledger.Lost
	return c, why
}

// holder asks who has the case. The winner writes its name a moment after it
// won, so a nameless holder is asked for again, for less than a second in all.
func (p *Performer) holder(ctx context.Context, c ledger.Claim, refusal error) error {
	const tries, pause = 5, 120 * time.Millisecond
	held := &HeldError{}
	for i := range tries {
		w, err := p.Workitems.RetrieveWorkitem(ctx, dicom.UID(c.WorkitemUID))
		switch {
		case answerOf(err) == absent:
			return fmt.Errorf("claim: %w", &EndedError{})
		case err != nil:
			return fmt.Errorf("claim: %w", held)
		case w.State == pacs.Completed || w.State == pacs.Canceled:
			return fmt.Errorf("claim: %w", &EndedError{State: w.State})
		case w.State == pacs.Scheduled:
			return fmt.Errorf("claim: %w", refusal)
		}
		held.Performer, held.Since = w.Performer, w.Since
		if held.Performer != "" || i == tries-1 {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("claim: %w", held)
		case <-time.After(pause):
		}
	}
	return fmt.Errorf("claim: %w", held)
}

// announce tells the worklist who reads the case since when, for others to see.
func (p *Performer) announce(ctx context.Context, c ledger.Claim) error {
	change := progress("reading")
	change.SetSeq(dicom.UnifiedProcedureStepPerformedProcedureSequence, p.Reader.performed(c.Since))
	err := p.Workitems.UpdateWorkitem(ctx, dicom.UID(c.WorkitemUID), dicom.UID(c.TransactionUID), change)
	if err != nil {
		return fmt.Errorf("announce claim: %w", err)
	}
	return nil
}

// check looks after a claim that the ledger says we hold. When the server does
// not answer, the ledger's word stands.
func (p *Performer) check(ctx context.Context, c ledger.Claim) (ledger.Claim, string, error) {
	w, err := p.Workitems.RetrieveWorkitem(ctx, dicom.UID(c.WorkitemUID))
	if answerOf(err) == absent {
		c, err = p.lose(ctx, c, fmt.Errorf("claim: %w", &EndedError{}))
		return c, "", err
	}
	if err != nil {
		return c, "the worklist does not answer; the claim is as it was", nil
	}
	switch w.State {
	case pacs.Completed:
		_, err := p.Ledger.MoveClaim(ctx, c, ledger.Completed)
		return c, "", errors.Join(fmt.Errorf("claim: %w", &EndedError{State: w.State}), err)
	case pacs.Canceled:
		c, err = p.lose(ctx, c, fmt.Errorf("claim: %w", &EndedError{State: w.State}))
		return c, "", err
	case pacs.Scheduled: // the server forgot: restored from a backup
		c, err = p.again(ctx, c)
		return c, "", err
	}
	if w.Performer == "" {
		_ = p.announce(ctx, c) // shown when it works
	}
	return c, "", nil
}

// again asks once more for a case that we held.
func (p *Performer) again(ctx context.Context, c ledger.Claim) (ledger.Claim, error) {
	moved, err := p.Ledger.MoveClaim(ctx, c, ledger.Asking)
	if err != nil || !moved {
		return c, errors.Join(err, p.unmoved(moved))
	}
	c.State = ledger.Asking
	return p.ask(ctx, c)
}

func (p *Performer) unmoved(moved bool) error {
	if moved {
		return nil
	}
	return ErrNotHeld
}

// Aside tells the others that the case is put aside, or read again (F5). The
// claim stays.
func (p *Performer) Aside(ctx context.Context, c ledger.Claim, aside bool) error {
	text := "reading"
	if aside {
		text = "aside"
	}
	if p.Workitems == nil {
		return nil
	}
	if err := p.Workitems.UpdateWorkitem(ctx, dicom.UID(c.WorkitemUID), dicom.UID(c.TransactionUID), progress(text)); err != nil {
		return fmt.Errorf("put aside: %w", err)
	}
	return nil
}
