package tool

import (
	"math"

	"github.com/nocturne/nocturne/viewer"
)

// Preset is a window in Hounsfield units, DICOM's order (N16).
type Preset struct {
	Name          string
	Center, Width float64
}

// Presets of night.md; meaningful only where the values are HU (N21).
var Presets = map[viewer.Action]Preset{
	viewer.WindowSoft:   {"soft", 40, 400},
	viewer.WindowLung:   {"lung", -600, 1500},
	viewer.WindowBone:   {"bone", 400, 2000},
	viewer.WindowBrain:  {"brain", 40, 80},
	viewer.WindowStroke: {"stroke", 40, 40},
	viewer.WindowSub:    {"subdural", 75, 200},
	viewer.WindowMedia:  {"mediastinum", 50, 350},
	viewer.WindowLiver:  {"liver", 90, 150},
	viewer.WindowCTA:    {"CTA", 200, 700},
}

// minWidth is the narrowest window by hand; below 1 the LINEAR function is not
// defined (PS3.3 C.11.2.1.2).
const minWidth = 1

// WindowDrag is the window after the pointer moved by dx to the right and dy
// down, in device pixels at the given scale: right widens, up raises the level.
// 300 pixels change the width by its own size, so that 16-bit radiographs and
// narrow brain windows are equally handy.
func WindowDrag(center, width, dx, dy, scale float64) (c, w float64) {
	per := math.Max(width, 50) / (300 * math.Max(scale, 0.1))
	return center - dy*per, math.Max(minWidth, width+dx*per)
}

// WindowStep is the window after one key press: level up (+1) or down (−1) by a
// twentieth of the width, width likewise by a tenth.
func WindowStep(center, width float64, level, wide int) (c, w float64) {
	w = width
	for ; wide > 0; wide-- {
		w *= 1.1
	}
	for ; wide < 0; wide++ {
		w /= 1.1
	}
	step := math.Max(1, width/20)
	if width < 20 {
		step = width / 20
	}
	return center + float64(level)*step, math.Max(minWidth, w)
}

// ZoomDrag is the factor of a zoom drag by dy device pixels down: 200 pixels up
// double it.
func ZoomDrag(dy, scale float64) float64 {
	return math.Exp2(-dy / (200 * math.Max(scale, 0.1)))
}
