package bir

import (
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
)

// measureItems are about distances, angles and what else is put on an image.
func measureItems() []item {
	return []item{
		{"BIR_DISTANCE", "Linear distance in millimetres, however the image stands", distance},
		{"BIR_ANGLE", "Angle in millimetre space", angle},
		{"BIR_COBB", "Cobb angle, folded to 0–90°", cobb},
		{"BIR_REGION", "Region: mean, deviation and area", region},
		{"BIR_CALIBRATION", "The calibration and its source; pixels where there is none", calibration},
		{"BIR_TEXT_ARROW", "Text and arrows", textAndArrow},
		{"BIR_EDIT", "A measurement is changed, deleted, undone, and comes back with the case", editing},
	}
}

// grid is one slice of 128 × 128 pixels of 0.5 mm across and 0.8 mm down.
func grid() stack {
	return stack{n: 1, rows: 128, cols: 128, rowMM: 0.8, colMM: 0.5, hu: func(col, row, _ int) int { return col + 2*row }}
}

func distance(s *session, t *trial) {
	s.show(grid())
	a, b := [2]float64{20.5, 30.5}, [2]float64{100.5, 80.5}
	want := math.Hypot(80*0.5, 50*0.8)
	for _, view := range []struct {
		name string
		keys []viewer.Key
	}{{"fitted", nil}, {"flipped", []viewer.Key{"h"}}, {"turned", []viewer.Key{"o"}}, {"zoomed", []viewer.Key{"R", "-", "-"}}} {
		s.press(view.keys...)
		s.press("r")
		s.click(a, b)
		t.near(view.name, s.value("length"), want, 0.05)
		s.press("esc", "esc")
	}
	s.press("R", "r", "enter")
	for range 4 {
		s.press("shift+right")
	}
	s.press("enter")
	t.near("by keys, 40 columns", s.value("length"), 20, 1e-6)
}

func angle(s *session, t *trial) {
	s.show(grid())
	s.press("t")
	s.click([2]float64{100, 60}, [2]float64{40, 60}, [2]float64{90, 110})
	t.near("a corner whose arms are 30 mm across and 25 by 40 mm", s.value("angle"), math.Atan2(50*0.8, 50*0.5)*180/math.Pi, 0.3)
}

func cobb(s *session, t *trial) {
	s.show(grid())
	want := (math.Atan2(10*0.8, 80*0.5) + math.Atan2(16*0.8, 80*0.5)) * 180 / math.Pi
	s.press("T")
	s.click([2]float64{20, 30}, [2]float64{100, 40}, [2]float64{20, 100}, [2]float64{100, 84})
	t.near("two endplates", s.value("angle"), want, 0.3)
	s.press("esc", "esc", "T")
	s.click([2]float64{20, 30}, [2]float64{100, 40}, [2]float64{100, 84}, [2]float64{20, 100})
	t.near("one drawn the other way round", s.value("angle"), want, 0.3)
}

func region(s *session, t *trial) {
	k := grid()
	s.show(k)
	s.press("B")
	s.click([2]float64{40, 50}, [2]float64{60, 70})
	n, sum, square := 0.0, 0.0, 0.0
	for row := 50; row < 70; row++ {
		for col := 40; col < 60; col++ {
			v := float64(col + 2*row)
			n, sum, square = n+1, sum+v, square+v*v
		}
	}
	mean := sum / n
	sd := math.Sqrt(square/n - mean*mean)
	t.near("pixels", s.value("n"), n, 0)
	t.near("mean HU", s.value("mean"), mean, 1e-6)
	t.want(math.Abs(s.value("sd")-sd) < 1e-6 || math.Abs(s.value("sd")-sd*math.Sqrt(n/(n-1))) < 1e-6, "SD %.4f", s.value("sd"))
	t.near("area mm²", s.value("area"), 20*0.5*20*0.8, 1e-6)
	s.press("esc", "esc", "e")
	s.click([2]float64{20, 20}, [2]float64{60, 60})
	t.near("ellipse of 40 × 40 pixels, mm²", s.value("area"), math.Pi*20*0.5*20*0.8, 1e-6)
}

