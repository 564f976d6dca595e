package pr

import (
	"bytes"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
)

func state() State {
	h := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{
		dicom.PatientName: "PHANTOM^Änne", dicom.PatientID: "P-001", dicom.PatientBirthDate: "19530412", dicom.PatientSex: "F",
		dicom.StudyInstanceUID: "1.2.3.4", dicom.StudyDate: "20251120", dicom.StudyTime: "031200", dicom.ReferringPhysicianName: "",
		dicom.StudyID: "1", dicom.AccessionNumber: "A1", dicom.TimezoneOffsetFromUTC: "+0100",
		dicom.RescaleIntercept: "-1024", dicom.RescaleSlope: "1", dicom.RescaleType: "HU",
	} {
		h.SetStr(t, v)
	}
	ct := func(sop dicom.UID) Image {
		return Image{sr.InstanceRef{Study: "1.2.3.4", Series: "1.2.3.4.1", Instance: sop, Class: dicom.CTImageStorage}, nil}
	}
	some := []Image{ct("1.2.3.4.1.1")}
	some[0].Study, some[0].Series = "", "" // an item within a state does not repeat them
	return State{
		Study: h, SeriesUID: "1.2.3.4.7", SOPUID: "1.2.3.4.7.1", Class: dicom.GSPSStorage, SeriesNumber: 902,
		Label: "MEASUREMENTS", Description: "Nodule, ä", Creator: "READER^DEMO",
		Created: time.Date(2025, 11, 20, 3, 30, 15, 0, time.FixedZone("", 3600)),
		Images:  []Image{ct("1.2.3.4.1.1"), ct("1.2.3.4.1.2")},
		Layers:  []Layer{{Name: "MARKS", Description: "measurements", Order: 1}, {Name: "NOTES", Order: 2}},
		Annotations: []Annotation{
			{Layer: "NOTES", Images: some, Texts: []Text{{Value: "8.0 mm\n± 0.3", Anchor: &[2]float64{13.5, 24.25}, AnchorUnits: Pixel}}},
			{Layer: "MARKS", Images: some, Graphics: []Graphic{
				{Type: "POLYLINE", Points: [][2]float64{{10.5, 20.25}, {13.5, 24.25}}, Units: Pixel},
				{Type: "ELLIPSE", Points: [][2]float64{{1, 5}, {9, 5}, {5, 3}, {5, 7}}, Units: Pixel},
				{Type: "POINT", Points: [][2]float64{{7.5, 7.5}}, Units: Pixel}}},
		},
		Areas:   []Area{{TopLeft: [2]int{1, 1}, BottomRight: [2]int{512, 512}, Mode: "SCALE TO FIT", Spacing: [2]float64{0.7, 0.7}}},
		Looks:   []Look{{Center: -600, Width: 1500, Explanation: "LUNG"}},
		Rescale: h, Turn: 1, Flip: true,
	}
}

// colored is a state of a colour image.
func colored() State {
	s := state()
	s.Class, s.Looks, s.Rescale = dicom.ColorPresentationStorage, nil, nil
	for i := range s.Images {
		s.Images[i].Class = dicom.USImageStorage
	}
	for i := range s.Annotations {
		s.Annotations[i].Images = nil
	}
	s.Areas[0].Spacing, s.Areas[0].Aspect = [2]float64{}, [2]int{1, 1}
	return s
}

