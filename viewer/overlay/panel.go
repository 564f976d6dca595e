package overlay

import (
	"fmt"
	"image"
	"image/color"
)

// Row is a line of a Panel: a key and what it does, or a numbered thing.
type Row struct {
	Key, Words string
	Head       bool // a heading of what follows
	Amber      bool // of a prior
}

// panelShade lies between the images and a panel's words.
var panelShade = color.NRGBA{12, 12, 14, 235}

// Panel draws rows in columns over the scene and says on how many pages they are. A
// list to choose from shows the row at; without a choice at is the page.
func (s Style) Panel(r image.Rectangle, title string, rows []Row, at int, choose bool) (l List, pages int) {
	l.fill(r, panelShade)
	pad := s.em()
	wide := 34 * s.em()
	columns := max(1, int((float64(r.Dx())-pad)/wide))
	if choose {
		columns = 1
	}
	wide = (float64(r.Dx()) - pad) / float64(columns)
	top := float64(r.Min.Y) + 2.6*s.line()
	tall := max(1, int((float64(r.Max.Y)-top)/s.line())-1)
	page := columns * tall
	pages = (len(rows) + page - 1) / page
	first := at * page
	if choose {
		first = at / page * page
	}
	first = max(0, min(first, (pages-1)*page))
	if pages > 1 {
		title = fmt.Sprintf("%s · page %d of %d, Space turns", title, first/page+1, pages)
	}
	l.plain(float64(r.Min.X)+pad, float64(r.Min.Y)+1.5*s.line(), 1.1*s.em(), Left, White, Fit(title, 1.1*s.em(), float64(r.Dx())-2*pad))
	for i := first; i < min(len(rows), first+page); i++ {
		k := i - first
		x, y := float64(r.Min.X)+pad+float64(k/tall)*wide, top+float64(k%tall)*s.line()
		if choose && i == at {
			l.fill(image.Rect(int(x-0.4*pad), int(y-0.95*s.em()), int(x+wide-pad), int(y+0.35*s.em())), color.NRGBA{40, 70, 45, 255})
		}
		s.row(&l, rows[i], x, y, wide-pad)
	}
	return l, pages
}

func (s Style) row(l *List, r Row, x, y, wide float64) {
	if r.Head {
		l.plain(x, y, s.em(), Left, Blue, Fit(r.Words, s.em(), wide))
		return
	}
	ink, keys := Grey, 9*s.em()
	if r.Amber {
		ink = Amber
	}
	l.plain(x, y, s.em(), Left, Green, Fit(r.Key, s.em(), keys-0.5*s.em()))
	l.plain(x+keys, y, s.em(), Left, ink, Fit(r.Words, s.em(), wide-keys))
}
