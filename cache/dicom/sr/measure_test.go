package sr

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

var mm, hu = Code{"mm", "UCUM", "millimeter"}, Code{"[hnsf'U]", "UCUM", "Hounsfield unit"}

// measured is a report with a group of every shape.
func measured() Measurements {
	doc := report()
	doc.Sections, doc.Verified, doc.Priors, doc.Preliminary = nil, false, nil, true
	m := Measurements{Document: doc}
	for i := range 3 {
		h := header()
		h.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
		h.SetStr(dicom.SeriesInstanceUID, "1.2.3.4.1")
		h.SetStr(dicom.SOPInstanceUID, "1.2.3.4.1."+strconv.Itoa(i+1))
		h.SetStr(dicom.FrameOfReferenceUID, "1.2.3.4.77")
		h.SetInt(dicom.Rows, 512)
		h.SetInt(dicom.Columns, 512)
		m.Library = append(m.Library, h)
	}
	m.Library[2].SetStr(dicom.SOPClassUID, string(dicom.EnhancedCTImageStorage))
	src := Ref{Class: dicom.CTImageStorage, Instance: "1.2.3.4.1.2"}
	multi := Ref{Class: dicom.EnhancedCTImageStorage, Instance: "1.2.3.4.1.3", Frames: []int{7}}
	line := func(p ...[2]float64) []Region {
		return []Region{{Purpose: Path, Graphic: "POLYLINE", Image: p, Source: src}}
	}
	m.Groups = []Group{
		{TrackingID: "length 1", TrackingUID: "2.25.1", Finding: Code{"27925004", "SCT", "Nodule"},
			Site: Code{"39607008", "SCT", "Lung"}, Side: Code{"24028007", "SCT", "Right"}, Comment: "grew\nsince",
			Numbers: []Number{{Concept: Length, Unit: mm, Value: 8.0 / 3, Uncertainty: 0.25, Regions: line([2]float64{10.5, 20.25}, [2]float64{13, 24})}}},
		{TrackingUID: "2.25.2", Numbers: []Number{
			{Concept: LongAxis, Unit: mm, Value: 20, Regions: line([2]float64{1, 1}, [2]float64{21, 1})},
			{Concept: ShortAxis, Unit: mm, Value: 10, Regions: line([2]float64{10, 1}, [2]float64{10, 11})}}},
		{TrackingID: "ellipse", TrackingUID: "2.25.3",
			Regions: []Region{{Purpose: ImageRegion, Graphic: "ELLIPSE", Image: [][2]float64{{1, 5}, {9, 5}, {5, 3}, {5, 7}}, Source: multi}},
			Numbers: []Number{{Concept: Area, Unit: Code{"mm2", "UCUM", "square millimeter"}, Value: 25.13},
				{Concept: Attenuation, Unit: hu, Derivation: Mean, Value: -42.5}, {Concept: Attenuation, Unit: hu, Derivation: SD, Value: 3}}},
		{TrackingID: "on a reformat", TrackingUID: "2.25.4", Numbers: []Number{{Concept: Length, Unit: mm, Value: 5,
			Regions: []Region{{Purpose: Path, Graphic: "POLYLINE", FrameOfReference: "1.2.3.4.77", Patient: [][3]float64{{0, 0, 0}, {0, 3, 4}}}}}}},
		{TrackingID: "arrow", TrackingUID: "2.25.5", Comment: "here", Regions: line([2]float64{4, 4}, [2]float64{9, 9})},
		{TrackingID: "text", TrackingUID: "2.25.6", Qualities: []Quality{{Concept: Code{"111056", "DCM", "Rendering Intent"}, Code: Code{"111150", "DCM", "Presentation Required: Rendering device is expected to present"}}},
			Regions: []Region{{Purpose: Center, Graphic: "POINT", Image: [][2]float64{{4, 4}}, Source: src}}},
	}
	return m
}

