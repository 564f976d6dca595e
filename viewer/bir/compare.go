package bir

import (
	"math"
	"strconv"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/overlay"
)

const second = time.Second

// compareItems are about two sets beside each other.
func compareItems() []item {
	return []item{
		{"BIR_SCROLL_SYNC", "Two sets scroll together by position in the patient", scrollSync},
		{"BIR_VIEW_SYNC", "Zoom, pan and window of two sets go together", viewSync},
		{"BIR_PRIOR", "A prior stands beside, named and dated", priorBeside},
		{"BIR_LOCALIZER", "Lines show where one set's slice cuts another's", localizer},
		{"BIR_SAME_POINT", "The same point of the patient in every tile", samePoint},
	}
}

// pair is a series of 41 slices of 3 mm, and in the other study one of 25 of 5 mm.
func (s *session) pair() {
	now := stack{n: 41, step: 3}
	then := stack{study: prior, n: 25, step: 5}
	s.open(order, []viewer.Study{current, prior}, append(now.write(s.dir), then.write(s.dir)...)...)
	s.press("p")
	s.wait(200 * time.Millisecond)
}

func scrollSync(s *session, t *trial) {
	s.pair()
	worst, moved := 0.0, 0
	x, y := s.middle(0)
	for range 20 {
		s.d.Wheel(x, y, 2)
		s.wait(40 * time.Millisecond)
		a, b := s.tile(0), s.tile(1)
		worst = math.Max(worst, math.Abs(3*float64(a.Slice)-5*float64(b.Slice)))
		moved = b.Slice
	}
	t.want(moved > 15, "20 turns of the wheel over the one: the other went down %d slices", moved)
	t.near("never further apart than half of its 5 mm:", worst, 0, 2.5+1e-9)
	s.press("X", "tab", "home", "tab", "home", "tab", "down", "down", "tab", "X") // the other stands 10 mm lower
	s.press("down", "down", "down", "down", "down")
	a, b := s.tile(0), s.tile(1)
	t.near("linked by hand 10 mm apart, 5 slices on they are apart by mm", 5*float64(b.Slice)-3*float64(a.Slice), 10, 2.5+1e-9)
}

func viewSync(s *session, t *trial) {
	s.pair()
	s.press("+", "+")
	x, y := s.middle(0)
	s.drag(desk.MiddleButton, x, y, x+40, y+30)
	s.press("3")
	a, b := s.tile(0), s.tile(1)
	t.want(a.Zoom > 0 && math.Abs(a.Zoom-b.Zoom) < 1e-6, "zoom %.2f and %.2f", a.Zoom, b.Zoom)
	t.want(a.PanX != 0 && math.Abs(a.PanX-b.PanX) < 1e-6 && math.Abs(a.PanY-b.PanY) < 1e-6, "pan %.1f and %.1f", a.PanX, b.PanX)
	t.want(a.Width == 2000 && b.Width == 2000, "window W %g and W %g", a.Width, b.Width)
}

func priorBeside(s *session, t *trial) {
	s.pair()
	t.want(s.tile(1).StudyUID == prior.UID, "p puts the prior beside")
	t.want(s.says("PRIOR 12 mo") && s.says("2025-03-01"), "PRIOR 12 mo · 2025-03-01")
	amber := false
	for _, f := range s.scene().Over.Fills {
		amber = amber || f.Color == overlay.Amber && f.Rect.Dx() > 100
	}
	t.want(amber, "in a band of its own colour")
	s.press("p")
	t.want(len(s.scene().Tiles) == 1, "p again takes it away")
}

func localizer(s *session, t *trial) {
	axial := stack{n: 21, step: 5, rows: 100, cols: 100}
	scout := stack{n: 1, number: 2, rows: 100, cols: 100, edit: func(d *dataset, _ int) { // coronal, 2 mm, its first pixel at 149 mm
		d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 0, -1)
		d.SetFloat(dicom.ImagePositionPatient, -99, 0, 149)
		d.SetFloat(dicom.PixelSpacing, 2, 2)
	}}
	s.open(order, []viewer.Study{current}, append(axial.write(s.dir), scout.write(s.dir)...)...)
	s.press("l")
	for slice := 1; slice <= 21; slice += 10 {
		s.d.Do(viewer.SliceSet(slice))
		s.wait(60 * time.Millisecond)
		z := 100 - 5*float64(slice-1)
		col, row := (-49.5+99)/2, (149-z)/2+0.5 // the axial image's left edge, as an image point of the scout
		x, y := s.at(1, col, row)
		best := math.Inf(1)
		for _, l := range s.scene().Over.Lines {
			for _, p := range [][2]float64{{l.X0, l.Y0}, {l.X1, l.Y1}} {
				best = math.Min(best, math.Abs(p[1]-y)+math.Max(0, math.Abs(p[0]-x)-s.perMM(1)))
			}
		}
		t.near("slice at "+signed(z)+" mm: line off by screen pixels", best, 0, 1)
	}
}

// perMM is screen pixels per millimetre of a picture of 2 mm pixels.
func (s *session) perMM(i int) float64 {
	p := s.shown(i).Place
	return math.Hypot(p[0], p[3]) / 2
}

func signed(v float64) string {
	if v < 0 {
		return "−" + strconv.FormatFloat(-v, 'g', -1, 64)
	}
	return "+" + strconv.FormatFloat(v, 'g', -1, 64)
}

func samePoint(s *session, t *trial) {
	s.pair()
	s.press("x")
	x, y := s.at(1, 32.5, 32.5)
	best := math.Inf(1)
	for _, l := range s.scene().Over.Lines {
		best = math.Min(best, math.Hypot((l.X0+l.X1)/2-x, (l.Y0+l.Y1)/2-y))
	}
	t.want(best < 20, "the middle of the image is marked in the other tile, %.1f screen pixels from where it lies", best)
}
