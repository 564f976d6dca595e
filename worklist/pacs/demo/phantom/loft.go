package phantom

// ring is one outline of a loft: a superellipse about (x,y) at height z with
// four half axes, to the patient's left, back, right and front. The exponent n
// is 2 for an ellipse and grows towards a rounded rectangle; 0 stands for 2.
type ring struct {
	z, x, y                  float32
	left, back, right, front float32
	n                        float32
}

// loftSpokes is the number of directions in which a loft's outline is kept,
// loftStep the distance of its levels in mm.
const (
	loftSpokes = 96
	loftStep   = 2
)

// loft is a body through rings at rising heights, with splines between them.
// 96 spokes by 2 mm: 200 levels of a whole trunk are 77 KB.
type loft struct {
	box
	levels int
	x, y   []float32
	r      []float32 // levels × (loftSpokes+1)
}

func newLoft(rings ...ring) *loft {
	first, last := rings[0], rings[len(rings)-1]
	n := int((last.z-first.z)/loftStep) + 2
	l := &loft{levels: n, x: make([]float32, n), y: make([]float32, n), r: make([]float32, n*(loftSpokes+1))}
	l.lo, l.hi = vec{1e4, 1e4, first.z}, vec{-1e4, -1e4, last.z}
	k := 0
	for i := range n {
		z := min(first.z+float32(i)*loftStep, last.z)
		for k < len(rings)-2 && z > rings[k+1].z {
			k++
		}
		c := between(rings, k, z)
		l.x[i], l.y[i] = c.x, c.y
		l.lo.x, l.hi.x = min(l.lo.x, c.x-c.right), max(l.hi.x, c.x+c.left)
		l.lo.y, l.hi.y = min(l.lo.y, c.y-c.front), max(l.hi.y, c.y+c.back)
		for j := range loftSpokes + 1 {
			l.r[i*(loftSpokes+1)+j] = c.radius(float32(j) * 4 / loftSpokes)
		}
	}
	return l
}

// between is the spline of the rings k and k+1 at z.
func between(rs []ring, k int, z float32) ring {
	at := func(i int) ring { return rs[min(max(i, 0), len(rs)-1)] }
	a, b, c, d := at(k-1), at(k), at(k+1), at(k+2)
	t := (z - b.z) / (c.z - b.z)
	s := func(f func(ring) float32) float32 {
		lo, hi := min(f(b), f(c)), max(f(b), f(c))
		room := (hi - lo) * 0.15
		return clamp(catmull(f(a), f(b), f(c), f(d), t), lo-room, hi+room)
	}
	return ring{z: z, x: s(func(r ring) float32 { return r.x }), y: s(func(r ring) float32 { return r.y }),
		left: s(func(r ring) float32 { return r.left }), back: s(func(r ring) float32 { return r.back }),
		right: s(func(r ring) float32 { return r.right }), front: s(func(r ring) float32 { return r.front }),
		n: s(func(r ring) float32 { return max(r.n, 2) })}
}

// radius of the ring in the direction of the diamond angle a: 0 left, 1 back,
// 2 right, 3 front.
func (c ring) radius(a float32) float32 {
	q := int(a) & 3
	t := a - float32(int(a))
	dx, dy := 1-t, t
	if q&1 == 1 {
		dx, dy = t, 1-t
	}
	h := dx*dx + dy*dy
	k := 1 / sqrt(h)
	dx, dy = dx*k, dy*k
	ax, ay := c.left, c.back
	if q == 1 || q == 2 {
		ax = c.right
	}
	if q >= 2 {
		ay = c.front
	}
	n := max(c.n, 2)
	return 1 / pow(pow(dx/max(ax, 0.1), n)+pow(dy/max(ay, 0.1), n), 1/n)
}

// diamond is the angle of (x,y) measured along a diamond instead of a circle:
// 0 at +x, 1 at +y, 2 at −x, 3 at −y. It costs one division.
func diamond(x, y float32) float32 {
	switch {
	case y >= 0 && x >= 0:
		if x+y == 0 {
			return 0
		}
		return y / (x + y)
	case y >= 0:
		return 1 - x/(y-x)
	case x < 0:
		return 2 - y/(-x-y)
	}
	return 3 + x/(x-y)
}

func (l *loft) bounds() box { return l.box }

// dist measures along the spoke, corrected for the slope of the wall, so that
// edges are equally soft in every plane.
func (l *loft) dist(p vec) float32 {
	f := (p.z - l.lo.z) / loftStep
	over := float32(-1e3)
	if f < 0 {
		over, f = -f*loftStep, 0
	} else if m := float32(l.levels) - 1.001; f > m {
		over, f = p.z-l.hi.z, m
	}
	i := int(f)
	t := f - float32(i)
	dx := p.x - mix(l.x[i], l.x[i+1], t)
	dy := p.y - mix(l.y[i], l.y[i+1], t)
	a := diamond(dx, dy) * (loftSpokes / 4)
	j := min(int(a), loftSpokes-1)
	u := a - float32(j)
	q := l.r[i*(loftSpokes+1)+j:]
	lo := mix(q[0], q[1], u)
	hi := mix(q[loftSpokes+1], q[loftSpokes+2], u)
	d := sqrt(dx*dx+dy*dy) - mix(lo, hi, t)
	if abs(d) < 12 {
		gz, ga := (hi-lo)/loftStep, (q[1]-q[0])*(loftSpokes/6.2)/(mix(lo, hi, t)+1)
		d /= sqrt(1 + gz*gz + ga*ga)
	}
	if over > 0 && d > 0 {
		return sqrt(d*d + over*over)
	}
	return max(d, over)
}
