package desk

import "github.com/nocturne/nocturne/viewer"

// showing is what the reader can ask of cines and angiograms.
func showing() map[viewer.Action]deed {
	return map[viewer.Action]deed{
		viewer.RateSetName:     (*Desk).setRate,
		viewer.CalibrateFrench: (*Desk).calibrateFrench,
		viewer.CalibrateMM:     (*Desk).calibrateMM,
		viewer.SegToggle:       plainly((*Desk).toggleSegments),
		viewer.Subtract:        plainly((*Desk).toggleSubtraction),
		viewer.MaskHere:        plainly((*Desk).maskHere),
		viewer.ToolShift:       plainly((*Desk).shiftTool),
		viewer.ShiftSetName:    (*Desk).setShift,
		viewer.ShiftLeft:       plainly(func(d *Desk) { d.shift(-0.5, 0) }),
		viewer.ShiftRight:      plainly(func(d *Desk) { d.shift(0.5, 0) }),
		viewer.ShiftUp:         plainly(func(d *Desk) { d.shift(0, -0.5) }),
		viewer.ShiftDown:       plainly(func(d *Desk) { d.shift(0, 0.5) }),
	}
}
