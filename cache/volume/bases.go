package volume

import (
	"math"

	"github.com/nocturne/nocturne/cache/space"
)

// The planes of an MPR.
const (
	Axial = iota
	Coronal
	Sagittal
)

var planeNames = [3]string{"axial", "coronal", "sagittal"}

// basis is how a plane faces: the directions of its rows and columns.
type basis struct{ right, down space.Vec3 }

func (b basis) normal() space.Vec3 { return b.right.Cross(b.down) }

// turned is b rotated about a unit axis, by the right hand.
func (b basis) turned(axis space.Vec3, angle float64) basis {
	turn := func(v space.Vec3) space.Vec3 { // Rodrigues' formula
		sin, cos := math.Sincos(angle)
		return v.Scale(cos).Add(axis.Cross(v).Scale(sin)).Add(axis.Scale(axis.Dot(v) * (1 - cos))).Unit()
	}
	return basis{turn(b.right), turn(b.down)}
}

// anatomical are the planes of a set of axes that point left, back and to the head,
// more or less.
func anatomical(left, back, head space.Vec3) [3]basis {
	return [3]basis{
		Axial:    {left, back},
		Coronal:  {left, head.Scale(-1)},
		Sagittal: {back, head.Scale(-1)},
	}
}

// square is how far acquired axes may stand from the patient's for the patient's to be
// taken: 20°, more than a gantry tilts less than an oblique slab of a knee.
var square = math.Cos(20 * math.Pi / 180)

// ownAxes are those of rows, columns and the stack. Of a stack that is sheared, as a
// tilted gantry makes it, the way of the table counts and not the slices' normal: the
// patient lies along the table, and a tilt of any angle turns nothing.
func ownAxes(v *Volume) [3]space.Vec3 {
	col, row, slice := v.Steps()
	c, r, s := col.Unit(), row.Unit(), slice.Unit()
	if normal := c.Cross(r); math.Abs(normal.Dot(s)) > sheared {
		return [3]space.Vec3{c, r, normal.Unit()}
	}
	if math.Abs(r.Dot(s)) < math.Abs(c.Dot(s)) {
		c = r
	}
	c = c.Sub(s.Scale(c.Dot(s))).Unit()
	return [3]space.Vec3{c, s.Cross(c), s}
}

// sheared is from where a stack's way leaves its slices' normal: half a degree.
var sheared = math.Cos(0.5 * math.Pi / 180)

// bases are the patient's planes where the volume was acquired along them, else the
// volume's own, named by what they are nearest to.
func bases(v *Volume) [3]basis {
	own := ownAxes(v)
	var axes [3]space.Vec3
	patient := true
	for a := range axes {
		best := 0.0
		for _, o := range own {
			if math.Abs(o[a]) > math.Abs(best) {
				best, axes[a] = o[a], o
			}
		}
		if best < 0 {
			axes[a] = axes[a].Scale(-1)
		}
		patient = patient && math.Abs(best) >= square
	}
	if patient || axes[0] == axes[1] || axes[1] == axes[2] || axes[0] == axes[2] {
		return anatomical(space.Vec3{1, 0, 0}, space.Vec3{0, 1, 0}, space.Vec3{0, 0, 1})
	}
	return anatomical(axes[0], axes[1], axes[2])
}

// extent is how far the voxels reach along a direction, mm.
func extent(v *Volume, along space.Vec3) (low, high float64) {
	col, row, slice := v.Steps()
	centre := v.Centre().Dot(along)
	half := 0.0
	for i, step := range [3]space.Vec3{col, row, slice} {
		n := [3]int{v.Cols, v.Rows, v.Slices}[i]
		half += math.Abs(step.Dot(along)) * float64(n) / 2
	}
	return centre - half, centre + half
}

// pitchAlong is the distance of planes along a direction: that of the voxels where the
// planes are theirs, else the finest there is.
func pitchAlong(v *Volume, along space.Vec3) float64 {
	col, row, slice := v.Steps()
	for _, s := range [3]space.Vec3{col, row, slice} {
		if math.Abs(s.Unit().Dot(along)) > 1-1e-6 {
			return s.Len()
		}
	}
	return v.Finest()
}
