package desk

import (
	"math"
	"os"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// openObjects opens the readable files of a folder as one case.
func (r *reader) openObjects(paths ...string) {
	r.Helper()
	c := viewer.Case{Epoch: 1, Order: viewer.Order{PatientName: "X"}}
	var objects []viewer.Object
	for _, p := range paths {
		f, err := dicom.ReadHeader(p)
		if err != nil {
			r.Fatal(err)
		}
		o := viewer.Object{StudyUID: f.Dataset.Str(dicom.StudyInstanceUID), SeriesUID: f.Dataset.Str(dicom.SeriesInstanceUID), SOPUID: f.Dataset.Str(dicom.SOPInstanceUID), Path: p}
		if c.StudyUID == "" {
			c.StudyUID, c.Studies = o.StudyUID, []viewer.Study{{UID: o.StudyUID}}
		}
		o.StudyUID = c.StudyUID
		objects = append(objects, o)
	}
	r.open(c, objects)
	r.wait(time.Second)
}

// inColour are the lines of a scene in a colour.
func inColour(s Scene, c [3]uint8) (out []overlay.Line) {
	for _, l := range s.Over.Lines {
		if l.Color.R == c[0] && l.Color.G == c[1] && l.Color.B == c[2] {
			out = append(out, l)
		}
	}
	return out
}

func TestASegmentationIsOutlinedOnItsSlicesAndNamed(t *testing.T) {
	r := newReader(t)
	dir := oracle.Data(t, "objects", "seg-ct-liver")
	r.openObjects(dir+"/01.dcm", dir+"/02.dcm", dir+"/03.dcm", dir+"/liver.dcm")
	if len(r.d.stacks) != 1 {
		t.Fatalf("%d display sets: a segmentation is none", len(r.d.stacks))
	}
	r.press("down")
	s := r.d.Scene()
	lines := inColour(s, [3]uint8{0xD9, 0x82, 0x65})
	if len(lines) < 200 || !hasText(s, "Liver · semiautomatic") {
		t.Fatalf("%d lines, %v", len(lines), texts(s))
	}
	// Slice 2 is frame 2: its outermost pixels, by its own bits.
	minX, maxX := columnsOf(t, dir+"/liver.dcm", 1)
	x0, _ := r.screen(0, float64(minX), 0)
	x1, _ := r.screen(0, float64(maxX+1), 0)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		lo, hi = min(lo, l.X0, l.X1), max(hi, l.X0, l.X1)
	}
	if math.Abs(lo-x0) > 0.01 || math.Abs(hi-x1) > 0.01 {
		t.Errorf("outlined from %.2f to %.2f, its pixels lie from %.2f to %.2f", lo, hi, x0, x1)
	}
	r.d.Do(viewer.SegToggle)
	if n := len(inColour(r.d.Scene(), [3]uint8{0xD9, 0x82, 0x65})); n != 0 {
		t.Errorf("%d lines of what is hidden", n)
	}
}

// columnsOf is the first and last column of a bit-packed frame of 512 × 512 that is set.
func columnsOf(t *testing.T, path string, frame int) (lo, hi int) {
	t.Helper()
	f, err := dicom.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Frame(frame)
	if err != nil {
		t.Fatal(err)
	}
	lo, hi = 512, -1
	for i := range 512 * 512 {
		if b[i/8]>>(i%8)&1 == 1 {
			lo, hi = min(lo, i%512), max(hi, i%512)
		}
	}
	return lo, hi
}

func TestAStructureSetIsDrawnWhereItsMillimetresAre(t *testing.T) {
	r := newReader(t)
	dir := oracle.Data(t, "objects", "rtstruct-ct")
	for _, p := range []string{"/ct_1.dcm", "/ct_2.dcm", "/rt.dcm"} {
		if _, err := os.Stat(dir + p); err != nil {
			t.Skip("the structure set is not here")
		}
	}
	r.openObjects(dir+"/ct_1.dcm", dir+"/ct_2.dcm", dir+"/rt.dcm")
	gold := [3]uint8{162, 136, 95}
	if n := len(inColour(r.d.Scene(), gold)); n != 0 {
		t.Errorf("%d lines on the slice at 65 mm", n)
	}
	r.press("down")
	lines := inColour(r.d.Scene(), gold)
	if len(lines) < 8 || !hasText(r.d.Scene(), "ROI-1 · manual") {
		t.Fatalf("%d lines, %v", len(lines), texts(r.d.Scene()))
	}
	// x −51 mm: (−51 + 125)/0.488281 + 0.5 columns
	x, _ := r.screen(0, (-51.0+125)/0.488281+0.5, 0)
	lo := math.Inf(1)
	for _, l := range lines {
		lo = min(lo, l.X0)
	}
	if math.Abs(lo-x) > 0.01 {
		t.Errorf("the square begins at %.2f, want %.2f", lo, x)
	}
}

func TestOutlinesWithoutTheirImagesAreSaidToBe(t *testing.T) {
	r := newReader(t)
	r.openObjects(oracle.Data(t, "objects", "seg-ct-liver", "liver.dcm"))
	if !hasText(r.d.Scene(), "only outlines are here") {
		t.Errorf("%v", texts(r.d.Scene()))
	}
}
