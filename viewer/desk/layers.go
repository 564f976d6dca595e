package desk

import (
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// photons is how the pixels of the case on screen become light, beside the window of
// each tile. It never leaves the case (N1).
type photons struct {
	bare     bool // overlays and shutters are hidden
	sampling sampling
	pattern  bool            // the test pattern is on
	made     derive.Enhanced // enhanced pictures, so that none is made twice in a row
}

// photonic are what changes them.
func photonic() map[viewer.Action]func(*Desk) {
	all := enhancing()
	all[viewer.OverlayToggle] = (*Desk).toggleOverlays
	all[viewer.ViewInterpolation] = (*Desk).nextSampling
	all[viewer.DitherToggle] = (*Desk).toggleDither
	all[viewer.PatternToggle] = (*Desk).showPattern
	return all
}

// toggleOverlays hides what the images' own headers lay over the pixels, overlays
// and shutters, in all tiles of the case, and shows it again.
func (d *Desk) toggleOverlays() {
	d.photons.bare = !d.photons.bare
	if d.photons.bare {
		d.notice("Overlays and shutters of the images are hidden; :overlay shows them.")
	}
	d.touch()
}

// layersOf is what is laid over a picture: always the colours that its values have.
func (d *Desk) layersOf(im *pixel.Image) []*pixel.Layer {
	if !d.photons.bare {
		return im.Layers
	}
	var out []*pixel.Layer
	for _, l := range im.Layers {
		if l.Kind == pixel.Coloured {
			out = append(out, l)
		}
	}
	return out
}

// layerWords say on the tile what of it is not shown.
func (d *Desk) layerWords(im *pixel.Image) string {
	hidden := ""
	for _, l := range im.Layers {
		if !d.photons.bare || l.Kind == pixel.Coloured {
			continue
		}
		word := "overlay"
		if l.Kind == pixel.Shutter {
			word = "shutter"
		}
		hidden = overlay.Join(" and ", hidden, word)
	}
	if hidden != "" {
		hidden += " hidden"
	}
	unread := ""
	if im.Unread > 0 {
		unread = "AN OVERLAY CANNOT BE READ"
	}
	return overlay.Join(" · ", hidden, unread)
}
