package demo

import (
	"cmp"
	"context"
	"errors"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
)

// Action Type IDs of PS3.4 table CC.2-1.
const (
	actChangeState   = 1
	actRequestCancel = 2
	actSubscribe     = 3
	actUnsubscribe   = 4
	actSuspend       = 5
)

const dicomRetrieval dicom.Tag = 0x0040E021 // DICOM Retrieval Sequence

// findSteps is C-FIND of UPS (PS3.4 CC.2.8).
func (s *session) findSteps(ctx context.Context, r invocation) error {
	d, no, err := s.dataset(r)
	if err != nil {
		return err
	}
	id := identifier{asked: d, query: query{limit: -1}}
	if no == nil {
		no = id.keys(d, func(t dicom.Tag, _ bool) bool { return t != dicom.TransactionUID })
	}
	return s.answers(ctx, r, id, no, func(each func(*dicom.Dataset) bool) {
		asked := d.Clone()
		asked.Delete(dicom.TransactionUID)
		asked.SetStr(dicom.SOPClassUID)
		asked.SetStr(dicom.SOPInstanceUID)
		for _, st := range s.a.steps.list(false) {
			if id.match(st.data) && !each(inUnicode(project(asked, s.a.retrievable(st.data)))) {
				return
			}
		}
	})
}

// retrievable adds to the inputs held here the AE title they are retrieved from.
func (a *Archive) retrievable(d *dicom.Dataset) *dicom.Dataset {
	out := d.Clone()
	for _, in := range out.Seq(dicom.InputInformationSequence) {
		if in.Has(dicomRetrieval) || len(a.held.snapshot(dicom.UID(in.Str(dicom.StudyInstanceUID)))) == 0 {
			continue
		}
		at := &dicom.Dataset{}
		at.SetStr(dicom.RetrieveAETitle, a.dimse.ae)
		in.SetSeq(dicomRetrieval, at)
	}
	return out
}

// createStep is N-CREATE (PS3.4 CC.2.5).
func (s *session) createStep(ctx context.Context, r invocation) error {
	d, no, err := s.dataset(r)
	if err != nil {
		return err
	}
	if no != nil {
		return s.refuse(ctx, r, no)
	}
	inside := dicom.UID(d.Str(dicom.SOPInstanceUID))
	uid := cmp.Or(r.Command.Instance, inside, dicom.NewUID())
	if !dicom.ValidUID(string(uid)) || inside != "" && inside != uid {
		return s.refuse(ctx, r, fail(invalidInstance, "the UPS is named in two ways, or by what is no UID", dicom.SOPInstanceUID))
	}
	modified, err := checkCreate(d)
	if err != nil {
		return s.refuse(ctx, r, asFailure(err))
	}
	r.Command.Instance = uid
	status, err := s.a.steps.create(uid, d)
	if err == nil && status == statusOK && modified {
		status = createdModified
	}
	return s.outcome(ctx, r, status, err)
}

// outcome answers with what the worklist's rules said. Its warnings are answered as
// such, its refusals with the words of both services.
func (s *session) outcome(ctx context.Context, r invocation, status dimseStatus, err error) error {
	if no := asFailure(err); no != nil {
		return s.refuse(ctx, r, no)
	}
	if status != statusOK {
		return s.refuse(ctx, r, fail(status, statusWords[status]))
	}
	return s.done(ctx, r, status, nil)
}

// statusWords are Error Comments (PS3.4 tables CC.2.1-2, CC.2.2-2).
var statusWords = map[dimseStatus]string{
	duplicateInstance: "a UPS of this UID exists",
	createdModified:   "the UPS was created with modifications",
	noDeletionLock:    "the deletion lock was not granted",
	alreadyCanceled:   "the UPS is already CANCELED",
	alreadyCompleted:  "the UPS is already COMPLETED",
	noLongerUpdated:   "the UPS may no longer be updated",
	wrongTransaction:  "the correct Transaction UID was not provided",
	inProgressAlready: "the UPS is already IN PROGRESS",
	onlyByCreate:      "the UPS may only become SCHEDULED by being created",
	finalUnmet:        "the UPS has not met final state requirements",
	unknownStep:       "there is no such UPS instance here",
	unknownReceiver:   "the receiving AE title is unknown here",
	createScheduled:   "the Procedure Step State is not SCHEDULED",
	notInProgress:     "the UPS is not yet IN PROGRESS",
	completedAlready:  "the UPS is already COMPLETED",
	notAppropriate:    "the action is not appropriate for this instance",
}

