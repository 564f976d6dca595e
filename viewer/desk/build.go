package desk

import (
	"image"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/tool"
)

func (d *Desk) style() overlay.Style { return overlay.Style{Scale: d.scale} }

// Scene is the picture as it is now. What it shows is looked at until the next one;
// the first own pixel is told as Shown.
func (d *Desk) Scene() Scene {
	d.dirty, d.drawn = false, true
	s := Scene{Epoch: d.c.Epoch, W: d.w, H: d.h, Input: d.heard}
	d.heard = time.Time{}
	if !d.open || d.blank {
		s.Blank = true
		return s
	}
	d.arrange()
	head, top := d.style().Header(d.w, d.h, d.head())
	if d.photons.pattern {
		d.see(d.opt.Now(), nil)
		d.patternScene(&s)
		s.Over.Append(head)
		return s
	}
	drawn := d.previewed()
	for i, t := range d.tiles {
		if d.tileVisible(t) {
			d.tileScene(&s, i, t, top, t == drawn)
		}
	}
	d.see(d.opt.Now(), d.gaze.drawn)
	d.gaze.drawn, d.gaze.settling = nil, nil
	d.stripScene(&s)
	d.drawLoupe(&s)
	d.drawPanel(&s)
	s.Over.Append(head)
	d.menuScene(&s)
	if d.opt.Uploaded != nil {
		s.Soon = d.next()
	}
	if d.perf {
		p := d.opt.Load.Held()
		s.Perf = &p
	}
	return s
}

func (d *Desk) tileVisible(t *tile) bool {
	for _, v := range d.visible() {
		if v == t {
			return true
		}
	}
	return false
}

func (d *Desk) head() overlay.Head {
	h := overlay.Head{
		Count: d.memory.count, Recording: d.memory.recording,
		Order: d.c.Order, Site: d.c.Site, Now: d.opt.Now(), Tool: tool.Name(d.tool), Owner: d.owner,
		ReadOnly: d.c.ReadOnly, Mismatch: d.mismatch(), Patients: d.twoPatients(),
	}
	if d.memory.awaiting != "" {
		h.Typing, h.Ask = true, d.memory.awaiting
	}
	if d.label != nil {
		h.Typing, h.Label, h.Ask = true, string(d.label.text), d.label.ask
	}
	return h
}

// tileScene adds a tile's pixels and all that is drawn over them.
func (d *Desk) tileScene(s *Scene, i int, t *tile, top int, preview bool) {
	if p := t.shown; p.Image != nil {
		f, _ := p.Slot.Wanted()
		place, key := t.look.view.Place(&p.Geometry, t.rect), overlay.Join("#", f.Key(), p.Key)
		if p.Preview() {
			place, key = p.Image.Preview.ToFrame.Then(place), key+"#preview"
		}
		image, window, layers := p.Image, p.Image.Presented(t.look.window.Window(p.Image)), d.layersOf(p.Image)
		how := d.how(t)
		if seen, with := d.underPicture(t); seen != nil {
			image, key, layers = seen, key+"#"+with, d.layersOf(seen)
			window, how = t.under.Window(t.underWindow(seen), how)
		}
		acquired := image // under a state too
		if fused, with := d.fusedPicture(t); fused != nil {
			image, key = fused, key+"#"+with
		}
		if made, as := d.enhanced(t); made != nil {
			image, key = made, key+"#"+as
		}
		s.Tiles = append(s.Tiles, TileScene{
			Rect: t.rect, Image: image, Key: key, Place: place,
			Window: window, Invert: t.look.invert, How: how, Layers: layers,
		})
		if image == acquired {
			d.draws(t, p)
			d.trace(t)
		}
		d.showed(p)
	}
	words := d.words(i, t)
	words.Top = top
	if preview {
		words.Reason = ""
	}
	s.Over.Append(d.style().Tile(words))
	in := t.rect.Intersect(image.Rect(0, top, d.w, d.h))
	if preview {
		d.previewScene(s, t, in)
	}
	if t.stack != nil {
		s.Over.Append(d.style().SliceBar(in, d.slots(t), t.look.slice))
	}
	if t.shown.Image != nil {
		s.Over.Append(d.referenceLines(t, in))
		s.Over.Append(d.outlines(t, in))
		d.drawMarks(&s.Over, i, t, in)
		s.Over.Append(d.drawHistogram(t, in))
	}
}

