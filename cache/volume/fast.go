package volume

import "math"

// frac is the bits of a fraction between two voxels: three interpolations of 16-bit
// values at 15 bits each fit an int64, and the rounding of the fraction moves a step
// of 4,000 HU by at most 0.13.
const frac = 15

// straightLine samples an even volume that is all here at start, start+step, …, in
// voxels. Inside it counts in 32.32 fixed point; the first and last half voxel, which
// have the value of the edge, go the slow way.
func (v *Volume) straightLine(dst []int16, start, step [3]float64) {
	from, to := v.inside(start, step, len(dst))
	for i := range dst {
		if i == from && to > from {
			break
		}
		dst[i] = v.step(start, step, i)
	}
	if to <= from {
		return
	}
	v.fixed(dst[from:to], start, step, from)
	for i := to; i < len(dst); i++ {
		dst[i] = v.step(start, step, i)
	}
}

func (v *Volume) step(start, step [3]float64, i int) int16 {
	f := float64(i)
	return v.sample(start[0]+f*step[0], start[1]+f*step[1], start[2]+f*step[2])
}

// inside is the range of a line's points that have eight voxels around them.
func (v *Volume) inside(start, step [3]float64, n int) (from, to int) {
	lo, hi := 0.0, float64(n-1)
	for a, size := range [3]int{v.Cols, v.Rows, v.Slices} {
		end := float64(size-1) - 1e-6
		switch {
		case math.Abs(step[a]) < 1e-12:
			if start[a] < 0 || start[a] > end {
				return 0, 0
			}
		default:
			t0, t1 := -start[a]/step[a], (end-start[a])/step[a]
			lo, hi = max(lo, min(t0, t1)), min(hi, max(t0, t1))
		}
	}
	from, to = int(math.Ceil(lo)), int(math.Floor(hi))+1
	if from >= to {
		return 0, 0
	}
	return from, to
}

// fixed samples points that all lie inside.
func (v *Volume) fixed(dst []int16, start, step [3]float64, from int) {
	var at, by [3]int64
	for a := range at {
		at[a] = int64((start[a] + float64(from)*step[a]) * (1 << 32))
		by[a] = int64(step[a] * (1 << 32))
	}
	x, y, z := max(at[0], 0), max(at[1], 0), max(at[2], 0)
	if v.voxelwise(dst, at, by) {
		return
	}
	wide, deep := v.Cols, v.Cols*v.Rows
	top := [3]int64{int64(v.Cols-1)<<32 - 1, int64(v.Rows-1)<<32 - 1, int64(v.Slices-1)<<32 - 1}
	for i := range dst {
		cx, cy, cz := min(max(x, 0), top[0]), min(max(y, 0), top[1]), min(max(z, 0), top[2])
		o := int(cz>>32)*deep + int(cy>>32)*wide + int(cx>>32)
		fx, fy, fz := cx>>(32-frac)&(1<<frac-1), cy>>(32-frac)&(1<<frac-1), cz>>(32-frac)&(1<<frac-1)
		p, q := v.voxels[o:o+wide+2], v.voxels[o+deep:]
		q = q[:wide+2]
		dst[i] = blend(p, q, wide, fx, fy, fz)
		x, y, z = x+by[0], y+by[1], z+by[2]
	}
}

// blend is the trilinear value of eight voxels, rounded; Outside where one of them
// is.
func blend(p, q []int16, wide int, fx, fy, fz int64) int16 {
	a, b, c, d := int64(p[0]), int64(p[1]), int64(p[wide]), int64(p[wide+1])
	e, f, g, h := int64(q[0]), int64(q[1]), int64(q[wide]), int64(q[wide+1])
	if min(a, b, c, d, e, f, g, h) == Outside {
		return Outside
	}
	ab, cd := a<<frac+(b-a)*fx, c<<frac+(d-c)*fx
	ef, gh := e<<frac+(f-e)*fx, g<<frac+(h-g)*fx
	front, back := ab<<frac+(cd-ab)*fy, ef<<frac+(gh-ef)*fy
	return int16((front<<frac + (back-front)*fz + 1<<(3*frac-1)) >> (3 * frac))
}

// voxelwise takes the short way along a line that runs from voxel centre to voxel
// centre along columns or rows: then there is nothing to interpolate.
func (v *Volume) voxelwise(dst []int16, at, by [3]int64) bool {
	const one, slack = 1 << 32, 1 << 12 // a millionth of a voxel
	for a := range at {
		if (at[a]+slack)&(one-1) > 2*slack || (by[a]+slack)&(one-1) > 2*slack {
			return false
		}
	}
	o, stride := 0, 0
	for a, unit := range [3]int{1, v.Cols, v.Cols * v.Rows} {
		o += int((at[a]+one/2)>>32) * unit
		stride += int((by[a]+one/2)>>32) * unit
	}
	if stride == 1 {
		copy(dst, v.voxels[o:o+len(dst)])
		return true
	}
	for i := range dst {
		dst[i] = v.voxels[o]
		o += stride
	}
	return true
}
