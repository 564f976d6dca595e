package pacstest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// ups is one run of the workitem promises.
type ups struct {
	suite
	w pacs.Workitems
}

func (s suite) workitems(t *testing.T) {
	s.can("worklist (UPS)", s.Workitems != nil)
	if s.Workitems == nil {
		t.Skip("this archive has no worklist")
	}
	u := ups{s, s.Workitems}
	t.Run("create, search and read back", u.create)
	t.Run("every action in every state (PS3.4 CC.2.1)", u.table)
	t.Run("update needs the Transaction UID once claimed", u.update)
	t.Run("two racing claimants, one winner", u.race)
	t.Run("what is not there is refused as not found", u.absent)
}

// NewWorkitem is a SCHEDULED, READY reading task on a study, as N-CREATE wants
// it (PS3.4 CC.2.5.1.3), assigned to performer when there is one.
func NewWorkitem(st Study, patientID, performer string) *dicom.Dataset {
	ds, now := new(dicom.Dataset), time.Now()
	ds.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
	ds.SetStr(dicom.SOPClassUID, "1.2.840.10008.5.1.4.34.6.1")
	ds.SetStr(dicom.TransactionUID)
	ds.SetStr(dicom.ProcedureStepState, string(pacs.Scheduled))
	ds.SetStr(dicom.ScheduledProcedureStepPriority, "HIGH")
	ds.SetStr(dicom.WorklistLabel, "STAT")
	ds.SetStr(dicom.ProcedureStepLabel, "Interpret "+st.Description)
	ds.SetStr(dicom.InputReadinessState, "READY")
	ds.SetStr(dicom.ScheduledProcedureStepStartDateTime, dicom.FormatDT(now))
	ds.SetStr(dicom.ScheduledProcedureStepModificationDateTime, dicom.FormatDT(now))
	ds.SetStr(dicom.ExpectedCompletionDateTime, dicom.FormatDT(now.Add(time.Hour)))
	ds.SetStr(dicom.PatientName, st.Name)
	ds.SetStr(dicom.PatientID, patientID)
	ds.SetStr(dicom.PatientBirthDate, "19600229")
	ds.SetStr(dicom.PatientSex, "F")
	ds.SetStr(dicom.AdmissionID)
	ds.SetStr(dicom.AdmittingDiagnosesDescription)
	ds.SetSeq(dicom.ScheduledWorkitemCodeSequence, code("110005", "Interpretation"))
	ds.SetSeq(dicom.ScheduledProcessingParametersSequence)
	ds.SetSeq(dicom.ScheduledStationNameCodeSequence)
	ds.SetSeq(dicom.InputInformationSequence, input(st))
	ds.SetSeq(dicom.UnifiedProcedureStepPerformedProcedureSequence)
	ds.SetSeq(dicom.ProcedureStepProgressInformationSequence)
	request := new(dicom.Dataset)
	request.SetStr(dicom.StudyInstanceUID, string(st.UID))
	request.SetStr(dicom.AccessionNumber, st.Accession)
	request.SetStr(dicom.RequestedProcedureID, "1")
	request.SetStr(dicom.ReasonForTheRequestedProcedure, "fall, ? bleed")
	request.SetStr(dicom.RequestingPhysician, "ASKS^WHO")
	ds.SetSeq(dicom.ReferencedRequestSequence, request)
	if performer != "" {
		p := new(dicom.Dataset)
		p.SetStr(dicom.HumanPerformerName, performer)
		p.SetSeq(dicom.HumanPerformerCodeSequence, code("READER1", performer))
		ds.SetSeq(dicom.ScheduledHumanPerformersSequence, p)
	}
	return ds
}

func code(value, meaning string) *dicom.Dataset {
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.CodeValue, value)
	ds.SetStr(dicom.CodingSchemeDesignator, "DCM")
	ds.SetStr(dicom.CodeMeaning, meaning)
	return ds
}

func input(st Study) *dicom.Dataset {
	in, ref := new(dicom.Dataset), new(dicom.Dataset)
	ref.SetStr(dicom.ReferencedSOPClassUID, string(dicom.CTImageStorage))
	ref.SetStr(dicom.ReferencedSOPInstanceUID, string(st.Objects[0].SOP))
	in.SetStr(dicom.TypeOfInstances, "DICOM")
	in.SetStr(dicom.StudyInstanceUID, string(st.UID))
	in.SetStr(dicom.SeriesInstanceUID, string(st.Objects[0].Series))
	in.SetSeq(dicom.ReferencedSOPSequence, ref)
	return in
}

