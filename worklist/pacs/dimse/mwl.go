package dimse

import (
	"context"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var _ pacs.Orders = (*Client)(nil)

// SearchOrders is C-FIND of the modality worklist (PS3.4 K.4). What does not match is
// left out on our side; pacs.ErrPartial says that some could not be read.
func (c *Client) SearchOrders(ctx context.Context, q pacs.OrderQuery, each func(pacs.Order) error) error {
	const op = "search orders"
	o := offer{kind: "mwl"}
	o.add(c.cfg.Quirks.Contexts, worklistFind, false, plain...)
	o.add(c.cfg.Quirks.Contexts, dicom.VerificationSOPClass, false, dicom.ImplicitVRLittleEndian)
	var partial error
	err := c.on(ctx, op, o, func(l *line) error {
		a, err := l.context(worklistFind)
		if err != nil {
			return err
		}
		return c.answers(ctx, l, a, op, orderKeys(q), func(ds *dicom.Dataset, bad error) error {
			if bad != nil {
				partial = wrap(op, pacs.ErrPartial)
				return nil
			}
			if got := pacs.OrderFromDataset(ds); q.Matches(got) {
				return each(got)
			}
			return nil
		})
	})
	if err == nil {
		err = partial
	}
	return err
}

// orderKeys is the identifier (PS3.4 table K.6-1): what is to be matched and what an
// order's fields are read from.
func orderKeys(q pacs.OrderQuery) *dicom.Dataset {
	ds, step := new(dicom.Dataset), new(dicom.Dataset)
	for _, t := range []dicom.Tag{
		dicom.SpecificCharacterSet, dicom.ReferringPhysicianName, dicom.PatientBirthDate, dicom.PatientSex, dicom.PatientState,
		dicom.CurrentPatientLocation, dicom.AdmittingDiagnosesDescription, dicom.StudyInstanceUID, dicom.RequestingPhysician,
		dicom.RequestedProcedureDescription, dicom.RequestedProcedureID, dicom.RequestedProcedurePriority,
		dicom.ReasonForTheRequestedProcedure, dicom.RequestedProcedureComments, dicom.ImagingServiceRequestComments,
		dicom.OrderCallbackPhoneNumber,
	} {
		ds.SetStr(t)
	}
	ds.SetSeq(dicom.RequestedProcedureCodeSequence)
	one(ds, dicom.AccessionNumber, q.Accession)
	one(ds, dicom.PatientID, q.PatientID)
	one(ds, dicom.PatientName, q.PatientName)
	for _, t := range []dicom.Tag{
		dicom.ScheduledProcedureStepStartTime, dicom.ScheduledPerformingPhysicianName, dicom.ScheduledProcedureStepDescription,
		dicom.ScheduledProcedureStepID, dicom.ScheduledStationName,
	} {
		step.SetStr(t)
	}
	one(step, dicom.Modality, q.Modality)
	one(step, dicom.ScheduledStationAETitle, q.Station)
	one(step, dicom.ScheduledProcedureStepStartDate, q.Date)
	ds.SetSeq(dicom.ScheduledProcedureStepSequence, step)
	return ds
}
