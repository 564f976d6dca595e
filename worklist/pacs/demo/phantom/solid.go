package phantom

import "math"

// vec is a point or a direction in patient space: millimetres, x to the
// patient's left, y to the back, z to the head (PS3.3 C.7.6.2.1.1).
type vec struct{ x, y, z float32 }

func (a vec) plus(b vec) vec              { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) minus(b vec) vec             { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) times(k float32) vec         { return vec{a.x * k, a.y * k, a.z * k} }
func (a vec) dot(b vec) float32           { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) length() float32             { return sqrt(a.dot(a)) }
func (a vec) unit() vec                   { return a.times(1 / a.length()) }
func (a vec) toward(b vec, t float32) vec { return a.plus(b.minus(a).times(t)) }
func (a vec) cross(b vec) vec {
	return vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
func abs(x float32) float32  { return max(x, -x) }
func sin(x float32) float32  { return float32(math.Sin(float64(x))) }
func cos(x float32) float32  { return float32(math.Cos(float64(x))) }

// box is an axis-parallel box.
type box struct{ lo, hi vec }

func (b box) grown(d float32) box {
	return box{b.lo.minus(vec{d, d, d}), b.hi.plus(vec{d, d, d})}
}

func (b box) union(c box) box {
	return box{vec{min(b.lo.x, c.lo.x), min(b.lo.y, c.lo.y), min(b.lo.z, c.lo.z)},
		vec{max(b.hi.x, c.hi.x), max(b.hi.y, c.hi.y), max(b.hi.z, c.hi.z)}}
}

func (b box) meets(c box) bool {
	return b.lo.x <= c.hi.x && b.hi.x >= c.lo.x && b.lo.y <= c.hi.y && b.hi.y >= c.lo.y &&
		b.lo.z <= c.hi.z && b.hi.z >= c.lo.z
}

// solid is a body given by its signed distance in mm, negative inside. The
// distance is exact for balls and tubes and good near the surface for the rest.
type solid interface {
	dist(p vec) float32
	bounds() box
}

// thinned is a solid that can leave out what lies outside a box, so that a slice
// through a long chain looks at two links and not at twenty.
type thinned interface {
	solid
	within(b box) solid // nil: nothing is left
}

// ball is a sphere.
type ball struct {
	c vec
	r float32
}

func (b ball) dist(p vec) float32 { return p.minus(b.c).length() - b.r }
func (b ball) bounds() box        { return box{b.c, b.c}.grown(b.r) }

// ellipsoid has half axes r along the rows of m, or along x, y, z when m is nil.
type ellipsoid struct {
	c, r vec
	m    *[3]vec
}

// turned is the ellipsoid with its axes turned about z by deg: the x axis goes
// towards y, which on an axial image is clockwise.
func (e ellipsoid) turned(deg float32) ellipsoid {
	s, c := sin(deg*math.Pi/180), cos(deg*math.Pi/180)
	e.m = &[3]vec{{c, s, 0}, {-s, c, 0}, {0, 0, 1}}
	return e
}

// along is the ellipsoid with its x axis pointing to d, and its y axis level.
func (e ellipsoid) along(d vec) ellipsoid {
	d = d.unit()
	y := vec{-d.y, d.x, 0}
	if y.length() < 1e-3 {
		y = vec{0, 1, 0}
	}
	y = y.unit()
	e.m = &[3]vec{d, y, d.cross(y)}
	return e
}

func (e ellipsoid) dist(p vec) float32 {
	q := p.minus(e.c)
	if e.m != nil {
		q = vec{q.dot(e.m[0]), q.dot(e.m[1]), q.dot(e.m[2])}
	}
	u := vec{q.x / e.r.x, q.y / e.r.y, q.z / e.r.z}
	v := vec{u.x / e.r.x, u.y / e.r.y, u.z / e.r.z}
	k := u.length()
	g := v.length()
	if g == 0 {
		return -min(e.r.x, e.r.y, e.r.z)
	}
	d := k * (k - 1) / g
	switch bound := (k - 1) * min(e.r.x, e.r.y, e.r.z); { // the estimate may be too long, the bound is not
	case d > 2.5:
		return max(bound, 2.5)
	case d < -2.5:
		return min(bound, -2.5)
	}
	return d
}

func (e ellipsoid) bounds() box {
	h := e.r
	if m := e.m; m != nil {
		f := func(a, b, c float32) float32 {
			return sqrt(a*a*e.r.x*e.r.x + b*b*e.r.y*e.r.y + c*c*e.r.z*e.r.z)
		}
		h = vec{f(m[0].x, m[1].x, m[2].x), f(m[0].y, m[1].y, m[2].y), f(m[0].z, m[1].z, m[2].z)}
	}
	return box{e.c.minus(h), e.c.plus(h)}
}

// tube is a round cone between a and b.
type tube struct {
	a, b   vec
	ra, rb float32
}

func (t tube) dist(p vec) float32 {
	d, q := t.b.minus(t.a), p.minus(t.a)
	k := float32(0)
	if l := d.dot(d); l > 0 {
		k = clamp(q.dot(d)/l, 0, 1)
	}
	return q.minus(d.times(k)).length() - mix(t.ra, t.rb, k)
}

func (t tube) bounds() box {
	return box{t.a, t.a}.grown(t.ra).union(box{t.b, t.b}.grown(t.rb))
}

// chain is the union of tubes: a rib, a bowel, a vessel.
type chain []tube

// bead strings points into a chain of one radius per point; the last radius
// holds for the points that have none.
func bead(r []float32, pts ...vec) chain {
	at := func(i int) float32 { return r[min(i, len(r)-1)] }
	c := make(chain, 0, len(pts)-1)
	for i := 1; i < len(pts); i++ {
		c = append(c, tube{pts[i-1], pts[i], at(i - 1), at(i)})
	}
	return c
}

// curved is bead through points that a Catmull-Rom spline has made finer.
func curved(r []float32, pts ...vec) chain {
	const parts = 4
	at := func(i int) vec { return pts[min(max(i, 0), len(pts)-1)] }
	rad := func(i int) float32 { return r[min(i, len(r)-1)] }
	var fine []vec
	var fr []float32
	for i := range len(pts) - 1 {
		a, b, c, d := at(i-1), at(i), at(i+1), at(i+2)
		for k := range parts {
			t := float32(k) / parts
			fine = append(fine, vec{catmull(a.x, b.x, c.x, d.x, t), catmull(a.y, b.y, c.y, d.y, t), catmull(a.z, b.z, c.z, d.z, t)})
			fr = append(fr, mix(rad(i), rad(i+1), t))
		}
	}
	return bead(append(fr, rad(len(pts)-1)), append(fine, pts[len(pts)-1])...)
}

func catmull(a, b, c, d, t float32) float32 {
	return b + t*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a)))/2
}

