package ups

import (
	"context"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Performed is what was done for a workitem: the output that completes it.
type Performed struct {
	Reader      Reader
	Start, End  time.Time
	StudyUID    dicom.UID
	SeriesUID   dicom.UID
	SOPClassUID dicom.UID
	SOPUID      dicom.UID
	Preliminary bool   // an attending makes it final: see RequestVerification
	RetrieveURL string // of the study at the archive, by WADO-RS; empty is left out
}

func (d Performed) dataset() *dicom.Dataset {
	sop, out, change := &dicom.Dataset{}, &dicom.Dataset{}, &dicom.Dataset{}
	sop.SetStr(dicom.ReferencedSOPClassUID, string(d.SOPClassUID))
	sop.SetStr(dicom.ReferencedSOPInstanceUID, string(d.SOPUID))
	out.SetSeq(dicom.ReferencedSOPSequence, sop)
	out.SetStr(dicom.StudyInstanceUID, string(d.StudyUID))
	out.SetStr(dicom.SeriesInstanceUID, string(d.SeriesUID))
	out.SetStr(dicom.TypeOfInstances, "DICOM")
	if d.RetrieveURL != "" {
		wado := &dicom.Dataset{}
		wado.SetStr(dicom.RetrieveURL, d.RetrieveURL)
		out.SetSeq(dicom.WADORSRetrievalSequence, wado)
	}
	item := d.Reader.performed(d.Start)
	item.SetStr(dicom.PerformedProcedureStepEndDateTime, dicom.FormatDT(d.End))
	item.SetSeq(dicom.OutputInformationSequence, out)
	change.SetSeq(dicom.UnifiedProcedureStepPerformedProcedureSequence, item)
	return change
}

// Complete tells the worklist what was done and takes the workitem to COMPLETED.
// Call it only after the archive was seen to hold the output. It may be repeated:
// a workitem that is COMPLETED already is success. *LostError says that the
// server does not hold our lock any more; *AskingError that no answer came.
func Complete(ctx context.Context, ws pacs.Workitems, workitem, transaction dicom.UID, done Performed) error {
	err := ws.UpdateWorkitem(ctx, workitem, transaction, done.dataset())
	if answerOf(err) == unknown {
		return fmt.Errorf("complete workitem: %w", &AskingError{Err: err})
	}
	refusal := err
	if err == nil {
		refusal = ws.ChangeState(ctx, workitem, transaction, pacs.Completed)
	}
	switch answerOf(refusal) {
	case yes, already:
		return nil
	case unknown:
		return fmt.Errorf("complete workitem: %w", &AskingError{Err: refusal})
	case denied:
		return fmt.Errorf("complete workitem: %w", refusal)
	}
	return settle(ctx, ws, workitem, transaction, refusal)
}

// settle tells a workitem that is done, or lost, from one that the server will
// not complete.
func settle(ctx context.Context, ws pacs.Workitems, workitem, transaction dicom.UID, refusal error) error {
	w, err := ws.RetrieveWorkitem(ctx, workitem)
	switch {
	case answerOf(err) == absent:
		return fmt.Errorf("complete workitem: %w", &LostError{})
	case err != nil:
		return fmt.Errorf("complete workitem: %w", &AskingError{Err: err})
	case w.State == pacs.Completed:
		return nil
	case w.State != pacs.InProgress:
		return fmt.Errorf("complete workitem: %w", &LostError{State: w.State})
	}
	err = ws.UpdateWorkitem(ctx, workitem, transaction, progress(""))
	switch answerOf(err) {
	case yes, already:
		return fmt.Errorf("complete workitem: %w", refusal)
	case unknown:
		return fmt.Errorf("complete workitem: %w", &AskingError{Err: err})
	}
	return fmt.Errorf("complete workitem: %w", &LostError{State: w.State})
}
