package phantom

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// A film is a canvas that holds line integrals: mm of water that a ray passed.
// Large organs come from a coarse ray sum, and what must be fine (ribs, vessels,
// trabeculae, letters) is added as chords of tubes.

// enlarged is the canvas with k times as many pixels each way, by cubic splines.
func (c *canvas) enlarged(k int) *canvas {
	p := c.finer(k)
	out := &canvas{plane: p, px: make([]float32, p.w*p.h), edge: p.du.length()}
	wide := make([]float32, p.w*c.h)
	for y := range c.h {
		stretch(wide[y*p.w:], 1, p.w, c.px[y*c.w:], 1, c.w, k)
	}
	for x := range p.w {
		stretch(out.px[x:], p.w, p.h, wide[x:], p.w, c.h, k)
	}
	return out
}

// finer is the same field of view in k times as many pixels each way.
func (p plane) finer(k int) plane {
	off := -0.5 + 0.5/float32(k)
	return plane{p.at(off, off), p.du.times(1 / float32(k)), p.dv.times(1 / float32(k)), p.w * k, p.h * k}
}

// stretch resamples a line of m values to n = k·m values.
func stretch(dst []float32, ds, n int, src []float32, ss, m, k int) {
	at := func(i int) float32 { return src[min(max(i, 0), m-1)*ss] }
	for i := range n {
		f := (float32(i)+0.5)/float32(k) - 0.5
		b, t := floor32(f)
		q := int(b)
		dst[i*ds] = catmull(at(q-1), at(q), at(q+1), at(q+2), t)
	}
}

// flat is a tube as it falls on the film, in pixels, with the lengthening of its
// chords where it runs along the rays.
type flat struct {
	x0, y0, x1, y1, r0, r1, long float32
}

// shadow projects a tube onto the film.
func (c *canvas) shadow(t tube) flat {
	s := 1 / c.du.length()
	a, b := t.a.minus(c.org), t.b.minus(c.org)
	u, v := c.du.unit().times(s), c.dv.unit().times(s)
	d := t.b.minus(t.a)
	l, along := d.length()+1e-3, abs(d.dot(c.normal()))
	return flat{a.dot(u), a.dot(v), b.dot(u), b.dot(v), t.ra * s, t.rb * s,
		min(1/sqrt(max(1-along*along/(l*l), 0.01)), 2)}
}

// near is how far the pixel lies outside the shadow (negative: inside) and the
// radius there.
func (f *flat) near(x, y float32) (d, r float32) {
	dx, dy := f.x1-f.x0, f.y1-f.y0
	px, py := x-f.x0, y-f.y0
	t := clamp((px*dx+py*dy)/(dx*dx+dy*dy+1e-6), 0, 1)
	px, py = px-t*dx, py-t*dy
	r = mix(f.r0, f.r1, t)
	return sqrt(px*px+py*py) - r, r
}

// chord is the length of a ray in a tube of radius r passing d outside its wall.
func chord(d, r float32) float32 {
	if d >= 0 {
		return 0
	}
	q := r + d
	return 2 * sqrt(r*r-q*q)
}

// addChain adds a bone: a wall of so many mm and density, and a core. Densities
// are water equivalents. A run of links is one bone: where they meet, the
// deeper counts.
func (c *canvas) addChain(ch chain, wallMM, wall, core float32) {
	fs := make([]flat, len(ch))
	for i, t := range ch {
		fs[i] = c.shadow(t)
	}
	c.addFlats(fs, wallMM, wall, core)
}

func (c *canvas) addFlats(fs []flat, wallMM, wall, core float32) {
	px := c.du.length()
	lo, hi := [2]float32{1e9, 1e9}, [2]float32{-1e9, -1e9}
	for _, f := range fs {
		r := max(f.r0, f.r1) + 1
		lo = [2]float32{min(lo[0], f.x0-r, f.x1-r), min(lo[1], f.y0-r, f.y1-r)}
		hi = [2]float32{max(hi[0], f.x0+r, f.x1+r), max(hi[1], f.y0+r, f.y1+r)}
	}
	w := wallMM / px
	for y := max(int(lo[1]), 0); y < min(int(hi[1])+1, c.h); y++ {
		for x := max(int(lo[0]), 0); x < min(int(hi[0])+1, c.w); x++ {
			best, r, long := float32(1e9), float32(0), float32(1)
			for i := range fs {
				if d, q := fs[i].near(float32(x), float32(y)); d < best {
					best, r, long = d, q, fs[i].long
				}
			}
			if best >= 0 {
				continue
			}
			outer, inner := chord(best, r), chord(best+w, r-w)
			c.px[y*c.w+x] += px * long * (wall*(outer-inner) + core*inner)
		}
	}
}

// addJoint takes away once what two chains that meet at the start of t both
// counted.
func (c *canvas) addJoint(t tube, wallMM, wall, core float32) {
	f := c.shadow(t)
	f.x1, f.y1, f.r1 = f.x0, f.y0, f.r0
	c.addFlats([]flat{f}, wallMM, -wall, -core)
}

// addTubes adds vessels, each by itself.
func (c *canvas) addTubes(links []link, density float32, keep func(tube) bool) {
	for _, l := range links {
		if keep(l.tube) {
			c.addChain(chain{l.tube}, 0, 0, density)
			c.addJoint(l.tube, 0, 0, density)
		}
	}
}

