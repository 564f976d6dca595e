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
// It allocates 2 bytes a pixel for the picture and 4 or 8 for the mask, and takes grey
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
	mask := m.moved(m.mean(curve, len(im.Stored), im), im.Cols, im.Rows)
	scale := Scale{Slope: 1, Inverse: im.Inverse, Lossy: im.Lossy, Outside: math.MinInt16}
	full := math.Pow(2, float64(im.Bits))
	scale.Windows = []Window{{Center: -full / 12, Width: full / 3, Function: LinearExact, Explanation: "subtraction"}}
	if m.Log {
		scale.Windows = []Window{{Center: -200, Width: 800, Function: LinearExact, Explanation: "subtraction"}}
	} else {
		scale.Slope = full / (1 << 14) // differences of any depth fit, with their fractions
	}
	out := make([]int16, len(im.Stored))
	per := float32(1 / scale.Slope)
	for i, stored := range im.Stored {
		switch d := (curve[stored] - mask[i]) * per; {
		case d != d:
			out[i] = math.MinInt16
		case d < 0:
			out[i] = int16(max(-math.MaxInt16, d-0.5))
		default:
			out[i] = int16(min(math.MaxInt16, d+0.5))
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
	each := 1 / float32(len(m.Frames))
	for i, sum := range out {
		v := sum * each
		if m.Log { // between two whole values, the logarithm is as good as straight
			k := int(math.Floor(float64(v)))
			low, high := curve[uint16(k)], curve[uint16(k+1)]
			v = low + (high-low)*(v-float32(k))
		}
		out[i] = v
	}
	return out
}

// moved is the mask at the pixels of the frame, between its own bilinearly; NaN where
// it does not reach.
func (m Mask) moved(v []float32, cols, rows int) []float32 {
	if m.DX == 0 && m.DY == 0 {
		return v
	}
	out := make([]float32, len(v))
	i0, j0 := int(math.Floor(-m.DX)), int(math.Floor(-m.DY))
	fx, fy := float32(-m.DX-float64(i0)), float32(-m.DY-float64(j0))
	right, below := 0, 0
	if fx > 0 {
		right = 1
	}
	if fy > 0 {
		below = 1
	}
	for y := range rows {
		for x := range cols {
			i, j := x+i0, y+j0
			if i < 0 || j < 0 || i+right >= cols || j+below >= rows {
				out[y*cols+x] = float32(math.NaN())
				continue
			}
			a := j*cols + i
			top := v[a]*(1-fx) + v[a+right]*fx
			low := v[a+below*cols]*(1-fx) + v[a+below*cols+right]*fx
			out[y*cols+x] = top*(1-fy) + low*fy
		}
	}
	return out
}
