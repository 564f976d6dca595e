package demo

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// worklistTags are the attributes of a worklist item beside those of its Scheduled
// Procedure Step (PS3.4 table K.6-1).
var worklistTags = []dicom.Tag{
	dicom.PatientName, dicom.PatientID, dicom.IssuerOfPatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.PatientWeight,
	dicom.PatientSize, dicom.MedicalAlerts, dicom.AdditionalPatientHistory, dicom.PatientState, dicom.CurrentPatientLocation,
	dicom.AdmissionID, dicom.AdmittingDiagnosesDescription, confidentiality, transportation,
	dicom.AccessionNumber, dicom.StudyInstanceUID, dicom.RequestedProcedureID, dicom.RequestedProcedureDescription,
	dicom.RequestedProcedureCodeSequence, requestedPriority, dicom.ReasonForTheRequestedProcedure, dicom.RequestedProcedureComments,
	dicom.RequestingPhysician, dicom.ReferringPhysicianName, dicom.OrderCallbackPhoneNumber, referencedStudies, scheduledStep,
}

// readWorklist reads a Modality Worklist C-FIND's identifier: it has no level
// (PS3.4 K.4.1.1.3).
func readWorklist(d *dicom.Dataset) (identifier, *failure) {
	id := identifier{asked: d, query: query{limit: -1}}
	return id, id.keys(d, func(t dicom.Tag, _ bool) bool { return slices.Contains(worklistTags, t) })
}

// findWorklist hands the items that meet id to each, until it says no: one for
// every order whose reading is not over.
func (a *Archive) findWorklist(id identifier, each func(*dicom.Dataset) bool) {
	for _, st := range a.steps.list(false) {
		if st.state == pacs.Completed || st.state == pacs.Canceled || len(st.data.Seq(dicom.ReferencedRequestSequence)) == 0 {
			continue
		}
		item := a.worklistItem(st)
		if !id.match(item) {
			continue
		}
		asked := id.asked.Clone()
		for el := range id.asked.All() {
			if !slices.Contains(worklistTags, el.Tag) {
				asked.Delete(el.Tag)
			}
		}
		if !each(inUnicode(project(asked, item))) {
			return
		}
	}
}

// worklistItem is what was ordered, and the examination done for it.
func (a *Archive) worklistItem(st step) *dicom.Dataset {
	d := &dicom.Dataset{}
	req := st.data.Item(dicom.ReferencedRequestSequence)
	study := cmp.Or(dicom.UID(req.Str(dicom.StudyInstanceUID)), inputStudy(st))
	header := &dicom.Dataset{}
	if e := a.held.snapshot(study); study != "" && len(e) == 1 {
		header = e[0].series[0].instances[0].header
	}
	for _, from := range []*dicom.Dataset{header, st.data, req} { // what was ordered wins
		for _, t := range worklistTags {
			if el, ok := from.Get(t); ok && hasValue(el) {
				d.Set(el)
			}
		}
	}
	d.SetStr(dicom.StudyInstanceUID, string(study))
	text(d, requestedPriority, requestPriority(st.data))
	if !d.Has(dicom.RequestedProcedureID) {
		d.SetStr(dicom.RequestedProcedureID, cut(cmp.Or(req.Str(dicom.AccessionNumber), "READING"), 16))
	}
	d.SetSeq(scheduledStep, scheduledItem(st, header, a.started, d.Str(dicom.RequestedProcedureID)))
	return d
}

// requestPriority is Requested Procedure Priority (0040,1003), which has a word
// for STAT that UPS has not; "" when it was not stated (N14).
func requestPriority(d *dicom.Dataset) string {
	if d.Str(dicom.ScheduledProcedureStepPriority) == "HIGH" && d.Str(dicom.WorklistLabel) == "STAT" {
		return "STAT"
	}
	return d.Str(dicom.ScheduledProcedureStepPriority)
}

// scheduledItem is the examination's step (PS3.3 C.4.10).
func scheduledItem(st step, header *dicom.Dataset, started time.Time, procedure string) *dicom.Dataset {
	d := &dicom.Dataset{}
	modality := cmp.Or(header.Str(dicom.Modality), "OT")
	date, clock := header.Str(dicom.StudyDate), header.Str(dicom.StudyTime)
	if date == "" {
		at := cmp.Or(st.data.Str(dicom.ScheduledProcedureStepStartDateTime), dicom.FormatDT(started))
		date, clock = at[:min(8, len(at))], at[min(8, len(at)):min(14, len(at))]
	}
	d.SetStr(dicom.Modality, modality)
	d.SetStr(stationAETitle, stationAE(header.Str(dicom.StationName), modality))
	d.SetStr(stepStartDate, date)
	text(d, stepStartTime, clock)
	text(d, stepPhysician, header.Str(dicom.PerformingPhysicianName))
	d.SetStr(stepDescription, cut(st.data.Str(dicom.ProcedureStepLabel), 64))
	d.SetSeq(stepProtocolCode, st.data.Item(dicom.ReferencedRequestSequence).Seq(dicom.RequestedProcedureCodeSequence)...)
	d.SetStr(stepID, procedure)
	text(d, stepStationName, header.Str(dicom.StationName))
	d.SetStr(stepLocation)
	d.SetStr(stepPremedication)
	return d
}

// stationAE is a station's AE title: its name where that can be one, else one made
// of the modality. A worklist item must have one (type 1).
func stationAE(name, modality string) string {
	if name = strings.TrimSpace(name); aeTitle.MatchString(name) {
		return name
	}
	return "DEMO_" + modality
}
