package overlay

import (
	"image"
)

// Cell is one display set of the contact strip.
type Cell struct {
	Rect     image.Rectangle
	Number   string   // the strip's own number, which digits choose by
	Words    []string // series and description, modality and count, and where it is
	Prior    string   // "PRIOR 2025-11-20"; "" for the current study
	Selected bool
	Thumb    image.Rectangle // where its picture is
	Waiting  bool            // the picture is not here yet
}

// StripWidth is what the contact strip takes from a scene of a width.
func (s Style) StripWidth(width int) int { return min(s.px(300), width/2) }

// StripRow is how high a cell of the contact strip is.
func (s Style) StripRow() int { return s.px(92) }

// StripHead is how much of the strip its heading takes.
func (s Style) StripHead() int { return int(2.4 * s.line()) }

// Strip draws what is written beside the thumbnails, with the heading on top.
func (s Style) Strip(r image.Rectangle, heading, hint string, cells []Cell) List {
	var l List
	l.plain(float64(r.Min.X)+0.5*s.em(), float64(r.Min.Y)+s.em(), s.em(), Left, White, Fit(heading, s.em(), float64(r.Dx())-s.em()))
	l.plain(float64(r.Min.X)+0.5*s.em(), float64(r.Min.Y)+s.em()+s.line(), 0.9*s.em(), Left, Dim, Fit(hint, 0.9*s.em(), float64(r.Dx())-s.em()))
	for _, c := range cells {
		s.cell(&l, c)
	}
	l.fill(image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y), Dim)
	return l
}

func (s Style) cell(l *List, c Cell) {
	if c.Waiting {
		x, y := middle(c.Thumb)
		l.text(x, y, 0.9*s.em(), Center, Grey, "reading")
	}
	x := float64(c.Thumb.Max.X) + 0.6*s.em()
	room := float64(c.Rect.Max.X) - x - 0.6*s.em()
	y := float64(c.Rect.Min.Y) + 1.3*s.em()
	color := White
	l.text(float64(c.Thumb.Min.X)+0.3*s.em(), float64(c.Thumb.Min.Y)+1.1*s.em(), s.em(), Left, Yellow, c.Number)
	if c.Prior != "" {
		l.fill(image.Rect(c.Rect.Min.X, c.Rect.Min.Y, c.Rect.Min.X+s.px(4), c.Rect.Max.Y), Amber)
		l.plain(x, y, 0.9*s.em(), Left, Amber, Fit(c.Prior, 0.9*s.em(), room))
		y += s.line()
	}
	for _, w := range c.Words {
		l.plain(x, y, s.em(), Left, color, Fit(w, s.em(), room))
		color = Grey
		y += s.line()
	}
	if c.Selected {
		s.frame(l, c.Rect, Green)
	}
}
