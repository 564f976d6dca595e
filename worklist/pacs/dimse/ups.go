package dimse

import (
	"context"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// Actions on a step (PS3.4 table CC.2-1).
const (
	actionChangeState   = 1
	actionRequestCancel = 2
)

// upsOffer is an association to the worklist: the classes by which steps are asked for,
// changed and created (PS3.4 CC.3).
func (c *Client) upsOffer() offer {
	o := offer{kind: "ups"}
	for _, u := range []dicom.UID{upsPull, upsWatch, upsPush} {
		o.add(c.cfg.Quirks.Contexts, u, false, plain...)
	}
	return o
}

// anyOf is the accepted context of the first class that was accepted. Without one the
// archive keeps no worklist.
func (l *line) anyOf(classes ...dicom.UID) (ul.Accepted, error) {
	for _, u := range classes {
		if a, ok := l.a.Find(u); ok {
			return a, nil
		}
	}
	return ul.Accepted{}, pacs.ErrNoWorkitems
}

// Workitems is the archive's worklist. Whether it has one is found out by asking:
// pacs.ErrNoWorkitems.
func (c *Client) Workitems() pacs.Workitems { return c }

var _ pacs.Workitems = (*Client)(nil)

// SearchWorkitems is C-FIND of UPS (PS3.4 CC.2.8), once for each state asked for: a state
// is matched by one value. What does not match is left out on our side.
func (c *Client) SearchWorkitems(ctx context.Context, q pacs.WorkitemQuery) ([]pacs.Workitem, error) {
	const op = "search workitems"
	return pacs.CollectWorkitems(q, func(s pacs.State, each func(*dicom.Dataset)) (partial error) {
		err := c.on(ctx, op, c.upsOffer(), func(l *line) error {
			a, err := l.anyOf(upsPull, upsWatch)
			if err != nil {
				return err
			}
			return c.answers(ctx, l, a, op, stepKeys(q, s), func(ds *dicom.Dataset, bad error) error {
				if bad != nil {
					partial = wrap(op, pacs.ErrPartial)
				} else {
					each(ds)
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
		return partial
	})
}

// stepKeys is the identifier: what a list of steps shows, and what is to be matched.
func stepKeys(q pacs.WorkitemQuery, s pacs.State) *dicom.Dataset {
	ds := new(dicom.Dataset)
	for _, t := range []dicom.Tag{
		dicom.SOPClassUID, dicom.SOPInstanceUID, dicom.ScheduledProcedureStepPriority, dicom.WorklistLabel,
		dicom.InputReadinessState, dicom.ScheduledProcedureStepStartDateTime, dicom.ExpectedCompletionDateTime,
		dicom.ScheduledProcedureStepModificationDateTime, dicom.ProcedureStepLabel, dicom.PatientName, dicom.PatientID,
		dicom.PatientBirthDate, dicom.PatientSex, dicom.AdmittingDiagnosesDescription, dicom.TimezoneOffsetFromUTC,
		dicom.PatientState, dicom.CurrentPatientLocation,
	} {
		ds.SetStr(t)
	}
	for _, t := range []dicom.Tag{
		dicom.UnifiedProcedureStepPerformedProcedureSequence, dicom.ProcedureStepProgressInformationSequence,
		dicom.ReplacedProcedureStepSequence, dicom.ScheduledWorkitemCodeSequence,
	} {
		ds.SetSeq(t)
	}
	one(ds, dicom.ProcedureStepState, string(s))
	item(ds, dicom.ScheduledHumanPerformersSequence, dicom.HumanPerformerName, q.Assigned)
	item(ds, dicom.InputInformationSequence, dicom.StudyInstanceUID, string(q.Study))
	item(ds, dicom.ReferencedRequestSequence, dicom.AccessionNumber, q.Accession)
	return ds
}

// one sets a key, empty where it is only to be returned.
func one(ds *dicom.Dataset, t dicom.Tag, v string) {
	if v == "" {
		ds.SetStr(t)
		return
	}
	ds.SetStr(t, v)
}

// item asks for a whole sequence, or for those with a value in it.
func item(ds *dicom.Dataset, seq, t dicom.Tag, v string) {
	if v == "" {
		ds.SetSeq(seq)
		return
	}
	it := new(dicom.Dataset)
	it.SetStr(t, v)
	ds.SetSeq(seq, it)
}

// RetrieveWorkitem is N-GET of all attributes (PS3.4 CC.2.7).
func (c *Client) RetrieveWorkitem(ctx context.Context, uid dicom.UID) (w pacs.Workitem, err error) {
	const op = "retrieve workitem"
	if !plausible(uid) {
		return w, wrap(op, errBadIdentifier)
	}
	err = c.on(ctx, op, c.upsOffer(), func(l *line) error {
		a, err := l.anyOf(upsPull, upsWatch, upsPush)
		if err != nil {
			return err
		}
		m, err := l.ask(ctx, a, Command{Field: NGet, Class: upsPush, Instance: uid}, nil)
		if err != nil {
			return err
		}
		if m.Command.Status != Success && !IsWarning(m.Command.Status) {
			return refusal(op, m.Command)
		}
		ds, err := m.Dataset(a.Transfer, c.options())
		if err != nil {
			return err
		}
		w = pacs.WorkitemFromDataset(ds)
		if w.UID == "" {
			w.UID = m.Command.Instance
		}
		if w.UID != uid {
			return errOtherObject
		}
		return nil
	})
	if err != nil {
		return pacs.Workitem{}, err
	}
	return w, nil
}

// CreateWorkitem is N-CREATE (PS3.4 CC.2.5). The answer says which UID the step has.
func (c *Client) CreateWorkitem(ctx context.Context, uid dicom.UID, w *dicom.Dataset) (dicom.UID, error) {
	const op = "create workitem"
	if uid != "" && !plausible(uid) {
		return "", wrap(op, errBadIdentifier)
	}
	w = w.Clone()
	w.Delete(dicom.SOPClassUID) // they are the command's (PS3.7 10.1.5.1)
	w.Delete(dicom.SOPInstanceUID)
	m, err := c.change(ctx, op, Command{Field: NCreate, Class: upsPush, Instance: uid}, w, upsPush)
	switch {
	case err != nil:
		return "", err
	case m.Instance != "":
		return m.Instance, nil
	case uid == "":
		return "", fmt.Errorf("%s: the archive did not say which UID it gave", op)
	}
	return uid, nil
}

// UpdateWorkitem is N-SET (PS3.4 CC.2.6).
func (c *Client) UpdateWorkitem(ctx context.Context, uid, transaction dicom.UID, change *dicom.Dataset) error {
	const op = "update workitem"
	change = change.Clone()
	if transaction != "" {
		change.SetStr(dicom.TransactionUID, string(transaction))
	}
	_, err := c.change(ctx, op, Command{Field: NSet, Class: upsPush, Instance: uid}, change, upsPull)
	return err
}

// ChangeState is N-ACTION type 1 (PS3.4 CC.2.1). A step that is in that state already is
// a refusal with the reason pacs.AlreadyThere, as it is in UPS-RS.
func (c *Client) ChangeState(ctx context.Context, uid, transaction dicom.UID, s pacs.State) error {
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.TransactionUID, string(transaction))
	ds.SetStr(dicom.ProcedureStepState, string(s))
	_, err := c.change(ctx, "change workitem state", Command{Field: NAction, Class: upsPush, Instance: uid, ActionType: actionChangeState}, ds, upsPull)
	return err
}

// RequestCancel is N-ACTION type 2 (PS3.4 CC.2.2).
func (c *Client) RequestCancel(ctx context.Context, uid dicom.UID, reason string) error {
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.RequestingAE, c.cfg.CallingAE)
	if reason != "" {
		ds.SetStr(dicom.ReasonForCancellation, reason)
	}
	_, err := c.change(ctx, "request cancellation", Command{Field: NAction, Class: upsPush, Instance: uid, ActionType: actionRequestCancel}, ds, upsWatch, upsPush)
	return err
}

// change asks once, on an association of its own: one that lay idle may be gone, and what
// became of a change that was sent into it nobody could tell. The Transaction UID is in
// the data set alone: a peer that quotes it in a comment is not quoted (clean).
func (c *Client) change(ctx context.Context, op string, cmd Command, ds *dicom.Dataset, classes ...dicom.UID) (Command, error) {
	if cmd.Field != NCreate && !plausible(cmd.Instance) {
		return Command{}, wrap(op, errBadIdentifier)
	}
	l, err := c.pool.fresh(ctx, c.upsOffer())
	if err != nil {
		return Command{}, wrap(op, err)
	}
	defer c.pool.done(l)
	a, err := l.anyOf(classes...)
	if err != nil {
		return Command{}, wrap(op, err)
	}
	m, err := l.ask(ctx, a, cmd, ds)
	if err != nil {
		return Command{}, wrap(op, err)
	}
	got := m.Command
	_, err = m.Dataset(a.Transfer, c.options()) // of no use, but it has to be read
	switch done := got.Status == Success || IsWarning(got.Status) && got.Status != canceledAlready && got.Status != completedAlready; {
	case !done:
		return Command{}, refusal(op, got)
	case got.Instance != "" && cmd.Instance != "" && got.Instance != cmd.Instance:
		return Command{}, wrap(op, errOtherObject)
	case err != nil && !unreadable(err) && !errors.Is(err, pacs.ErrTruncated):
		return Command{}, wrap(op, err)
	}
	return got, nil
}

// Warnings that change nothing (PS3.4 table CC.2.1-2).
const (
	canceledAlready  uint16 = 0xB304
	completedAlready uint16 = 0xB306
)
