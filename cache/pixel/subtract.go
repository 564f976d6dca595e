package pixel

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Mask is what is taken from frames of an angiogram (PS3.3 C.7.6.10): the mean of some
// of them, moved by a part of pixels to the right and down.
type Mask struct {
	Frames []*Image
	DX, DY float64
	// Log: the values are proportional to the X-rays that came through, so that their
	// logarithms are subtracted; else they are logarithms already.
	Log bool
}

// perLog is what a thousandth of a natural logarithm is counted as.
const perLog = 1000

// Subtract is a frame without its mask: vessels that filled since are dark on even
// grey. Its values are thousandths of the natural logarithm, or steps of the image
// where that is logarithmic itself; they are of no tissue. What the moved mask does
// not cover is black. Its window is wide enough for iodine in arteries.
//
// It allocates 2 bytes a pixel for the picture and 4 for the mask, and takes grey
// frames of one size and depth only.
func Subtract(im *Image, m Mask) (*Image, error) {
	if im.Stored == nil || im.Preview != nil || len(m.Frames) == 0 {
		return nil, unsupported("subtraction of what is not a whole grey frame")
	}
	for _, f := range m.Frames {
		if f.Stored == nil || f.Preview != nil || f.Rows != im.Rows || f.Cols != im.Cols || f.Bits != im.Bits || f.Signed != im.Signed {
			return nil, &dicom.InvalidError{Offset: -1, Reason: "the mask is of another size or depth than the frame"}
		}
	}
	curve := m.curve(im)
	mask := m.mean(curve, len(im.Stored), im)
	scale := Scale{Slope: 1, Inverse: im.Inverse, Lossy: im.Lossy, Outside: math.MinInt16}
	full := math.Pow(2, float64(im.Bits))
	scale.Windows = []Window{{Center: -full / 12, Width: full / 3, Function: LinearExact, Explanation: "subtraction"}}
	if m.Log {
		scale.Windows = []Window{{Center: -200, Width: 800, Function: LinearExact, Explanation: "subtraction"}}
	} else {
		scale.Slope = full / (1 << 14) // differences of any depth fit, with their fractions
	}
	out := make([]int16, len(im.Stored))
	for y := range im.Rows {
		for x := range im.Cols {
			at := y*im.Cols + x
			v, ok := maskAt(mask, im.Cols, im.Rows, float64(x)-m.DX, float64(y)-m.DY)
			if !ok {
				out[at] = math.MinInt16
				continue
			}
			d := (float64(curve[im.Stored[at]]) - v) / scale.Slope
			out[at] = int16(math.Round(max(-math.MaxInt16, min(math.MaxInt16, d))))
		}
	}
	d := Resampled(out, im.Cols, im.Rows, scale)
	d.Aspect, d.Compression = im.Aspect, im.Compression
	return d, nil
}

// curve is what is subtracted, by stored value. Nothing came through where a value is
// not above 0: it counts as a half.
func (m Mask) curve(im *Image) []float32 {
	out := make([]float32, 1<<16)
	for s := range out {
		v := float64(im.integer(uint16(s)))
		if m.Log {
			v = perLog * math.Log(max(v, 0.5))
		}
		out[s] = float32(v)
	}
	return out
}

// mean is the mask: the mean of its frames' stored values, then the curve.
func (m Mask) mean(curve []float32, n int, im *Image) []float32 {
	out := make([]float32, n)
	if len(m.Frames) == 1 {
		for i, s := range m.Frames[0].Stored {
			out[i] = curve[s]
		}
		return out
	}
	for _, f := range m.Frames {
		for i, s := range f.Stored {
			out[i] += float32(im.integer(s))
		}
	}
	for i, sum := range out {
		v := float64(sum) / float64(len(m.Frames))
		if m.Log {
			v = perLog * math.Log(max(v, 0.5))
		}
		out[i] = float32(v)
	}
	return out
}

// maskAt is a value between pixels, x and y counted from the centre of the first; ok
// is false beyond the outer centres.
func maskAt(v []float32, cols, rows int, x, y float64) (float64, bool) {
	if x < 0 || y < 0 || x > float64(cols-1) || y > float64(rows-1) {
		return 0, false
	}
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	a := j*cols + i
	if fx == 0 && fy == 0 {
		return float64(v[a]), true
	}
	right, below := min(i+1, cols-1)-i, (min(j+1, rows-1)-j)*cols
	top := float64(v[a])*(1-fx) + float64(v[a+right])*fx
	low := float64(v[a+below])*(1-fx) + float64(v[a+below+right])*fx
	return top*(1-fy) + low*fy, true
}
