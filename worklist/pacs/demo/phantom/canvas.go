package phantom

import "math"

// plane is where an image lies: the centre of its first pixel and the steps to
// the next column and the next row, in mm (PS3.3 C.7.6.2.1.1).
type plane struct {
	org, du, dv vec
	w, h        int
}

// at is the patient position of column i, row j; fractions are between pixels.
func (p plane) at(i, j float32) vec {
	return p.org.plus(p.du.times(i)).plus(p.dv.times(j))
}

// normal is the unit vector of increasing slices: row × column direction.
func (p plane) normal() vec { return p.du.cross(p.dv).unit() }

// moved is the plane shifted along its normal by d mm.
func (p plane) moved(d float32) plane {
	p.org = p.org.plus(p.normal().times(d))
	return p
}

// rect is a range of columns and rows.
type rect struct{ i0, j0, i1, j1 int }

// span gives the pixels of the plane that a box can touch, and false for none.
func (p plane) span(b box) (r rect, ok bool) {
	n := p.normal()
	lo, hi := vec{1e9, 1e9, 1e9}, vec{-1e9, -1e9, -1e9}
	uu, vv := 1/p.du.dot(p.du), 1/p.dv.dot(p.dv)
	for k := range 8 {
		c := b.lo
		if k&1 != 0 {
			c.x = b.hi.x
		}
		if k&2 != 0 {
			c.y = b.hi.y
		}
		if k&4 != 0 {
			c.z = b.hi.z
		}
		c = c.minus(p.org)
		q := vec{c.dot(p.du) * uu, c.dot(p.dv) * vv, c.dot(n)}
		lo = vec{min(lo.x, q.x), min(lo.y, q.y), min(lo.z, q.z)}
		hi = vec{max(hi.x, q.x), max(hi.y, q.y), max(hi.z, q.z)}
	}
	r = rect{max(int(lo.x), 0), max(int(lo.y), 0), min(int(hi.x)+2, p.w), min(int(hi.y)+2, p.h)}
	return r, lo.z <= 0 && hi.z >= 0 && r.i0 < r.i1 && r.j0 < r.j1
}

// slab is the box around the plane, for leaving out what it cannot touch.
func (p plane) slab(d float32) box {
	a := p.org
	b := box{a, a}
	for _, c := range []vec{p.at(float32(p.w), 0), p.at(0, float32(p.h)), p.at(float32(p.w), float32(p.h))} {
		b = b.union(box{c, c})
	}
	return b.grown(d)
}

// coat is a layer of a part: from this depth inward it is this tissue.
type coat struct {
	depth  float32
	tissue tissue
}

// part is a body with its layers.
type part struct {
	solid
	coats []coat
	// grain is the strength of the texture within, in units of the canvas's grain.
	grain float32
	// web crosses the body with planes of fat, as between bundles of muscle.
	web bool
	// firm bodies keep their exact shape: what is measured, and what is hard.
	firm bool
}

// canvas is an image in the making: tissue values mixed by how much of a pixel
// a body fills.
type canvas struct {
	plane
	px      []float32
	edge    float32 // width of the transition from outside to inside, mm
	values  *palette
	texture []float32
	web     *grid[float32]
	bend    *bend
}

// gridStep is the distance in pixels of the samples of a grid.
const gridStep = 8

// grid holds a smooth field at every gridStep-th pixel.
type grid[T any] struct {
	w int
	v []T
}

// sampled evaluates f on the plane and one sample beyond.
func sampled[T any](p plane, f func(vec) T) grid[T] {
	g := grid[T]{w: (p.w-1)/gridStep + 2}
	h := (p.h-1)/gridStep + 2
	g.v = make([]T, g.w*h)
	for j := range h {
		for i := range g.w {
			g.v[j*g.w+i] = f(p.at(float32(i*gridStep), float32(j*gridStep)))
		}
	}
	return g
}

// cell is the index of the sample before pixel (i,j) and the way to the next.
func (g *grid[T]) cell(i, j int) (k int, u, v float32) {
	x, y := uint(i), uint(j)
	return int(y/gridStep)*g.w + int(x/gridStep), float32(x%gridStep) / gridStep, float32(y%gridStep) / gridStep
}