// Performed is what a step must hold before it may end (PS3.4 CC.2.5.1.3, final
// state requirements), for COMPLETED and for CANCELED alike.
func Performed(performer string) *dicom.Dataset {
	now := dicom.FormatDT(time.Now())
	who := new(dicom.Dataset)
	who.SetStr(dicom.HumanPerformerName, performer)
	who.SetSeq(dicom.HumanPerformerCodeSequence, code("READER1", performer))
	p := new(dicom.Dataset)
	p.SetSeq(dicom.ActualHumanPerformersSequence, who)
	p.SetSeq(dicom.PerformedStationNameCodeSequence, code("DESK", "Reading desk"))
	p.SetSeq(dicom.PerformedWorkitemCodeSequence, code("110005", "Interpretation"))
	p.SetStr(dicom.PerformedProcedureStepStartDateTime, now)
	p.SetStr(dicom.PerformedProcedureStepEndDateTime, now)
	p.SetSeq(dicom.OutputInformationSequence)
	g := new(dicom.Dataset)
	g.SetStr(dicom.ProcedureStepCancellationDateTime, now)
	g.SetSeq(dicom.ProcedureStepDiscontinuationReasonCodeSequence, code("110513", "Discontinued for unspecified reason"))
	ds := new(dicom.Dataset)
	ds.SetSeq(dicom.UnifiedProcedureStepPerformedProcedureSequence, p)
	ds.SetSeq(dicom.ProcedureStepProgressInformationSequence, g)
	return ds
}

// fresh creates a workitem and returns its UID.
func (u ups) fresh(t *testing.T, performer string) dicom.UID {
	t.Helper()
	uid := dicom.NewUID()
	got, err := u.w.CreateWorkitem(call(t), uid, NewWorkitem(u.seed.Studies[0], u.seed.PatientID(0), performer))
	if err != nil || got != uid {
		t.Fatalf("create workitem: same UID %v, %v", got == uid, err)
	}
	return uid
}

func (u ups) create(t *testing.T) {
	st, me := u.seed.Studies[0], "READER^"+u.seed.Family
	uid, other := u.fresh(t, me), u.fresh(t, "")
	w, err := u.w.RetrieveWorkitem(call(t), uid)
	if err != nil {
		t.Fatal(err)
	}
	if w.UID != uid || w.StudyUID != st.UID || w.Accession != st.Accession || w.State != pacs.Scheduled ||
		w.Priority != pacs.Stat || w.Readiness != "READY" || w.Patient.Name != st.Name || w.Indication != "fall, ? bleed" ||
		w.Due.Before(time.Now()) || !slices.Equal(w.Assigned, []string{me}) {
		t.Errorf("read back differs from what was created: state %s, priority %s, due %v", w.State, w.Priority, w.Due)
	}
	for _, c := range []struct {
		name string
		q    pacs.WorkitemQuery
		with []dicom.UID
		not  []dicom.UID
	}{
		{"assigned", pacs.WorkitemQuery{Assigned: me}, []dicom.UID{uid}, []dicom.UID{other}},
		{"study and state", pacs.WorkitemQuery{Study: st.UID, States: []pacs.State{pacs.Scheduled}}, []dicom.UID{uid, other}, nil},
		{"another state", pacs.WorkitemQuery{Study: st.UID, States: []pacs.State{pacs.InProgress}}, nil, []dicom.UID{uid, other}},
		{"two states", pacs.WorkitemQuery{States: []pacs.State{pacs.Completed, pacs.Scheduled}}, []dicom.UID{uid, other}, nil},
		{"accession", pacs.WorkitemQuery{Accession: st.Accession}, []dicom.UID{uid, other}, nil},
		{"another study", pacs.WorkitemQuery{Study: u.seed.Studies[1].UID}, nil, []dicom.UID{uid, other}},
	} {
		list, err := u.w.SearchWorkitems(call(t), c.q)
		if err != nil {
			t.Fatalf("search by %s: %v", c.name, err)
		}
		for _, want := range c.with {
			if !holds(list, want) {
				t.Errorf("search by %s misses a workitem", c.name)
			}
		}
		for _, not := range c.not {
			if holds(list, not) {
				t.Errorf("search by %s gives one too many", c.name)
			}
		}
	}
	if _, err := u.w.CreateWorkitem(call(t), uid, NewWorkitem(st, u.seed.PatientID(0), "")); err == nil {
		t.Error("the same UID was created twice")
	}
}

