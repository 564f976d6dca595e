package evidence

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/ko"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/measure"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// scan is a tilted series of anisotropic pixels.
var scan = vt.Series{Rows: 256, Cols: 200, Slices: 5, RowMM: 0.7, ColMM: 0.45, Step: 3, Head: 40}

func headers() Images {
	out := Images{}
	for i := range 5 {
		h := scan.Dataset(i)
		for t, v := range map[dicom.Tag]string{dicom.StudyTime: "031200", dicom.StudyID: "1", dicom.ReferringPhysicianName: ""} {
			h.SetStr(t, v)
		}
		out[scan.SOP(i)] = h
	}
	return out
}

func author() Author {
	n := 0
	return Author{
		Observer: sr.Observer{Name: "READER^DEMO", ID: "reader", Organization: "Demo Hospital"},
		Now:      time.Date(2026, 3, 1, 3, 30, 15, 0, time.UTC),
		NewUID:   func() dicom.UID { n++; return dicom.UID("2.25.77." + strconv.Itoa(n)) },
	}
}

// length of two points on the scan by the formula, not by our own code.
func length(a, b [2]float64) float64 { return math.Hypot((b[0]-a[0])*0.45, (b[1]-a[1])*0.7) }

func mark(n int, kind viewer.MarkKind, points [][2]float64, values ...viewer.Value) viewer.Mark {
	return viewer.Mark{
		ID: "2.25." + strconv.Itoa(n), Kind: kind, StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: scan.SOP(n % 5),
		Points: points, Values: values, StudyDate: "20260301", Modality: "CT",
	}
}

// marks are one of each kind.
func marks() []viewer.Mark {
	v := func(name string, number float64, unit string, pm ...float64) viewer.Value {
		out := viewer.Value{Name: name, Number: number, Unit: unit}
		if len(pm) > 0 {
			out.Uncertainty = pm[0]
		}
		return out
	}
	p := [][2]float64{{10.125, 20.3}, {33.7, 41.9}, {50.25, 8.5}, {12.2, 70.75}}
	region := []viewer.Value{v("area", 91.25, "mm2", 1.5), v("mean", -42.125, "HU"), v("sd", 3.5, "HU"), v("min", -90, "HU"), v("max", 12, "HU"), v("n", 77, "")}
	out := []viewer.Mark{
		mark(1, viewer.Length, p[:2], v("length", length(p[0], p[1]), "mm", 0.3)),
		mark(2, viewer.Angle, p[:3], v("angle", 61.2345678901, "deg", 1)),
		mark(3, viewer.Cobb, p, v("angle", 12.5, "deg", 1)),
		mark(4, viewer.Bidirectional, p, v("long", max(length(p[0], p[1]), length(p[2], p[3])), "mm", 0.25), v("short", min(length(p[0], p[1]), length(p[2], p[3])), "mm", 0.26)),
		mark(5, viewer.Ellipse, [][2]float64{{10.125, 20.3}, {33.7, 41.9}}, region...),
		mark(6, viewer.Rectangle, [][2]float64{{10.125, 20.3}, {33.7, 41.9}}, append(region[:6:6], v("over mean", 4.5, "SUVbw"), v("over max", 9.75, "SUVbw"))...),
		mark(7, viewer.Polygon, p, region...),
		mark(8, viewer.Probe, p[:1], v("value", 62, "HU")),
		mark(9, viewer.Arrow, p[:2]),
		mark(10, viewer.Text, p[:1]),
		mark(11, viewer.Vertebra, p[:1]),
		mark(12, viewer.Volume, p[:2], v("volume", 4.1875, "ml")),
		mark(13, viewer.Length, p[:2], v("length", 31.9, "px")),
		mark(14, viewer.Probe, p[:1], v("value", 812, "")),
	}
	out[0].Label, out[9].Label, out[10].Label, out[10].Calibration = "nodule 1", "look here", "L3", "from C2"
	out[1].Calibration = "detector plane"
	return out
}

