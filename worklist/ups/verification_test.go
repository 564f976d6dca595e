package ups

import (
	"errors"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var preliminary = Performed{Reader: Reader{Name: "READER^ONE"}, StudyUID: "1.2", SeriesUID: "1.2.9", SOPClassUID: dicom.BasicTextSRStorage, SOPUID: "1.2.9.1", Preliminary: true}

// PS3.16 CID 9231: DCM 110007 is Report Verification.
func TestAnAttendingIsAskedToVerifyOnceWhereverTheLinkBreaks(t *testing.T) {
	for n := 0; n <= 2; n++ {
		for _, after := range []bool{false, true} {
			s, _, _ := held(t)
			s.fault = func(k int, late bool) error {
				if k == n && late == after {
					return errLink
				}
				return nil
			}
			err := RequestVerification(ctx, s, "1.7", preliminary)
			var asking *AskingError
			if n > 0 && !errors.As(err, &asking) {
				t.Errorf("request %d: %v", n, err)
			}
			s.fault = nil
			must(t, RequestVerification(ctx, s, "1.7", preliminary))
			must(t, RequestVerification(ctx, s, "1.7", preliminary))
			now := replacement(t, s)
			if now == nil || now.state != pacs.Scheduled {
				t.Fatalf("request %d: %+v", n, now)
			}
			code := now.ds.Item(dicom.ScheduledWorkitemCodeSequence)
			if code.Str(dicom.CodeValue) != "110007" || code.Str(dicom.CodingSchemeDesignator) != "DCM" {
				t.Errorf("code %s", code.Str(dicom.CodeValue))
			}
			w := now.workitem("x")
			if w.StudyUID != "1.2" || w.Accession != "A1" || w.Patient.ID != "P1" || len(w.Assigned) != 0 || w.Replaces != "" {
				t.Errorf("%+v", w)
			}
			in := now.ds.Seq(dicom.InputInformationSequence)
			if last := in[len(in)-1].Item(dicom.ReferencedSOPSequence); last.Str(dicom.ReferencedSOPInstanceUID) != "1.2.9.1" {
				t.Errorf("the report is not among %d inputs", len(in))
			}
			if s.items["1.7"].state != pacs.InProgress {
				t.Errorf("the reader's own task is %s", s.items["1.7"].state)
			}
		}
	}
}

func TestEveryReportAndOrderHasAVerificationOfItsOwn(t *testing.T) {
	a, b, c := VerificationUID("1.1", "1.7"), VerificationUID("1.2", "1.7"), VerificationUID("1.1", "1.8")
	if a == b || a == c || a != VerificationUID("1.1", "1.7") || !dicom.ValidUID(string(a)) {
		t.Errorf("%s %s %s", a, b, c)
	}
}