func (c chain) dist(p vec) float32 {
	d := float32(math.MaxFloat32)
	for i := range c {
		d = min(d, c[i].dist(p))
	}
	return d
}

func (c chain) bounds() box {
	b := c[0].bounds()
	for _, t := range c[1:] {
		b = b.union(t.bounds())
	}
	return b
}

func (c chain) within(b box) solid {
	var out bundle
	for _, t := range c {
		if t.bounds().meets(b) {
			out.links = append(out.links, stretched(t))
		}
	}
	if out.links == nil {
		return nil
	}
	return &out
}

// bundle is a chain made ready for many questions: distances to links that
// cannot be the nearest are not computed. It remembers the nearest link of the
// last question, so it belongs to one goroutine.
type bundle struct {
	links []span
	last  int
}

// span is a tube with what its distance needs worked out: its middle, how far it
// reaches from there, and its axis over the square of its length.
type span struct {
	tube
	mid, axis, along vec
	reach            float32
}

func stretched(t tube) span {
	d := t.b.minus(t.a)
	l := d.dot(d)
	return span{t, t.a.toward(t.b, 0.5), d, d.times(1 / max(l, 1e-6)), sqrt(l)/2 + max(t.ra, t.rb)}
}

func (s *span) dist(p vec) float32 {
	q := p.minus(s.a)
	k := clamp(q.dot(s.along), 0, 1)
	return q.minus(s.axis.times(k)).length() - mix(s.ra, s.rb, k)
}

func (b *bundle) dist(p vec) float32 {
	best := b.links[b.last].dist(p)
	for i := range b.links {
		s := &b.links[i]
		q, r := p.minus(s.mid), best+s.reach
		if r <= 0 || q.dot(q) >= r*r {
			continue
		}
		if d := s.dist(p); d < best {
			best, b.last = d, i
		}
	}
	return best
}

