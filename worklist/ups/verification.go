package ups

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/big"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// VerificationUID is the workitem that asks for an attending's verification of the
// preliminary report that answers the workitem of: one for good, fixed with the report's
// UID (a version 8 UUID, RFC 9562 5.8, under 2.25, PS3.5 B.2).
func VerificationUID(report, of dicom.UID) dicom.UID {
	h := sha256.Sum256([]byte("verify\x00" + string(report) + "\x00" + string(of)))
	u := h[:16]
	u[6] = u[6]&0x0F | 0x80
	u[8] = u[8]&0x3F | 0x80
	return dicom.UID("2.25." + new(big.Int).SetBytes(u).String())
}

// RequestVerification creates the workitem of code 110007 (Report Verification, DCM)
// that lists a preliminary report for an attending: what can be scheduled of the
// workitem that the report answers, for anybody, with the report as further input. It
// may be repeated: one that is there already is success. A workitem that the site does
// not know any more is none to follow. *AskingError says that no answer came.
func RequestVerification(ctx context.Context, ws pacs.Workitems, of dicom.UID, done Performed) error {
	w, err := ws.RetrieveWorkitem(ctx, of)
	switch {
	case answerOf(err) == absent:
		return nil
	case err != nil:
		return fmt.Errorf("request verification: %w", &AskingError{Err: err})
	}
	uid := VerificationUID(done.SOPUID, of)
	_, err = ws.CreateWorkitem(ctx, uid, verification(w.Dataset, done))
	switch answerOf(err) {
	case yes:
		return nil
	case unknown:
		return fmt.Errorf("request verification: %w", &AskingError{Err: err})
	}
	if _, gerr := ws.RetrieveWorkitem(ctx, uid); gerr == nil {
		return nil // created by an earlier try
	}
	return fmt.Errorf("the site refused the task for the attending: %w", err)
}

func verification(of *dicom.Dataset, done Performed) *dicom.Dataset {
	d := (&Performer{}).replacement("", of)
	d.Delete(dicom.ReplacedProcedureStepSequence)
	d.Delete(dicom.ScheduledHumanPerformersSequence)
	d.SetSeq(dicom.ScheduledWorkitemCodeSequence, dcm("110007", "Report Verification"))
	out := done.dataset().Item(dicom.UnifiedProcedureStepPerformedProcedureSequence).Seq(dicom.OutputInformationSequence)
	d.SetSeq(dicom.InputInformationSequence, append(d.Seq(dicom.InputInformationSequence), out...)...)
	return d
}