func holds(list []pacs.Workitem, uid dicom.UID) bool {
	return slices.ContainsFunc(list, func(w pacs.Workitem) bool { return w.UID == uid && w.StudyUID != "" })
}

// reach brings a fresh workitem into a state and returns its Transaction UID,
// empty for SCHEDULED.
func (u ups) reach(t *testing.T, s pacs.State) (uid, transaction dicom.UID) {
	t.Helper()
	uid = u.fresh(t, "")
	if s == pacs.Scheduled {
		return uid, ""
	}
	transaction = dicom.NewUID()
	must(t, u.w.ChangeState(call(t), uid, transaction, pacs.InProgress))
	if s == pacs.InProgress {
		return uid, transaction
	}
	must(t, u.w.UpdateWorkitem(call(t), uid, transaction, Performed("READER^ONE")))
	must(t, u.w.ChangeState(call(t), uid, transaction, s))
	return uid, transaction
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// outcome is what an action may answer, and the state it leaves.
type outcome struct {
	ok      bool          // success is right
	reasons []pacs.Reason // refusals that are right
	then    pacs.State
}

var (
	conflict = []pacs.Reason{pacs.StateConflict, pacs.Refused, pacs.WrongTransaction}
	already  = []pacs.Reason{pacs.AlreadyThere, pacs.StateConflict, pacs.NotFound}
)

// table is workflow E1b: rows are actions, columns the state before.
func (u ups) table(t *testing.T) {
	S, P, C, X := pacs.Scheduled, pacs.InProgress, pacs.Completed, pacs.Canceled
	own := func(s pacs.State) func(t *testing.T, uid, tx dicom.UID) error {
		return func(t *testing.T, uid, tx dicom.UID) error { return u.w.ChangeState(call(t), uid, orNew(tx), s) }
	}
	foreign := func(s pacs.State) func(t *testing.T, uid, tx dicom.UID) error {
		return func(t *testing.T, uid, _ dicom.UID) error { return u.w.ChangeState(call(t), uid, dicom.NewUID(), s) }
	}
	for _, row := range []struct {
		action string
		do     func(t *testing.T, uid, tx dicom.UID) error
		want   map[pacs.State]outcome
	}{
		{"claim", foreign(P), map[pacs.State]outcome{S: {ok: true, then: P}, P: {reasons: conflict, then: P}, C: {reasons: conflict, then: C}, X: {reasons: conflict, then: X}}},
		{"claim again with the same UID", own(P), map[pacs.State]outcome{P: {reasons: append(conflict, pacs.AlreadyThere), then: P}}},
		{"complete", own(C), map[pacs.State]outcome{S: {reasons: conflict, then: S}, C: {ok: true, reasons: already, then: C}, X: {reasons: conflict, then: X}}},
		{"complete with another UID", foreign(C), map[pacs.State]outcome{P: {reasons: conflict, then: P}}},
		{"cancel", own(X), map[pacs.State]outcome{S: {reasons: conflict, then: S}, C: {reasons: conflict, then: C}, X: {ok: true, reasons: already, then: X}}},
		{"cancel with another UID", foreign(X), map[pacs.State]outcome{P: {reasons: conflict, then: P}}},
		{"back to scheduled", own(S), map[pacs.State]outcome{P: {reasons: conflict, then: P}, C: {reasons: conflict, then: C}}},
		{"request cancellation", u.ask, map[pacs.State]outcome{S: {ok: true, then: X}, P: {ok: true, reasons: conflict, then: P}, C: {reasons: conflict, then: C}, X: {ok: true, reasons: already, then: X}}},
	} {
		for before, want := range row.want {
			t.Run(row.action+" when "+string(before), func(t *testing.T) {
				uid, tx := u.reach(t, before)
				err := row.do(t, uid, tx)
				u.check(t, err, want, tx)
				u.can(row.action+" when "+string(before), answered(err))
				u.isIn(t, uid, want.then)
			})
		}
	}
	t.Run("complete and cancel one's own with all that is required", func(t *testing.T) {
		for _, s := range []pacs.State{C, X} {
			uid, _ := u.reach(t, s)
			u.isIn(t, uid, s)
		}
	})
}

// answered is an answer for the table of capabilities.
func answered(err error) string {
	var s *pacs.StatusError
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &s):
		return fmt.Sprintf("%d, reason %d: %s", s.Code, s.Reason(), s.Warning)
	}
	return err.Error()
}

