package desk

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// openAs opens a case of a modality and an exam, and of priors of the same modality.
func (r *reader) openAs(modality, exam string, prior bool, all ...vt.Series) {
	r.Helper()
	studies := []viewer.Study{{UID: "1.2.3", Date: "20260301", Modality: modality, Description: exam}}
	if prior {
		studies = append(studies, viewer.Study{UID: "9.8", Date: "20250301", Modality: modality, Prior: true})
	}
	c := vt.Case(1, studies...)
	c.Order.Modality, c.Order.Exam = modality, exam
	var objects [][]viewer.Object
	for _, s := range all {
		objects = append(objects, s.Write(r, r.TempDir()))
	}
	r.open(c, objects...)
}

// shown are the series numbers in the tiles, "9.8/" before those of the prior; "-" for
// an empty one.
func (r *reader) shown() string {
	s := r.d.State()
	out := s.Layout + ":"
	for _, t := range s.Tiles {
		switch {
		case t.SeriesUID == "":
			out += " -"
		default:
			out += " " + strings.TrimPrefix(t.SeriesUID, "1.2.3.")
		}
	}
	return out
}

// stages are what every stage of the case shows, from the one it opens with.
func (r *reader) stages() (out []string) {
	for range 12 {
		out = append(out, r.shown())
		r.d.Do(viewer.StageNext)
		r.wait(20 * time.Millisecond)
		if r.shown() == out[0] {
			break
		}
	}
	return out
}

func (r *reader) hangsAs(want ...string) {
	r.Helper()
	got := r.stages()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		r.Errorf("hung as\n  %q, not\n  %q", got, want)
	}
}

// mammogramWith is a mammogram with more in its header.
func mammogramWith(number int, side, position string, edit func(d *dicom.Dataset)) vt.Series {
	s := mammogram(number, side, position, 60, 40)
	was := s.Edit
	s.Edit = func(d *dicom.Dataset, i int) {
		was(d, i)
		if edit != nil {
			edit(d)
		}
	}
	return s
}

func ofPrior(s vt.Series) vt.Series {
	s.StudyUID, s.UID, s.Date = "9.8", fmt.Sprintf("9.8.%d", s.Number), "20250301"
	return s
}

func coded(d *dicom.Dataset, t dicom.Tag, value string) *dicom.Dataset {
	code := &dicom.Dataset{}
	code.SetStr(dicom.CodeValue, value)
	d.SetSeq(t, code)
	return code
}

func TestMammogramsHangWithPriorsSpotsAndTomosynthesis(t *testing.T) {
	r := newReader(t)
	var all []vt.Series
	for i, v := range [][2]string{{"R", "CC"}, {"L", "CC"}, {"R", "MLO"}, {"L", "MLO"}} {
		all = append(all, mammogramWith(i+1, v[0], "", func(d *dicom.Dataset) { // the view by its code alone
			coded(d, dicom.ViewCodeSequence, map[string]string{"CC": "399162004", "MLO": "R-10226"}[v[1]])
		}))
		all = append(all, ofPrior(mammogram(i+1, v[0], v[1], 60, 40)))
	}
	all = append(all,
		mammogramWith(11, "R", "CC", func(d *dicom.Dataset) { d.SetStr(dicom.PresentationIntentType, "FOR PROCESSING") }),
		mammogramWith(12, "L", "CC", func(d *dicom.Dataset) {
			coded(coded(d, dicom.ViewCodeSequence, "399162004"), dicom.ViewModifierCodeSequence, "399055006")
		}),
		mammogramWith(13, "R", "MLO", func(d *dicom.Dataset) { d.SetFloat(dicom.EstimatedRadiographicMagnificationFactor, 1.8) }),
		mammogramWith(14, "L", "CC", func(d *dicom.Dataset) {
			d.SetStr(dicom.SOPClassUID, string(dicom.BreastTomosynthesisStorage))
			d.SetInt(dicom.NumberOfFrames, 5)
		}))
	r.openAs("MG", "Mammography", true, all...)
	tiles := r.d.Scene().Tiles
	first := scaleOf(tiles[0])
	for i, tile := range tiles {
		if math.Abs(scaleOf(tile)-first) > 1e-9 {
			t.Errorf("tile %d at another scale", i)
		}
	}
	r.hangsAs("2x2: 1 2 3 4", "2x4: 1 2 3 4 9.8.1 9.8.2 9.8.3 9.8.4", "1x2: 1 2", "1x2: 3 4", "1x2: 13 12", "1x2: - 14")
}

