package rt

import (
	"bytes"
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// set is a structure set of one organ: squares of 20 mm with a hole of 10 mm on three
// levels 5 mm apart.
func set() *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.RTStructureSetStorage))
	d.SetStr(dicom.SOPInstanceUID, "1.2.3.4")
	roi, contours, seen := &dicom.Dataset{}, &dicom.Dataset{}, &dicom.Dataset{}
	roi.SetInt(dicom.ROINumber, 7)
	roi.SetStr(dicom.ROIName, "Cord")
	roi.SetStr(dicom.ROIGenerationAlgorithm, "AUTOMATIC")
	d.SetSeq(dicom.StructureSetROISequence, roi)
	contours.SetInt(dicom.ReferencedROINumber, 7)
	contours.SetInt(dicom.ROIDisplayColor, 10, 300, 30)
	var all []*dicom.Dataset
	for z := range 3 {
		for _, r := range []float64{10, 5} {
			c := &dicom.Dataset{}
			c.SetStr(dicom.ContourGeometricType, "CLOSED_PLANAR")
			h := float64(z * 5)
			c.SetFloat(dicom.ContourData, -r, -r, h, r, -r, h, r, r, h, -r, r, h)
			all = append(all, c)
		}
	}
	odd := &dicom.Dataset{}
	odd.SetStr(dicom.ContourGeometricType, "CLOSED_PLANAR")
	odd.SetFloat(dicom.ContourData, 1, 2, 3, 4)
	contours.SetSeq(dicom.ContourSequence, append(all, odd)...)
	d.SetSeq(dicom.ROIContourSequence, contours)
	seen.SetInt(dicom.ReferencedROINumber, 7)
	seen.SetStr(dicom.RTROIInterpretedType, "ORGAN")
	d.SetSeq(dicom.RTROIObservationsSequence, seen)
	return d
}

func TestARegionIsReadWithItsContoursAndItsVolumeLessItsHole(t *testing.T) {
	s, err := Read(set())
	if err != nil || len(s.Regions) != 1 {
		t.Fatalf("%v, %v", s, err)
	}
	r := s.Regions[0]
	if r.Name != "Cord" || r.Kind != "ORGAN" || !r.Automatic() || r.Color != [3]uint8{10, 255, 30} || len(r.Contours) != 6 {
		t.Errorf("%+v", r)
	}
	if ml, ok := r.Volume(); !ok || math.Abs(ml-3*5*(400-100)/1000.0) > 1e-9 {
		t.Errorf("%g ml, %v; want 4.5", ml, ok)
	}
}

func TestAnotherObjectIsRefused(t *testing.T) {
	d := set()
	d.SetStr(dicom.SOPClassUID, string(dicom.SegmentationStorage))
	if _, err := Read(d); err == nil {
		t.Error("read")
	}
}

func TestARealStructureSetHasItsSquare(t *testing.T) {
	f, err := dicom.ReadFile(oracle.Data(t, "objects", "rtstruct-ct", "rt.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(f.Dataset)
	if err != nil || len(s.Regions) != 1 || len(s.Regions[0].Contours) != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	c := s.Regions[0].Contours[0]
	if c.Points[0] != [3]float64{-51, -51, 60} || len(c.Points) != 4 || len(c.Images) != 1 {
		t.Errorf("%+v", c)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := dicom.Write(&b, set(), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := dicom.Parse(b)
		if err != nil {
			return
		}
		s, err := Read(file.Dataset)
		if err != nil {
			return
		}
		for _, r := range s.Regions {
			for _, c := range r.Contours {
				if len(c.Points) == 0 {
					t.Fatal("a contour without points")
				}
			}
			if len(r.Contours) < 50 {
				r.Volume()
			}
		}
	})
}
