package desk

import (
	"fmt"
	"math"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// tracer is an emission series (PET, SPECT) that lies over anatomy: its voxels, and
// how much of it is seen. All tiles it lies on share it.
type tracer struct {
	stack   *stack.Stack
	volume  *volume.Volume
	frames  []load.Frame // of the volume's slices
	missing []int        // slices that are not in it yet
	version int          // rises with every slice that is filled in
	share   float64      // of its colours in the picture, 0…1
}

// fused is a layer on a tile. What is measured stays the tile's own picture: the
// fused one is made from it to be seen.
type fused struct {
	*tracer
	loose   bool // the two series share no frame of reference
	on      string
	over    *pixel.Image // the layer at the pixels of the picture
	values  []int16
	key     string
	picture *pixel.Image
}

// usualShare is what a layer begins with, shareStep what a key adds.
const usualShare, shareStep = 0.5, 0.1

var hotIron = pixel.HotIron()

func fusing() map[viewer.Action]func(*Desk) {
	return map[viewer.Action]func(*Desk){
		viewer.FuseToggle: (*Desk).toggleFuse,
		viewer.FuseMore:   func(d *Desk) { d.blend(shareStep) },
		viewer.FuseLess:   func(d *Desk) { d.blend(-shareStep) },
	}
}

// lay brings a tile's layer to the pixels of its picture, so that both are read at
// once.
func (d *Desk) lay(t *tile) {
	f, p := t.fused, &t.shown
	if p.Over = nil; f == nil || p.Image == nil || p.Preview() || p.Image.Stored == nil {
		return
	}
	plane, ok := p.Slot.Instance.Plane(p.Slot.Frame)
	if !ok || plane.Rows != p.Image.Rows || plane.Cols != p.Image.Cols {
		return
	}
	frame, _ := p.Slot.Wanted()
	if on := fmt.Sprintf("%s#%s#%s.%d", frame.Key(), p.Key, f.stack.Key(), f.version); f.on != on {
		cut := volume.CutOf(plane)
		if made := p.Slot.Instance.Made; made != nil && !p.Rough {
			cut.Mode, cut.Thickness = made.Thickness()
		}
		f.values = f.volume.Resample(f.values, cut)
		f.over, f.on = f.volume.Image(f.values, cut.Cols, cut.Rows), on
		d.dirty = true
	}
	p.Over = f.over
}

// fusedPicture is a tile's picture with its layer over it, and what tells it from
// others of that picture; nil where there is none.
func (d *Desk) fusedPicture(t *tile) (im *pixel.Image, key string) {
	d.lay(t)
	f, p := t.fused, t.shown
	if f == nil || p.Over == nil {
		return nil, ""
	}
	base := pixel.Lit{Image: p.Image, Window: t.look.window.Window(p.Image), Invert: t.look.invert}
	over := pixel.Lit{Image: p.Over, Window: d.windowOver(f.tracer).Window(p.Over)}
	key = fmt.Sprintf("%s#fused %g %v %v %t", f.on, f.share, base.Window, over.Window, base.Invert)
	if f.key != key {
		f.picture, f.key = pixel.Fuse(base, over, hotIron, f.share), key
	}
	return f.picture, key
}

// windowOver is the window of a tracer: that of the tile that has its series, else the
// one it was looked at with last.
func (d *Desk) windowOver(l *tracer) picture.Choice {
	for _, t := range d.tiles {
		if t.stack == l.stack {
			return t.look.window
		}
	}
	return d.looks[l.stack.Key()].window
}

// overWords are on a fused tile: what lies on what, how much of it, in which window.
func (d *Desk) overWords(t *tile) (made, window, warn string) {
	f := t.fused
	if f == nil || t.stack == nil {
		return "", "", ""
	}
	made = fmt.Sprintf("%s + %s %.0f %%", named(t.stack.Modality), named(f.stack.Modality), 100*f.share)
	if n := len(f.missing); n > 0 {
		made += fmt.Sprintf(", %d of %d slices here", len(f.frames)-n, len(f.frames))
	}
	if f.over != nil {
		window = named(f.stack.Modality) + " " + d.windowOver(f.tracer).Words(f.over)
	}
	if f.loose {
		warn = "NOT REGISTERED: by position only"
	}
	return made, window, warn
}

// named is what readers call a modality.
func named(modality string) string {
	if modality == "PT" {
		return "PET"
	}
	return modality
}

// blend shows more or less of the layer.
func (d *Desk) blend(by float64) {
	f := d.at().fused
	if f == nil {
		d.notice("Nothing is fused here; F lays the PET over it.")
		return
	}
	f.share = math.Round(min(max(f.share+by, 0), 1)*100) / 100
	d.touch()
}

// setFuse is :fuse with a share in percent and, if wanted, the SUV that is white.
func (d *Desk) setFuse(v []float64) {
	if len(v) < 1 || len(v) > 2 || !(v[0] >= 0 && v[0] <= 100) || len(v) == 2 && !(v[1] > 0) {
		d.notice("Fusion takes a share in percent, and the value that is brightest: 50 7.")
		return
	}
	if d.at().fused == nil {
		d.toggleFuse()
	}
	f := d.at().fused
	if f == nil {
		return
	}
	f.share = v[0] / 100
	if len(v) == 2 {
		d.windowTracer(f.tracer, picture.Choice{Fixed: true, Center: v[1] / 2, Width: v[1]})
	}
	d.touch()
}

func (d *Desk) windowTracer(l *tracer, c picture.Choice) {
	for _, t := range d.tiles {
		if t.stack == l.stack {
			t.look.window = c
		}
	}
	look := d.looks[l.stack.Key()]
	look.window = c
	d.looks[l.stack.Key()] = look
}
