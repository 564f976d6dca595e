package shader

import (
	"math"

	"github.com/nocturne/nocturne/cache/pixel"
)

// Placement is where an image lies and how it is sampled.
type Placement struct {
	Size [2]int     // columns, rows of the whole image
	Base [2]int     // column and row at the texture's first texel; the column is even
	Part [4]int     // columns and rows this drawing paints: first x, y, end x, y
	Step [2]float64 // columns and rows one fragment covers
	// Corner is the picture's first pixel on the screen: where the dither begins.
	Corner [2]int
}

// SamplingOf is the sampling of an interpolation where in takes fragments to image
// points, and how many columns and rows a fragment covers. An average where the
// image is enlarged, or turned by other than quarters, is Bilinear, as in
// cache/pixel. Below a scale of 1/16 an average leaves pixels out.
func SamplingOf(how pixel.Interpolation, in pixel.Affine) (Sampling, [2]float64) {
	switch how &^= pixel.Dithered; {
	case how == pixel.Nearest:
		return Nearest, [2]float64{}
	case how == pixel.Bicubic:
		return Bicubic, [2]float64{}
	case how == pixel.Bilinear,
		math.Hypot(in[0], in[3]) <= 1 && math.Hypot(in[1], in[4]) <= 1,
		!(in[1] == 0 && in[3] == 0 || in[0] == 0 && in[4] == 0):
		return Bilinear, [2]float64{}
	}
	step := [2]float64{math.Min(math.Abs(in[0]+in[1]), 16), math.Min(math.Abs(in[3]+in[4]), 16)}
	for _, s := range samplings[3:] {
		if math.Max(step[0], step[1]) <= float64(s-1) {
			return s, step
		}
	}
	return Area17, step
}

// ModeOf is the mode that shows an image through a window. invert is the reader's
// inversion, on top of the image's own.
func ModeOf(im *pixel.Image, w pixel.Window, invert bool, s Sampling) Mode {
	m := Mode{Invert: invert != (im.Inverse && im.RGB == nil), Sampling: s}
	if im.RGB != nil {
		m.Color = true
		return m
	}
	m.Signed, m.Modality = im.Signed, im.ModalityLUT != nil
	_, _, m.Padded = im.Padding()
	switch {
	case w.Function == pixel.VOILUT && w.LUT != nil:
		m.Function = Table
	case w.Function == pixel.Sigmoid:
		m.Function = Sigmoid
	}
	return m
}

// Numbers are the uniforms of a drawing, by name.
func Numbers(m Mode, im *pixel.Image, w pixel.Window, p Placement) map[string]any {
	out := map[string]any{
		"Size": pair(float64(p.Size[0]), float64(p.Size[1])), "Base": pair(float64(p.Base[0]), float64(p.Base[1])),
		"Part": []float32{float32(p.Part[0]), float32(p.Part[1]), float32(p.Part[2]), float32(p.Part[3])},
		"Step": pair(p.Step[0], p.Step[1]), "Corner": pair(float64(p.Corner[0]), float64(p.Corner[1])),
	}
	if m.Color {
		return out
	}
	lo, hi, _ := im.Padding()
	out["Padding"] = pair(float64(lo), float64(hi))
	slope, intercept := im.Slope, im.Intercept
	if m.Modality {
		slope, intercept = 1, 0
	}
	if m.Function == Table {
		step := w.LUT.Step
		if step == 0 {
			step = 1
		}
		out["Gain"] = pair(slope/step, (intercept-float64(w.LUT.First))/step)
		out["Ends"] = pair(float64(len(w.LUT.Values)-1), 1/float64(int(1)<<w.LUT.Bits-1))
		return out
	}
	level, gain, at := straight(m.Function, w, slope, intercept)
	whole := math.Floor(level)
	out["Level"], out["Gain"] = pair(whole, level-whole), pair(gain, at)
	return out
}

func pair(x, y float64) []float32 { return []float32{float32(x), float32(y)} }

// straight gives the centre of a window in sampled values, its gain per sampled
// value and its output at the centre. slope is never 0: pixel.Decode sees to that. A window without width is a step: black at
// the centre itself (PS3.3 C.11.2.1.2.1, C.11.2.1.3.2).
func straight(f Function, w pixel.Window, slope, intercept float64) (level, gain, at float64) {
	center, width := w.Center, w.Width
	switch {
	case f == Sigmoid:
		return bound((center - intercept) / slope), bound(-4 * slope / math.Max(width, math.SmallestNonzeroFloat32)), 0
	case w.Function == pixel.LinearExact:
		width = math.Max(width, 0)
	default:
		center, width = center-0.5, math.Max(width, 1)-1
	}
	level = bound((center - intercept) / slope)
	if width == 0 {
		return level, math.Copysign(steep, slope), 0
	}
	return level, bound(slope / width), 0.5
}

// steep is a gain that makes a step of any difference between two values.
const steep = 1e30

// bound keeps a number within what single precision can multiply.
func bound(x float64) float64 { return math.Max(-steep, math.Min(steep, x)) }

// TableTexels are the bytes of a 256 by 256 texture for up to 65,536 values: entry n
// in column n mod 256 of row n div 256, low byte in R, high byte in G. What lies
// beyond the values repeats the last.
func TableTexels(values func(n int) uint16) []byte {
	out := make([]byte, 4*256*256)
	for n := range 256 * 256 {
		v := values(n)
		out[4*n], out[4*n+1], out[4*n+3] = byte(v), byte(v>>8), 255
	}
	return out
}

// ModalityTexels is the texture of an image's modality LUT, by stored bits.
func ModalityTexels(im *pixel.Image) []byte {
	return TableTexels(func(n int) uint16 {
		if im.Signed {
			return im.ModalityLUT.At(int(int16(n)))
		}
		return im.ModalityLUT.At(n)
	})
}

// VOITexels is the texture of a VOI LUT, by entry.
func VOITexels(l *pixel.LUT) []byte {
	return TableTexels(func(n int) uint16 { return l.Values[min(n, len(l.Values)-1)] })
}