// written is an object as it is read from its file.
func written(t testing.TB, d *dicom.Dataset) *dicom.Dataset {
	t.Helper()
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

func reload(t testing.TB, marks []viewer.Mark, images Images) []viewer.Mark {
	t.Helper()
	d, left, err := Report("1.2.3", marks, images, author())
	if err != nil || len(left) > 0 {
		t.Fatal(err, left)
	}
	m, err := sr.ReadMeasurements(written(t, d))
	if err != nil {
		t.Fatal(err)
	}
	got, gone := Marks(m.Groups, images)
	if gone > 0 || len(got) != len(marks) {
		t.Fatalf("%d marks, %d left out, of %d", len(got), gone, len(marks))
	}
	return got
}

func TestEveryKindOfMarkIsReloadedAsItWas(t *testing.T) {
	images := headers()
	want := marks()
	for i, got := range reload(t, want, images) {
		w := want[i]
		if got.ID != w.ID || got.Kind != w.Kind || got.SOPUID != w.SOPUID || got.Frame != w.Frame || got.SeriesUID != w.SeriesUID || got.Label != w.Label || got.Calibration != w.Calibration {
			t.Errorf("%s came back as %+v", w.Kind, got)
		}
		if fmt.Sprint(got.Values) != fmt.Sprint(w.Values) {
			t.Errorf("%s: values %v, want %v", w.Kind, got.Values, w.Values)
		}
		samePoints(t, w, got)
	}
}

// samePoints compares points in any order that a kind allows, within 0.01 mm.
func samePoints(t *testing.T, want, got viewer.Mark) {
	t.Helper()
	if len(want.Points) != len(got.Points) {
		t.Fatalf("%s: %d points, want %d", want.Kind, len(got.Points), len(want.Points))
	}
	for _, p := range want.Points {
		near := false
		for _, q := range got.Points {
			near = near || length(p, q) < 0.001
		}
		if !near {
			t.Errorf("%s: no point near %v in %v", want.Kind, p, got.Points)
		}
	}
}

func TestWhatIsMeasuredAnewOnAReloadedMarkIsWithinAHundredthOfAMillimetre(t *testing.T) {
	images := headers()
	cal := space.CalibrationOf(images[scan.SOP(0)], 0)
	for _, m := range reload(t, marks()[:5], images) {
		p := m.Points
		var again, want float64
		switch m.Kind {
		case viewer.Length:
			v, _ := m.Value("length")
			again, want = measure.Length(cal, p[0], p[1]).Value, v.Number
		case viewer.Bidirectional:
			v, _ := m.Value("long")
			again, want = measure.Length(cal, p[0], p[1]).Value, v.Number
		case viewer.Ellipse:
			again, want = measure.EllipseArea(cal, p[0], p[1]).Value, math.Pi/4*(33.7-10.125)*0.45*(41.9-20.3)*0.7
		default:
			continue
		}
		if math.Abs(again-want) > 0.01 {
			t.Errorf("%s: %v, want %v", m.Kind, again, want)
		}
	}
}

// onPlane is a length of 5 mm on a reformat.
func onPlane(row, col [3]float64) viewer.Mark {
	m := mark(20, viewer.Length, [][2]float64{{10, 10}, {16, 18}}, viewer.Value{Name: "length", Number: 5, Unit: "mm"})
	m.Plane = &viewer.Plane{Name: "reformat", FrameOfReference: "1.2.3.99", Origin: [3]float64{-20, -30, 35}, Row: row, Col: col, MM: 0.5, Rows: 100, Cols: 100}
	return m
}

func TestALengthOnAReformatIsReloadedWhereItLies(t *testing.T) {
	images := headers()
	s := math.Sqrt(0.5)
	for name, m := range map[string]viewer.Mark{
		"coronal":  onPlane([3]float64{1, 0, 0}, [3]float64{0, 0, -1}),
		"sagittal": onPlane([3]float64{0, 1, 0}, [3]float64{0, 0, -1}),
		"oblique":  onPlane([3]float64{s, s, 0}, [3]float64{0, 0, -1}),
		"slanting": onPlane([3]float64{s, s, 0}, [3]float64{0.5, -0.5, -s}),
	} {
		got := reload(t, []viewer.Mark{m}, images)[0]
		if got.Plane == nil || got.Kind != viewer.Length || got.SOPUID == "" {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		from, to := planeOf(m.Plane), planeOf(got.Plane)
		for i, p := range m.Points {
			q := got.Points[i]
			if d := from.PixelToPatient(p[0], p[1]).Sub(to.PixelToPatient(q[0], q[1])).Len(); d > 0.001 {
				t.Errorf("%s: point %d is %v mm off", name, i, d)
			}
		}
	}
	ellipse := onPlane([3]float64{s, s, 0}, [3]float64{0, 0, -1})
	ellipse.Kind = viewer.Ellipse
	if got := reload(t, []viewer.Mark{ellipse}, images)[0]; got.Kind != viewer.Ellipse || got.Plane == nil {
		t.Errorf("%+v", got)
	}
}

func TestPatientCoordinatesOnASliceAreAMarkOfThatSlice(t *testing.T) {
	images := headers()
	plane, err := space.PlaneOf(images[scan.SOP(3)], 0)
	if err != nil {
		t.Fatal(err)
	}
	at := func(col, row float64) [3]float64 { return plane.PixelToPatient(col, row) }
	g := sr.Group{TrackingUID: "2.25.1", Numbers: []sr.Number{{Concept: sr.Length, Unit: unitCode("mm"), Value: length([2]float64{10, 20}, [2]float64{30, 40}),
		Regions: []sr.Region{{Graphic: "POLYLINE", FrameOfReference: plane.FrameOfReference, Patient: [][3]float64{at(10, 20), at(30, 40)}}}}}}
	got, _ := Marks([]sr.Group{g}, images)
	if len(got) != 1 || got[0].Plane != nil || got[0].SOPUID != scan.SOP(3) || length(got[0].Points[1], [2]float64{30, 40}) > 1e-6 {
		t.Errorf("%+v", got)
	}
	g.Numbers[0].Regions[0].FrameOfReference = "1.2.3.4.5"
	if got, left := Marks([]sr.Group{g}, images); len(got) != 0 || left != 1 {
		t.Errorf("of another frame of reference: %+v", got)
	}
}

func TestNothingOfAPriorIsInTheEvidence(t *testing.T) {
	images := headers()
	prior := marks()[0]
	prior.Prior, prior.StudyUID = true, "1.2.4"
	elsewhere := marks()[1]
	elsewhere.SOPUID = "1.2.3.1.99"
	d, _, err := Report("1.2.3", []viewer.Mark{prior, elsewhere}, images, author())
	if d != nil || err != nil {
		t.Error("a report of a prior's marks", err)
	}
	if s, err := States("1.2.3", []viewer.Mark{prior}, images, nil, author()); len(s) > 0 || err != nil {
		t.Error("a state of a prior's marks", err)
	}
	prior.Kind = viewer.KeyImageMark
	if d, err := Selection("1.2.3", []viewer.Mark{prior}, images, author()); d != nil || err != nil {
		t.Error("a prior's image is key", err)
	}
}

func TestTheStateDrawsMarksInTheWindowOfTheTile(t *testing.T) {
	images := headers()
	look := &viewer.State{Tiles: []viewer.Tile{{SeriesUID: "1.2.3.1", Center: -600, Width: 1500, Preset: "lung", FlipH: true, Turn: 1, Invert: true}}}
	all, err := States("1.2.3", marks(), images, look, author())
	if err != nil || len(all) != 1 {
		t.Fatal(err, len(all))
	}
	s, err := pr.Read(written(t, all[0]))
	if err != nil {
		t.Fatal(err)
	}
	if !s.Inverse || !s.Flip || s.Turn != 3 || s.Looks[0].Width != 1500 || s.Looks[0].Center != -600 || len(s.Images) != 5 {
		t.Errorf("%+v", s)
	}
	on := s.On(dicom.UID(scan.SOP(1)), 0) // length, rectangle, vertebra
	if len(on) != 2 || len(on[0].Graphics) != 2 || len(on[1].Texts) != 3 {
		t.Fatalf("%+v", on)
	}
	line := on[0].Graphics[0]
	if line.Type != "POLYLINE" || length(line.Points[1], [2]float64{33.7, 41.9}) > 0.001 || !strings.Contains(on[1].Texts[0].Value, "nodule 1") {
		t.Errorf("%+v", on)
	}
}

func TestKeyImagesAreTheReadersElseThoseWithMarks(t *testing.T) {
	images := headers()
	all := marks()
	read := func() ko.Selection {
		d, err := Selection("1.2.3", all, images, author())
		if err != nil {
			t.Fatal(err)
		}
		s, err := ko.Read(written(t, d))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := read(); len(s.Images) != 5 {
		t.Errorf("%+v", s.Images)
	}
	key := mark(23, viewer.KeyImageMark, nil)
	key.Label = "for the conference"
	all = append(all, key)
	if s := read(); len(s.Images) != 1 || string(s.Images[0].Instance) != scan.SOP(3) || s.Description != "for the conference" {
		t.Errorf("%+v", s)
	}
}

func TestForeignValidatorsAcceptWhatIsMadeOfMarks(t *testing.T) {
	images, by := headers(), author()
	all := append(marks(), onPlane([3]float64{1, 0, 0}, [3]float64{0, 0, -1}))
	report, _, err := Report("1.2.3", all, images, by)
	if err != nil {
		t.Fatal(err)
	}
	states, err := States("1.2.3", all, images, nil, by)
	if err != nil {
		t.Fatal(err)
	}
	key, err := Selection("1.2.3", all, images, by)
	if err != nil {
		t.Fatal(err)
	}
	iods := map[string]string{"PR": "GrayscaleSoftcopyPresentationState", "SR": "Comprehensive3DSR", "KO": "KeyObjectSelectionDocument"}
	var objects [][]byte
	for _, d := range append(states, report, key) {
		b, err := dicom.Bytes(d, nil)
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, b)
		oracle.Accept(t, iods[d.Str(dicom.Modality)], b)
		if d.Str(dicom.Modality) == "SR" {
			oracle.AcceptTemplates(t, b)
		}
	}
	oracle.Consistent(t, objects...)
}
