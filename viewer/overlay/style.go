package overlay

import (
	"image"
	"image/color"
	"math"
)

// Style is how large things are written.
type Style struct {
	Scale float64 // device pixels per logical pixel; 1 on an ordinary monitor

	small float64 // text of a small tile, in logical pixels; 0 is the usual size
}

// Sizes of text in logical pixels: the usual one, that of a small tile, and the least
// that is read at arm's length.
const usual, smaller, least = 13, 11, 10

// em is the size of tile text in device pixels.
func (s Style) em() float64 {
	size := s.small
	if size == 0 {
		size = usual
	}
	return math.Round(size * max(s.Scale, 0.5))
}

func (s Style) line() float64 { return math.Round(s.em() * 1.3) }

func (s Style) px(n float64) int { return max(1, int(math.Round(n*max(s.Scale, 0.5)))) }

// HeaderHeight is what the window's head line takes from a scene of a height: 0
// where a picture is too small for words.
func (s Style) HeaderHeight(height int) int {
	if float64(height) < 16*s.line() {
		return 0
	}
	return int(math.Round(s.em() * 1.8))
}

// room says how much can be written on a tile.
type room int

const (
	bare  room = iota // nothing fits but colours
	tiny              // what keeps a patient safe
	brief             // that, window and slice
	full
)

// rooms are tried in order: how many lines and letters each size of text needs. Words
// get smaller before any is left out, and what keeps a patient safe is left out last.
var rooms = []struct {
	lines, letters, size float64
	room                 room
}{{18, 24, usual, full}, {18, 24, smaller, full}, {10, 16, usual, brief}, {8, 12, smaller, brief}, {5, 9, least, tiny}}

// fit is the style of a tile's words, and what there is room for.
func (s Style) fit(r image.Rectangle) (Style, room) {
	for _, o := range rooms {
		s.small = o.size
		if float64(r.Dy())/s.line() >= o.lines && float64(r.Dx())/s.em() >= o.letters {
			return s, o.room
		}
	}
	return s, bare
}

// text adds a line over pixels.
func (l *List) text(x, y, size float64, a Align, c color.NRGBA, s string) {
	if s != "" {
		l.Texts = append(l.Texts, Text{X: math.Round(x), Y: math.Round(y), Size: size, Align: a, Color: c, Halo: true, S: s})
	}
}

// plain adds a line over a filled bar.
func (l *List) plain(x, y, size float64, a Align, c color.NRGBA, s string) {
	if s != "" {
		l.Texts = append(l.Texts, Text{X: math.Round(x), Y: math.Round(y), Size: size, Align: a, Color: c, S: s})
	}
}