func TestTheRowOfPriorsHasTheScaleOfTheCurrentOnes(t *testing.T) {
	r := newReader(t)
	var all []vt.Series
	for i, v := range [][2]string{{"R", "CC"}, {"L", "CC"}, {"R", "MLO"}, {"L", "MLO"}} {
		big := mammogram(i+1, v[0], v[1], 120, 80)
		big.RowMM, big.ColMM = 0.5, 0.5
		all = append(all, mammogram(i+1, v[0], v[1], 60, 40), ofPrior(big))
	}
	r.openAs("MG", "Mammography", true, all...)
	r.press(".")
	r.wait(50 * time.Millisecond)
	for i, tile := range r.d.Scene().Tiles {
		mm := 1.0
		if i >= 4 {
			mm = 0.5
		}
		if want := scaleOf(r.d.Scene().Tiles[0]); len(r.d.Scene().Tiles) != 8 || math.Abs(math.Abs(tile.Place[0])/mm-want) > 1e-9 {
			t.Errorf("tile %d: %v pixels per mm, want %v", i, tile.Place[0]/mm, want)
		}
	}
}

func TestAOneSidedMammogramHangsAlone(t *testing.T) {
	r := newReader(t)
	r.openAs("MG", "Mammography left", false, mammogram(1, "L", "CC", 60, 40), mammogram(2, "L", "MLO", 60, 40))
	r.hangsAs("2x2: - 1 - 2", "1x2: - 1", "1x2: - 2")
}

// still is a series of pictures without positions, run one with frames.
func still(number, slices int) vt.Series {
	return vt.Series{Number: number, Slices: slices, Modality: "US", Edit: func(d *dicom.Dataset, i int) {
		d.Delete(dicom.ImagePositionPatient)
		d.Delete(dicom.ImageOrientationPatient)
		d.SetInt(dicom.InstanceNumber, i+1)
	}}
}

func run(number, frames int) vt.Series {
	s := still(number, 1)
	was := s.Edit
	s.Edit = func(d *dicom.Dataset, i int) { was(d, i); d.SetInt(dicom.NumberOfFrames, frames) }
	return s
}