func measuredBytes(t testing.TB, m Measurements) []byte {
	t.Helper()
	d, err := MeasurementReport(m)
	if err != nil {
		t.Fatal(err)
	}
	var w bytes.Buffer
	if err := dicom.Write(&w, d, nil); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestMeasurementsWrittenAreReadBackWhole(t *testing.T) {
	want := measured()
	got, err := ReadMeasurements(parsed(t, measuredBytes(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Groups, want.Groups) {
		t.Errorf("got  %+v\nwant %+v", got.Groups, want.Groups)
	}
	if got.Class != dicom.Comprehensive3DSRStorage || len(got.Current) != 3 || got.Observer.Name != want.Observer.Name || got.Verified {
		t.Errorf("read %+v", got.Document)
	}
}

func TestImagesOfAnotherStudyArePertinentNotCurrent(t *testing.T) {
	m := measured()
	m.Library[2].SetStr(dicom.StudyInstanceUID, "1.2.3.5")
	got, err := ReadMeasurements(parsed(t, measuredBytes(t, m)))
	if err != nil || len(got.Current) != 2 || len(got.Priors) != 1 || got.Priors[0].Instance != "1.2.3.4.1.3" {
		t.Errorf("%v %v %v", got.Current, got.Priors, err)
	}
}

func TestWithoutPatientCoordinatesItIsAComprehensiveSR(t *testing.T) {
	m := measured()
	m.Groups = m.Groups[:2]
	if d, err := MeasurementReport(m); err != nil || d.Str(dicom.SOPClassUID) != string(dicom.ComprehensiveSRStorage) {
		t.Error(d.Str(dicom.SOPClassUID), err)
	}
}

func TestIllegalMeasurementsAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Measurements){
		"none":           func(m *Measurements) { m.Groups = nil },
		"no tracking":    func(m *Measurements) { m.Groups[0].TrackingUID = "" },
		"not a number":   func(m *Measurements) { m.Groups[0].Numbers[0].Value = math.NaN() },
		"no unit":        func(m *Measurements) { m.Groups[0].Numbers[0].Unit = Code{} },
		"strange image":  func(m *Measurements) { m.Groups[0].Numbers[0].Regions[0].Source.Instance = "1.2" },
		"three ends":     func(m *Measurements) { m.Groups[2].Regions[0].Image = m.Groups[2].Regions[0].Image[:3] },
		"unknown shape":  func(m *Measurements) { m.Groups[2].Regions[0].Graphic = "STAR" },
		"no frame":       func(m *Measurements) { m.Groups[3].Numbers[0].Regions[0].FrameOfReference = "" },
		"infinite":       func(m *Measurements) { m.Groups[4].Regions[0].Image[0][0] = math.Inf(1) },
		"no observer":    func(m *Measurements) { m.Observer.Name = "" },
		"polygon on one": func(m *Measurements) { m.Groups[4].Regions[0].Graphic = "POLYGON" },
	} {
		m := measured()
		spoil(&m)
		var inv *InvalidError
		if _, err := MeasurementReport(m); !errors.As(err, &inv) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForeignValidatorsAcceptTheMeasurements(t *testing.T) {
	flat := measured()
	flat.Groups = append(flat.Groups[:3:3], flat.Groups[4:]...)
	for name, m := range map[string]Measurements{"ComprehensiveSR": flat, "Comprehensive3DSR": measured()} {
		out := oracle.Accept(t, name, measuredBytes(t, m))
		if strings.Count(out, `"Measurement Group")=`) != len(m.Groups) {
			t.Errorf("%s: dsrdump shows\n%s", name, out)
		}
	}
}

func TestWhatAnImageGotWrongIsNotCopied(t *testing.T) {
	of, d := header(), &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{
		dicom.PatientAge: "24", dicom.PatientBirthDate: "00000000", dicom.StudyDate: "1994.11.05", dicom.StudyTime: "11:20:00", dicom.PatientSex: "female",
	} {
		of.SetStr(tag, v)
	}
	CopyStudy(d, of)
	for tag, want := range map[dicom.Tag]string{
		dicom.PatientBirthDate: "", dicom.StudyDate: "19941105", dicom.StudyTime: "112000", dicom.PatientSex: "", dicom.PatientID: "P-001",
	} {
		if got := d.Str(tag); got != want || !d.Has(tag) {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
	if d.Has(dicom.PatientAge) {
		t.Errorf("age %q", d.Str(dicom.PatientAge))
	}
}
