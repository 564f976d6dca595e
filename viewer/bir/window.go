package bir

import (
	"math"
	"strings"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
)

// windowItems are about window and level.
func windowItems() []item {
	return []item{
		{"BIR_WL_MOUSE", "Window and level by dragging", byMouse},
		{"BIR_WL_PRESETS", "Window presets by one key, in Hounsfield units only", presets},
		{"BIR_WL_OWN", "The image's own windows in turn", ownWindows},
		{"BIR_WL_TYPED", "Window and level typed, and by arrows", typedWindow},
		{"BIR_INVERT", "Inverted and back", inverted},
		{"BIR_RESET", "One key brings the image back as it came", reset},
	}
}

// blocks is a stack of one slice of 8 × 8 blocks, each of 8 × 8 pixels of one
// value: −1000 HU and 32 more for each block.
func blocks() stack {
	return stack{n: 1, hu: func(col, row, _ int) int { return -1000 + 32*(row/8*8+col/8) }}
}

// block is where the middle of a block is on the screen.
func (s *session) block(p desk.TileScene, i int) (x, y int) {
	u, v := p.Place.Apply(float64(i%8*8)+4, float64(i/8*8)+4)
	return p.Rect.Min.X + int(u), p.Rect.Min.Y + int(v)
}

// linear is PS3.3 C.11.2.1.2.1: the level of a value by LINEAR.
func linear(x, c, w float64) float64 {
	y := (x-(c-0.5))/(w-1) + 0.5
	return math.Floor(255*math.Max(0, math.Min(1, y)) + 0.5)
}

// windowed wants the blocks to look as by a window.
func (s *session) windowed(t *trial, what string, level func(hu float64) float64) {
	worst, img, p := 0.0, s.pixels(), s.shown(0)
	for i := range 64 {
		x, y := s.block(p, i)
		worst = math.Max(worst, math.Abs(float64(img.RGBAAt(x, y).R)-level(-1000+32*float64(i))))
	}
	t.want(worst <= 1, "%s: 64 greys within %.0f/255 of the formula", what, worst)
}

func black(v uint8) bool { return v == 0 }

func byMouse(s *session, t *trial) {
	s.show(blocks())
	before := s.share(0, black)
	x, y := s.middle(0)
	s.drag(desk.LeftButton, x, y, x+100, y-60)
	w := s.tile(0)
	after := s.share(0, black)
	// 300 pixels change the width by itself; the level moves by as much
	t.near("100 px right: W 400 →", w.Width, 400+400*100.0/300, 0.1)
	t.near("60 px up: L 40 →", w.Center, 40+400*60.0/300, 0.1)
	t.want(after > before, "%.1f %% of the picture black before, %.1f %% after", before, after)
	s.windowed(t, "after the drag", func(hu float64) float64 { return linear(hu, w.Center, w.Width) })
}

func presets(s *session, t *trial) {
	s.show(blocks())
	want := map[viewer.Key][2]float64{ // width, level of display.md D5
		"1": {400, 40}, "2": {1500, -600}, "3": {2000, 400}, "4": {80, 40}, "5": {40, 40}, "6": {200, 75}, "7": {350, 50}, "8": {150, 90}, "9": {700, 200},
	}
	right := 0
	for k, w := range want {
		s.press(k)
		if got := s.tile(0); got.Width == w[0] && got.Center == w[1] {
			right++
		}
	}
	t.want(right == len(want), "%d of %d digits give their window", right, len(want))
	s.press("2")
	s.windowed(t, "lung", func(hu float64) float64 { return linear(hu, -600, 1500) })
	t.want(s.says("W 1500 L -600") || s.says("W 1500 L −600"), "width and level are written")
	s.show(stack{n: 1, number: 3, modality: "CR", edit: func(d *dataset, _ int) {
		projection(d)
		d.Delete(rescaleType)
		d.SetFloat(rescaleIntercept, 0)
	}})
	was := s.tile(0)
	s.press("2")
	t.want(s.tile(0).Width == was.Width && strings.Contains(s.told(), "Hounsfield"), "on a radiograph: %q", s.told())
}

func ownWindows(s *session, t *trial) {
	s.show(blocks()) // 400/40 and 1500/−600
	s.press("3", "0")
	first := s.tile(0)
	s.press("0")
	second := s.tile(0)
	s.press("0")
	third := s.tile(0)
	t.want(first.Width == 400 && second.Width == 1500 && second.Center == -600 && third.Width == 400,
		"0 shows W %g, W %g, W %g: two windows in turn", first.Width, second.Width, third.Width)
}

func typedWindow(s *session, t *trial) {
	s.show(blocks())
	s.d.Do(viewer.WindowSet(500, 100))
	s.wait(50 * time.Millisecond)
	t.want(s.tile(0).Width == 500 && s.tile(0).Center == 100, ":wl 500 100 gives W %g L %g", s.tile(0).Width, s.tile(0).Center)
	s.windowed(t, "typed", func(hu float64) float64 { return linear(hu, 100, 500) })
	s.press("w", "right", "up")
	w := s.tile(0)
	t.want(w.Width > 500 && w.Center > 100, "arrows: W %g L %g", w.Width, w.Center)
}

func inverted(s *session, t *trial) {
	s.show(blocks())
	s.press("3")
	s.press("i")
	s.windowed(t, "inverted", func(hu float64) float64 { return 255 - linear(hu, 400, 2000) })
	t.want(s.says("inverted"), "the tile says so")
	s.press("i")
	s.windowed(t, "again", func(hu float64) float64 { return linear(hu, 400, 2000) })
}

func reset(s *session, t *trial) {
	s.show(blocks())
	was, pixels := s.tile(0), s.pixels()
	s.press("2", "i", "h", "o", "+", "+")
	x, y := s.middle(0)
	s.drag(desk.MiddleButton, x, y, x+80, y+50)
	changed := s.tile(0)
	s.press("R")
	t.want(changed.Zoom > 0 && changed.FlipH && changed.Invert && changed.PanX != 0, "zoomed, panned, flipped, turned, inverted, windowed")
	same := true
	for i, v := range s.pixels().Pix {
		same = same && v == pixels.Pix[i]
	}
	now := s.tile(0)
	t.want(same && now.Width == was.Width && now.Zoom == was.Zoom, "R: every pixel of the screen as at first")
}