// bend displaces soft bodies so that no outline is an ellipse.
type bend struct {
	grid[vec]
	most float32
}

func (b *bend) at(i, j int) vec {
	k, u, v := b.cell(i, j)
	return b.v[k].toward(b.v[k+1], u).toward(b.v[k+b.w].toward(b.v[k+b.w+1], u), v)
}

// newCanvas is filled with the value of air.
func newCanvas(p plane, edge float32, values *palette) *canvas {
	c := &canvas{plane: p, px: make([]float32, p.w*p.h), edge: edge, values: values}
	for i := range c.px {
		c.px[i] = values[air]
	}
	return c
}

// field evaluates f at every step-th pixel of a rectangle and interpolates
// between; elsewhere it is 0.
func (c *canvas) field(step int, r rect, f func(p vec) float32) []float32 {
	out := make([]float32, c.w*c.h)
	gw := (r.i1-r.i0-1)/step + 2
	above, below := make([]float32, gw), make([]float32, gw)
	sample := func(line []float32, j int) {
		for i := range line {
			line[i] = f(c.at(float32(r.i0+i*step), float32(j)))
		}
	}
	sample(below, r.j0)
	k := 1 / float32(step)
	for y := r.j0; y < r.j1; y++ {
		if (y-r.j0)%step == 0 {
			above, below = below, above
			sample(below, y+step)
		}
		v := float32((y-r.j0)%step) * k
		row := out[y*c.w+r.i0 : y*c.w+r.i1]
		for i := 0; i*step < len(row); i++ {
			a, b := mix(above[i], below[i], v), mix(above[i+1], below[i+1], v)
			d := (b - a) * k
			for x := i * step; x < min((i+1)*step, len(row)); x++ {
				row[x] = a
				a += d
			}
		}
	}
	return out
}

// bendBy makes soft bodies wander by up to most mm over a wavelength of wave mm.
func (c *canvas) bendBy(most, wave float32) {
	axis := func(p vec, o float32) float32 {
		return most * 1.4 * smooth(vec{p.x/wave + o, p.y/wave - o, p.z/wave + 3*o})
	}
	c.bend = &bend{sampled(c.plane, func(p vec) vec {
		return vec{axis(p, 1.7), axis(p, 20.3), axis(p, 41.9)}
	}), most}
}

// textureOf sets the texture to noise of the wavelength in mm.
func (c *canvas) textureOf(wave float32) {
	c.texture = c.field(5, rect{0, 0, c.w, c.h}, func(p vec) float32 { return 1.4 * smooth(p.times(1/wave)) })
}

// webOf sets the fatty planes: the zero set of noise of the wavelength in mm.
func (c *canvas) webOf(wave float32) {
	g := sampled(c.plane, func(p vec) float32 {
		return smooth(vec{p.x / wave, p.y / wave * 1.3, p.z / wave / 3})
	})
	c.web = &g
}

// lutStep is the resolution in mm of a part's layers.
const lutStep = 0.125

// layers tabulates the value at each depth, softened over the edge width.
func (c *canvas) layers(coats []coat) []float32 {
	n := int((coats[len(coats)-1].depth+c.edge)/lutStep) + 2
	lut := make([]float32, n)
	for i := range lut {
		v := c.values[coats[0].tissue]
		for _, l := range coats[1:] {
			t := clamp((float32(i)*lutStep-l.depth)/c.edge+0.5, 0, 1)
			v = mix(v, c.values[l.tissue], t)
		}
		lut[i] = v
	}
	return lut
}

// paint draws the part over what is there.
func (c *canvas) paint(p part) {
	reach := c.edge
	if !p.firm && c.bend != nil {
		reach += c.bend.most
	}
	b := p.bounds().grown(reach)
	r, ok := c.span(b)
	if !ok {
		return
	}
	body := p.solid
	if t, is := body.(thinned); is {
		body = t.within(c.slab(reach))
		if body == nil {
			return
		}
		if chain, is := body.(*bundle); is && len(p.coats) == 1 && len(chain.links) > 1 {
			c.paintLinks(p, chain.links)
			return
		}
		r, _ = c.span(body.bounds().grown(reach))
	}
	lut := c.layers(p.coats)
	for j := r.j0; j < r.j1; j++ {
		c.paintRow(p, body, lut, r.i0, r.i1, j)
	}
}

