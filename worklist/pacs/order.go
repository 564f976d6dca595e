package pacs

import (
	"context"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Order is what was asked for and why, as a modality worklist tells it (PS3.4 K.6): the
// context of an examination that a study's own header often lacks. Empty fields were not
// told.
type Order struct {
	Accession  string
	Procedure  string    // Requested Procedure ID
	Label      string    // Requested Procedure Description: the examination in words
	Study      dicom.UID // that the images get
	Indication string    // Reason for the Requested Procedure, or its comments
	Requester  string    // Requesting Physician, PN form
	Referrer   string    // Referring Physician, PN form
	Callback   string    // Order Callback Phone Number
	Priority   Priority  // Requested Procedure Priority
	Modality   string    // of the Scheduled Procedure Step
	Station    string    // its AE title
	Step       string    // its description
	Start      time.Time // its start
	Patient    Patient
	Dataset    *dicom.Dataset
}

// OrderQuery asks for orders. Empty fields do not narrow. Date is a DA or a range of
// them (20250101-20250131) of the step's start.
type OrderQuery struct {
	Accession, PatientID, PatientName, Modality, Station, Date string
}

// Orders is a modality worklist.
type Orders interface {
	// SearchOrders hands each order to each as it comes; an error of each stops it.
	SearchOrders(ctx context.Context, q OrderQuery, each func(Order) error) error
}

// OrderFromDataset reads a worklist item as tolerantly as WorkitemFromDataset. ds is not
// changed.
func OrderFromDataset(ds *dicom.Dataset) Order {
	step := ds.Item(dicom.ScheduledProcedureStepSequence)
	o := Order{
		Accession: ds.Str(dicom.AccessionNumber), Procedure: ds.Str(dicom.RequestedProcedureID),
		Label: firstOf(ds.Str(dicom.RequestedProcedureDescription), ds.Item(dicom.RequestedProcedureCodeSequence).Str(dicom.CodeMeaning)),
		Study: uidOf(ds, dicom.StudyInstanceUID),
		Indication: firstOf(ds.Str(dicom.ReasonForTheRequestedProcedure), ds.Str(dicom.RequestedProcedureComments),
			ds.Str(dicom.ImagingServiceRequestComments), ds.Str(dicom.AdmittingDiagnosesDescription)),
		Requester: ds.Str(dicom.RequestingPhysician), Referrer: ds.Str(dicom.ReferringPhysicianName),
		Callback: ds.Str(dicom.OrderCallbackPhoneNumber), Priority: requestedPriority(ds.Str(dicom.RequestedProcedurePriority)),
		Modality: step.Str(dicom.Modality), Station: step.Str(dicom.ScheduledStationAETitle),
		Step: step.Str(dicom.ScheduledProcedureStepDescription), Patient: patientOf(ds), Dataset: ds,
	}
	o.Start = moment(ds, stepStart(step), dicom.ScheduledProcedureStepStartDateTime)
	return o
}

// stepStart joins the step's date and time into one value.
func stepStart(step *dicom.Dataset) *dicom.Dataset {
	at := new(dicom.Dataset)
	if d := step.Str(dicom.ScheduledProcedureStepStartDate); d != "" {
		at.SetStr(dicom.ScheduledProcedureStepStartDateTime, d+step.Str(dicom.ScheduledProcedureStepStartTime))
	}
	return at
}

// requestedPriority is the word of Requested Procedure Priority (0040,1003): STAT, HIGH,
// ROUTINE, MEDIUM, LOW (PS3.3 C.4.11).
func requestedPriority(s string) Priority {
	if strings.EqualFold(strings.TrimSpace(s), "HIGH") {
		return Urgent
	}
	return NewPriority(s, "")
}

// Matches is the second filter behind servers that ignore keys: it says no only where the
// order itself shows it.
func (q OrderQuery) Matches(o Order) bool {
	is := func(vr dicom.VR, key, value string) bool {
		return key == "" || value == "" || matchesOne(vr, key, value)
	}
	date := ""
	if !o.Start.IsZero() {
		date = o.Start.Format("20060102")
	}
	return is("SH", q.Accession, o.Accession) && is("LO", q.PatientID, o.Patient.ID) && is("PN", q.PatientName, o.Patient.Name) &&
		is("CS", q.Modality, o.Modality) && is("AE", q.Station, o.Station) && is("DA", q.Date, date)
}
