package desk

import (
	"math"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func TestBidirectionalGivesLongAndShortSquareToEachOther(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("b")
	for _, p := range [][2]float64{{5, 10}, {15, 10}, {10, 13}, {13, 21}} {
		r.click(0, p[0], p[1])
	}
	r.value("long", 10, 1e-6, "mm")
	r.value("short", 8, 1e-6, "mm")
	m := r.mark()
	if p := m.Points[3]; math.Abs(p[0]-10) > 1e-9 || math.Abs(p[1]-21) > 1e-9 {
		t.Errorf("the short axis ends at %v", p)
	}
	if sc := r.d.Scene(); !hasText(sc, "long 10.0 ±") || !hasText(sc, "short 8.0 ±") {
		t.Error("the axes are not named")
	}
	r.press("esc", "esc", "n")
	r.drag(0, [2]float64{15, 10}, [2]float64{15, 14}) // an end of the long axis: the short one turns along
	m = r.mark()
	u := [2]float64{m.Points[1][0] - m.Points[0][0], m.Points[1][1] - m.Points[0][1]}
	v := [2]float64{m.Points[3][0] - m.Points[2][0], m.Points[3][1] - m.Points[2][1]}
	if dot := u[0]*v[0] + u[1]*v[1]; math.Abs(dot) > 1e-6 || u[1] < 3 {
		t.Errorf("after the drag: %v, product %.3f", m.Points, dot)
	}
}

func TestACobbAngleIsBetweenTwoLines(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("T")
	for _, p := range [][2]float64{{5, 5}, {15, 5}, {15, 25}, {5, 15}} {
		r.click(0, p[0], p[1])
	}
	r.value("angle", 45, 1e-6, "deg")
}

func TestARectangleAndAFreehandCountWhatTheyHold(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, HU: func(col, row, _ int) int { return 10*row + col - 200 }}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("B")
	r.click(0, 8, 8)
	r.click(0, 12, 10)
	r.value("n", 8, 0, "")
	r.value("mean", 10*8.5+9.5-200, 1e-9, "HU")
	r.value("area", 8, 1e-6, "mm2")

	r.press("E")
	for _, p := range [][2]float64{{18, 18}, {22, 18}, {22, 22}, {18, 22}, {18, 18}} { // closed on its first point
		r.click(0, p[0], p[1])
	}
	r.value("n", 16, 0, "")
	r.value("area", 16, 1e-6, "mm2")
	if len(r.marks()) != 2 || len(r.mark().Points) != 4 {
		t.Fatalf("%d marks, the last with %d points", len(r.marks()), len(r.mark().Points))
	}

	x, y := r.screen(0, 20, 10)
	r.d.Mouse(MouseMove, NoButton, x, y)
	r.d.Mouse(MouseDown, LeftButton, x, y)
	for i := range 64 { // a circle of radius 5 about 15, 10
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 64)
		x, y = r.screen(0, 15+5*cos, 10+5*sin)
		r.d.Mouse(MouseMove, NoButton, x, y)
	}
	r.d.Mouse(MouseUp, LeftButton, x, y)
	if len(r.marks()) != 3 {
		t.Fatalf("%d marks: %q", len(r.marks()), r.last(viewer.Noticed).Text)
	}
	r.value("area", 25*math.Pi, 4, "mm2")
	if m := r.mark(); m.Kind != viewer.Polygon || len(m.Points) < 20 {
		t.Errorf("%s of %d points", m.Kind, len(m.Points))
	}
	if !strings.Contains(string(viewer.ToolPolygon), r.d.State().Tool) {
		t.Error("the tool went")
	}
}

// Double Enter closes a polygon set with the keyboard.
func TestAPolygonIsClosedByASecondEnter(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("E", "enter", "enter")
	if len(r.marks()) != 0 {
		t.Fatal("one point made a mark")
	}
	r.press("right", "right", "right", "enter", "down", "down", "down", "enter")
	if len(r.marks()) != 0 {
		t.Fatal("three points made a mark before it was closed")
	}
	r.press("enter")
	r.value("area", 4.5, 1e-6, "mm2")
}
