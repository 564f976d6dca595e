package desk

import (
	"fmt"
	"image"
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/outline"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
)

// under is what a tile is presented as, and how it was looked at before.
type under struct {
	derive.Presented
	before look
}

// nextState puts the next presentation state about the picture on the active tile;
// after the last the picture is seen as before.
func (d *Desk) nextState() {
	t := d.at()
	p := t.shown
	switch {
	case p.Image == nil || p.Preview():
		d.notice("No image is here to be presented.")
		return
	case p.Slot.Instance.Made != nil:
		d.notice("A presentation state is about images as they were acquired, not about reformats.")
		return
	case t.fused != nil:
		d.notice("No presentation state under a fusion; F takes the PET off first.")
		return
	}
	about := d.statesOf(p)
	if len(about) == 0 {
		d.notice(d.noState())
		return
	}
	next := 0
	if t.under != nil {
		for i, s := range about {
			if s == t.under.State {
				next = i + 1
			}
		}
		d.unpresent(t)
	}
	if next == len(about) {
		d.notice("No presentation state: the image as it came.")
		return
	}
	d.present(t, about[next])
	d.notice(fmt.Sprintf("Presentation state %d of %d; :pr goes on.", next+1, len(about)))
}

func (d *Desk) noState() string {
	if n := len(d.others.states); n > 0 {
		return fmt.Sprintf("No presentation state is about this image; %d of this case are about others.", n)
	}
	return "No presentation state is about this image."
}

func (d *Desk) statesOf(p picture.Picture) []*pr.State {
	var out []*pr.State
	for _, s := range d.others.about[p.Slot.SOP()] {
		if s.Of(dicom.UID(p.Slot.SOP()), p.Slot.Frame) {
			out = append(out, s)
		}
	}
	return out
}

// unpresent takes the state off: window, turn and zoom are as before it, the slice is that
// on screen.
func (d *Desk) unpresent(t *tile) {
	was := t.under.before
	was.slice, was.at, was.touched = t.look.slice, t.look.at, t.look.touched
	t.look, t.under = was, nil
	d.touch()
}

// present looks at a tile as a state says: first turned, then flipped (PS3.3 C.10.6),
// the displayed area in sight.
func (d *Desk) present(t *tile, s *pr.State) {
	d.arrange()
	t.under = &under{before: t.look}
	t.under.State = s
	v := &t.look.view
	v.FlipH, v.Turn = s.Flip, s.Turn
	if s.Flip {
		v.Turn = (4 - s.Turn) % 4
	}
	v.Zoom, v.PanX, v.PanY = 0, 0, 0
	t.look.window, t.look.invert, t.look.enhanced = picture.Choice{}, false, 0
	if a, ok := s.Area(dicom.UID(t.shown.Slot.SOP()), t.shown.Slot.Frame); ok {
		if a.Mode == "TRUE SIZE" {
			d.notice("The state asks for true size; here its area is fitted.")
		}
		v.Show(a, &t.shown.Geometry, t.rect)
	}
	d.touch()
}

// underPicture is a tile's picture under its state, and what tells it from others of
// the picture; nil where no state is about it.
func (d *Desk) underPicture(t *tile) (im *pixel.Image, key string) {
	u, p := t.under, t.shown
	if u == nil || p.Image == nil || p.Preview() || p.Slot.Instance.Made != nil || t.fused != nil || t.look.enhanced != 0 {
		return nil, ""
	}
	return u.Under(p)
}

// underWindow is the state's own window, unless the reader chose another since.
func (t *tile) underWindow(im *pixel.Image) pixel.Window {
	if c := t.look.window; c.Fixed && c.Preset != "automatic" {
		return c.Window(im)
	}
	if own := im.Windows(); len(own) > 0 {
		return own[t.look.window.Own%len(own)]
	}
	return im.DefaultWindow()
}

// underWords are on the tile: what it is under and in which window, or how many states
// it could be under.
func (d *Desk) underWords(t *tile) (made, window, warn string) {
	p := t.shown
	if p.Slot.Instance.Made != nil {
		return "", "", ""
	}
	im, key := d.underPicture(t)
	switch {
	case key == "":
		if n := len(d.statesOf(p)); n > 0 {
			made = ":pr shows " + plural(n, "presentation state")
		}
		return made, "", ""
	case im == nil:
		return "", "", "PRESENTATION STATE " + t.under.Failed
	}
	s := t.under.State
	made = "presentation state: " + overlay.Join(", ", s.Label, s.Description)
	if im.Stored != nil {
		w := t.underWindow(im)
		window = overlay.Join(" ", overlay.WindowLevel(w.Center, w.Width), w.Explanation)
		if w.Function == pixel.VOILUT {
			window = overlay.Join(" ", "VOI LUT", w.Explanation)
		}
	}
	return made, window, ""
}

// stateShapes are the graphics and texts of a tile's state on its picture, layer by
// layer.
func (d *Desk) stateShapes(t *tile, clip image.Rectangle) []overlay.Shape {
	if im, _ := d.underPicture(t); im == nil {
		return nil
	}
	s, p := t.under.State, t.shown
	sop, frame := dicom.UID(p.Slot.SOP()), p.Slot.Frame
	to := t.units(s, sop, frame)
	var out []overlay.Shape
	for _, a := range s.On(sop, frame) {
		ink := outline.LayerInk(s.Color(a.Layer))
		for _, g := range a.Graphics {
			out = append(out, overlay.Shape{Clip: clip, Lines: [][][2]float64{to(outline.Curve(g), g.Units)}, Ink: ink})
		}
		for _, x := range a.Texts {
			out = append(out, outline.Text(x, to, clip, ink)...)
		}
	}
	return out
}

// units maps points of a state to the scene: of the image, or of the displayed area as
// it is turned.
func (t *tile) units(s *pr.State, sop dicom.UID, frame int) func(p [][2]float64, units string) [][2]float64 {
	box := [][2]float64{{0, 0}, {float64(t.shown.Geometry.Cols), float64(t.shown.Geometry.Rows)}}
	if a, ok := s.Area(sop, frame); ok {
		x0, y0, x1, y1 := picture.Edges(a)
		box = [][2]float64{{x0, y0}, {x1, y1}}
	}
	c := t.onScreen(box)
	x0, x1 := math.Min(c[0][0], c[1][0]), math.Max(c[0][0], c[1][0])
	y0, y1 := math.Min(c[0][1], c[1][1]), math.Max(c[0][1], c[1][1])
	return func(p [][2]float64, units string) [][2]float64 {
		if units != pr.Display {
			return t.onScreen(p)
		}
		out := make([][2]float64, len(p))
		for i, q := range p {
			out[i] = [2]float64{x0 + q[0]*(x1-x0), y0 + q[1]*(y1-y0)}
		}
		return out
	}
}
