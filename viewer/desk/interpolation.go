package desk

import (
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// sampling is how enlarged pixels are interpolated by the reader's choice.
type sampling uint8

// The choices, in the order of their key. Where an image is made smaller it is
// always averaged: nothing is skipped.
const (
	usual   sampling = iota // bilinear; from 16 screen pixels a pixel on, nearest
	cubic                   // Catmull-Rom
	nearest                 // each pixel as it is
	samplingCount
)

var samplingWords = [samplingCount]string{"", "bicubic", "nearest pixel"}

// nextSampling goes through the interpolations, for all tiles of the case.
func (d *Desk) nextSampling() {
	d.photons.sampling = (d.photons.sampling + 1) % samplingCount
	said := samplingWords[d.photons.sampling]
	if said == "" {
		said = "bilinear, the usual"
	}
	d.notice("Enlarged images are interpolated: " + said + ".")
	d.touch()
}

// how pixels are interpolated: averaged where the image is made smaller; enlarged as
// chosen, usually bilinear, and nearest where a pixel is as large as a key.
func (d *Desk) how(t *tile) pixel.Interpolation {
	if d.dither {
		return d.sampled(t) | pixel.Dithered
	}
	return d.sampled(t)
}

func (d *Desk) sampled(t *tile) pixel.Interpolation {
	z := t.look.view.Scale(&t.shown.Geometry, t.rect)
	switch {
	case z < 0.99:
		return pixel.Area
	case d.photons.sampling == cubic:
		return pixel.Bicubic
	case d.photons.sampling == nearest, z >= 16*d.scale:
		return pixel.Nearest
	}
	return pixel.Bilinear
}

// samplingWord is on the tile whose picture is enlarged other than usually.
func (d *Desk) samplingWord(t *tile) string {
	dithered := ""
	if d.dither {
		dithered = "dithered"
	}
	if d.sampled(t) == pixel.Area {
		return dithered
	}
	return overlay.Join(" ", samplingWords[d.photons.sampling], dithered)
}

// toggleDither changes how grey is rounded to the screen's 256 steps: a setting of
// the window, not of a case.
func (d *Desk) toggleDither() {
	if d.dither = !d.dither; d.dither {
		d.notice("Greys are dithered to the screen's 256 steps: slow ramps do not band. :dither ends it.")
	} else {
		d.notice("Greys are rounded to the nearest of the screen's 256 steps.")
	}
	d.touch()
}
