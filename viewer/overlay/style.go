package overlay

import (
	"image"
	"image/color"
	"math"
)

// Style is how large things are written.
type Style struct {
	Scale float64 // device pixels per logical pixel; 1 on an ordinary monitor
}

// em is the size of tile text in device pixels.
func (s Style) em() float64 { return math.Round(13 * max(s.Scale, 0.5)) }

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
	bare  room = iota // nothing fits
	brief             // letters, window and slice
	full
)

func (s Style) room(r image.Rectangle) room {
	h, w := float64(r.Dy())/s.line(), float64(r.Dx())/s.em()
	switch {
	case h >= 18 && w >= 24:
		return full
	case h >= 8 && w >= 12:
		return brief
	}
	return bare
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
