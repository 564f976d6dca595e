package volume

import (
	"fmt"
	"math"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
)

// maxSide bounds a picture: a larger one has coarser pixels.
const maxSide = 1536

// Plane is one stack of parallel planes through the  Slices count down it: to
// the feet, to the back, to the left.
type Plane struct {
	set    *MPR
	which  int
	basis  basis
	along  space.Vec3
	first  float64 // mm along of slice 0
	step   float64
	slices int
	cut    Cut        // of slice 0
	made   [4]picture // made last, newest first
}

type picture struct {
	key   string
	image *pixel.Image
}

// place lays the planes out over the whole  Pixel and slice centres of an
// orthogonal plane are voxel centres, so that nothing is interpolated that need not
// be.
func (p *Plane) place(b basis) {
	v := p.set.Volume
	p.basis, p.along = b, space.Down(b.normal())
	p.made = [4]picture{}
	low, high := extent(v, p.along)
	p.step = pitchAlong(v, p.along)
	p.slices = max(1, int(math.Floor((high-low)/p.step+1e-6)))
	p.first = (low+high)/2 - float64(p.slices-1)/2*p.step
	left, right := extent(v, b.right)
	top, bottom := extent(v, b.down)
	mm := math.Max(v.Finest(), math.Max(right-left, bottom-top)/maxSide)
	count := func(along space.Vec3, extent float64) int { // from the first voxel's centre to the last one's
		return max(1, int(math.Floor((extent-pitchAlong(v, along))/mm+1e-6))+1)
	}
	p.cut = Cut{
		Centre: v.Centre().Add(p.along.Scale(p.first - v.Centre().Dot(p.along))),
		Right:  b.right, Down: b.down, MM: mm,
		Cols: count(b.right, right-left), Rows: count(b.down, bottom-top),
	}
}

// Slices is how many planes there are.
func (p *Plane) Slices() int { return p.slices }

// Along points down the stack; Position is where slice k lies along it and Spacing
// their distance, mm.
func (p *Plane) Along() space.Vec3 { return p.along }

// Position is where slice k lies along Along, mm.
func (p *Plane) Position(k int) float64 { return p.first + float64(k)*p.step }

// Spacing is the distance of neighbouring planes, mm.
func (p *Plane) Spacing() float64 { return p.step }

// Nearest is the slice closest to a patient point.
func (p *Plane) Nearest(q space.Vec3) int {
	k := int(math.Round((q.Dot(p.along) - p.first) / p.step))
	return max(0, min(k, p.slices-1))
}

// Name is what the plane is called: "coronal", "coronal oblique".
func (p *Plane) Name() string {
	if p.basis != bases(p.set.Volume)[p.which] {
		return planeNames[p.which] + " oblique"
	}
	return planeNames[p.which]
}

func (p *Plane) cutAt(k int) Cut {
	c := p.cut
	c.Centre = c.Centre.Add(p.along.Scale(float64(k) * p.step))
	c.Mode, c.Thickness = p.set.Mode, 0
	if c.Mode != Single {
		c.Thickness = p.set.Slab
	}
	return c
}

// Thickness is how its slices are made: the mode of the slab, and how thick it is,
// mm.
func (p *Plane) Thickness() (Mode, float64) {
	c := p.cutAt(0)
	return c.Mode, c.Thickness
}

// At is where slice k lies in the patient.
func (p *Plane) At(k int) space.Plane { return p.cutAt(k).Plane(p.set.Volume) }

// Key tells one picture from another: equal keys are equal pixels.
func (p *Plane) Key(k int, coarse bool) string {
	return fmt.Sprintf("%d.%d.%d/%d/%d/%g/%t", p.set.made, p.which, p.set.version, k, p.set.Mode, p.set.Slab, coarse && p.set.Mode != Single)
}

// Image is the picture of slice k. A coarse slab is sampled at every other pixel of
// every other row, for as long as the reader is moving.
func (p *Plane) Image(k int, coarse bool) *pixel.Image {
	key := p.Key(k, coarse)
	for _, m := range p.made {
		if m.key == key && m.image != nil {
			return m.image
		}
	}
	c := p.cutAt(k)
	values := p.set.values[:0]
	if coarse && c.Mode != Single {
		values = p.set.coarse(values, c)
	} else {
		values = p.set.Volume.Resample(values, c)
	}
	p.set.values = values
	im := p.set.Volume.Image(values, c.Cols, c.Rows)
	copy(p.made[1:], p.made[:])
	p.made[0] = picture{key, im}
	return im
}

// Words are what its pictures are besides their name: "MIP 10 mm", or "".
func (p *Plane) Words() string { return p.set.Words() }

// Full reports whether every slice of the volume is here.
func (p *Plane) Full() bool { return p.set.Volume.Have() == p.set.Volume.Slices }

// Whole reports whether all slices between two patient points are here (N8).
func (p *Plane) Whole(a, b space.Vec3) bool { return p.set.Volume.Whole(a, b) }
