package pacs

import (
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// WorkitemFromDataset reads a UPS instance (PS3.3 C.30) as tolerantly as it can:
// whatever is missing or malformed is the zero value, for a list must show a bad
// row rather than none. A Transaction UID that a server sent against PS3.18 11.5
// is dropped. ds is not changed.
func WorkitemFromDataset(ds *dicom.Dataset) Workitem {
	if ds.Has(dicom.TransactionUID) {
		ds = ds.Clone()
		ds.Delete(dicom.TransactionUID)
	}
	input := ds.Item(dicom.InputInformationSequence)
	request := ds.Item(dicom.ReferencedRequestSequence)
	performed := ds.Item(dicom.UnifiedProcedureStepPerformedProcedureSequence)
	progress := ds.Item(dicom.ProcedureStepProgressInformationSequence)
	w := Workitem{
		UID:        uidOf(ds, dicom.SOPInstanceUID),
		StudyUID:   dicom.UID(first(dicom.StudyInstanceUID, input, ds, request)),
		Accession:  first(dicom.AccessionNumber, request, ds),
		State:      stateOf(ds.Str(dicom.ProcedureStepState)),
		Priority:   NewPriority(ds.Str(dicom.ScheduledProcedureStepPriority), ds.Str(dicom.WorklistLabel)),
		Readiness:  strings.ToUpper(ds.Str(dicom.InputReadinessState)),
		Start:      moment(ds, ds, dicom.ScheduledProcedureStepStartDateTime),
		Due:        moment(ds, ds, dicom.ExpectedCompletionDateTime),
		Modified:   moment(ds, ds, dicom.ScheduledProcedureStepModificationDateTime),
		Label:      firstOf(ds.Str(dicom.ProcedureStepLabel), first(dicom.RequestedProcedureDescription, request, ds)),
		Assigned:   performers(ds, dicom.ScheduledHumanPerformersSequence),
		Since:      moment(ds, performed, dicom.PerformedProcedureStepStartDateTime),
		Progress:   progress.Str(dicom.ProcedureStepProgressDescription),
		Indication: firstOf(first(dicom.ReasonForTheRequestedProcedure, request, ds), first(dicom.RequestedProcedureComments, request, ds), ds.Str(dicom.AdmittingDiagnosesDescription)),
		Requester:  first(dicom.RequestingPhysician, request, ds),
		Callback:   first(dicom.OrderCallbackPhoneNumber, request, ds),
		Replaces:   uidOf(ds.Item(dicom.ReplacedProcedureStepSequence), dicom.ReferencedSOPInstanceUID),
		Patient:    patientOf(ds),
		Dataset:    ds,
	}
	if w.Since.IsZero() {
		w.Since = moment(ds, ds, dicom.PerformedProcedureStepStartDateTime)
	}
	if names := append(performers(performed, dicom.ActualHumanPerformersSequence), performers(ds, dicom.ActualHumanPerformersSequence)...); len(names) > 0 {
		w.Performer = names[0]
	}
	return w
}

func patientOf(ds *dicom.Dataset) Patient {
	return Patient{
		Name:  ds.Str(dicom.PatientName),
		ID:    ds.Str(dicom.PatientID),
		Birth: ds.Str(dicom.PatientBirthDate),
		Sex:   strings.ToUpper(ds.Str(dicom.PatientSex)),
		Class: ds.Str(dicom.PatientState),
		Bed:   ds.Str(dicom.CurrentPatientLocation),
	}
}

// NewPriority joins Scheduled Procedure Step Priority (0074,1200) and Worklist
// Label (0074,1202): UPS has no value for stat, so a HIGH step is stat when its
// label says so, and urgent when it does not. Absent is not stated (N14).
func NewPriority(ups, label string) Priority {
	switch strings.ToUpper(strings.TrimSpace(ups)) {
	case "STAT": // not UPS, but the modality worklist's word
		return Stat
	case "HIGH":
		for _, word := range strings.FieldsFunc(strings.ToUpper(label), notLetter) {
			if word == "STAT" {
				return Stat
			}
		}
		return Urgent
	case "MEDIUM":
		return Urgent
	case "LOW", "ROUTINE":
		return Routine
	}
	return NotStated
}

func notLetter(r rune) bool { return (r < 'A' || r > 'Z') && r < 0x80 }

// stateOf takes the spellings of careless servers for the standard's four.
func stateOf(s string) State {
	s = strings.ToUpper(strings.TrimSpace(strings.ReplaceAll(s, "_", " ")))
	switch s {
	case "CANCELLED":
		return Canceled
	case "INPROGRESS":
		return InProgress
	}
	return State(s)
}

// moment reads a DT of in, in the zone that ds declares for values without one
// (0008,0201), else in ours.
func moment(ds, in *dicom.Dataset, t dicom.Tag) time.Time {
	s := in.Str(t)
	if s == "" {
		return time.Time{}
	}
	if zone := ds.Str(dicom.TimezoneOffsetFromUTC); zone != "" && !strings.ContainsAny(s, "+-") {
		if v, ok := dicom.ParseDT(s + zone); ok {
			return v
		}
	}
	v, _ := dicom.ParseDT(s)
	return v
}

func performers(ds *dicom.Dataset, t dicom.Tag) []string {
	var names []string
	for _, it := range ds.Seq(t) {
		n := firstOf(it.Str(dicom.HumanPerformerName), it.Item(dicom.HumanPerformerCodeSequence).Str(dicom.CodeMeaning))
		if n != "" {
			names = append(names, n)
		}
	}
	return names
}

// first is the first value of t in the data sets.
func first(t dicom.Tag, in ...*dicom.Dataset) string {
	for _, ds := range in {
		if s := ds.Str(t); s != "" {
			return s
		}
	}
	return ""
}

func firstOf(values ...string) string {
	for _, s := range values {
		if s != "" {
			return s
		}
	}
	return ""
}

func uidOf(ds *dicom.Dataset, t dicom.Tag) dicom.UID { return dicom.UID(ds.Str(t)) }

// Matches is the second filter behind servers that ignore keys: it says no only
// where the workitem itself shows it.
func (q WorkitemQuery) Matches(w Workitem) bool {
	if len(q.States) > 0 && w.State != "" {
		found := false
		for _, s := range q.States {
			found = found || s == w.State
		}
		if !found {
			return false
		}
	}
	if q.Study != "" && w.StudyUID != "" && q.Study != w.StudyUID {
		return false
	}
	if q.Accession != "" && w.Accession != "" && !matchesOne("SH", q.Accession, w.Accession) {
		return false
	}
	return q.Assigned == "" || len(w.Assigned) == 0 || matchesAny("PN", q.Assigned, w.Assigned)
}
