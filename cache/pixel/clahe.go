package pixel

import "math"

// Contrast-limited adaptive histogram equalisation (Zuiderveld 1994).
const (
	fields  = 8   // along each axis
	levels  = 512 // between the window's ends
	steepen = 3   // no bin holds more than so many times the mean; with its share of the rest, 4
)

// curve is where a field sends each of its levels, 0…1.
type curve [levels + 1]float32

// equalise spreads what lies between the window's ends, field by field, and blends the
// curves of the four fields about a pixel.
func (im *Image) equalise(out *Image, plane []float32, w Window) {
	lo, hi := im.storedEnds(w)
	if !(hi > lo) {
		copy(out.Stored, im.Stored)
		return
	}
	var curves [fields][fields]curve
	bands(fields, im.Rows*im.Cols/fields, func(fy int) {
		for fx := range fields {
			curves[fy][fx] = im.curve(plane, fx, fy, lo, hi)
		}
	})
	scale := float32(levels) / (hi - lo)
	bands(im.Rows, im.Cols, func(y int) {
		ya, yb, fy := fieldsAbout(y, im.Rows)
		for x := range im.Cols {
			i := y*im.Cols + x
			v := plane[i]
			if !(v > lo && v < hi) {
				out.Stored[i] = im.Stored[i]
				continue
			}
			xa, xb, fx := fieldsAbout(x, im.Cols)
			l := int((v - lo) * scale)
			above := curves[ya][xa][l]*(1-fx) + curves[ya][xb][l]*fx
			below := curves[yb][xa][l]*(1-fx) + curves[yb][xb][l]*fx
			im.keep(out, i, float64(lo+(hi-lo)*(above*(1-fy)+below*fy)))
		}
	})
}

// storedEnds are the stored values, as integers, at which the window ends.
func (im *Image) storedEnds(w Window) (lo, hi float32) {
	a, b := w.VOI().ends()
	if im.ModalityLUT == nil {
		a, b = (a-im.Intercept)/im.Slope, (b-im.Intercept)/im.Slope
		return float32(min(a, b)), float32(max(a, b))
	}
	from, to := math.Inf(1), math.Inf(-1)
	for i, v := range im.ModalityLUT.Values { // the inputs whose values are in the window
		if x := float64(im.ModalityLUT.First + i); float64(v) >= a && float64(v) <= b {
			from, to = min(from, x), max(to, x)
		}
	}
	return float32(from), float32(to)
}

// fieldsAbout are the two fields whose middles a pixel lies between and how far it is
// from the first.
func fieldsAbout(x, size int) (a, b int, f float32) {
	at := (float64(x)+0.5)*fields/float64(size) - 0.5
	low := math.Floor(at)
	return max(int(low), 0), min(int(low)+1, fields-1), float32(at - low)
}

// curve is a field's cumulative histogram, no bin of it more than steepen times the
// mean; what is cut off is spread over all.
func (im *Image) curve(plane []float32, fx, fy int, lo, hi float32) (c curve) {
	var counts [levels]float32
	scale, n := float32(levels)/(hi-lo), float32(0)
	for y := fy * im.Rows / fields; y < (fy+1)*im.Rows/fields; y++ {
		for x := fx * im.Cols / fields; x < (fx+1)*im.Cols/fields; x++ {
			if v := plane[y*im.Cols+x]; v > lo && v < hi {
				counts[min(int((v-lo)*scale), levels-1)]++
				n++
			}
		}
	}
	limit, rest := steepen*n/levels, float32(0)
	for i, k := range counts {
		if k > limit {
			rest += k - limit
			counts[i] = limit
		}
	}
	sum := float32(0)
	for i, k := range counts {
		if n == 0 {
			c[i+1] = float32(i+1) / levels
			continue
		}
		sum += k + rest/levels
		c[i+1] = sum / n
	}
	return c
}
