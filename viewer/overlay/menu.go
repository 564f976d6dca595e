package overlay

import (
	"image"
)

// Entry is a line of a menu: a heading, or something that can be chosen.
type Entry struct {
	Words, Key string
	Heading    bool
}

// Menu lays entries out in columns in a panel near a point, within a scene, and
// gives where each entry is; a heading is nowhere.
func (s Style) Menu(scene image.Rectangle, at image.Point, entries []Entry, over image.Point) (l List, panel image.Rectangle, cells []image.Rectangle) {
	row, wide := int(1.25*s.em()), int(19*s.em())
	rows := max(1, (scene.Dy()-2*row)/row)
	cols := max(1, min((len(entries)+rows-1)/rows, scene.Dx()/wide))
	rows = (len(entries) + cols - 1) / cols
	size := image.Pt(cols*wide, rows*row+row)
	at.X = max(scene.Min.X, min(at.X, scene.Max.X-size.X))
	at.Y = max(scene.Min.Y, min(at.Y, scene.Max.Y-size.Y))
	panel = image.Rectangle{at, at.Add(size)}
	l.fill(panel, Panel)
	s.frame(&l, panel, Dim)
	for i, e := range entries {
		corner := at.Add(image.Pt(i/rows*wide, i%rows*row+row/2))
		r := image.Rectangle{corner, corner.Add(image.Pt(wide, row))}
		ink, x := White, float64(r.Min.X)+1.2*s.em()
		if e.Heading {
			ink, x = Grey, float64(r.Min.X)+0.6*s.em()
		}
		if !e.Heading && over.In(r) {
			l.fill(r, Dim)
		}
		y := float64(r.Max.Y) - 0.35*s.em()
		l.plain(x, y, 0.9*s.em(), Left, ink, Fit(e.Words, 0.9*s.em(), float64(wide)-5*s.em()))
		l.plain(float64(r.Max.X)-0.8*s.em(), y, 0.9*s.em(), Right, Grey, e.Key)
		if e.Heading {
			r = image.Rectangle{}
		}
		cells = append(cells, r)
	}
	return l, panel, cells
}
