package volume

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
)

// MPR is multi-planar reformatting: three planes through one volume, and how thick
// they are. It is used from one goroutine.
type MPR struct {
	Volume *Volume
	Mode   Mode
	Slab   float64 // mm; counts where Mode is not Single
	Centre space.Vec3

	planes  [3]*Plane
	made    int64 // tells MPRs apart
	version int   // rises with every slice that is filled in and every turn
	values  []int16
	small   []int16
}

// Thickness of a slab: what it begins with, and its bounds, mm.
const (
	usualSlab = 10
	minSlab   = 1
	maxSlab   = 2000 // a whole body
)

var mprs atomic.Int64

// NewMPR makes the orthogonal planes through the middle of a volume, which may still be
// empty.
func NewMPR(v *Volume) *MPR {
	s := &MPR{Volume: v, Slab: usualSlab, Centre: v.Centre(), made: mprs.Add(1)}
	for i := range s.planes {
		s.planes[i] = &Plane{set: s, which: i}
	}
	s.Reset()
	return s
}

// Reset makes the planes orthogonal again; the centre stays.
func (s *MPR) Reset() {
	s.version++
	for i, b := range bases(s.Volume) {
		s.planes[i].place(b)
	}
}

// Plane is one of the three.
func (s *MPR) Plane(which int) *Plane { return s.planes[which] }

// Fill takes slice k of the stack the volume is made of, in viewing order.
func (s *MPR) Fill(k int, im *pixel.Image) error {
	s.version++
	return s.Volume.Set(k, im)
}

// Turn rotates the two other planes about the normal of one, clockwise on its
// picture.
func (s *MPR) Turn(which int, degrees float64) {
	axis := s.planes[which].basis.normal()
	s.version++
	for i, p := range s.planes {
		if i != which {
			p.place(p.basis.turned(axis, degrees*math.Pi/180))
		}
	}
}

// Basis is how a plane faces, so that it can be taken up again: its row and column
// directions.
func (s *MPR) Basis(which int) (right, down space.Vec3) {
	return s.planes[which].basis.right, s.planes[which].basis.down
}

// Face makes a plane face as Basis told. Directions that are not square to each
// other are refused.
func (s *MPR) Face(which int, right, down space.Vec3) bool {
	if math.Abs(right.Len()-1) > 1e-6 || math.Abs(down.Len()-1) > 1e-6 || math.Abs(right.Dot(down)) > 1e-6 {
		return false
	}
	s.version++
	s.planes[which].place(basis{right, down})
	return true
}

// NextMode goes on to the next way of making a slab: off, MIP, MinIP, mean.
func (s *MPR) NextMode() { s.Mode = (s.Mode + 1) % (Mean + 1) }

// Thicken sets the thickness of slabs, within their bounds, mm.
func (s *MPR) Thicken(mm float64) { s.Slab = math.Max(minSlab, math.Min(maxSlab, mm)) }

// Words are what the picture is, as it is written on it and beside its values (N21):
// "MIP 10 mm", "" for a single plane.
func (s *MPR) Words() string {
	if s.Mode == Single {
		return ""
	}
	return fmt.Sprintf("%v %g mm", s.Mode, math.Round(s.Slab*10)/10)
}

// coarse samples a quarter of a cut's pixels, and every other layer of its slab, and
// spreads each over four: an eighth of the work.
func (s *MPR) coarse(values []int16, c Cut) []int16 {
	half := c
	half.Cols, half.Rows, half.MM = (c.Cols+1)/2, (c.Rows+1)/2, 2*c.MM
	half.Apart = 2 * s.Volume.Finest()
	first := c.At(0, 0).Add(c.Right.Add(c.Down).Scale(c.MM / 2))
	half.Centre = first.Add(c.Right.Scale(float64(half.Cols-1) / 2 * half.MM)).Add(c.Down.Scale(float64(half.Rows-1) / 2 * half.MM))
	s.small = s.Volume.Resample(s.small, half)
	for row := range c.Rows {
		from := s.small[row/2*half.Cols:][:half.Cols]
		for col := range c.Cols {
			values = append(values, from[col/2])
		}
	}
	return values
}
