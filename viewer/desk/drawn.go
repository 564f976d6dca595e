package desk

import (
	"image"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// preview is a picture that the site drew, until the first image of the study is here.
// No tile has it as its picture: whatever measures, windows, marks or counts finds the
// tile empty (N8).
type preview struct {
	of    viewer.Preview
	image *pixel.Image
}

// Preview takes a drawn picture of the case on screen. One that comes after the first
// image of the study was on screen, that is of another study, or that cannot be decoded
// is dropped without a word: the images come all the same.
func (d *Desk) Preview(epoch uint64, p viewer.Preview) {
	if !d.open || epoch != d.c.Epoch || d.shown || p.StudyUID != d.c.StudyUID || len(p.Bytes) > viewer.MaxPreview {
		return
	}
	im, err := load.Drawn(p.MediaType, p.Bytes)
	if err != nil {
		return
	}
	p.Bytes = nil
	d.preview, d.dirty = &preview{of: p, image: im}, true
}

// previewed is the tile that the preview is to be seen on: the one its series hangs on,
// or before anything hangs the active one; nil as soon as any image of the study is on
// screen.
func (d *Desk) previewed() *tile {
	if d.preview == nil {
		return nil
	}
	var on, empty *tile
	for _, t := range d.visible() {
		switch {
		case t.shown.Image != nil && !d.prior(t.shown.Slot.Instance.Object.StudyUID):
			d.preview = nil
			return nil
		case t.shown.Image != nil:
		case t.stack != nil && t.stack.Study == d.preview.of.StudyUID && t.stack.Series == d.preview.of.SeriesUID && on == nil:
			on = t
		case t.stack == nil && empty == nil:
			empty = t
		}
	}
	if on == nil && !d.hung {
		on = empty
	}
	return on
}

// previewScene draws the preview on its tile, fitted, and marked as what it is.
func (d *Desk) previewScene(s *Scene, t *tile, in image.Rectangle) {
	if !d.style().Previews(in) {
		return
	}
	im := d.preview.image
	g := stack.Geometry{Image: pixel.Image{Rows: im.Rows, Cols: im.Cols, Aspect: 1}}
	s.Tiles = append(s.Tiles, TileScene{
		Rect: t.rect, Image: im, Key: d.preview.of.SOPUID + "#drawn by the site",
		Place: picture.View{}.Place(&g, t.rect), Window: im.DefaultWindow(), How: pixel.Bilinear,
	})
	s.Over.Append(d.style().Preview(in))
}
