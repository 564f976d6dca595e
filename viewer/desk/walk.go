package desk

import (
	"fmt"
	"math"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
)

// walk is a mammogram being looked at part by part, pixel on pixel.
type walk struct {
	tile  int
	frame string // key of the frame
	part  int
	oneUp bool // before it began
}

// parts of an image are counted on a grid of this many points a side.
const walkGrid = 32

// walked are the points of an image that were on screen pixel on pixel.
type walked [walkGrid][walkGrid]bool

func (w *walked) share() float64 {
	n := 0
	for _, row := range w {
		for _, on := range row {
			if on {
				n++
			}
		}
	}
	return float64(n) / (walkGrid * walkGrid)
}

func walking() map[viewer.Action]func(*Desk) {
	return map[viewer.Action]func(*Desk){
		viewer.ViewWalk:     func(d *Desk) { d.walkBy(1) },
		viewer.ViewWalkBack: func(d *Desk) { d.walkBy(-1) },
	}
}

// page is PgDn and PgUp: ten slices, or of a mammogram the next part at 1:1.
func (d *Desk) page(by int) {
	if t := d.at(); t.walks() {
		d.walkBy(by)
		return
	}
	d.step(10 * by)
}

// walks reports whether a tile has a mammogram as it was taken.
func (t *tile) walks() bool {
	return t.stack != nil && t.stack.Modality == "MG" && !t.stack.Spatial && t.stack.First.Frames == 1
}

// walkBy shows the next part of the tile's image pixel on pixel, alone; after the last
// one the next image of the layout, and after that the layout again.
func (d *Desk) walkBy(by int) {
	t := d.at()
	if t.shown.Image == nil || t.shown.Preview() || t.made() != nil {
		d.notice("There is no whole image in this tile to be looked at part by part.")
		return
	}
	f, _ := t.shown.Slot.Wanted()
	if w := d.walk; w == nil || w.tile != d.active || w.frame != f.Key() || t.look.view.Zoom != 1 || !d.oneUp && tilesOf(d.layout) > 1 {
		was := d.oneUp
		if w != nil && w.tile == d.active {
			was = w.oneUp
		}
		d.walk = &walk{tile: d.active, frame: f.Key(), part: -1, oneUp: was}
		if by < 0 {
			d.walk.part = 1
		}
		d.oneUp = d.oneUp || tilesOf(d.layout) > 1
	}
	d.arrange()
	nx, ny := t.walkParts()
	d.walk.part += by
	if d.walk.part < 0 || d.walk.part >= nx*ny {
		d.walkOn(by)
		return
	}
	t.walkTo(d.walk.part%nx, d.walk.part/nx, nx, ny)
	d.notice(fmt.Sprintf("Part %d of %d at 1:1; PgDn goes on.", d.walk.part+1, nx*ny))
	d.touch()
}

// walkOn leaves an image at its end: to the next in the layout, or to the layout.
func (d *Desk) walkOn(by int) {
	t, oneUp := d.at(), d.walk.oneUp
	t.look.view.Zoom, t.look.view.PanX, t.look.view.PanY = 0, 0, 0
	d.walk = nil
	for i := d.active + by; i >= 0 && i < tilesOf(d.layout); i += by {
		if next := d.tiles[i]; next.walks() && !d.prior(next.stack.Study) && next.shown.Image != nil {
			d.activate(i)
			d.walk = &walk{tile: i, oneUp: oneUp}
			d.walkBy(by)
			if d.walk != nil {
				d.walk.oneUp = oneUp
			}
			return
		}
	}
	d.oneUp = oneUp
	d.notice("That was the last part of the last image.")
	d.touch()
}

// walkSize is the image on screen at 1:1, in pixels of the screen.
func (t *tile) walkSize() (w, h float64) {
	w, h = float64(t.shown.Geometry.Cols), float64(t.shown.Geometry.Rows)*t.shown.Geometry.Aspect
	if t.look.view.Turn%2 != 0 {
		w, h = h, w
	}
	return w, h
}

func (t *tile) walkParts() (nx, ny int) {
	w, h := t.walkSize()
	return max(1, int(math.Ceil(w/float64(max(1, t.rect.Dx()))))), max(1, int(math.Ceil(h/float64(max(1, t.rect.Dy())))))
}

// walkTo shows one part: parts of one row overlap evenly and end at the image's edges.
func (t *tile) walkTo(i, j, nx, ny int) {
	v, g := &t.look.view, &t.shown.Geometry
	w, h := t.walkSize()
	v.Zoom, v.PanX, v.PanY = 1, 0, 0
	offset := func(size, room float64, at, of int) float64 {
		if of < 2 {
			return 0
		}
		return (size - room) * (float64(at)/float64(of-1) - 0.5)
	}
	x, y := picture.Middle(t.rect)
	col, row := v.ToImage(g, t.rect).Apply(x+offset(w, float64(t.rect.Dx()), i, nx), y+offset(h, float64(t.rect.Dy()), j, ny))
	v.PanX, v.PanY = col-float64(g.Cols)/2, row-float64(g.Rows)/2
}

// trace notes which points of a mammogram are on screen pixel on pixel, or larger.
func (d *Desk) trace(t *tile) {
	p := t.shown
	if !t.walks() || p.Image == nil || p.Preview() || d.prior(t.stack.Study) || t.look.view.Scale(&p.Geometry, t.rect) < 1 {
		return
	}
	f, _ := p.Slot.Wanted()
	w := d.walks[f.Key()]
	if w == nil {
		w = &walked{}
		d.walks[f.Key()] = w
	}
	place := t.look.view.Place(&p.Geometry, t.rect)
	for r := range walkGrid {
		for c := range walkGrid {
			x, y := place.Apply((float64(c)+0.5)*float64(p.Geometry.Cols)/walkGrid, (float64(r)+0.5)*float64(p.Geometry.Rows)/walkGrid)
			if x >= 0 && y >= 0 && x < float64(t.rect.Dx()) && y < float64(t.rect.Dy()) {
				w[r][c] = true
			}
		}
	}
}

// walkedWords say how much of a mammogram was seen at 1:1.
func (d *Desk) walkedWords(t *tile) string {
	f, ok := t.shown.Slot.Wanted()
	if w := d.walks[f.Key()]; ok && w != nil && t.walks() {
		return fmt.Sprintf("seen at 1:1: %.0f %%", math.Floor(100*w.share()))
	}
	return ""
}

// unwalked are the mammograms of which a part was seen at 1:1 and others were not.
func (d *Desk) unwalked() (where []string) {
	for _, s := range d.stacks {
		for _, sl := range s.Slots {
			f, ok := sl.Wanted()
			if w := d.walks[f.Key()]; ok && w != nil && w.share() < 1 {
				where = append(where, fmt.Sprintf("%s: %.0f %% seen at 1:1", orSeries(s), math.Floor(100*w.share())))
			}
		}
	}
	return where
}