// paintLinks draws the links of a chain without layers one by one: their union
// is the same, and each has a small box.
func (c *canvas) paintLinks(p part, links []span) {
	for i := range links {
		p.solid = &links[i]
		c.paint(p)
	}
}

// paintRow walks along a row. Where the surface is far it strides: a distance d
// is believed to hold for d/2 mm, which leaves room for the bend and for lofts.
func (c *canvas) paintRow(p part, body solid, lut []float32, i0, i1, j int) {
	half := c.edge / 2
	bent := c.bend != nil && !p.firm
	top := len(lut) - 1
	deep := float32(top)*lutStep + half
	stride := 0.5 / c.du.length()
	for i := i0; i < i1; {
		k := j*c.w + i
		q := c.at(float32(i), float32(j))
		if bent {
			q = q.plus(c.bend.at(i, j))
		}
		d := body.dist(q)
		switch {
		case d >= half:
			i += 1 + int((d-half)*stride)
			continue
		case d < -deep:
			n := min(1+int((-d-deep)*stride), i1-i)
			c.fill(k, n, lut[top], p)
			i += n
			continue
		}
		c.lay(k, d, lut, p)
		i++
	}
}

// lay paints pixel k with what lies d mm outside the part's surface.
func (c *canvas) lay(k int, d float32, lut []float32, p part) {
	if d >= c.edge/2 {
		return
	}
	v := lut[0]
	if d < 0 {
		v = lut[min(int(-d*(1/lutStep)), len(lut)-1)]
	}
	if c.texture != nil {
		v += p.grain * c.texture[k]
	}
	if p.web {
		v = c.webbed(k, v)
	}
	c.px[k] += (v - c.px[k]) * min(0.5-d/c.edge, 1)
}

// fill sets n pixels to a value, the texture and the web.
func (c *canvas) fill(k, n int, v float32, p part) {
	row := c.px[k : k+n]
	if c.texture == nil || p.grain == 0 {
		for i := range row {
			row[i] = v
		}
		return
	}
	for i, t := range c.texture[k : k+n] {
		row[i] = v + p.grain*t
	}
	if p.web {
		for i, v := range row {
			row[i] = c.webbed(k+i, v)
		}
	}
}

// webbed is v, or fat where a plane of the web passes.
func (c *canvas) webbed(k int, v float32) float32 {
	const half = 0.055
	if c.web == nil {
		return v
	}
	n, x, y := c.web.cell(k%c.w, k/c.w)
	g := c.web.v[n:]
	w := abs(mix(mix(g[0], g[1], x), mix(g[c.web.w], g[c.web.w+1], x), y))
	if w > half {
		return v
	}
	return mix(v, c.values[fat], 0.65*fade(1-w/half))
}

// paintAll draws the parts in order.
func (c *canvas) paintAll(ps []part) {
	for i := range ps {
		c.paint(ps[i])
	}
}

// fluctuate adds noise of standard deviation sd with the grain of t, shifted by
// the seed so that no two slices share it.
func (c *canvas) fluctuate(t tile, sd float32, seed uint64) {
	r := random(seed)
	ox, oy := int(r.next()&(tileSize-1)), int(r.next()&(tileSize-1))
	for j := range c.h {
		n := t.row(j + oy)
		row := c.px[j*c.w : (j+1)*c.w]
		for i := range row {
			row[i] += sd * n[(i+ox)&(tileSize-1)]
		}
	}
}

// averaged renders n planes across the thickness and takes their mean: the
// partial volume of a thick slice.
func averaged(p plane, thickness float32, n int, draw func(plane) *canvas) *canvas {
	var sum *canvas
	for k := range n {
		c := draw(p.moved(thickness * ((float32(k)+0.5)/float32(n) - 0.5)))
		if sum == nil {
			sum = c
			continue
		}
		for i, v := range c.px {
			sum.px[i] += v
		}
	}
	for i := range sum.px {
		sum.px[i] /= float32(n)
	}
	sum.plane = p
	return sum
}

func pow(x, y float32) float32 { return float32(math.Pow(float64(x), float64(y))) }
