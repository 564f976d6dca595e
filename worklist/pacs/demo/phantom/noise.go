package phantom

import (
	"math"
	"sync"
)

// random is a small generator (SplitMix64) whose sequence is ours: the same
// pictures come out of every Go release.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9E3779B97F4A7C15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// unit is uniform in [0,1).
func (r *random) unit() float32 { return float32(r.next()>>40) / (1 << 24) }

// in is uniform in [lo,hi).
func (r *random) in(lo, hi float32) float32 { return lo + (hi-lo)*r.unit() }

// normal has mean 0 and standard deviation 1 (sum of uniforms: no tails past 3.5).
func (r *random) normal() float32 {
	var s float32
	for range 4 {
		s += r.unit()
	}
	return (s - 2) * 1.7320508
}

// seeded makes a generator for a named thing.
func seeded(name string) *random {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	r := random(h)
	return &r
}

// lattice holds the gradients of the smooth noise below.
var lattice = sync.OnceValue(func() *[1 << 12]vec {
	var g [1 << 12]vec
	r := random(7)
	for i := range g {
		v := vec{r.normal(), r.normal(), r.normal()}
		g[i] = v.times(1 / (v.length() + 1e-3))
	}
	return &g
})

func hash3(x, y, z int32) uint32 {
	h := uint32(x)*0x8DA6B343 ^ uint32(y)*0xD8163841 ^ uint32(z)*0xCB1AB31F
	h ^= h >> 15
	h *= 0x2C1B3C6D
	return (h ^ h>>12) & (1<<12 - 1)
}

func floor32(f float32) (int32, float32) {
	i := int32(f)
	if f < float32(i) {
		i--
	}
	return i, f - float32(i)
}

// smooth is gradient noise with a wavelength of about one unit and values of
// about ±0.7; its zero set is a smooth surface, which is what sulci are cut from.
func smooth(p vec) float32 {
	g := lattice()
	xi, x := floor32(p.x)
	yi, y := floor32(p.y)
	zi, z := floor32(p.z)
	var s [8]float32
	for c := range int32(8) {
		dx, dy, dz := c&1, c>>1&1, c>>2
		v := &g[hash3(xi+dx, yi+dy, zi+dz)]
		s[c] = v.x*(x-float32(dx)) + v.y*(y-float32(dy)) + v.z*(z-float32(dz))
	}
	u, v, w := fade(x), fade(y), fade(z)
	a := mix(mix(s[0], s[1], u), mix(s[2], s[3], u), v)
	b := mix(mix(s[4], s[5], u), mix(s[6], s[7], u), v)
	return mix(a, b, w)
}

func fade(t float32) float32      { return t * t * (3 - 2*t) }
func mix(a, b, t float32) float32 { return a + (b-a)*t }
func clamp(x, lo, hi float32) float32 {
	return min(max(x, lo), hi)
}

// tileSize is the edge of a noise tile in pixels; a power of two.
const tileSize = 512

// tile is periodic noise of mean 0 and standard deviation 1 as a reconstruction
// kernel leaves it: filtered once, then only shifted from slice to slice.
type tile []float32

// Noise tiles: a soft kernel passes coarse grain, a bone or lung kernel fine
// grain, white is a detector's own.
var (
	softGrain  = sync.OnceValue(func() tile { return newTile("soft", 1.25, 6) })
	sharpGrain = sync.OnceValue(func() tile { return newTile("sharp", 0.55, 1.6) })
	whiteGrain = sync.OnceValue(func() tile { return newTile("white", 0, 0) })
	speckle    = sync.OnceValue(func() tile { return newTile("speckle", 1.0, 0) })
)

// newTile filters white noise with a Gaussian of sigma low pixels and takes away
// what a Gaussian of sigma high keeps (0: nothing), for CT noise has no lowest
// frequencies.
func newTile(name string, low, high float64) tile {
	r := seeded(name)
	t := make(tile, tileSize*tileSize)
	for i := range t {
		t[i] = r.normal()
	}
	fine := t.blurred(low)
	if high > 0 {
		for i, v := range t.blurred(high) {
			fine[i] -= v
		}
	}
	var sum float64
	for _, v := range fine {
		sum += float64(v) * float64(v)
	}
	k := float32(1 / math.Sqrt(sum/float64(len(fine))))
	for i := range fine {
		fine[i] *= k
	}
	return fine
}

// blurred is a periodic Gaussian filter of sigma pixels.
func (t tile) blurred(sigma float64) tile {
	out := append(tile(nil), t...)
	if sigma == 0 {
		return out
	}
	n := int(3*sigma) + 1
	taps := make([]float32, 2*n+1)
	var sum float32
	for i := range taps {
		d := float64(i-n) / sigma
		taps[i] = float32(math.Exp(-d * d / 2))
		sum += taps[i]
	}
	tmp := make(tile, len(t))
	pass := func(dst, src tile, step, line int) {
		for l := range tileSize {
			for i := range tileSize {
				var s float32
				for k, w := range taps {
					s += w * src[l*line+(i+k-n)&(tileSize-1)*step]
				}
				dst[l*line+i*step] = s / sum
			}
		}
	}
	pass(tmp, out, 1, tileSize)
	pass(out, tmp, tileSize, 1)
	return out
}

// row returns the tile's line y, to be read with x & (tileSize-1).
func (t tile) row(y int) []float32 {
	y &= tileSize - 1
	return t[y*tileSize : (y+1)*tileSize]
}
