package pixel

import (
	"image"
	"slices"
)

// kept are the samples of the picture drawn last, 4 bytes a pixel, from the second
// time it was drawn on.
type kept struct {
	of      sampled
	samples []int32
	whole   bool // samples are all here
}

// sampled is all that samples depend on.
type sampled struct {
	im   *Image
	inv  Affine
	how  Interpolation
	size image.Point
}

// again reports whether the samples of a picture are here; else it says where to keep
// them, nil for a picture that is drawn for the first time.
func (k *kept) again(of sampled) (here bool, keep []int32) {
	if k.of != of {
		k.of, k.whole = of, false
		return false, nil
	}
	if k.whole {
		return true, nil
	}
	n := of.size.X * of.size.Y
	k.samples, k.whole = slices.Grow(k.samples[:0], n)[:n], true
	return false, k.samples
}

// toned draws samples that were kept.
func (j *job) toned(samples []int32) {
	split(j.size, func(from, to int) {
		for y := from; y < to; y++ {
			j.tone.row(j.line(y), samples[y*j.size.X:(y+1)*j.size.X])
		}
	})
}

// row draws the samples of a row from a column on; the rest of it is black already.
func (j *job) row(y, left int, in []int32) {
	j.tone.row(j.line(y)[4*left:], in)
	if j.keep != nil {
		j.nothing(y)
		copy(j.keep[y*j.size.X+left:(y+1)*j.size.X], in)
	}
}

// nothing keeps a row that lies beside the image.
func (j *job) nothing(y int) {
	if j.keep == nil {
		return
	}
	row := j.keep[y*j.size.X : (y+1)*j.size.X]
	for i := range row {
		row[i] = black
	}
}
