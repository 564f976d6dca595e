package volume

import (
	"math"
	"sort"

	"github.com/nocturne/nocturne/cache/space"
)

// plain reports whether slices are evenly spaced and all here: then a line is cut
// without looking at each of them.
func (v *Volume) plain() bool {
	if !v.even {
		return false
	}
	for k := range v.Slices {
		if !v.have[k] {
			return false
		}
	}
	return true
}

// pitch is the distance of slices along the normal, mm, where it is even.
func (v *Volume) pitch() float64 { return v.at[v.Slices-1] / float64(v.Slices-1) }

// slice is the place of mm along the stack, in slices; below −1 where there is none:
// outside the stack or in a hole.
func (v *Volume) slice(mm float64) float64 {
	last := v.Slices - 1
	if v.even {
		return mm / v.pitch()
	}
	if mm < 0 || mm > v.at[last] {
		half := (v.at[min(1, last)] - v.at[0]) / 2
		switch {
		case mm < 0 && mm >= -half:
			return mm / (2 * half)
		case mm > v.at[last] && mm <= v.at[last]+half:
			return float64(last) + (mm-v.at[last])/(2*half)
		}
		return -2
	}
	k := min(sort.SearchFloat64s(v.at, mm), last)
	if k == 0 {
		return 0
	}
	gap := v.at[k] - v.at[k-1]
	return float64(k-1) + (mm-v.at[k-1])/gap
}

// Value is the modality value at a patient point, between voxels trilinearly; ok is
// false outside the volume, in a hole, and where a voxel is padding.
func (v *Volume) Value(p space.Vec3) (value float64, ok bool) {
	x, y, mm := v.index(p)
	voxel, ok := v.trilinear(x, y, v.slice(mm))
	return v.Slope*voxel + v.Intercept, ok
}

// sample is trilinear, rounded.
func (v *Volume) sample(x, y, z float64) int16 {
	f, ok := v.trilinear(x, y, z)
	if !ok {
		return Outside
	}
	return int16(math.Floor(f + 0.5))
}

// trilinear is the value at a place counted in voxels. The outermost half voxel has
// the value of its edge.
func (v *Volume) trilinear(x, y, z float64) (float64, bool) {
	i, fx, okx := split(x, v.Cols)
	j, fy, oky := split(y, v.Rows)
	k, fz, okz := split(z, v.Slices)
	if !okx || !oky || !okz || !v.there(k, fz) {
		return 0, false
	}
	at := (k*v.Rows+j)*v.Cols + i
	right, down, on := 1, v.Cols, v.Cols*v.Rows
	if fx == 0 {
		right = 0
	}
	if fy == 0 {
		down = 0
	}
	if fz == 0 {
		on = 0
	}
	var c [8]float64
	for n := range c {
		x := v.voxels[at+n&1*right+n>>1&1*down+n>>2*on]
		if x == Outside {
			return 0, false
		}
		c[n] = float64(x)
	}
	for n := range 4 {
		c[n] = c[2*n] + float64((c[2*n+1]-c[2*n])*fx)
	}
	a, b := c[0]+float64((c[1]-c[0])*fy), c[2]+float64((c[3]-c[2])*fy)
	return a + float64((b-a)*fz), true
}

// there reports whether slice k, and the next where part of it is asked for, are
// here and no hole lies between.
func (v *Volume) there(k int, f float64) bool {
	return v.have[k] && (f == 0 || v.have[k+1] && v.joined[k])
}

// split cuts a place into a voxel and the fraction to the next one.
func split(x float64, n int) (i int, f float64, ok bool) {
	switch {
	case !(x >= -0.5 && x <= float64(n)-0.5):
		return 0, 0, false
	case x <= 0:
		return 0, 0, true
	case x >= float64(n-1):
		return n - 1, 0, true
	}
	i = int(x)
	return i, x - float64(i), true
}
