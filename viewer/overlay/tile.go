package overlay

import (
	"fmt"
	"image"
	"image/color"
	slicepkg "slices"
	"strings"

	"github.com/nocturne/nocturne/cache/space"
)

// Tile is what is written on one tile. Empty words are left out.
type Tile struct {
	Rect   image.Rectangle
	Top    int  // nothing is written above: bars of the window lie there
	Active bool // the keys act here; drawn only where there is more than one tile
	Many   bool
	Reason string // why there are no pixels; then little else is written

	Prior   string // "PRIOR 12 mo · 2025-11-20": the amber band (N6); "" for the current study
	Current string // "CURRENT · 2026-03-01": the current study's own band, where a prior is on screen too

	Patient, Study, Series, Technique string // as the image itself says

	Lossy string // "lossy JPEG 10:1" (N21)

	Made string // "coronal, MIP 10 mm": a reformat, not acquired

	Edges      space.Edges // as shown
	Unoriented bool        // "orientation unknown" (N5)
	Badge      string      // "flipped, turned 90°": what the reader did to the letters
	Side       string      // "R", "L", "B"
	Conflict   string      // laterality that disagrees with the order
	Position   string      // "prone", "feet first"

	Window, Zoom, Midline string
	Slice, Slices         int // Slice is 1-based
	Level                 string
	Short                 string // "113/120 here"; "" when complete
	Warn                  string // "NOT FOR PRIMARY MAMMOGRAPHY"
	Cine                  string // "► cine 20/s"; "" while it stands
	Time                  string // of the frame: "0.42 s"
	Linked                string

	MM float64 // millimetres per device pixel; 0 unknown
}

// Tile draws the texts, bands, letters and the scale bar of a tile; what has no
// room is left out, the least important first.
func (s Style) Tile(t Tile) List {
	var l List
	s, room := s.fit(t.Rect)
	in := s.bands(&l, t, room)
	if t.Reason != "" {
		x, y := middle(in)
		l.text(x, y, s.em(), Center, Grey, Fit(t.Reason, s.em(), float64(in.Dx())))
	}
	if room == bare {
		return l
	}
	s.letters(&l, in, t)
	s.corners(&l, in, t, room)
	if room == full && t.Reason == "" {
		s.scaleBar(&l, in, t.MM)
	}
	return l
}

// bands draws the study band and the frame of the active tile, and gives what is
// left inside.
func (s Style) bands(l *List, t Tile, room room) image.Rectangle {
	in := t.Rect
	in.Min.Y = min(max(in.Min.Y, t.Top), in.Max.Y)
	words, color, ink := t.Prior, Amber, Panel
	if words == "" {
		words, color, ink = t.Current, Blue, White
	}
	if words != "" {
		h := int(s.line())
		if room == bare {
			h = s.px(4)
		}
		band := image.Rect(in.Min.X, in.Min.Y, in.Max.X, min(in.Max.Y, in.Min.Y+h))
		l.fill(band, color)
		if h > s.px(4) {
			l.plain(float64(in.Min.X+in.Max.X)/2, float64(band.Max.Y)-0.35*s.em(), s.em(), Center, ink, Fit(words, s.em(), float64(in.Dx())))
		}
		in.Min.Y = band.Max.Y
	}
	if t.Active && t.Many {
		s.frame(l, t.Rect, Green)
	}
	return in
}

func (s Style) frame(l *List, r image.Rectangle, c color.NRGBA) {
	w := s.px(1)
	l.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w), c)
	l.fill(image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y), c)
	l.fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+w, r.Max.Y), c)
	l.fill(image.Rect(r.Max.X-w, r.Min.Y, r.Max.X, r.Max.Y), c)
}

func middle(r image.Rectangle) (x, y float64) {
	return float64(r.Min.X+r.Max.X) / 2, float64(r.Min.Y+r.Max.Y) / 2
}

// letters stand in the middle of the edges, larger than the rest.
func (s Style) letters(l *List, r image.Rectangle, t Tile) {
	if t.Reason != "" {
		return
	}
	size := s.em() * 1.2
	x, y := middle(r)
	below := float64(r.Min.Y) + 1.2*size
	l.text(x, below, size, Center, Yellow, t.Edges.Top)
	l.text(x, float64(r.Max.Y)-0.5*size, size, Center, Yellow, t.Edges.Bottom)
	l.text(float64(r.Min.X)+0.5*size, y+0.35*size, size, Left, Yellow, t.Edges.Left)
	l.text(float64(r.Max.X)-1.2*size, y+0.35*size, size, Right, Yellow, t.Edges.Right)
	lines := []string{t.Badge}
	if t.Unoriented {
		lines = append(lines, "orientation unknown")
	}
	if float64(r.Dx()) < 70*s.em() { // beside the corners there is no room: below them
		below = max(below, float64(r.Min.Y)+1.2*s.em()+2*s.line())
	}
	for i, words := range append(lines, t.Conflict, t.Warn) {
		ink := Amber
		if i >= len(lines) {
			ink = color.NRGBA{255, 90, 90, 255}
		}
		if words != "" {
			below += s.line()
			l.text(x, below, s.em(), Center, ink, Fit(words, s.em(), float64(r.Dx())*0.9))
		}
	}
}

