package sr

import (
	"bytes"
	"math"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

func realMeasurements(t *testing.T, file string) Measurements {
	t.Helper()
	f, err := dicom.ReadFile(filepath.Join(oracle.Data(t), "objects", file))
	if err != nil {
		t.Fatal(err)
	}
	m, err := ReadMeasurements(f.Dataset)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The numbers are dsrdump's.
func TestABidirectionalOfAnotherMakerIsRead(t *testing.T) {
	m := realMeasurements(t, "sr/sample-sr.dcm")
	if len(m.Groups) != 1 || len(m.Groups[0].Numbers) != 2 {
		t.Fatalf("%+v", m.Groups)
	}
	g := m.Groups[0]
	long, short := g.Numbers[0], g.Numbers[1]
	if long.Value != 64.4505437946691 || short.Value != 42.9670291964462 || !long.Concept.Now().Is(LongAxis) ||
		!short.Concept.Now().Is(ShortAxis) || long.Unit.Meaning != "px" || g.TrackingUID != "2.25.639471218588509803385904782051176077285" {
		t.Errorf("%+v", g)
	}
	r := long.Regions[0]
	if r.Graphic != "POLYLINE" || len(r.Image) != 2 || r.Source.Class != dicom.CTImageStorage ||
		math.Abs(r.Image[0][0]-580.719177) > 1e-5 || math.Abs(r.Image[0][1]-1090.83582) > 1e-5 {
		t.Errorf("%+v", r)
	}
}

func TestAVolumeMeasuredBySegmentationIsRead(t *testing.T) {
	m := realMeasurements(t, "sr-tid1500-petct/sr.dcm")
	if len(m.Groups) == 0 {
		t.Fatal("no group")
	}
	g := m.Groups[0]
	if g.TrackingID != "primary tumor" || g.Finding.Value != "M-80003" || g.Site.Meaning != "pharyngeal tonsil (adenoid)" ||
		g.SegmentedBy.Class != dicom.SegmentationStorage || len(g.SegmentedBy.Segments) != 1 ||
		g.SourceSeries != "1.3.6.1.4.1.14519.5.2.1.2744.7002.261560220703676715130542397405" || !g.Method.Is(Code{"126410", "DCM", ""}) {
		t.Errorf("%+v", g)
	}
	want := map[string]float64{"R-00317": 6.01529, "G-A437": 10.3814, "R-10047": 1.62653}
	for _, n := range g.Numbers {
		if v, ok := want[n.Derivation.Value]; ok && n.Concept.Is(SUVbw) {
			if n.Value != v || n.Unit.Value != "{SUVbw}g/ml" {
				t.Errorf("%+v", n)
			}
			delete(want, n.Derivation.Value)
		}
		if n.Concept.Now().Is(Volume) && (n.Value != 33.5824 || n.Unit.Value != "ml") {
			t.Errorf("volume %+v", n)
		}
	}
	if len(want) > 0 {
		t.Errorf("not read: %v", want)
	}
}

func TestAReportWithoutMeasurementsHasNoGroupsButNumbersInProseAreFound(t *testing.T) {
	if m := realMeasurements(t, "sr/no-pixel-data.dcm"); len(m.Groups) != 0 {
		t.Errorf("%+v", m.Groups)
	}
	if m := realMeasurements(t, "sr/report_dfl"); len(m.Groups) != 1 || m.Groups[0].Numbers[0].Value != 1.5 || m.Groups[0].Numbers[0].Unit.Value != "cm" {
		t.Errorf("%+v", m.Groups)
	}
}

// old is a report as they were before TID 1500: numbers with coordinates below
// headings, the image beside or by reference, a finding with an outline.
func old(t testing.TB) *dicom.Dataset {
	t.Helper()
	image := Item{Relationship: "CONTAINS", ValueType: "IMAGE", Ref: Ref{Class: dicom.CTImageStorage, Instance: "1.2.3.4.1.2"}}
	number := func(c Code, v string, children ...Item) Item {
		return Item{Relationship: "CONTAINS", ValueType: "NUM", Concept: c, Num: v, Units: mm, Children: children}
	}
	line := func(p ...float64) Item {
		return Item{Relationship: "INFERRED FROM", ValueType: "SCOORD", Text: "POLYLINE", Graphic: p}
	}
	tree := Item{ValueType: "CONTAINER", Concept: Code{"125200", "DCM", "Adult Echocardiography Procedure Report"}, Children: []Item{
		{Relationship: "CONTAINS", ValueType: "CONTAINER", Concept: Code{"121070", "DCM", "Findings"}, Children: []Item{
			image,
			number(Code{"G-A185", "SRT", "Long Axis"}, "20", line(1, 1, 21, 1)),
			number(Code{"G-A186", "SRT", "Short Axis"}, " 10 ", line(10, 1, 10, 11)),
			number(Code{"G-A22A", "SRT", "Length"}, "5", line(0, 0, 3, 4)),
			number(Code{"F-32100", "SRT", "Cardiac output"}, "5.1"),
			number(Code{"F-32120", "SRT", "Stroke volume"}, ""),
			{Relationship: "CONTAINS", ValueType: "CODE", Concept: finding, Code: Code{"27925004", "SCT", "Nodule"}, Children: []Item{
				{Relationship: "HAS PROPERTIES", ValueType: "SCOORD", Concept: Code{"111041", "DCM", "Outline"}, Text: "CIRCLE", Graphic: []float64{5, 5, 5, 8}},
				{Relationship: "HAS PROPERTIES", ValueType: "SCOORD", Text: "CIRCLE", Graphic: []float64{5, 5, 5}},
			}},
		}},
	}}
	d := header()
	d.SetStr(dicom.SOPClassUID, string(dicom.ComprehensiveSRStorage))
	d.SetStr(dicom.SOPInstanceUID, "1.2.3.4.9.9")
	for e := range tree.Dataset().All() {
		d.Set(e)
	}
	var w bytes.Buffer
	if err := dicom.Write(&w, d, nil); err != nil {
		t.Fatal(err)
	}
	f, err := dicom.Parse(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return f.Dataset
}

func TestOlderReportsAreReadAsGroups(t *testing.T) {
	m, err := ReadMeasurements(old(t))
	if err != nil || len(m.Groups) != 4 {
		t.Fatalf("%v: %+v", err, m.Groups)
	}
	both, length, rest, nodule := m.Groups[0], m.Groups[1], m.Groups[2], m.Groups[3]
	if len(both.Numbers) != 2 || both.Numbers[1].Value != 10 || both.Numbers[1].Regions[0].Source.Instance != "1.2.3.4.1.2" {
		t.Errorf("bidirectional %+v", both)
	}
	if len(length.Numbers) != 1 || length.Numbers[0].Value != 5 {
		t.Errorf("length %+v", length)
	}
	if len(rest.Numbers) != 2 || rest.Numbers[0].Value != 5.1 || !math.IsNaN(rest.Numbers[1].Value) {
		t.Errorf("numbers without coordinates %+v", rest)
	}
	if nodule.Finding.Meaning != "Nodule" || len(nodule.Regions) != 1 || nodule.Regions[0].Graphic != "CIRCLE" {
		t.Errorf("finding with an outline %+v", nodule)
	}
}

func FuzzReadMeasurements(f *testing.F) {
	m := measured()
	d, err := MeasurementReport(m)
	if err != nil {
		f.Fatal(err)
	}
	for _, d := range []*dicom.Dataset{d, old(f)} {
		var w bytes.Buffer
		if err := dicom.Write(&w, d, nil); err != nil {
			f.Fatal(err)
		}
		f.Add(w.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := dicom.Parse(b)
		if err != nil {
			return
		}
		m, err := ReadMeasurements(file.Dataset)
		if err != nil {
			return
		}
		for _, g := range m.Groups {
			for r := range g.all() {
				if len(r.Image)+len(r.Patient) == 0 || len(r.Image)+len(r.Patient) > maxPoints {
					t.Fatal("a region without points, or with too many")
				}
				for _, v := range r.graphicData() {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatal("a coordinate that is no number")
					}
				}
			}
		}
	})
}
