package demo

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// step is one UPS instance. Its data set is replaced, never changed in place.
type step struct {
	uid         dicom.UID
	state       pacs.State
	transaction dicom.UID      // who holds it; empty while SCHEDULED; never sent
	data        *dicom.Dataset // without the Transaction UID
	own         bool           // made by the archive of an order
	withheld    bool           // an event has yet to reveal it
}

// steps is the worklist: every UPS instance and the rules it lives by.
type steps struct {
	clock func() time.Time
	hub   *hub
	// save writes a step where it survives a crash before anyone hears of the
	// change. Nil: in memory only. Set before the first request.
	save func(*step) error

	mu  sync.Mutex
	all map[dicom.UID]*step // guarded by mu
}

func newSteps(clock func() time.Time, h *hub) *steps {
	return &steps{clock: clock, hub: h, all: map[dicom.UID]*step{}}
}

// put replaces a step after it is saved. The lock is held.
func (s *steps) put(st *step) error {
	if s.save != nil {
		if err := s.save(st); err != nil {
			return err
		}
	}
	s.all[st.uid] = st
	return nil
}

// state is noStep for a step that is unknown or withheld. The lock is held.
func (s *steps) find(uid dicom.UID) (*step, pacs.State) {
	st := s.all[uid]
	if st == nil || st.withheld {
		return nil, noStep
	}
	return st, st.state
}

// get gives a copy that may be kept.
func (s *steps) get(uid dicom.UID) (step, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, state := s.find(uid)
	if state == noStep {
		return step{}, false
	}
	return *st, true
}

// list gives copies of all steps, by scheduled start and then UID, so that
// pages fit together; those withheld only when asked for.
func (s *steps) list(withheld bool) []step {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]step, 0, len(s.all))
	for _, st := range s.all {
		if withheld || !st.withheld {
			out = append(out, *st)
		}
	}
	slices.SortFunc(out, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.data.Str(dicom.ScheduledProcedureStepStartDateTime), b.data.Str(dicom.ScheduledProcedureStepStartDateTime)),
			cmp.Compare(a.uid, b.uid))
	})
	return out
}

// create adds a SCHEDULED step (PS3.4 CC.2.5). d belongs to the worklist then.
func (s *steps) create(uid dicom.UID, d *dicom.Dataset) (dimseStatus, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.all[uid]
	state := noStep
	if have != nil {
		state = have.state
	}
	out := stateTable[cell{state, evCreate}]
	if out.code != statusOK {
		return out.code, nil
	}
	s.stamp(uid, out.to, d)
	st := &step{uid: uid, state: out.to, data: d}
	if err := s.put(st); err != nil {
		return 0, err
	}
	s.hub.created(st)
	return statusOK, nil
}

// stamp sets what the server sets: identity, state, time of change.
func (s *steps) stamp(uid dicom.UID, state pacs.State, d *dicom.Dataset) {
	d.Delete(dicom.TransactionUID)
	d.SetStr(dicom.SOPClassUID, string(dicom.UPSPushSOPClass))
	d.SetStr(dicom.SOPInstanceUID, string(uid))
	d.SetStr(dicom.ProcedureStepState, string(state))
	d.SetStr(dicom.ScheduledProcedureStepModificationDateTime, dicom.FormatDT(s.clock()))
}

// change asks for a state on behalf of transaction (PS3.4 CC.2.1.3).
func (s *steps) change(uid, transaction dicom.UID, want pacs.State) (dimseStatus, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, state := s.find(uid)
	event, ok := changeEvent(st, transaction, want)
	if !ok {
		return 0, badRequest("the requested state is none of a procedure step")
	}
	out := stateTable[cell{state, event}]
	if out.code != statusOK {
		return out.code, nil
	}
	if out.final && !finalStateMet(st.data, want) {
		return finalUnmet, nil
	}
	next := *st
	next.state, next.transaction, next.data = out.to, transaction, st.data.Clone()
	s.stamp(uid, out.to, next.data)
	if err := s.put(&next); err != nil {
		return 0, err
	}
	s.hub.stateChanged(&next)
	return statusOK, nil
}

// changeEvent finds the row: any Transaction UID is correct for a step that
// nobody has claimed, and only the recorded one afterwards.
func changeEvent(st *step, transaction dicom.UID, want pacs.State) (stepEvent, bool) {
	correct := transaction != "" && (st == nil || st.transaction == "" || st.transaction == transaction)
	pick := func(yes, no stepEvent) (stepEvent, bool) {
		if correct {
			return yes, true
		}
		return no, true
	}
	switch want {
	case pacs.Scheduled:
		return evSchedule, true
	case pacs.InProgress:
		return pick(evClaim, evClaimWrong)
	case pacs.Completed:
		return pick(evComplete, evCompleteWrong)
	case pacs.Canceled:
		return pick(evCancel, evCancelWrong)
	}
	return 0, false
}

// requestCancel is a wish of one who does not hold the step (PS3.4 CC.2.2): a
// SCHEDULED step is canceled by the server, one IN PROGRESS has its subscribers
// told.
func (s *steps) requestCancel(uid dicom.UID, why *dicom.Dataset) (dimseStatus, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, state := s.find(uid)
	out := stateTable[cell{state, evRequestCancel}]
	if out.code != statusOK {
		return out.code, nil
	}
	if out.tell {
		s.hub.cancelRequested(st, why)
		return statusOK, nil
	}
	next := *st
	next.state, next.data = out.to, st.data.Clone()
	s.stamp(uid, out.to, next.data)
	explainCancel(next.data, why, s.clock())
	if err := s.put(&next); err != nil {
		return 0, err
	}
	claimed := next // CC.1.1-2: reported as going through IN PROGRESS
	claimed.state = pacs.InProgress
	s.hub.stateChanged(&claimed)
	s.hub.stateChanged(&next)
	return statusOK, nil
}

// update is an N-SET (PS3.4 CC.2.6): attributes replace those of the same tag,
// sequences whole.
func (s *steps) update(uid, transaction dicom.UID, change *dicom.Dataset) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, state := s.find(uid)
	if re := mayUpdate(st, state, transaction); re != nil {
		return re
	}
	next := *st
	next.data = st.data.Clone()
	for el := range change.All() {
		next.data.Set(el)
	}
	s.stamp(uid, state, next.data)
	if err := s.put(&next); err != nil {
		return err
	}
	s.hub.updated(&next, change)
	return nil
}
