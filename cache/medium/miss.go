package medium

import (
	"cmp"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/dir"
)

// miss notes a file that a DICOMDIR lists and that is not there, with its study: one
// that has no file at all is a study all the same, of which nothing came.
func miss(studies map[dicom.UID]*Study, e dir.Entry) {
	if e.Study == "" {
		return
	}
	s := studies[e.Study]
	if s == nil {
		s = &Study{UID: e.Study, Patient: e.Patient, Date: e.StudyDate, Description: e.Title}
		studies[e.Study] = s
	}
	s.Missing++
	if e.Series != "" {
		r := s.series(e.Series)
		r.Missing++
		r.Modality = cmp.Or(r.Modality, e.Modality)
	}
}
