package report_test

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/demo/phantom"
	"github.com/nocturne/nocturne/worklist/report"
)

// A correct report of a phantom raises no alarm: the sentence of its truth as findings
// and impression, checked against its own order and header. What has to be called is said
// to have been.
func TestTheTruthOfThePhantomsRaisesNoAlarm(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	studies := map[dicom.UID]phantom.Study{}
	for _, s := range phantom.Studies(true, now) {
		studies[s.UID] = s
	}
	checked := 0
	for _, item := range phantom.Truth(true, now) {
		s, ok := studies[item.StudyInstanceUID]
		if !ok || s.Trap != "" || item.Kind == "error" || item.Sentence == "" {
			continue
		}
		h := s.Header
		f := report.Facts{Patient: report.Patient{Name: h.Str(dicom.PatientName), ID: h.Str(dicom.PatientID), Birth: h.Str(dicom.PatientBirthDate), Sex: h.Str(dicom.PatientSex)},
			Accession: s.Accession, Exam: h.Str(dicom.StudyDescription), Reader: report.Reader{Name: "READER^DEMO"}, Study: h, Laterality: ""}
		if s.Order != nil {
			f.Exam, f.Indication = s.Order.Label, s.Order.Indication
		}
		if len(s.Instances) > 0 {
			f.Modality = s.Instances[0].Header.Str(dicom.Modality)
		}
		d := report.New(string(s.UID), s.Accession, "NORTH", now)
		d.Prefill(f, now)
		d.Set(report.Findings, item.Sentence, now)
		d.Set(report.Impression, item.Sentence, now)
		d.Set(report.Critical, "Told by telephone.", now)
		checked++
		for _, x := range report.Check(d, f) {
			if x.Severity != report.Info && x.Rule != "section-empty" {
				t.Errorf("%s: %s %v: %s", item.ID, x.Rule, x.Evidence, x.Hint)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d sentences were checked", checked)
	}
}
