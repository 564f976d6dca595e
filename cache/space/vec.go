// Package space is the patient's: coordinates in millimetres, image planes,
// orientation letters, stacks of slices and what a pixel measures.
//
// All patient coordinates are LPS (PS3.3 C.7.6.2.1.1): x grows to the patient's
// left, y to the back, z to the head. Image points are (column, row) by the
// convention of SCOORD (PS3.3 C.18.6.1.2): the outer corner of the first pixel
// is 0,0 and its centre 0.5,0.5, whereas Image Position (Patient) is the centre
// of the first voxel; Plane carries the half pixel between them. Frames are
// counted from 0.
package space

import "math"

// Vec3 is a point or a direction in patient space: x, y, z in mm.
type Vec3 [3]float64

// Add is v + w.
func (v Vec3) Add(w Vec3) Vec3 { return Vec3{v[0] + w[0], v[1] + w[1], v[2] + w[2]} }

// Sub is v − w.
func (v Vec3) Sub(w Vec3) Vec3 { return Vec3{v[0] - w[0], v[1] - w[1], v[2] - w[2]} }

// Scale is v times f.
func (v Vec3) Scale(f float64) Vec3 { return Vec3{v[0] * f, v[1] * f, v[2] * f} }

// Dot is the scalar product.
func (v Vec3) Dot(w Vec3) float64 { return v[0]*w[0] + v[1]*w[1] + v[2]*w[2] }

// Cross is the vector product.
func (v Vec3) Cross(w Vec3) Vec3 {
	return Vec3{v[1]*w[2] - v[2]*w[1], v[2]*w[0] - v[0]*w[2], v[0]*w[1] - v[1]*w[0]}
}

// Len is the length.
func (v Vec3) Len() float64 { return math.Sqrt(v.Dot(v)) }

// Unit is v at length 1; the zero vector stays what it is.
func (v Vec3) Unit() Vec3 {
	if l := v.Len(); l > 0 {
		return v.Scale(1 / l)
	}
	return v
}

func (v Vec3) finite() bool {
	for _, c := range v {
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return false
		}
	}
	return true
}

// axis is the index of the largest component by size.
func (v Vec3) axis() int {
	best := 0
	for i := 1; i < 3; i++ {
		if math.Abs(v[i]) > math.Abs(v[best]) {
			best = i
		}
	}
	return best
}