// calibrated measures 50 columns of an image with such a header.
func (s *session) calibrated(modality string, number int, edit func(d *dataset)) viewer.Mark {
	s.show(stack{n: 1, number: number, rows: 128, cols: 128, modality: modality, edit: func(d *dataset, _ int) {
		projection(d)
		edit(d)
	}})
	s.press("r")
	s.click([2]float64{30, 60}, [2]float64{80, 60})
	return s.mark()
}

func calibration(s *session, t *trial) {
	m := s.calibrated("CR", 1, func(d *dataset) {
		d.SetFloat(dicom.ImagerPixelSpacing, 0.2, 0.2)
		d.SetFloat(dicom.EstimatedRadiographicMagnificationFactor, 1.25)
	})
	v, _ := m.Value("length")
	t.near("50 columns of 0.2 mm, magnified 1.25 times", v.Number, 8, 1e-6)
	t.want(v.Unit == "mm" && strings.Contains(m.Calibration, "detector"), "%s", m.Calibration)
	m = s.calibrated("US", 2, func(d *dataset) {
		r := &dicom.Dataset{}
		for tag, n := range map[dicom.Tag]int{
			dicom.RegionLocationMinX0: 10, dicom.RegionLocationMinY0: 10, dicom.RegionLocationMaxX1: 110, dicom.RegionLocationMaxY1: 110,
			dicom.PhysicalUnitsXDirection: 3, dicom.PhysicalUnitsYDirection: 3, dicom.RegionSpatialFormat: 1, dicom.RegionDataType: 1,
		} {
			r.SetInt(tag, n)
		}
		r.SetFloat(dicom.PhysicalDeltaX, 0.03)
		r.SetFloat(dicom.PhysicalDeltaY, 0.03)
		d.SetSeq(dicom.SequenceOfUltrasoundRegions, r)
	})
	v, _ = m.Value("length")
	t.near("50 columns in an ultrasound region of 0.03 cm, mm", v.Number, 15, 1e-6)
	m = s.calibrated("OT", 3, func(*dataset) {})
	v, _ = m.Value("length")
	t.want(v.Unit == "px" && math.Abs(v.Number-50) < 1e-6, "no spacing: %.0f %s, never mm", v.Number, v.Unit)
}

func textAndArrow(s *session, t *trial) {
	s.show(grid())
	s.press("P")
	s.click([2]float64{60, 60}, [2]float64{30, 30})
	t.want(s.mark().Kind == viewer.Arrow, "an arrow")
	s.press("'")
	s.click([2]float64{80, 40})
	s.press("n", "o", "d", "enter")
	t.want(s.mark().Label == "nod" && s.says("nod"), "the text \"nod\" on the image")
}

func editing(s *session, t *trial) {
	objects := grid().write(s.dir)
	s.open(order, []viewer.Study{current}, objects...)
	s.press("r")
	s.click([2]float64{20.5, 60.5}, [2]float64{60.5, 60.5})
	s.press("esc", "esc")
	x, y := s.at(0, 60.5, 60.5)
	x1, y1 := s.at(0, 80.5, 60.5)
	s.press("n")
	s.drag(desk.LeftButton, x, y, x1, y1)
	t.near("20 mm drawn, its end moved by 10", s.value("length"), 30, 0.05)
	moved := s.mark()
	s.press("u")
	t.near("undone", s.value("length"), 20, 0.05)
	s.press("U", "delete")
	gone := s.events[len(s.events)-1]
	for _, e := range s.events {
		if len(e.Deleted) > 0 {
			gone = e
		}
	}
	t.want(len(gone.Deleted) == 1 && gone.Deleted[0] == moved.ID, "deleted")
	s.epoch++
	s.d.Open(viewer.Case{Epoch: s.epoch, StudyUID: current.UID, Order: order, Studies: []viewer.Study{current}, Marks: []viewer.Mark{moved}})
	s.d.Add(s.epoch, objects)
	s.wait(second)
	t.want(s.says("30.0 ± "), "opened again: 30.0 mm on the image")
}