// 8 stills, a run and three stills more: nine pictures on the first page, three on the
// second; each still on its own tile.
func TestUltrasoundHangsAsAContactSheetPageByPage(t *testing.T) {
	r := newReader(t)
	a, b := still(1, 8), still(3, 3)
	r.openAs("US", "Ultrasound abdomen", false, a, run(2, 12), b)
	page := func(want string) {
		t.Helper()
		got := r.d.State().Layout + ":"
		for _, tile := range r.d.State().Tiles {
			got += " " + strings.TrimPrefix(tile.SOPUID, "1.2.3.")
		}
		if got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
	first, second := "3x3: 1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 2.1", "3x3: 3.1 3.2 3.3      "
	page(first)
	r.press(".")
	page(second)
	if got := r.last(viewer.Noticed).Text; got != "Ultrasound: contact sheet (stage 1 of 1), page 2" {
		t.Errorf("said %q", got)
	}
	r.press(",")
	page(first)
	r.press(".", ".")
	page(first)
}

func TestAPictureThatComesLateTakesAnEmptyPlaceOnTheSheet(t *testing.T) {
	for _, acted := range []bool{false, true} {
		r := newReader(t)
		r.openAs("US", "Ultrasound", false, still(2, 3))
		if acted {
			r.press("tab")
		}
		r.d.Add(1, still(1, 1).Write(t, t.TempDir()))
		r.wait(50 * time.Millisecond)
		want := "2x2: 1 2 2 2"
		if acted {
			want = "2x2: 2 2 2 1"
		}
		if r.shown() != want {
			t.Errorf("acted %v: %s", acted, r.shown())
		}
	}
}

func TestAChestFilmHangsBesideThePriorsAndTheLateralOnTheStageKey(t *testing.T) {
	film := func(number int, position string) vt.Series {
		s := still(number, 1)
		s.Modality = "DX"
		was := s.Edit
		s.Edit = func(d *dicom.Dataset, i int) { was(d, i); d.SetStr(dicom.ViewPosition, position) }
		return s
	}
	r := newReader(t)
	r.openAs("DX", "Chest PA and lateral", true, film(1, "LL"), film(2, "PA"), ofPrior(film(3, "LL")), ofPrior(film(4, "AP")))
	r.hangsAs("1x2: 2 9.8.4", "1x2: 1 9.8.3", "1x1: 2")
	hand := newReader(t)
	hand.openAs("DX", "Radiograph right hand", true, film(1, "PA"), film(2, "RLO"), film(3, "LL"), ofPrior(film(4, "PA")))
	hand.hangsAs("2x2: 1 2 3 -", "1x2: 1 9.8.4")
}

func TestAnAngiographyHangsThinAndAsMIPInThreePlanes(t *testing.T) {
	r := newReader(t)
	r.openAs("CT", "CTA neck and head", false, vt.Series{Number: 2, Slices: 12, Edit: func(d *dicom.Dataset, _ int) { d.SetFloat(dicom.SliceThickness, 1) }},
		vt.Series{Number: 3, Slices: 4, Edit: func(d *dicom.Dataset, _ int) { d.SetFloat(dicom.SliceThickness, 5) }})
	if r.shown() != "1x1: 2" || r.tile(0).Width != 700 {
		t.Fatalf("%s, window %v", r.shown(), r.tile(0).Width)
	}
	r.press(".")
	r.wait(300 * time.Millisecond)
	s := r.d.State()
	if s.Layout != "2x2" || s.MPR == nil || s.MPR.Mode != 1 || s.MPR.Slab != 15 || s.Tiles[0].Width != 700 || s.Tiles[1].Reformat == "" {
		t.Fatalf("%+v", s)
	}
	if !hasText(r.d.Scene(), "MIP 15 mm") {
		t.Errorf("the slab is not named: %v", texts(r.d.Scene()))
	}
	if r.press("."); r.d.State().MPR != nil {
		t.Error("the reformat stays in the next stage")
	}
}

func TestASpineHangsItsContrastsSagittalAndTheAxialBeside(t *testing.T) {
	r := newReader(t)
	mr := func(number int, name string, sagittal bool) vt.Series {
		return vt.Series{Number: number, Modality: "MR", Slices: 4, Description: name, Edit: func(d *dicom.Dataset, i int) {
			if sagittal {
				d.SetFloat(dicom.ImageOrientationPatient, 0, 1, 0, 0, 0, -1)
				d.SetFloat(dicom.ImagePositionPatient, float64(4*i), 0, 0)
			}
		}}
	}
	r.openAs("MR", "MR lumbar spine", true, mr(2, "T1 TSE sag", true), mr(3, "T2 TSE sag", true), mr(4, "T2 STIR sag", true),
		mr(5, "T2 TSE ax", false), mr(6, "T1 TSE sag post Gd", true), ofPrior(mr(2, "T2 sag", true)))
	r.hangsAs("2x2: 3 2 4 5", "1x2: 2 6", "1x2: 3 9.8.2")
}

// A window that a stage set is not that of the next, unless the reader chose it.
func TestAStagesWindowStaysInItsStage(t *testing.T) {
	r := newReader(t)
	r.openAs("CT", "CT chest", false, vt.Series{Number: 2, Slices: 4})
	r.press(".", ".") // past soft | lung, of which there is neither: bone
	if r.tile(0).Width != 2000 {
		t.Fatalf("bone: %+v", r.tile(0))
	}
	for range 6 {
		if r.press("."); r.d.staged.stage == 0 {
			break
		}
	}
	if r.tile(0).Width != 400 {
		t.Errorf("thin after bone: %+v", r.tile(0))
	}
	r.press("2", ".")
	for range 6 {
		if r.press("."); r.d.staged.stage == 0 {
			break
		}
	}
	if r.tile(0).Preset == "bone" {
		t.Errorf("thin again: %+v", r.tile(0))
	}
}
