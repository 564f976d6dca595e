package seg

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

func TestAnOutlineGoesRoundWhatIsInAndRoundItsHoles(t *testing.T) {
	pic := []string{".....", ".###.", ".#.#.", ".###."}
	in := func(x, y int) bool { return pic[y][x] == '#' }
	long := 0.0
	for _, l := range Outline(5, 4, in) {
		long += math.Abs(l[1][0]-l[0][0]) + math.Abs(l[1][1]-l[0][1])
	}
	if long != 12+4 { // 3 × 3 outside, one pixel inside
		t.Errorf("the outline is %g pixels long, want 16", long)
	}
	for _, l := range Outline(3, 3, func(x, y int) bool { return true }) {
		if (l[0][0] != l[1][0] || l[0][0] != 0 && l[0][0] != 3) && (l[0][1] != l[1][1] || l[0][1] != 0 && l[0][1] != 3) {
			t.Errorf("%v is within", l)
		}
	}
}

func TestCIELabBecomesTheColourItMeans(t *testing.T) {
	for lab, want := range map[[3]float64][3]uint8{
		{65535, 32896, 32896}: {255, 255, 255}, {0, 32896, 32896}: {0, 0, 0},
		{35579, 53662, 50858}: {255, 0, 0}, // L 54.29, a 80.8, b 69.9 at D50: the red of sRGB
	} {
		got := SRGB(lab[0], lab[1], lab[2])
		for i := range got {
			if math.Abs(float64(got[i])-float64(want[i])) > 4 {
				t.Errorf("%v is %v, want %v", lab, got, want)
			}
		}
	}
}

// object is a segmentation of two frames of 2 × 2 pixels of 2 × 2 mm, 3 mm apart.
func object(kind string) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.SegmentationStorage))
	d.SetStr(dicom.SOPInstanceUID, "1.2.3.4")
	d.SetStr(dicom.SegmentationType, kind)
	d.SetInt(dicom.Rows, 2)
	d.SetInt(dicom.Columns, 2)
	d.SetInt(dicom.NumberOfFrames, 2)
	d.SetInt(dicom.MaximumFractionalValue, 100)
	s := &dicom.Dataset{}
	s.SetInt(dicom.SegmentNumber, 1)
	s.SetStr(dicom.SegmentLabel, "Liver")
	s.SetStr(dicom.SegmentAlgorithmType, "AUTOMATIC")
	d.SetSeq(dicom.SegmentSequence, s)
	measures, facing, id := &dicom.Dataset{}, &dicom.Dataset{}, &dicom.Dataset{}
	measures.SetFloat(dicom.PixelSpacing, 2, 2)
	facing.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	id.SetInt(dicom.ReferencedSegmentNumber, 1)
	shared := &dicom.Dataset{}
	shared.SetSeq(dicom.PixelMeasuresSequence, measures)
	shared.SetSeq(dicom.PlaneOrientationSequence, facing)
	shared.SetSeq(dicom.SegmentIdentificationSequence, id)
	d.SetSeq(dicom.SharedFunctionalGroupsSequence, shared)
	var per []*dicom.Dataset
	for f := range 2 {
		at, frame := &dicom.Dataset{}, &dicom.Dataset{}
		at.SetFloat(dicom.ImagePositionPatient, 0, 0, 3*float64(f))
		frame.SetSeq(dicom.PlanePositionSequence, at)
		per = append(per, frame)
	}
	d.SetSeq(dicom.PerFrameFunctionalGroupsSequence, per...)
	return d
}

func TestVolumesAreVoxelsTimesTheDistanceOfSlices(t *testing.T) {
	for _, c := range []struct {
		kind, fraction string
		values         []uint16
		want           float64 // ml
	}{
		{Binary, "", []uint16{1, 0, 1, 1}, 6 * 12 / 1000.0},
		{Fractional, "PROBABILITY", []uint16{100, 50, 49, 0}, 4 * 12 / 1000.0},
		{Fractional, "OCCUPANCY", []uint16{100, 50, 25, 0}, 3.5 * 12 / 1000.0},
	} {
		d := object(c.kind)
		d.SetStr(0x00620010, c.fraction)
		s, err := Read(d)
		if err != nil {
			t.Fatal(err)
		}
		ml, ok, err := s.Volumes(func(int) ([]uint16, error) { return c.values, nil })
		if err != nil || !ok || math.Abs(ml[0]-c.want) > 1e-12 {
			t.Errorf("%s %s: %v ml, %v, %v; want %g", c.kind, c.fraction, ml, ok, err, c.want)
		}
		if one := s.Segments[0]; !one.Automatic() || one.Label != "Liver" {
			t.Errorf("%+v", one)
		}
	}
}

func TestARealSegmentationSaysWhichImagesItIsOn(t *testing.T) {
	f, err := dicom.ReadHeader(oracle.Data(t, "objects", "seg-ct-liver", "liver.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(f.Dataset)
	if err != nil {
		t.Fatal(err)
	}
	on := 0
	for _, f := range s.Frames {
		if f.Placed && f.Segment == 1 && f.On("1.2.392.200103.20080913.113635.2.2009.6.22.21.43.10.23432.1", 0) {
			on++
		}
	}
	if on != 1 || len(s.Frames) != 3 || s.SliceMM != 1 {
		t.Errorf("%d frames of %d on the image, %g mm apart", on, len(s.Frames), s.SliceMM)
	}
}

func FuzzRead(f *testing.F) {
	for _, kind := range []string{Binary, Fractional, LabelMap} {
		var b writer
		if err := dicom.Write(&b, object(kind), nil); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(b))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := dicom.Parse(b)
		if err != nil {
			return
		}
		s, err := Read(file.Dataset)
		if err != nil {
			return
		}
		if len(s.Segments) == 0 || len(s.Frames) > maxFrames {
			t.Fatal("a segmentation of nothing, or of too much")
		}
		if len(s.Frames)*len(s.Segments) < 1000 {
			_, _, _ = s.Volumes(func(int) ([]uint16, error) { return []uint16{1, 2, 3}, nil })
		}
	})
}

type writer []byte

func (w *writer) Write(b []byte) (int, error) { *w = append(*w, b...); return len(b), nil }