// setStep is N-SET (PS3.4 CC.2.6).
func (s *session) setStep(ctx context.Context, r invocation) error {
	d, no, err := s.dataset(r)
	if err != nil {
		return err
	}
	if no != nil {
		return s.refuse(ctx, r, no)
	}
	transaction := dicom.UID(d.Str(dicom.TransactionUID))
	if err = checkUpdate(d); err == nil {
		err = s.a.steps.update(r.Command.Instance, transaction, d)
	}
	return s.outcome(ctx, r, statusOK, err)
}

// getStep is N-GET (PS3.4 CC.2.7): what the Attribute Identifier List names, all
// without one; never the Transaction UID.
func (s *session) getStep(ctx context.Context, r invocation) error {
	st, ok := s.a.steps.get(r.Command.Instance)
	if !ok {
		return s.outcome(ctx, r, unknownStep, nil)
	}
	all := s.a.retrievable(st.data)
	if len(r.Command.Attributes) == 0 {
		return s.done(ctx, r, statusOK, inUnicode(all))
	}
	out, status := &dicom.Dataset{}, statusOK
	for _, t := range r.Command.Attributes {
		el, ok := all.Get(t)
		if !ok {
			status = optionalMissing
			continue
		}
		out.Set(el)
	}
	return s.done(ctx, r, status, inUnicode(out))
}

// actOnStep is N-ACTION (PS3.4 CC.2.1 to CC.2.3): which actions a class has is in
// table CC.2-1.
func (s *session) actOnStep(ctx context.Context, r invocation) error {
	d, no, err := s.dataset(r)
	if err != nil {
		return err
	}
	may := actions[r.on.Abstract]
	if no == nil && !may[r.Command.ActionType] {
		no = fail(noSuchAction, "this action is not of this SOP class")
	}
	if no != nil {
		return s.refuse(ctx, r, no)
	}
	var status dimseStatus
	switch uid := r.Command.Instance; r.Command.ActionType {
	case actChangeState:
		status, err = s.changeStep(uid, d)
	case actRequestCancel:
		if !d.Has(dicom.RequestingAE) {
			d.SetStr(dicom.RequestingAE, s.peer.CallingAE)
		}
		status, err = s.a.steps.requestCancel(uid, d)
	default:
		status, err = s.subscription(uid, r.Command.ActionType, d)
	}
	return s.outcome(ctx, r, status, err)
}

var actions = map[dicom.UID]map[uint16]bool{
	dicom.UPSPushSOPClass: {actRequestCancel: true},
	upsWatch:              {actRequestCancel: true, actSubscribe: true, actUnsubscribe: true, actSuspend: true},
	upsPull:               {actChangeState: true},
}

func (s *session) changeStep(uid dicom.UID, d *dicom.Dataset) (dimseStatus, error) {
	transaction := dicom.UID(d.Str(dicom.TransactionUID))
	if transaction != "" && !dicom.ValidUID(string(transaction)) {
		return wrongTransaction, nil
	}
	want := pacs.State(d.Str(dicom.ProcedureStepState))
	status, err := s.a.steps.change(uid, transaction, want)
	var re *refusal
	if errors.As(err, &re) {
		return 0, fail(invalidArgument, re.text, dicom.ProcedureStepState)
	}
	return status, err
}

// subscription is what a subscriber asks for itself or another (PS3.4 CC.2.3).
func (s *session) subscription(uid dicom.UID, action uint16, d *dicom.Dataset) (dimseStatus, error) {
	aet := d.Str(receivingAE)
	switch {
	case !aeTitle.MatchString(aet):
		return 0, fail(invalidArgument, "the Receiving AE is missing or none", receivingAE)
	case uid == filteredSubscription, action == actSuspend && uid != globalSubscription:
		return notAppropriate, nil
	case action == actSubscribe:
		if !s.knows(aet) {
			return unknownReceiver, nil
		}
		if !s.a.steps.subscribe(uid, aet, d.Str(deletionLock) == "TRUE") {
			return unknownStep, nil
		}
		return statusOK, nil
	}
	end := (*subscriber).unsubscribe
	if action == actSuspend {
		end = (*subscriber).suspend
	}
	if !s.a.hub.end(aet, uid, end) {
		return unknownStep, nil
	}
	return statusOK, nil
}

// knows reports whether reports for an AE title can be delivered: it asks itself, it
// is configured, or it listens.
func (s *session) knows(aet string) bool {
	_, configured := s.a.dimse.destinations[aet]
	return configured || aet == s.peer.CallingAE || s.a.hub.listens(aet)
}

func (h *hub) listens(aet string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.subs[aet]
	return s != nil && len(s.conns) > 0
}

// eventCommand is an N-EVENT-REPORT-RQ of a report (PS3.4 CC.2.4).
func (r report) command() dimse.Command {
	return dimse.Command{Field: dimse.NEventReport, ID: r.id, Class: dicom.UPSPushSOPClass, Instance: r.step, EventType: uint16(r.kind)}
}