// ink is a line of a corner.
type ink struct {
	words string
	color color.NRGBA
}

// corners writes the four corners, each a column of lines.
func (s Style) corners(l *List, r image.Rectangle, t Tile, room room) {
	topLeft := []ink{{t.Patient, White}, {t.Study, Grey}, {t.Series, Grey}}
	topRight := []ink{{t.Made, White}, {t.Lossy, Amber}, {t.Technique, Grey}, {t.Position, Amber}, {side(t.Side), White}}
	bottomLeft := []ink{{t.Linked, Dim}, {t.Midline, Grey}, {t.Zoom, Dim}, {t.Window, White}}
	bottomRight := []ink{{t.Short, Amber}, {t.Cine, Green}, {t.Time, Grey}, {t.Level, Grey}, {slices(t), White}}
	if room < full {
		topLeft, topRight = nil, only(topRight, t.Made, t.Lossy, t.Position, side(t.Side))
		bottomLeft, bottomRight = only(bottomLeft, t.Window), only(bottomRight, t.Short, slices(t))
	}
	if room < brief {
		bottomLeft, bottomRight = nil, only(bottomRight, t.Short)
	}
	most := 0.46 * float64(r.Dx()) // of a line: two stand side by side
	bottomLeft = s.broken(bottomLeft, t.Window, most)
	if room < brief {
		most = 0.85 * float64(r.Dx())
	}
	s.column(l, r, topLeft, Left, true, most)
	s.column(l, r, topRight, Right, true, most)
	s.column(l, r, bottomLeft, Left, false, most)
	s.column(l, r, bottomRight, Right, false, most)
}

// broken puts the parts of a line that has no room onto lines of their own: of two
// windows neither is left out.
func (s Style) broken(lines []ink, words string, most float64) (out []ink) {
	for _, l := range lines {
		if l.words != words || Width(words, s.em()) <= most {
			out = append(out, l)
			continue
		}
		for _, part := range strings.Split(words, " · ") {
			out = append(out, ink{part, l.color})
		}
	}
	return out
}

// only are the lines with these words.
func only(lines []ink, words ...string) (out []ink) {
	for _, l := range lines {
		if slicepkg.Contains(words, l.words) {
			out = append(out, l)
		}
	}
	return out
}

func (s Style) column(l *List, r image.Rectangle, lines []ink, a Align, top bool, most float64) {
	x := float64(r.Min.X) + 0.5*s.em()
	if a == Right {
		x = float64(r.Max.X) - 1.1*s.em()
	}
	var shown []ink
	for _, i := range lines {
		if i.words != "" {
			shown = append(shown, i)
		}
	}
	beside := most // of the line that has the letter of the edge at its end
	if most < 0.5*float64(r.Dx()) {
		beside = min(most, 0.5*float64(r.Dx())-1.2*s.em())
	}
	y := float64(r.Min.Y) + 1.2*s.em()
	if !top {
		y = float64(r.Max.Y) - 0.6*s.em() - float64(len(shown)-1)*s.line()
	}
	for n, i := range shown {
		room := most
		if top && n == 0 || !top && n == len(shown)-1 {
			room = beside
		}
		l.text(x, y, s.em(), a, i.color, Fit(i.words, s.em(), room))
		y += s.line()
	}
}

func side(s string) string {
	switch s {
	case "R":
		return "RIGHT"
	case "L":
		return "LEFT"
	case "B":
		return "BOTH SIDES"
	}
	return ""
}

func slices(t Tile) string {
	if t.Slices == 0 {
		return ""
	}
	return fmt.Sprintf("Im %d/%d", t.Slice, t.Slices)
}

// Badge says what the reader did to an image, "" when nothing (N5).
func Badge(flip bool, turn int, invert bool) string {
	var words []string
	if flip {
		words = append(words, "flipped")
	}
	if turn = ((turn % 4) + 4) % 4; turn != 0 {
		words = append(words, fmt.Sprintf("turned %d°", 90*turn))
	}
	if invert {
		words = append(words, "inverted")
	}
	return strings.Join(words, ", ")
}

// bars are the lengths a scale bar may have, in mm.
var barLengths = []float64{200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1}

// scaleBar draws the longest bar that takes at most a third of the width.
func (s Style) scaleBar(l *List, r image.Rectangle, mm float64) {
	if !(mm > 0) {
		return
	}
	for _, length := range barLengths {
		px := length / mm
		if px > float64(r.Dx())/3 {
			continue
		}
		x, _ := middle(r)
		y := float64(r.Max.Y) - 2.6*s.em()
		tick := 0.3 * s.em()
		for _, seg := range [][4]float64{{x - px/2, y, x + px/2, y}, {x - px/2, y - tick, x - px/2, y + tick}, {x + px/2, y - tick, x + px/2, y + tick}} {
			l.Lines = append(l.Lines, Line{seg[0], seg[1], seg[2], seg[3], float64(s.px(1.5)), White, r})
		}
		l.text(x, y-0.5*s.em(), s.em(), Center, White, inCM(length))
		return
	}
}

func inCM(mm float64) string {
	if mm >= 10 {
		return fmt.Sprintf("%g cm", mm/10)
	}
	return fmt.Sprintf("%g mm", mm)
}