func bytesOf(t testing.TB, s State) []byte {
	t.Helper()
	d, err := Write(s)
	if err != nil {
		t.Fatal(err)
	}
	var w bytes.Buffer
	if err := dicom.Write(&w, d, nil); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func readBack(t testing.TB, b []byte) State {
	t.Helper()
	f, err := dicom.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(f.Dataset)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAStateIsReadBackWhole(t *testing.T) {
	for _, want := range []State{state(), colored()} {
		got := readBack(t, bytesOf(t, want))
		if !got.Created.Equal(want.Created) {
			t.Errorf("made %v", got.Created)
		}
		if rescale, _ := got.Rescale.Float(dicom.RescaleIntercept); want.Rescale != nil && rescale != -1024 {
			t.Errorf("intercept %v", rescale)
		}
		got.Study, got.Source, got.Maker, got.Created, got.Rescale = want.Study, nil, "", want.Created, want.Rescale
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

func TestAnnotationsComeLayerByLayerAndOnlyForTheirImages(t *testing.T) {
	s := readBack(t, bytesOf(t, state()))
	on := s.On("1.2.3.4.1.1", 0)
	if len(on) != 2 || on[0].Layer != "MARKS" || on[1].Layer != "NOTES" || len(s.On("1.2.3.4.1.2", 0)) != 0 {
		t.Errorf("%+v", on)
	}
	if !s.Of("1.2.3.4.1.2", 3) || s.Of("1.2.3", 0) {
		t.Error("of the wrong images")
	}
	if w, ok := s.VOI("1.2.3.4.1.2", 0).Float(dicom.WindowWidth); !ok || w != 1500 {
		t.Errorf("window %v", w)
	}
}

func TestIllegalStatesAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*State){
		"no study":      func(s *State) { s.Study = nil },
		"no UID":        func(s *State) { s.SOPUID = "" },
		"small letters": func(s *State) { s.Label = "marks" },
		"no time":       func(s *State) { s.Created = time.Time{} },
		"no image":      func(s *State) { s.Images = nil },
		"no area":       func(s *State) { s.Areas = nil },
		"other study":   func(s *State) { s.Images[0].Study = "1.2.9" },
		"no such layer": func(s *State) { s.Annotations[0].Layer = "X" },
		"half a circle": func(s *State) { s.Annotations[1].Graphics[0].Type = "ELLIPSE" },
		"nowhere":       func(s *State) { s.Annotations[0].Texts[0].Anchor = nil },
		"not a number":  func(s *State) { s.Annotations[1].Graphics[0].Points[0][0] = math.NaN() },
		"color window":  func(s *State) { s.Class = dicom.ColorPresentationStorage },
		"slanting":      func(s *State) { s.Turn = 5 },
	} {
		s := state()
		spoil(&s)
		var inv *sr.InvalidError
		if _, err := Write(s); !errors.As(err, &inv) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForeignValidatorsAcceptTheStates(t *testing.T) {
	for name, s := range map[string]State{"GrayscaleSoftcopyPresentationState": state(), "ColorSoftcopyPresentationState": colored()} {
		s.Study, s.Description = s.Study.Clone(), "Nodule"
		s.Study.SetStr(dicom.PatientName, "PHANTOM^ANNA") // dcmpschk takes no UTF-8
		oracle.Accept(t, name, bytesOf(t, s))
	}
}

func TestStatesOfOthersAreRead(t *testing.T) {
	dir := oracle.Data(t, "objects", "gsps")
	read := func(name string) State {
		f, err := dicom.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Read(f.Dataset)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	luts := read("prLUTs.dcm")
	if luts.Label != "XLUT_P03" || luts.Creator != "Riesmeier^Joerg" || !luts.Of("1.2.276.0.7230010.3.200.6.3.1", 0) ||
		len(luts.VOI("1.2.276.0.7230010.3.200.6.3.1", 0).Seq(dicom.VOILUTSequence)) != 1 || luts.Created.Format(time.DateTime) != "2000-07-04 12:00:00" {
		t.Errorf("%+v", luts)
	}
	over := read("prOverlay.dcm")
	if len(over.Layers) != 6 || over.Layers[5] != (Layer{"LAYER6", "for overlay 6", 6, over.Layers[5].Color}) || *over.Layers[5].Color != [3]uint8{255, 255, 255} {
		t.Errorf("%+v", over.Layers)
	}
	area, ok := over.Area("1.2.276.0.7230010.3.200.12.1.1", 0)
	if !ok || area.BottomRight != [2]int{512, 512} || area.Mode != "SCALE TO FIT" || over.Inverse || over.Turn != 0 {
		t.Errorf("%+v", area)
	}
	f, err := dicom.ReadFile(filepath.Join(dir, "overlay.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(f.Dataset); err == nil {
		t.Error("an image was taken for a state")
	}
}

func TestTheRecommendedColourIsTheStandards(t *testing.T) {
	// CIELab of white, black and sRGB red under D50 (L 54.29, a 80.81, b 69.89: ICC), coded by PS3.3 C.10.7.1.1.
	code := func(l, a, b float64) [3]float64 {
		return [3]float64{l * 0xFFFF / 100, (a + 128) * 0xFFFF / 255, (b + 128) * 0xFFFF / 255}
	}
	for want, lab := range map[[3]uint8][3]float64{
		{255, 255, 255}: code(100, 0, 0), {0, 0, 0}: code(0, 0, 0), {255, 0, 0}: code(54.29, 80.81, 69.89),
	} {
		got := sRGB(lab[0], lab[1], lab[2])
		for i := range got {
			if math.Abs(float64(got[i])-float64(want[i])) > 1 {
				t.Errorf("%v, want %v", got, want)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(bytesOf(f, state()))
	f.Add(bytesOf(f, colored()))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := dicom.Parse(b)
		if err != nil {
			return
		}
		s, err := Read(file.Dataset)
		if err != nil {
			return
		}
		if s.Turn < 0 || s.Turn > 3 {
			t.Fatal("turned by other than quarters")
		}
		for _, a := range s.Annotations {
			for _, g := range a.Graphics {
				if len(g.Points) == 0 || exact[g.Type] > 0 && exact[g.Type] != len(g.Points) {
					t.Fatal("a figure with points that its type has not")
				}
			}
		}
	})
}
