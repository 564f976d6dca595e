package overlay

import (
	"image"
	"image/color"
)

// LegendEntry is one line of a legend.
type LegendEntry struct {
	Color color.NRGBA
	Words string
	Here  bool // it is in the picture; else it is elsewhere in the stack, and dim
}

// Legend names what is outlined in colours, below the words of the top left corner; of
// more than there is room for, it says how many.
func (s Style) Legend(clip image.Rectangle, entries []LegendEntry) List {
	var l List
	if clip.Dx() < int(20*s.em()) || len(entries) == 0 {
		return l
	}
	x, y := float64(clip.Min.X)+0.5*s.em(), float64(clip.Min.Y)+1.2*s.em()+5*s.line()
	left := int((float64(clip.Max.Y) - 5*s.line() - y) / s.line())
	for i, e := range entries {
		if i == left && i < len(entries) {
			l.text(x, y, s.em(), Left, Dim, "…")
			break
		}
		ink := Grey
		if !e.Here {
			ink, e.Color.A = Dim, 110
		}
		l.fill(image.Rect(int(x), int(y-0.65*s.em()), int(x+0.6*s.em()), int(y-0.05*s.em())), e.Color)
		l.text(x+1.1*s.em(), y, 0.9*s.em(), Left, ink, Fit(e.Words, 0.9*s.em(), float64(clip.Dx())*0.4))
		y += s.line()
	}
	return l
}

// Contour draws a line in a colour of its own. It has no rim: it is one of thousands.
func (s Style) Contour(l *List, clip image.Rectangle, line [][2]float64, c color.NRGBA) {
	for i := 1; i < len(line); i++ {
		l.Lines = append(l.Lines, Line{line[i-1][0], line[i-1][1], line[i][0], line[i][1], 1.5 * max(s.Scale, 0.5), c, clip})
	}
}
