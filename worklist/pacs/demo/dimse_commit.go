package demo

import (
	"context"
	"errors"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// Action and Event Type IDs of the Storage Commitment Push Model (PS3.4 tables J.3-1,
// J.3-2).
const (
	requestCommitment  = 1
	commitmentComplete = 1
	commitmentFailures = 2
)

// commitOutcome is a report of storage commitment.
type commitOutcome struct {
	kind uint16
	data *dicom.Dataset
}

// commit is N-ACTION of storage commitment (PS3.4 J.3.2). What is promised is on disk
// where it stays and can be read; the report follows at once.
func (s *session) commit(ctx context.Context, r invocation) error {
	d, no, err := s.dataset(r)
	if err != nil {
		return err
	}
	refs := d.Seq(dicom.ReferencedSOPSequence)
	switch {
	case no != nil:
	case r.Command.Instance != commitInstance:
		no = fail(noSuchInstance, "the SOP instance is the well-known one")
	case r.Command.ActionType != requestCommitment:
		no = fail(noSuchAction, "storage commitment has one action")
	case !dicom.ValidUID(d.Str(dicom.TransactionUID)):
		no = fail(invalidArgument, "the Transaction UID is missing or none", dicom.TransactionUID)
	case len(refs) == 0:
		no = fail(invalidArgument, "the Referenced SOP Sequence is empty", dicom.ReferencedSOPSequence)
	}
	if no != nil {
		return s.refuse(ctx, r, no)
	}
	if err := s.done(ctx, r, statusOK, nil); err != nil {
		return err
	}
	out := s.a.promise(d.Str(dicom.TransactionUID), refs)
	id := s.nextID()
	s.awaited[id] = out
	return s.conn.SendDataset(ctx, r.Context, out.command(id), out.data, r.on.Transfer)
}

func (o *commitOutcome) command(id uint16) dimse.Command {
	return dimse.Command{Field: dimse.NEventReport, ID: id, Class: storageCommitment, Instance: commitInstance, EventType: o.kind}
}

// promise looks each object up.
func (a *Archive) promise(transaction string, refs []*dicom.Dataset) *commitOutcome {
	var kept, failed []*dicom.Dataset
	for _, ref := range refs {
		class, sop := dicom.UID(ref.Str(dicom.ReferencedSOPClassUID)), dicom.UID(ref.Str(dicom.ReferencedSOPInstanceUID))
		item := reference(class, sop)
		if why := a.lasts(class, sop); why != statusOK {
			item.SetInt(dicom.FailureReason, int(why))
			failed = append(failed, item)
			continue
		}
		kept = append(kept, item)
	}
	out := &commitOutcome{kind: commitmentComplete, data: &dicom.Dataset{}}
	out.data.SetStr(dicom.TransactionUID, transaction)
	if len(kept) > 0 {
		out.data.SetStr(dicom.RetrieveAETitle, a.dimse.ae)
		out.data.SetSeq(dicom.ReferencedSOPSequence, kept...)
	}
	if len(failed) > 0 {
		out.kind = commitmentFailures
		out.data.SetSeq(dicom.FailedSOPSequence, failed...)
	}
	return out
}

// lasts reports whether an object is held and can be read; else the Failure Reason
// (PS3.3 C.14.1.1).
func (a *Archive) lasts(class, sop dicom.UID) dimseStatus {
	in := a.held.object(sop)
	if in == nil || len(a.held.find(in.study, in.series, sop)) == 0 {
		return noSuchInstance
	}
	if in.class != class {
		return classConflict
	}
	b, err := a.open(in)
	if err != nil {
		return processingFailure
	}
	b.Close()
	return statusOK
}

// acknowledged takes a response to a report of ours.
func (s *session) acknowledged(m dimse.Message) {
	if m.Command.Field == dimse.NEventReport|dimse.Response && m.Command.Status == dimse.Success {
		delete(s.awaited, m.Command.Responded)
	}
}

// reportElsewhere delivers the reports of storage commitment that the requestor did
// not acknowledge before it went, over a new association to its configured address
// (PS3.4 J.3.3).
func (s *session) reportElsewhere(ctx context.Context) {
	address, known := s.a.dimse.destinations[s.peer.CallingAE]
	if len(s.awaited) == 0 || !known {
		return
	}
	err := s.a.dimse.call(ctx, s.peer.CallingAE, address, storageCommitment, func(e *eventCall) error {
		for _, o := range s.awaited {
			if err := e.report(ctx, o.command(s.nextID()), o.data); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.a.log.Warn("report of storage commitment", "error", err.Error())
	}
}

// eventCall is an association that we opened to report.
type eventCall struct {
	conn *dimse.Conn
	on   ul.Accepted
}

var errNoReports = errors.New("the subscriber takes no reports of this SOP class")

// call opens an association as the SCP of a class (PS3.7 D.3.3.4), for reports.
func (d *associations) call(ctx context.Context, ae, address string, class dicom.UID, report func(*eventCall) error) error {
	assoc, err := ul.Dial(ctx, address, ul.Request{CallingAE: d.ae, CalledAE: ae,
		Contexts: []ul.Context{{ID: 1, Abstract: class, Transfers: dataSyntaxes, SCP: true}}}, ul.Options{})
	if err != nil {
		return err
	}
	defer assoc.Abort()
	on, ok := assoc.Find(class)
	if !ok {
		return errNoReports
	}
	if err := report(&eventCall{dimse.NewConn(assoc), on}); err != nil {
		return err
	}
	return assoc.Release(ctx)
}

// report sends one and waits for its response.
func (e *eventCall) report(ctx context.Context, c dimse.Command, d *dicom.Dataset) error {
	if err := e.conn.SendDataset(ctx, e.on.ID, c, d, e.on.Transfer); err != nil {
		return err
	}
	for {
		m, err := e.conn.Receive(ctx)
		if err != nil {
			return err
		}
		if m.Command.Field == dimse.NEventReport|dimse.Response && m.Command.Responded == c.ID {
			if m.Command.Status != dimse.Success {
				return errNoReports
			}
			return nil
		}
	}
}
