package desk

import (
	"fmt"
	"math"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/picture"
)

func fusing() map[viewer.Action]func(*Desk) {
	return map[viewer.Action]func(*Desk){
		viewer.FuseToggle: (*Desk).toggleFuse,
		viewer.FuseMore:   func(d *Desk) { d.blend(shareStep) },
		viewer.FuseLess:   func(d *Desk) { d.blend(-shareStep) },
	}
}

// shareStep is what a key adds to the share of a layer.
const shareStep = 0.1

// lay brings a tile's layer to the pixels of its picture, so that both are read at
// once.
func (d *Desk) lay(t *tile) {
	if t.shown.Over = nil; t.fused != nil && t.fused.Lay(&t.shown) {
		d.dirty = true
	}
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
	return f.Blend(base, d.windowOver(f.Tracer).Window(p.Over))
}

// windowOver is the window of a tracer: that of the tile that has its series, else the
// one it was looked at with last.
func (d *Desk) windowOver(l *derive.Tracer) picture.Choice {
	for _, t := range d.tiles {
		if t.stack == l.Stack {
			return t.look.window
		}
	}
	return d.looks[l.Stack.Key()].window
}

// overWords are on a fused tile: what lies on what, how much of it, in which window.
func (d *Desk) overWords(t *tile) (made, window, warn string) {
	f := t.fused
	if f == nil || t.stack == nil {
		return "", "", ""
	}
	made = fmt.Sprintf("%s + %s %.0f %%", named(t.stack.Modality), named(f.Stack.Modality), 100*f.Share)
	if n := len(f.Missing); n > 0 {
		made += fmt.Sprintf(", %d of %d slices here", len(f.Frames)-n, len(f.Frames))
	}
	if f.Over != nil {
		window = named(f.Stack.Modality) + " " + d.windowOver(f.Tracer).Words(f.Over)
	}
	if f.Loose {
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
	f.Share = math.Round(min(max(f.Share+by, 0), 1)*100) / 100
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
	f.Share = v[0] / 100
	if len(v) == 2 {
		d.windowTracer(f.Tracer, picture.Choice{Fixed: true, Center: v[1] / 2, Width: v[1]})
	}
	d.touch()
}

func (d *Desk) windowTracer(l *derive.Tracer, c picture.Choice) {
	for _, t := range d.tiles {
		if t.stack == l.Stack {
			t.look.window = c
		}
	}
	look := d.looks[l.Stack.Key()]
	look.window = c
	d.looks[l.Stack.Key()] = look
}
