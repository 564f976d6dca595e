package overlay

import (
	"image"
	"image/color"
)

// Frame is a thin outline with a word at its left edge, a third of the way down,
// where no corner's words are: an area of the image
// that means something of its own. The corners are closed.
func (s Style) Frame(clip image.Rectangle, corners [][2]float64, words string) List {
	var l List
	ink := color.NRGBA{Dim.R, Dim.G, Dim.B, 150}
	for i := 1; i < len(corners); i++ {
		a, b := corners[i-1], corners[i]
		l.Lines = append(l.Lines, Line{a[0], a[1], b[0], b[1], max(s.Scale, 0.5), ink, clip})
	}
	if len(corners) == 0 {
		return l
	}
	x, y, foot := corners[0][0], corners[0][1], corners[0][1]
	for _, c := range corners {
		x, y, foot = min(x, c[0]), min(y, c[1]), max(foot, c[1])
	}
	x, y = max(x, float64(clip.Min.X)), max(y, float64(clip.Min.Y))
	y += max(1.1*s.em(), (min(foot, float64(clip.Max.Y))-y)/3)
	if image.Pt(int(x), int(y)).In(clip) {
		l.text(x+0.3*s.em(), y, 0.85*s.em(), Left, Grey, words)
	}
	return l
}