// slots is the state of each slice, for the bar at the edge.
func (d *Desk) slots(t *tile) []overlay.SlotState {
	out := make([]overlay.SlotState, len(t.stack.Slots))
	keys := make([]string, len(out))
	for i, sl := range t.stack.Slots {
		f, ok := sl.Wanted()
		keys[i] = f.Key()
		switch {
		case !ok:
			out[i] = overlay.Missing
		case d.seen[keys[i]] >= viewer.LongEnough:
			out[i] = overlay.Seen
		case d.seen[keys[i]] > 0:
			out[i] = overlay.Glimpsed
		default:
			out[i] = overlay.Here
		}
	}
	if t.made() != nil {
		return out
	}
	for i, held := range d.opt.Load.Decoded(keys) {
		if held {
			out[i] |= overlay.Decoded
		}
		if d.opt.Uploaded != nil && out[i] != overlay.Missing && d.opt.Uploaded(d.c.Epoch, keys[i]) {
			out[i] |= overlay.Uploaded
		}
	}
	return out
}

// drawMarks draws the marks of a tile's picture, the mark in the making and the
// cursors.
func (d *Desk) drawMarks(l *overlay.List, i int, t *tile, clip image.Rectangle) {
	var shapes []overlay.Shape
	for _, m := range d.marksOn(t.shown) {
		shapes = append(shapes, t.shape(m, clip, m.ID == d.chosen))
	}
	shapes = append(append(shapes, d.foreignShapes(t, clip)...), d.stateShapes(t, clip)...)
	shapes = append(shapes, d.levelShape(t)...)
	if h := d.handle; h != nil && h.tile == i && h.at < len(h.mark.Points) {
		at := t.onScreen(h.mark.Points[h.at : h.at+1])[0]
		l.Append(d.style().Cross(clip, at[0], at[1], overlay.Green))
	}
	if i == d.active && d.measuring() {
		l.Append(d.regionFrames(t, clip))
	}
	if i == d.active && d.measuring() && d.label == nil {
		at := t.onScreen([][2]float64{d.cursor})[0]
		l.Append(d.style().Cross(clip, at[0], at[1], overlay.Green))
		shapes = append(shapes, d.drafts(t, clip)...)
	}
	l.Append(d.style().Shapes(shapes))
	if t.cross == nil {
		return
	}
	if p, ok := t.shown.Slot.Instance.Plane(t.shown.Slot.Frame); ok {
		col, row, _ := p.PatientToPixel(*t.cross)
		at := t.onScreen([][2]float64{{col, row}})[0]
		l.Append(d.style().Cross(clip, at[0], at[1], overlay.Blue))
	}
}

// drafts are the mark in the making, with what it measures so far, and the value
// under the probe.
func (d *Desk) drafts(t *tile, clip image.Rectangle) []overlay.Shape {
	if d.tool == viewer.ToolProbe && d.probe != "" {
		return []overlay.Shape{{Clip: clip, Points: t.onScreen([][2]float64{d.cursor}), Words: []string{d.probe}, Draft: true}}
	}
	if !d.draft.Begun() {
		if words := d.snapWords(); words != nil {
			return []overlay.Shape{{Clip: clip, Points: t.onScreen([][2]float64{d.cursor}), Words: words, Draft: true}}
		}
		return nil
	}
	m := viewer.Mark{Kind: d.draft.Kind, Points: d.draft.Shape()}
	if n := tool.Points(m.Kind); len(m.Points) == n || m.Kind == viewer.Polygon && len(m.Points) > n {
		if done, refused := picture.Measured(m, t.shown); refused == "" {
			m = done
		}
	}
	shape := t.shape(m, clip, false)
	shape.Draft = true
	shape.Words = append(shape.Words, d.snapWords()...)
	return []overlay.Shape{shape}
}

func (t *tile) shape(m viewer.Mark, clip image.Rectangle, selected bool) overlay.Shape {
	s := overlay.Shape{
		Clip: clip, Points: t.onScreen(m.Points), Words: overlay.Words(m),
		Selected: selected, Prior: m.Prior, Arrow: m.Kind == viewer.Arrow,
	}
	for _, line := range tool.Outline(m.Kind, m.Points) {
		s.Lines = append(s.Lines, t.onScreen(line))
	}
	return s
}
