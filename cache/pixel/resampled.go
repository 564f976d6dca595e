package pixel

// Scale is what resampled values mean: where they came from says so.
type Scale struct {
	Slope, Intercept float64
	Unit             string
	Windows          []Window
	Inverse, Lossy   bool
	Outside          int16 // the value of pixels that stand for no measurement
}

// Resampled is an image of values that were sampled from others: 16 bits, signed,
// square pixels. It is not exact: values between voxels are rounded.
func Resampled(values []int16, cols, rows int, s Scale) *Image {
	im := &Image{
		Rows: rows, Cols: cols, Samples: 1, Bits: 16, Signed: true, Slope: s.Slope, Intercept: s.Intercept,
		Inverse: s.Inverse, Lossy: s.Lossy, Aspect: 1, Stored: make([]uint16, cols*rows),
		unit: s.Unit, windows: s.Windows, padding: padding{lo: int(s.Outside), hi: int(s.Outside), ok: true},
	}
	for i, v := range values[:cols*rows] {
		im.Stored[i] = uint16(v)
	}
	return im
}