func (b *bundle) bounds() box {
	out := b.links[0].bounds()
	for i := range b.links {
		out = out.union(b.links[i].bounds())
	}
	return out
}

// thick is the chain with every radius changed by d.
func (c chain) thick(d float32) chain {
	out := make(chain, len(c))
	for i, t := range c {
		out[i] = tube{t.a, t.b, t.ra + d, t.rb + d}
	}
	return out
}

// blend is the union of bodies that flow into each other over about k mm.
type blend struct {
	k     float32
	parts []solid
}

func (s blend) dist(p vec) float32 {
	d := s.parts[0].dist(p)
	for _, q := range s.parts[1:] {
		e := q.dist(p)
		h := max(s.k-abs(d-e), 0) / s.k
		d = min(d, e) - h*h*s.k/4
	}
	return d
}

// within leaves out the parts that are too far from b to matter there.
func (s blend) within(b box) solid {
	out := blend{k: s.k}
	for _, q := range s.parts {
		if q = near(q, b.grown(2*s.k)); q == nil {
			continue
		}
		if q.bounds().meets(b.grown(s.k)) {
			out.parts = append(out.parts, q)
		}
	}
	switch len(out.parts) {
	case 0:
		return nil
	case 1:
		return out.parts[0]
	}
	return out
}

func (s blend) bounds() box {
	b := s.parts[0].bounds()
	for _, q := range s.parts[1:] {
		b = b.union(q.bounds())
	}
	return b.grown(s.k / 4)
}

// cut is what of a lies outside of all of by.
type cut struct {
	a  solid
	by []solid
}

func (s cut) dist(p vec) float32 {
	d := s.a.dist(p)
	for _, b := range s.by {
		if d > 8 {
			break
		}
		d = max(d, -b.dist(p))
	}
	return d
}
func (s cut) bounds() box { return s.a.bounds() }

func (s cut) within(b box) solid {
	if s.a = near(s.a, b); s.a == nil {
		return nil
	}
	return s
}

// near is what of a body matters in a box; nil for nothing.
func near(s solid, b box) solid {
	if t, ok := s.(thinned); ok {
		return t.within(b)
	}
	return s
}

// nowhere is what a blob answers where it is cut off: outside, but not so far
// that the painter would stride over the cut.
const nowhere = 4

// blob is a body given by any function.
type blob struct {
	box
	f func(p vec) float32
}

func (b blob) dist(p vec) float32 { return b.f(p) }
func (b blob) bounds() box        { return b.box }

// broad is a body in the median plane, made wider to both sides by 1/k.
type broad struct {
	solid
	k float32
}

func (b broad) dist(p vec) float32 { return b.solid.dist(vec{p.x * b.k, p.y, p.z}) }
func (b broad) bounds() box {
	c := b.solid.bounds()
	c.lo.x, c.hi.x = c.lo.x/b.k, c.hi.x/b.k
	return c
}

func (b broad) within(c box) solid {
	c.lo.x, c.hi.x = c.lo.x*b.k, c.hi.x*b.k
	if s := near(b.solid, c); s != nil {
		return broad{s, b.k}
	}
	return nil
}

// above is what of a body lies above z.
type above struct {
	solid
	z float32
}

func (a above) dist(p vec) float32 { return max(a.solid.dist(p), a.z-p.z) }
func (a above) bounds() box {
	b := a.solid.bounds()
	b.lo.z = max(b.lo.z, a.z)
	return b
}

// both is what lies inside of a and of b, each shrunk by its margin.
type both struct {
	a, b             solid
	marginA, marginB float32
}

func (s both) dist(p vec) float32 {
	d := s.a.dist(p) + s.marginA
	if d > 12 {
		return d
	}
	return max(d, s.b.dist(p)+s.marginB)
}

func (s both) within(b box) solid {
	b = b.grown(max(s.marginA, s.marginB))
	if s.a, s.b = near(s.a, b), near(s.b, b); s.a == nil || s.b == nil {
		return nil
	}
	return s
}

func (s both) bounds() box {
	a, b := s.a.bounds(), s.b.bounds()
	return box{vec{max(a.lo.x, b.lo.x), max(a.lo.y, b.lo.y), max(a.lo.z, b.lo.z)},
		vec{min(a.hi.x, b.hi.x), min(a.hi.y, b.hi.y), min(a.hi.z, b.hi.z)}}
}
