package desk

import (
	"fmt"
	"image/color"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/gsdf"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// showPattern covers the images with a test pattern for the eye until the next key.
func (d *Desk) showPattern() {
	d.photons.pattern = !d.photons.pattern
	d.touch()
}

// leavePattern takes the key or button that ends the pattern.
func (d *Desk) leavePattern() bool {
	was := d.photons.pattern
	if was {
		d.photons.pattern = false
		d.touch()
	}
	return was
}

// patternScene is the pattern, one pixel of it one of the monitor, and what it is.
func (d *Desk) patternScene(s *Scene) {
	area := d.area()
	size := area.Size()
	drawn := gsdf.Screen(size.X, size.Y)
	im := &pixel.Image{Rows: size.Y, Cols: size.X, Samples: 1, Bits: 8, Slope: 1, Aspect: 1, Exact: true, Stored: make([]uint16, size.X*size.Y)}
	for i, v := range drawn.Pix {
		im.Stored[i] = uint16(v)
	}
	s.Tiles = []TileScene{{Rect: area, Image: im, Key: fmt.Sprintf("pattern %d %d", size.X, size.Y), Place: pixel.Affine{1, 0, 0, 0, 1, 0},
		Window: pixel.Window{Center: 128, Width: 256}, How: pixel.Nearest}}
	line := func(y float64, ink color.NRGBA, words string) {
		s.Over.Texts = append(s.Over.Texts, overlay.Text{X: float64(area.Min.X+area.Max.X) / 2, Y: y, Size: 16 * max(d.scale, 0.5),
			Align: overlay.Center, Color: ink, Halo: true, S: words})
	}
	unit, top := float64(min(size.X, size.Y))/24, float64(area.Min.Y)
	line(top+1.4*unit, overlay.Amber, "TEST PATTERN, not an image · any key goes back")
	line(top+2.4*unit, overlay.Grey, d.displayWords())
}

// displayWords say what is known of the monitor.
func (d *Desk) displayWords() string {
	if cite := d.c.Display.Cite(); cite != "" {
		return cite
	}
	return "This display was never checked: nocturne conformance gsdf"
}

// notForMammography is the bar of mammograms on a monitor that is not for them (N22).
func (d *Desk) notForMammography() string {
	if d.c.Display.NotForMammography(d.opt.Now()) == "" {
		return ""
	}
	return viewer.NotForMammography
}
