package reading

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/lesion"
)

func lesionMark(study, id, name string, mm float64, prior bool) viewer.Mark {
	return viewer.Mark{ID: id, Kind: viewer.Length, StudyUID: study, SOPUID: study + ".1", Label: name, Prior: prior,
		Values: []viewer.Value{{Name: "length", Number: mm, Unit: "mm"}}}
}

// TestLesionsComeFromTheLedgerFromReportsAndFromMarksOfEarlierReadings: three studies, a
// mark of today, one that was made when the prior was read itself, and a study that only
// the ledger knows.
func TestLesionsComeFromTheLedgerFromReportsAndFromMarksOfEarlierReadings(t *testing.T) {
	r, _ := newRoom(t)
	ctx := t.Context()
	r.KeepMarks("1.1", []viewer.Mark{lesionMark("1.1", "p", "RUL", 20, false), lesionMark("1.0", "pp", "RUL", 99, true)}, nil)
	l := lesion.Lesion{Name: "RUL", Target: true, Points: []lesion.Point{{StudyUID: "1.0", Date: "20240101", Measured: report.Measurement{MarkID: "z", Label: "RUL",
		StudyUID: "1.0", Kind: "length", Values: []report.Value{{Name: "length", Number: 40, Unit: "mm"}}}}, {StudyUID: "1.1", Date: "20251120", TooSmall: true}}}
	if err := r.KeepLesion("1.1", &l); err != nil || l.ID == "" {
		t.Fatal(err)
	}
	stranger := lesion.Lesion{Name: "RUL", Points: []lesion.Point{{StudyUID: "9.9", Date: "20240101"}}}
	if err := r.KeepLesion("9.9", &stranger); err != nil {
		t.Fatal(err)
	}
	if err := r.KeepAnswers("1.2", lesion.Answers{Other: "CR"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Journal.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	f, err := r.Lesions(ctx, dicom.Identity{ID: "P1"}, []viewer.Study{{UID: "1.2", Date: "20261122"}, {UID: "1.1", Date: "20251120", Prior: true}}, []viewer.Mark{lesionMark("1.2", "n", "rul", 26, false), lesionMark("1.2", "x", "", 5, false)})
	if err != nil || len(f.Lesions) != 1 || len(f.Studies) != 3 || f.Unnamed != 1 || f.Answers.Other != "CR" {
		t.Fatalf("%+v, %v", f, err)
	}
	got := f.Lesions[0]
	if len(got.Points) != 3 || !got.Target || got.ID != l.ID || got.Points[1].Measured.MarkID != "p" || got.Points[1].TooSmall || !got.Points[1].Measured.Prior {
		t.Errorf("%+v", got)
	}
	if a := f.Assess(); a.Baseline != "1.0" || a.Sums[0].MM != 40 || a.Nadir != 20 || a.Response != "PD" { // 20 the nadir, 26: 30 % and 6 mm more
		t.Errorf("%+v", a)
	}
}

func TestAMeasurementReportNamesLesionsByTrackingIdentifier(t *testing.T) {
	mm := func(c sr.Code, n float64, unit string) sr.Number {
		return sr.Number{Concept: c, Value: n, Unit: sr.Code{Value: unit, Scheme: "UCUM"}, Regions: []sr.Region{{Source: sr.Ref{Instance: "1.2.3.4"}}}}
	}
	m, ok := measurementOf(sr.Group{TrackingID: "RUL nodule", TrackingUID: "2.25.1", Numbers: []sr.Number{mm(sr.LongAxis, 1.2, "cm"), mm(sr.ShortAxis, 8, "mm")}}, "1.1")
	if !ok || m.Label != "RUL nodule" || m.Values[0].Number != 12 || m.Values[0].Unit != "mm" || m.Values[1].Name != "short" || m.SOPUID != "1.2.3.4" {
		t.Errorf("%+v, %v", m, ok)
	}
	other, _ := measurementOf(sr.Group{TrackingID: "RUL nodule", TrackingUID: "2.25.1", Numbers: []sr.Number{mm(sr.LongAxis, 9, "mm")}}, "1.2")
	if other.MarkID == m.MarkID {
		t.Error("one lesion's measurements of two studies are one token")
	}
	for name, g := range map[string]sr.Group{
		"a kind and a number": {TrackingID: "Length 3", TrackingUID: "2.25.1", Numbers: []sr.Number{mm(sr.Length, 9, "mm")}},
		"a tool":              {TrackingID: "Cornerstone3DTools@^0.1.0:Length", TrackingUID: "2.25.1", Numbers: []sr.Number{mm(sr.Length, 9, "mm")}},
		"no UID":              {TrackingID: "RUL", Numbers: []sr.Number{mm(sr.Length, 9, "mm")}},
		"no diameter":         {TrackingID: "RUL", TrackingUID: "2.25.1", Numbers: []sr.Number{mm(sr.Attenuation, 9, "[hnsf'U]")}},
		"pixels":              {TrackingID: "RUL", TrackingUID: "2.25.1", Numbers: []sr.Number{mm(sr.Length, 9, "{pixels}")}},
	} {
		if m, ok := measurementOf(g, "1.1"); ok {
			t.Errorf("%s is a lesion: %+v", name, m)
		}
	}
}

// keepMeasured puts a measurement report (TID 1500) of the prior's study on disk: one
// lesion with a long axis.
func keepMeasured(t *testing.T, r *Room, sop, patient string, mm float64) {
	t.Helper()
	image := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: "1.1.1.1", dicom.StudyInstanceUID: "1.1",
		dicom.SeriesInstanceUID: "1.1.1", dicom.PatientName: "PHANTOM^ANNA", dicom.PatientID: patient, dicom.PatientBirthDate: "19540302", dicom.PatientSex: "F", dicom.Modality: "CT"} {
		image.SetStr(tag, v)
	}
	region := sr.Region{Purpose: sr.Path, Graphic: "POLYLINE", Image: [][2]float64{{1, 1}, {9, 1}}, Source: sr.Ref{Class: dicom.CTImageStorage, Instance: "1.1.1.1"}}
	d, err := sr.MeasurementReport(sr.Measurements{
		Document: sr.Document{Study: image, SOPUID: dicom.UID(sop), SeriesUID: "1.1.9", Content: time.Date(2025, 11, 20, 10, 0, 0, 0, time.UTC), Observer: sr.Observer{Name: "OLD^READER"}, Preliminary: true},
		Library:  []*dicom.Dataset{image},
		Groups: []sr.Group{{TrackingID: "RUL", TrackingUID: "2.25.77", Numbers: []sr.Number{{Concept: sr.LongAxis, Value: mm,
			Unit: sr.Code{Value: "mm", Scheme: "UCUM", Meaning: "millimeter"}, Regions: []sr.Region{region}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, r, d)
}

func TestAReportOnDiskOfThePriorIsALesionsPastAndAnotherPatientsIsNot(t *testing.T) {
	for patient, points := range map[string]int{"P1": 2, "P2": 1} {
		r, _ := newRoom(t)
		keepMeasured(t, r, "1.1.9.1", patient, 12)
		f, err := r.Lesions(t.Context(), Identity(aRow()), []viewer.Study{CurrentStudy(aRow()), {UID: "1.1", Date: "20251120", Prior: true}},
			[]viewer.Mark{lesionMark("1.2", "n", "rul", 15, false)})
		if err != nil || len(f.Lesions) != 1 || len(f.Lesions[0].Points) != points {
			t.Fatalf("of patient %s: %+v, %v", patient, f.Lesions, err)
		}
		if points == 2 {
			if c, ok := f.Lesions[0].Change("1.2"); !ok || report.MeasurementText(c) != "+3.0 mm, +25 %" {
				t.Errorf("%q", report.MeasurementText(c))
			}
		}
	}
}
