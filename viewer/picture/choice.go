package picture

import (
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/suv"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// Fine is how much finer the windows of an image's values are set by hand than those
// of whole numbers: a hundredth of an SUV counts.
func Fine(im *pixel.Image) float64 {
	if im.Unit() == suv.Unit {
		return 100
	}
	return 1
}

// Choice is which window a tile uses.
type Choice struct {
	Own           int // the image's own window by index; used unless fixed
	Fixed         bool
	Hung          bool // by a stage of the hanging protocol
	Center, Width float64
	Preset        string
}

// Window is what an image is shown with.
func (c Choice) Window(im *pixel.Image) pixel.Window {
	if c.Fixed {
		function := pixel.Linear
		if c.Width < 1 || im.Unit() == suv.Unit {
			function = pixel.LinearExact // LINEAR is not defined below 1 (PS3.3 C.11.2.1.2)
		}
		return pixel.Window{Center: c.Center, Width: c.Width, Function: function}
	}
	if own := im.Windows(); len(own) > 0 {
		return own[c.Own%len(own)]
	}
	return im.DefaultWindow()
}

// Straight is the window in effect as centre and width: a table has neither, so
// that changing one begins at the image's percentiles.
func (c Choice) Straight(im *pixel.Image) (center, width float64) {
	w := c.Window(im)
	if w.Function == pixel.VOILUT {
		w = im.Percentile(0.01, 0.99)
	}
	return w.Center, w.Width
}

// Words are the window as it is written on a tile.
func (c Choice) Words(im *pixel.Image) string {
	if im.Stored == nil {
		return "colour"
	}
	w := c.Window(im)
	name := c.Preset
	if !c.Fixed {
		name = w.Explanation
	}
	if w.Function == pixel.VOILUT {
		return overlay.Join(" ", "VOI LUT", w.Explanation)
	}
	unit := ""
	if im.Unit() == suv.Unit {
		unit = "SUV"
	}
	return overlay.Join(" ", overlay.WindowLevel(w.Center, w.Width), unit, name)
}
