package demo

import (
	"net/http"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// checkCreate holds a new step to the N-CREATE column of PS3.4 table CC.2.5-3.
// It reports whether attributes that must be present were added empty.
func checkCreate(d *dicom.Dataset) (modified bool, err error) {
	if d.Str(dicom.TransactionUID) != "" {
		return false, badRequest("the Transaction UID must be empty")
	}
	if pacs.State(d.Str(dicom.ProcedureStepState)) != pacs.Scheduled {
		re := badRequest("C309: the Procedure Step State is not SCHEDULED")
		re.code = createScheduled
		return false, re
	}
	for _, rule := range []struct {
		tag   dicom.Tag
		text  string
		oneOf []string
	}{
		{dicom.ScheduledProcedureStepPriority, "Scheduled Procedure Step Priority", []string{"HIGH", "MEDIUM", "LOW"}},
		{dicom.InputReadinessState, "Input Readiness State", []string{"READY", "INCOMPLETE", "UNAVAILABLE"}},
		{dicom.ProcedureStepLabel, "Procedure Step Label", nil},
		{dicom.ScheduledProcedureStepStartDateTime, "Scheduled Procedure Step Start DateTime", nil},
	} {
		v := d.Str(rule.tag)
		if v == "" || rule.oneOf != nil && !slices.Contains(rule.oneOf, v) {
			re := badRequest("%s is missing or has no value the standard defines", rule.text)
			if v == "" {
				re.code = missingValue
			}
			return false, re
		}
	}
	for _, t := range createEmpty {
		if !d.Has(t) {
			modified = true
			if t.VR() == "SQ" {
				d.SetSeq(t)
			} else {
				d.SetStr(t)
			}
		}
	}
	return modified, nil
}

// createEmpty are the attributes of type 2 that this archive keeps present.
var createEmpty = []dicom.Tag{
	dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.AdmissionID,
	dicom.ScheduledWorkitemCodeSequence, dicom.InputInformationSequence, dicom.ReferencedRequestSequence,
	dicom.UnifiedProcedureStepPerformedProcedureSequence,
}

// notSettable are attributes that N-SET may not touch (PS3.4 table CC.2.5-3).
var notSettable = []dicom.Tag{
	dicom.SOPClassUID, dicom.SOPInstanceUID, dicom.ProcedureStepState, dicom.ScheduledProcedureStepModificationDateTime,
	dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.AdmissionID,
	dicom.ReferencedRequestSequence, dicom.ReplacedProcedureStepSequence,
}

// checkUpdate holds an update to the N-SET column of PS3.4 table CC.2.5-3. The
// Transaction UID is taken out: it is never kept with what is sent.
func checkUpdate(d *dicom.Dataset) error {
	d.Delete(dicom.TransactionUID)
	for _, t := range notSettable {
		if d.Has(t) {
			return badRequest("%s may not be set by an update", t.Keyword())
		}
	}
	return nil
}

// mayUpdate decides about an update by the step's state (PS3.18 11.6.3.1, PS3.4
// table CC.2.6-2).
func mayUpdate(st *step, state pacs.State, transaction dicom.UID) *refusal {
	switch {
	case state == noStep:
		return httpRefusal(unknownStep)
	case state == pacs.Completed || state == pacs.Canceled:
		return &refusal{status: http.StatusBadRequest, code: noLongerUpdated, warning: warnUpdate, text: stateText[noLongerUpdated]}
	case state == pacs.Scheduled && transaction != "":
		return &refusal{status: http.StatusConflict, code: notInProgress, warning: warnUnclaimed}
	case state == pacs.InProgress && transaction == "":
		return &refusal{status: http.StatusBadRequest, code: wrongTransaction, warning: warnMissing}
	case state == pacs.InProgress && transaction != st.transaction:
		return &refusal{status: http.StatusBadRequest, code: wrongTransaction, warning: warnIncorrect}
	}
	return nil
}

// finalStateMet holds a step to the Final State column of PS3.4 table CC.2.5-3.
// Output Information may be empty, but must be there (type 2).
func finalStateMet(d *dicom.Dataset, want pacs.State) bool {
	if want == pacs.Canceled {
		p := d.Item(dicom.ProcedureStepProgressInformationSequence)
		return p.Str(dicom.ProcedureStepCancellationDateTime) != "" && hasCode(p, dicom.ProcedureStepDiscontinuationReasonCodeSequence)
	}
	done := d.Seq(dicom.UnifiedProcedureStepPerformedProcedureSequence)
	for _, p := range done {
		if p.Str(dicom.PerformedProcedureStepStartDateTime) == "" || p.Str(dicom.PerformedProcedureStepEndDateTime) == "" ||
			!hasCode(p, dicom.PerformedStationNameCodeSequence) || !hasCode(p, dicom.PerformedWorkitemCodeSequence) ||
			!p.Has(dicom.OutputInformationSequence) {
			return false
		}
	}
	return len(done) > 0
}

func hasCode(d *dicom.Dataset, t dicom.Tag) bool {
	c := d.Item(t)
	return c.Str(dicom.CodeValue) != "" && c.Str(dicom.CodingSchemeDesignator) != ""
}

// explainCancel writes into the progress information why and when the server
// canceled a step at somebody's request.
func explainCancel(d, why *dicom.Dataset, now time.Time) {
	p := d.Item(dicom.ProcedureStepProgressInformationSequence).Clone()
	p.SetStr(dicom.ProcedureStepCancellationDateTime, dicom.FormatDT(now))
	if s := why.Str(dicom.ReasonForCancellation); s != "" {
		p.SetStr(dicom.ReasonForCancellation, s)
	}
	p.SetSeq(dicom.ProcedureStepDiscontinuationReasonCodeSequence, code("110513", "DCM", "Discontinued for unspecified reason"))
	if given := why.Seq(dicom.ProcedureStepDiscontinuationReasonCodeSequence); len(given) > 0 {
		p.SetSeq(dicom.ProcedureStepDiscontinuationReasonCodeSequence, given...)
	}
	d.SetSeq(dicom.ProcedureStepProgressInformationSequence, p)
}

// code is a Code Sequence item (PS3.3 8.8).
func code(value, scheme, meaning string) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.CodeValue, value)
	d.SetStr(dicom.CodingSchemeDesignator, scheme)
	d.SetStr(dicom.CodeMeaning, meaning)
	return d
}