func (u ups) ask(t *testing.T, uid, _ dicom.UID) error {
	return u.w.RequestCancel(call(t), uid, "ordered twice")
}

func orNew(u dicom.UID) dicom.UID {
	if u == "" {
		return dicom.NewUID()
	}
	return u
}

func (u ups) check(t *testing.T, err error, want outcome, secret dicom.UID) {
	t.Helper()
	if err == nil {
		if !want.ok {
			t.Error("it was allowed")
		}
		return
	}
	r, refused := pacs.ReasonOf(err)
	if !refused || !slices.Contains(want.reasons, r) {
		t.Errorf("refused with reason %d: %v", r, err)
	}
	if secret != "" && strings.Contains(err.Error(), string(secret)) {
		t.Error("the error names the Transaction UID")
	}
}

func (u ups) isIn(t *testing.T, uid dicom.UID, s pacs.State) {
	t.Helper()
	w, err := u.w.RetrieveWorkitem(call(t), uid)
	if r, _ := pacs.ReasonOf(err); err != nil && r == pacs.NotFound && (s == pacs.Completed || s == pacs.Canceled) {
		return // a server may forget ended steps
	}
	if err != nil || w.State != s {
		t.Errorf("state is %q, want %q (%v)", w.State, s, err)
	}
	if w.Dataset != nil && w.Dataset.Has(dicom.TransactionUID) {
		t.Error("the Transaction UID was given away")
	}
}

func (u ups) update(t *testing.T) {
	var change dicom.Dataset
	change.SetStr(dicom.ProcedureStepLabel, "Interpret it well")
	uid := u.fresh(t, "")
	must(t, u.w.UpdateWorkitem(call(t), uid, "", &change))
	w, err := u.w.RetrieveWorkitem(call(t), uid)
	if err != nil || w.Label != "Interpret it well" || w.Accession != u.seed.Studies[0].Accession {
		t.Errorf("after an update: label %q, %v", w.Label, err)
	}
	tx := dicom.NewUID()
	must(t, u.w.ChangeState(call(t), uid, tx, pacs.InProgress))
	for name, wrong := range map[string]dicom.UID{"no": "", "another": dicom.NewUID()} {
		if err := u.w.UpdateWorkitem(call(t), uid, wrong, &change); err == nil {
			t.Errorf("a claimed step was updated with %s Transaction UID", name)
		} else {
			u.check(t, err, outcome{reasons: conflict}, tx)
		}
	}
	must(t, u.w.UpdateWorkitem(call(t), uid, tx, Performed("READER^ONE")))
	if w, err := u.w.RetrieveWorkitem(call(t), uid); err != nil || w.Performer != "READER^ONE" || w.Since.IsZero() {
		t.Errorf("who holds it is not told: %v", err)
	}
	must(t, u.w.ChangeState(call(t), uid, tx, pacs.Completed))
	u.check(t, u.w.UpdateWorkitem(call(t), uid, tx, &change), outcome{reasons: conflict}, tx)
}

// race sends two claims at once, ten times.
func (u ups) race(t *testing.T) {
	for range 10 {
		uid := u.fresh(t, "")
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				errs[i] = u.w.ChangeState(call(t), uid, dicom.NewUID(), pacs.InProgress)
			}()
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("not one winner: %v, %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if r, _ := pacs.ReasonOf(err); err != nil && !slices.Contains(conflict, r) {
				t.Errorf("the loser was told %v", err)
			}
		}
	}
}

func (u ups) absent(t *testing.T) {
	uid := dicom.NewUID()
	_, err := u.w.RetrieveWorkitem(call(t), uid)
	if r, ok := pacs.ReasonOf(err); !ok || r != pacs.NotFound {
		t.Errorf("retrieve: %v", err)
	}
	err = u.w.ChangeState(call(t), uid, dicom.NewUID(), pacs.InProgress)
	if r, ok := pacs.ReasonOf(err); !ok || r != pacs.NotFound {
		t.Errorf("claim: %v", err)
	}
}
