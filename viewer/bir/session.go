package bir

import (
	"fmt"
	"image"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/still"
	"github.com/nocturne/nocturne/viewer/tool"
)

// session is a Desk at a window of 1200 × 900 with a hand and a clock of its own.
type session struct {
	d      *desk.Desk
	dir    string
	now    time.Time
	epoch  uint64
	events []viewer.Event
	ids    int
}

func newSession(dir string) *session {
	s := &session{dir: dir, now: time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)}
	s.d = desk.New(desk.Options{
		Now: func() time.Time { return s.now }, Load: load.NewFileLoader(0, 256<<20, nil),
		Emit:      func(e viewer.Event) { s.events = append(s.events, e) },
		NewID:     func() string { s.ids++; return fmt.Sprintf("2.25.%d", s.ids) },
		Protocols: []hang.Protocol{}, // as it comes: one viewport
	})
	s.d.Resize(1200, 900, 1)
	return s
}

// open shows objects as a case of a study with these facts.
func (s *session) open(order viewer.Order, studies []viewer.Study, objects ...viewer.Object) {
	s.epoch++
	s.events = nil
	s.d.Open(viewer.Case{Epoch: s.epoch, StudyUID: studies[0].UID, Order: order, Studies: studies})
	s.d.Add(s.epoch, objects)
	s.wait(500 * time.Millisecond)
}

// wait lets time pass in steps of a 50th of a second, drawing what changed.
func (s *session) wait(d time.Duration) {
	for end := s.now.Add(d); s.now.Before(end); {
		s.now = s.now.Add(min(20*time.Millisecond, end.Sub(s.now)))
		if s.d.Tick(s.now) {
			s.d.Scene()
		}
	}
}

// press presses keys as a hand does.
func (s *session) press(keys ...viewer.Key) {
	for _, k := range keys {
		s.d.Key(k)
		s.now = s.now.Add(30 * time.Millisecond)
		s.d.KeyUp(k)
		s.wait(tool.Patience + 20*time.Millisecond)
	}
}

func (s *session) scene() desk.Scene {
	s.d.Tick(s.now)
	return s.d.Scene()
}

// tile is the state of a tile, empty where there is none.
func (s *session) tile(i int) viewer.Tile {
	if st := s.d.State(); i < len(st.Tiles) {
		return st.Tiles[i]
	}
	return viewer.Tile{}
}

// shown is the i-th picture on screen; the zero TileScene where there is none.
func (s *session) shown(i int) desk.TileScene {
	if sc := s.scene(); i < len(sc.Tiles) {
		return sc.Tiles[i]
	}
	return desk.TileScene{Image: &pixel.Image{Aspect: 1}, Place: pixel.Affine{1, 0, 0, 0, 1, 0}}
}

// at is the point of the screen where an image point of a picture is.
func (s *session) at(i int, col, row float64) (x, y float64) {
	t := s.shown(i)
	x, y = t.Place.Apply(col, row)
	return x + float64(t.Rect.Min.X), y + float64(t.Rect.Min.Y)
}

// drag drags from one point of the screen to another in ten steps.
func (s *session) drag(b desk.Button, x0, y0, x1, y1 float64) {
	s.d.Mouse(desk.MouseMove, desk.NoButton, x0, y0)
	s.d.Mouse(desk.MouseDown, b, x0, y0)
	for i := 1; i <= 10; i++ {
		f := float64(i) / 10
		s.d.Mouse(desk.MouseMove, desk.NoButton, x0+(x1-x0)*f, y0+(y1-y0)*f)
		s.wait(20 * time.Millisecond)
	}
	s.d.Mouse(desk.MouseUp, b, x1, y1)
	s.wait(20 * time.Millisecond)
}

// click presses and lifts the left button at image points of the first picture.
func (s *session) click(points ...[2]float64) {
	for _, p := range points {
		x, y := s.at(0, p[0], p[1])
		s.d.Mouse(desk.MouseMove, desk.NoButton, x, y)
		s.d.Mouse(desk.MouseDown, desk.LeftButton, x, y)
		s.d.Mouse(desk.MouseUp, desk.LeftButton, x, y)
		s.wait(20 * time.Millisecond)
	}
}

// middle is the middle of a tile on the screen.
func (s *session) middle(i int) (x, y float64) {
	r := s.shown(i).Rect
	return float64(r.Min.X+r.Max.X) / 2, float64(r.Min.Y+r.Max.Y) / 2
}

// pixels are the images of the screen as painted, without anything written on them.
func (s *session) pixels() *image.RGBA {
	sc := s.scene()
	sc.Over = overlay.List{}
	return still.Draw(sc)
}

// grey is the painted level at an image point of the i-th picture.
func (s *session) grey(i int, col, row float64) float64 {
	r, _, _ := s.rgb(i, col, row)
	return float64(r)
}

func (s *session) rgb(i int, col, row float64) (r, g, b uint8) {
	x, y := s.at(i, col, row)
	c := s.pixels().RGBAAt(int(x), int(y))
	return c.R, c.G, c.B
}

// says reports whether any text on screen holds the words.
func (s *session) says(words string) bool {
	for _, t := range s.scene().Over.Texts {
		if strings.Contains(t.S, words) {
			return true
		}
	}
	return false
}

// told is the latest sentence for the reader.
func (s *session) told() string {
	for i := len(s.events) - 1; i >= 0; i-- {
		if s.events[i].Kind == viewer.Noticed {
			return s.events[i].Text
		}
	}
	return ""
}

// mark is the mark made or changed last.
func (s *session) mark() viewer.Mark {
	for i := len(s.events) - 1; i >= 0; i-- {
		if e := s.events[i]; e.Kind == viewer.Edited && len(e.Marks) > 0 {
			return e.Marks[len(e.Marks)-1]
		}
	}
	return viewer.Mark{}
}

// value is a number of the mark made last.
func (s *session) value(name string) float64 {
	v, _ := s.mark().Value(name)
	return v.Number
}

// slice is where the active tile stands, from 1.
func (s *session) slice() int { return s.tile(s.d.State().Active).Slice + 1 }

// share is how many percent of a picture's screen pixels fit.
func (s *session) share(i int, fits func(level uint8) bool) float64 {
	img, r, n, all := s.pixels(), s.shown(i).Rect, 0, 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			all++
			if fits(img.RGBAAt(x, y).R) {
				n++
			}
		}
	}
	return 100 * float64(n) / float64(max(all, 1))
}
