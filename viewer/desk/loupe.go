package desk

import (
	"image"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
)

// magnified is how much larger the magnifier shows.
const magnified = 2

// drawLoupe lays a magnified part of the image under the pointer over the scene. It
// shows the same pixels in the same window, and says what it is; marks are drawn
// beside it, not in it.
func (d *Desk) drawLoupe(s *Scene) {
	if !d.loupe {
		return
	}
	i, x, y := d.loupeAt()
	t := d.tiles[i]
	if t.shown.Image == nil || t.shown.Preview() {
		return
	}
	r := d.loupeRect(t, x, y)
	if r.Empty() {
		return
	}
	from := t.look.view.Place(&t.shown.Geometry, t.rect)
	px, py := x-float64(t.rect.Min.X), y-float64(t.rect.Min.Y)
	w, h := float64(r.Dx())/2, float64(r.Dy())/2
	to := pixel.Affine{magnified, 0, w - magnified*px, 0, magnified, h - magnified*py}
	part := TileScene{Rect: r, Place: from.Then(to)}
	for _, tile := range s.Tiles {
		if tile.Rect == t.rect && tile.Image == t.shown.Image {
			part.Image, part.Key, part.Window, part.Invert = tile.Image, tile.Key, tile.Window, tile.Invert
		}
	}
	if part.Image == nil {
		return
	}
	part.How = pixel.Bilinear
	if t.look.view.Scale(&t.shown.Geometry, t.rect)*magnified >= 16*d.scale {
		part.How = pixel.Nearest
	}
	s.Tiles = append(s.Tiles, part)
	s.Over = outside(s.Over, r)
	s.Over.Append(d.style().Loupe(r, magnified))
}

// loupeAt is the tile and point that are magnified: under the pointer, else under the
// keyboard's cross, else the middle.
func (d *Desk) loupeAt() (tile int, x, y float64) {
	if i := d.tileAt(d.pointer.x, d.pointer.y); d.pointer.inside && i >= 0 {
		return i, d.pointer.x, d.pointer.y
	}
	if at := d.at().onScreen([][2]float64{d.cursor}); d.measuring() && len(at) == 1 {
		return d.active, at[0][0], at[0][1]
	}
	x, y = picture.Middle(d.at().rect)
	return d.active, x, y
}

// loupeRect is a third of the tile around a point, inside the tile.
func (d *Desk) loupeRect(t *tile, x, y float64) image.Rectangle {
	side := min(t.rect.Dx(), t.rect.Dy()) * 2 / 5
	r := image.Rect(int(x)-side/2, int(y)-side/2, int(x)+side-side/2, int(y)+side-side/2)
	if by := t.rect.Min.X - r.Min.X; by > 0 {
		r = r.Add(image.Pt(by, 0))
	}
	if by := t.rect.Max.X - r.Max.X; by < 0 {
		r = r.Add(image.Pt(by, 0))
	}
	if by := t.rect.Min.Y - r.Min.Y; by > 0 {
		r = r.Add(image.Pt(0, by))
	}
	if by := t.rect.Max.Y - r.Max.Y; by < 0 {
		r = r.Add(image.Pt(0, by))
	}
	return r.Intersect(t.rect)
}

// outside leaves out what would be drawn over a rectangle.
func outside(l overlay.List, r image.Rectangle) overlay.List {
	var out overlay.List
	out.Fills = l.Fills
	for _, n := range l.Lines {
		a, b := image.Pt(int(n.X0), int(n.Y0)), image.Pt(int(n.X1), int(n.Y1))
		if !a.In(r) && !b.In(r) {
			out.Lines = append(out.Lines, n)
		}
	}
	for _, t := range l.Texts {
		if !extent(t).Overlaps(r) {
			out.Texts = append(out.Texts, t)
		}
	}
	return out
}

// extent is what a text covers, about.
func extent(t overlay.Text) image.Rectangle {
	w := overlay.Width(t.S, t.Size)
	x := t.X - w*float64(t.Align)/2 // left, centre, right
	return image.Rect(int(x), int(t.Y-t.Size), int(x+w)+1, int(t.Y+0.3*t.Size)+1)
}
