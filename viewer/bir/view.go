package bir

import (
	"math"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
)

// viewItems are about where an image lies on the screen.
func viewItems() []item {
	return []item{
		{"BIR_ZOOM", "Zoom by keys, typed and by dragging, about the point under the pointer", zooming},
		{"BIR_PAN", "Pan by dragging: the image stays under the pointer", panning},
		{"BIR_FIT", "Fitted to the tile, with its aspect ratio", fitting},
		{"BIR_ONE_TO_ONE", "One image pixel on one screen pixel", oneToOne},
		{"BIR_FLIP_ROTATE", "Flipped and turned, and said", turning},
		{"BIR_ASPECT", "Pixels that are not square stand in their proportion", aspect},
		{"BIR_MOUSE", "A mouse of two buttons and a wheel is enough to look at a case", mouseOnly},
	}
}

// zoom is screen pixels per image column of the first picture.
func (s *session) zoom() float64 {
	p := s.shown(0).Place
	return math.Hypot(p[0], p[3])
}

func zooming(s *session, t *trial) {
	s.show(blocks())
	fit := s.zoom()
	s.press("+")
	t.near("+ multiplies by", s.zoom()/fit, 1.25, 0.001)
	s.press("-")
	t.near("− brings back", s.zoom()/fit, 1, 0.001)
	s.d.Do(viewer.ZoomSet(3))
	s.wait(50 * time.Millisecond)
	t.near(":zoom 3 is", s.zoom(), 3, 1e-6)
	x0, y0 := s.at(0, 20, 44)
	s.drag(desk.RightButton, x0, y0, x0, y0-120)
	x1, y1 := s.at(0, 20, 44)
	t.want(s.zoom() != 3, "120 px up with the right button: %.2f×", s.zoom())
	t.near("the point under the pointer moved by", math.Hypot(x1-x0, y1-y0), 0, 0.5)
}

func panning(s *session, t *trial) {
	s.show(blocks())
	s.press("+", "+", "+")
	x, y := s.middle(0)
	x0, y0 := s.at(0, 30, 30)
	s.drag(desk.MiddleButton, x, y, x+50, y-35)
	x1, y1 := s.at(0, 30, 30)
	t.near("middle button 50 px right, 35 up: the image moved by", x1-x0, 50, 0.01)
	t.near("and", y1-y0, -35, 0.01)
	s.press("h", "o")
	x0, y0 = s.at(0, 30, 30)
	s.drag(desk.MiddleButton, x, y, x-30, y+20)
	x1, y1 = s.at(0, 30, 30)
	t.near("flipped and turned: off by", math.Hypot(x1-x0+30, y1-y0-20), 0, 0.01)
}

func fitting(s *session, t *trial) {
	k := blocks()
	k.rows, k.cols = 64, 128
	s.show(k)
	s.press("+", "+")
	s.d.Do(viewer.ViewFit)
	s.wait(50 * time.Millisecond)
	r := s.shown(0).Rect
	want := math.Min(float64(r.Dx())/128, float64(r.Dy())/64)
	t.near("128 × 64 in a tile of the screen, zoom", s.zoom(), want, 1e-6)
	x0, y0 := s.at(0, 0, 0)
	x1, y1 := s.at(0, 128, 64)
	t.near("left and right margins differ by", x0-float64(r.Min.X)-(float64(r.Max.X)-x1), 0, 1)
	t.near("top and bottom margins by", y0-float64(r.Min.Y)-(float64(r.Max.Y)-y1), 0, 1)
	s.d.Resize(700, 900, 1)
	s.wait(50 * time.Millisecond)
	r = s.shown(0).Rect
	t.near("the window made narrower: zoom", s.zoom(), math.Min(float64(r.Dx())/128, float64(r.Dy())/64), 1e-6)
}

func oneToOne(s *session, t *trial) {
	s.show(stack{n: 1, hu: func(col, row, _ int) int { return -1000 + 2000*((col+row)%2) }})
	for _, width := range []int{1200, 1201} { // the middle between two pixels, and on one
		s.d.Resize(width, 900, 1)
		s.press("3", "A")
		s.chessboard(t)
	}
}

// chessboard wants single pixels, black and white in turn, on single pixels of the
// screen.
func (s *session) chessboard(t *trial) {
	t.near("zoom", s.zoom(), 1, 1e-9)
	x, y := s.at(0, 0, 0)
	img, wrong := s.pixels(), 0
	for row := range 64 {
		for col := range 64 {
			white := img.RGBAAt(int(math.Round(x))+col, int(math.Round(y))+row).R > 128
			if white != ((col+row)%2 == 1) {
				wrong++
			}
		}
	}
	t.want(wrong == 0, "a chessboard of single pixels: %d of 4096 wrong", wrong)
}

// corner is where on the screen an image corner lies: -1 left or top, 1 right or
// bottom.
func (s *session) corner(col, row float64) (x, y int) {
	cx, cy := s.at(0, col, row)
	mx, my := s.middle(0)
	side := func(v float64) int {
		if v < 0 {
			return -1
		}
		return 1
	}
	return side(cx - mx), side(cy - my)
}

func turning(s *session, t *trial) {
	s.show(blocks())
	for _, step := range []struct {
		key  viewer.Key
		does string
		x, y int // of the image's first pixel afterwards
	}{
		{"o", "turned right", 1, -1}, {"o", "again", 1, 1}, {"O", "back", 1, -1}, {"O", "upright", -1, -1},
		{"h", "flipped", 1, -1}, {"h", "back", -1, -1}, {"H", "upside down", -1, 1}, {"H", "back", -1, -1},
	} {
		s.press(step.key)
		x, y := s.corner(0.5, 0.5)
		t.want(x == step.x && y == step.y, "%s", step.does)
	}
	s.press("h", "o")
	t.want(s.says("flipped, turned 90°"), "the tile says flipped, turned 90°")
}

func aspect(s *session, t *trial) {
	k := stack{n: 1, rowMM: 2, colMM: 0.5}
	s.show(k)
	p := s.shown(0).Place
	t.near("spacing 2 × 0.5 mm: a pixel is higher than wide by", math.Abs(p[4]/p[0]), 4, 1e-6)
	s.press("o")
	p = s.shown(0).Place
	t.near("turned: by", math.Abs(p[1]/p[3]), 4, 1e-6)
}

func mouseOnly(s *session, t *trial) {
	s.open(order, []viewer.Study{current}, s.several()...)
	x, y := s.middle(0)
	s.d.Wheel(x, y, 2)
	s.wait(50 * time.Millisecond)
	t.want(s.slice() == 3, "wheel: image %d", s.slice())
	was := s.tile(0)
	s.drag(desk.LeftButton, x, y, x+60, y+10)
	t.want(s.tile(0).Width != was.Width, "left: window and level")
	was = s.tile(0)
	s.drag(desk.RightButton, x, y, x, y-60)
	t.want(s.tile(0).Zoom != was.Zoom, "right: zoom")
	was = s.tile(0)
	s.drag(desk.MiddleButton, x, y, x+60, y)
	t.want(s.tile(0).PanX != was.PanX, "wheel pressed: pan")
	s.byMenu(t)
}