// strokes of the letters a marker needs, on a grid of 4 by 6, as polylines.
var strokes = map[rune][][][2]float32{
	'R': {{{0, 6}, {0, 0}, {3, 0}, {4, 1}, {4, 2}, {3, 3}, {0, 3}}, {{1.8, 3}, {4, 6}}},
	'L': {{{0, 0}, {0, 6}, {4, 6}}},
	'C': {{{4, 1}, {3, 0}, {1, 0}, {0, 1}, {0, 5}, {1, 6}, {3, 6}, {4, 5}}},
	'M': {{{0, 6}, {0, 0}, {2, 3}, {4, 0}, {4, 6}}},
	'O': {{{1, 0}, {3, 0}, {4, 1}, {4, 5}, {3, 6}, {1, 6}, {0, 5}, {0, 1}, {1, 0}}},
	'P': {{{0, 6}, {0, 0}, {3, 0}, {4, 1}, {4, 2}, {3, 3}, {0, 3}}},
	'H': {{{0, 0}, {0, 6}}, {{4, 0}, {4, 6}}, {{0, 3}, {4, 3}}},
	'A': {{{0, 6}, {2, 0}, {4, 6}}, {{1, 4}, {3, 4}}},
	'N': {{{0, 6}, {0, 0}, {4, 6}, {4, 0}}},
	'T': {{{0, 0}, {4, 0}}, {{2, 0}, {2, 6}}},
}

// write draws text in letters of so many pixels' height, with its upper left
// corner at x, y; ink is the value it sets.
func (c *canvas) write(text string, x, y, height int, ink float32) {
	k := float32(height) / 6
	pen := max(k*0.45, 0.8)
	for n, letter := range []rune(text) {
		ox := float32(x) + float32(n)*k*5.6
		for _, line := range strokes[letter] {
			for i := 1; i < len(line); i++ {
				a, b := line[i-1], line[i]
				f := flat{ox + a[0]*k, float32(y) + a[1]*k, ox + b[0]*k, float32(y) + b[1]*k, pen, pen, 1}
				c.ink(f, ink)
			}
		}
	}
}

func (c *canvas) ink(f flat, ink float32) {
	m := f.r0 + 2
	for y := max(int(min(f.y0, f.y1)-m), 0); y < min(int(max(f.y0, f.y1)+m), c.h); y++ {
		for x := max(int(min(f.x0, f.x1)-m), 0); x < min(int(max(f.x0, f.x1)+m), c.w); x++ {
			d, _ := f.near(float32(x), float32(y))
			k := y*c.w + x
			c.px[k] = mix(c.px[k], ink, clamp(0.5-d, 0, 1))
		}
	}
}

// exposed is how a detector's processing shows a line integral: 0 for a free
// ray, rising towards 1 with the given half-way constant in mm of water.
func exposed(v, scale float32) float32 {
	return 1 - float32(math.Exp(-float64(v/scale)))
}

// lineIntegral sums a scene through depth mm in front of and behind the plane:
// attenuation in units of water, mm. The scene is sampled every step mm.
func lineIntegral(p plane, depth, step float32, values *palette, draw func(*canvas)) *canvas {
	var sum *canvas
	n := int(2 * depth / step)
	for k := range n {
		c := newCanvas(p.moved(-depth+(float32(k)+0.5)*step), step, values)
		draw(c)
		if sum == nil {
			sum = &canvas{plane: p, px: make([]float32, len(c.px))}
		}
		for i, v := range c.px {
			sum.px[i] += max(v+1000, 0) / 1000 * step
		}
	}
	return sum
}

// scout appends a localiser of the trunk: a coronal projection, its middle line
// at x 0 and its first row at top.
func scout(m *maker, number int, bodyPart string, top float32) {
	p := plane{org: vec{-204.8, 0, top}, du: vec{1.6, 0, 0}, dv: vec{0, 0, -1.6}, w: 256, h: 256}
	topogram(m, number, bodyPart, p, vec{}, 130, func(c *canvas) { theTorso().draw(c) })
}

// scoutHead appends a lateral localiser of the head.
func scoutHead(m *maker, number int) {
	p := plane{org: vec{0, -128, 110}, du: vec{0, 1, 0}, dv: vec{0, 0, -1}, w: 256, h: 256}
	topogram(m, number, "HEAD", p, vec{1.5, -204, -1187.5}, 85, func(c *canvas) { theHead().draw(c) })
}

func topogram(m *maker, number int, bodyPart string, p plane, shift vec, depth float32, draw func(*canvas)) {
	a := attrs{
		dicom.ImageType: "ORIGINAL\\PRIMARY\\LOCALIZER", dicom.BodyPartExamined: bodyPart, dicom.PatientPosition: "HFS",
		dicom.FrameOfReferenceUID: uid(m.key, "frame"), dicom.PositionReferenceIndicator: nil,
		dicom.ImageOrientationPatient: append(floats(p.du.unit()), floats(p.dv.unit())...), dicom.ImagePositionPatient: p.org.plus(shift),
		dicom.PixelSpacing: []float64{spacing(p.dv.length()), spacing(p.du.length())}, dicom.SliceThickness: 1, dicom.KVP: 120, dicom.ConvolutionKernel: "Tr20",
		dicom.RescaleIntercept: -1024, dicom.RescaleSlope: 1, dicom.RescaleType: "US", dicom.ProtocolName: m.description,
	}
	a = mono(p.h, p.w, 12, false).with(a, voi([][2]int{{100, 1000}}))
	m.series("scout", number, dicom.CTImageStorage, "CT", "Topogram", a).add(0, nil, func() ([]byte, error) {
		c := lineIntegral(p, depth, 5, &hounsfield, draw)
		for i, v := range c.px {
			c.px[i] = 5*v - 700
		}
		c.fluctuate(softGrain(), 12, uint64(number))
		return words(c.px, 1, -1024, false, 12), nil
	})
}
