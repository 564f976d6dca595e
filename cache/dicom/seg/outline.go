package seg

// Line is a piece of an outline along the edges of pixels: image points, the outer
// corner of the first pixel being 0,0.
type Line [2][2]float64

// maxLines bounds an outline; a frame of noise has one at every pixel.
const maxLines = 1 << 16

// Outline is the edge of what is in, in pieces as long as they are straight.
func Outline(cols, rows int, in func(x, y int) bool) (out []Line) {
	at := func(x, y int) bool { return x >= 0 && y >= 0 && x < cols && y < rows && in(x, y) }
	for y := 0; y <= rows && len(out) < maxLines; y++ {
		for x := 0; x < cols; x++ {
			from := x
			for x < cols && at(x, y) != at(x, y-1) {
				x++
			}
			if x > from {
				out = append(out, Line{{float64(from), float64(y)}, {float64(x), float64(y)}})
			}
		}
	}
	for x := 0; x <= cols && len(out) < maxLines; x++ {
		for y := 0; y < rows; y++ {
			from := y
			for y < rows && at(x, y) != at(x-1, y) {
				y++
			}
			if y > from {
				out = append(out, Line{{float64(x), float64(from)}, {float64(x), float64(y)}})
			}
		}
	}
	return out
}

// Volumes are the ml of each segment, in the order of Segments: pixels in it, or their
// shares where fractions are occupancies, times their size. ok is false where nothing
// says how large a pixel or how far apart slices are. stored gives a frame's values.
func (s *Segmentation) Volumes(stored func(frame int) ([]uint16, error)) (ml []float64, ok bool, err error) {
	ml = make([]float64, len(s.Segments))
	ok = s.SliceMM > 0
	for n, f := range s.Frames {
		ok = ok && f.Placed
		values, err := stored(n)
		if err != nil {
			return nil, false, err
		}
		each := f.Plane.RowMM * f.Plane.ColMM * s.SliceMM / 1000
		for k, one := range s.Segments {
			if s.Kind == LabelMap || f.Segment == one.Number {
				ml[k] += each * s.sum(f, values, one.Number)
			}
		}
	}
	return ml, ok, nil
}

func (s *Segmentation) sum(f Frame, values []uint16, segment int) (n float64) {
	for _, v := range values {
		switch {
		case s.Kind == Fractional && s.Occupancy && s.Max > 0:
			n += float64(v) / float64(s.Max)
		case s.In(f, v, segment):
			n++
		}
	}
	return n
}
