package pixel

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Functions of a Window (PS3.3 C.11.2.1.2, C.11.2.1.3).
const (
	Linear      = "LINEAR"
	LinearExact = "LINEAR_EXACT"
	Sigmoid     = "SIGMOID"
	VOILUT      = "VOI LUT" // by table: Center and Width say nothing
)

// Window is one way to turn modality values into light. "" as Function is
// Linear. In DICOM's order, centre before width; on screen W comes first (N16).
type Window struct {
	Center, Width float64
	Function      string
	Explanation   string
	LUT           *LUT // for VOILUT
}

// VOI is a Window made ready to be applied.
type VOI struct {
	kind      kind
	low, high float64 // x ≤ low is black, x > high is white
	c, w      float64 // between: y = (x − c)/w + 0.5
	lut       *LUT
}

type kind uint8

const (
	straight kind = iota
	curved
	tabled
)

// VOI compiles the window. A width that the function does not allow (LINEAR
// below 1, LINEAR_EXACT not above 0) becomes a step at the centre.
func (w Window) VOI() *VOI {
	c, width := w.Center, w.Width
	switch {
	case w.Function == VOILUT && w.LUT != nil:
		return &VOI{kind: tabled, lut: w.LUT}
	case w.Function == Sigmoid:
		return &VOI{kind: curved, c: c, w: max(width, math.SmallestNonzeroFloat32)}
	case w.Function == LinearExact:
		width = max(width, 0)
	default:
		c, width = c-0.5, max(width, 1)-1
	}
	return &VOI{low: c - width/2, high: c + width/2, c: c, w: width}
}

// At is the light in 0…1 of a modality value.
func (v *VOI) At(x float64) float64 {
	switch v.kind {
	case curved:
		return 1 / (1 + math.Exp(-4*(x-v.c)/v.w))
	case tabled:
		return v.lut.Light(x)
	}
	if x <= v.low {
		return 0
	}
	if x > v.high {
		return 1
	}
	return (x-v.c)/v.w + 0.5
}

// Level is the byte of a light: floor(255·y + 0.5).
func Level(y float64) uint8 { return uint8(y*255 + 0.5) }

// Windows are the image's own, in its order: windows, then VOI LUTs. Nil when it
// has none, and for colour.
func (im *Image) Windows() []Window { return im.windows }

// windowsOf reads the frame's windows, else the object's (PS3.3 C.11.2,
// C.7.6.16.2.10). Those without a usable width are left out. signed: modality values
// can be negative, so that a table's first input of more than 32,767 is a negative
// one written as US.
func windowsOf(d *dicom.Dataset, frame int, signed bool) ([]Window, error) {
	from := d.FrameGroup(frame, dicom.FrameVOILUTSequence)
	if !from.Has(dicom.WindowCenter) && !from.Has(dicom.VOILUTSequence) {
		from = d
	}
	var out []Window
	centers, widths := from.Floats(dicom.WindowCenter), from.Floats(dicom.WindowWidth)
	words := from.Strs(dicom.WindowCenterWidthExplanation)
	for i := range min(len(centers), len(widths)) {
		w := Window{Center: centers[i], Width: widths[i], Function: functionOf(from.Str(dicom.VOILUTFunction))}
		if i < len(words) {
			w.Explanation = dicom.Clean(words[i])
		}
		if w.usable() {
			out = append(out, w)
		}
	}
	for _, it := range from.Seq(dicom.VOILUTSequence) {
		lut, err := lutOf(it, signed)
		if err != nil {
			return nil, err
		}
		out = append(out, Window{Function: VOILUT, Explanation: lut.Explanation, LUT: lut})
	}
	return out, nil
}

func functionOf(s string) string {
	if s == LinearExact || s == Sigmoid {
		return s
	}
	return Linear
}

// usable makes a LINEAR window narrower than 1, which the standard forbids but
// PET and parametric images hold, a LINEAR_EXACT one.
func (w *Window) usable() bool {
	if w.Function == Linear && w.Width > 0 && w.Width < 1 {
		w.Function = LinearExact
	}
	return w.Width > 0 && !math.IsInf(w.Width, 0) && !math.IsNaN(w.Center) && !math.IsInf(w.Center, 0)
}
