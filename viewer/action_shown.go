package viewer

// Actions of cines, angiograms and objects shown over images.
const (
	RateSetName     Action = "cine.rate.set"
	CalibrateFrench Action = "calibrate.french" // the selected ruler lies across a catheter
	CalibrateMM     Action = "calibrate.mm"     // the selected ruler is so long
	SegToggle       Action = "segments.toggle"  // outlines of segmentations and structure sets
	Subtract        Action = "xa.subtract"      // the run's own mask, on and off
	MaskHere        Action = "xa.mask"          // the image on screen as mask
	ToolShift       Action = "xa.shift"         // the mask by arrows
	ShiftSetName    Action = "xa.shift.set"
	ShiftLeft       Action = "xa.shift.left" // of the screen, half a pixel
	ShiftRight      Action = "xa.shift.right"
	ShiftUp         Action = "xa.shift.up"
	ShiftDown       Action = "xa.shift.down"
)

// RateSet asks for cines at so many images a second; 0 is the images' own rate.
func RateSet(fps float64) Action { return withValues(RateSetName, fps) }

// Calibrate asks for lengths of the active tile's series to be known by the selected
// ruler: how wide in French, or how long in mm.
func Calibrate(length float64, inFrench bool) Action {
	if inFrench {
		return withValues(CalibrateFrench, length)
	}
	return withValues(CalibrateMM, length)
}

// ShiftSet asks for the mask to be moved by image pixels to the right and down.
func ShiftSet(right, down float64) Action { return withValues(ShiftSetName, right, down) }
