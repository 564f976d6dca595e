package phantom

import (
	"cmp"
	"math"
	"slices"
)

// tree is a branching vessel or airway: tubes sorted into layers of z, so that
// an axial slice touches only its own.
type tree struct {
	links  []link
	layers map[int][]int32
}

// link is one tube of a tree, its parent and the number of twigs it feeds.
type link struct {
	tube
	parent int
	twigs  int
}

// treeLayer is the height of a layer of a tree's index in mm.
const treeLayer = 4

// grow fills a space from root with n twigs: points drawn from in are joined,
// nearest to the root first, to the place of the tree that costs the least way.
// Radii follow Murray's law from the twig radius up to most.
func grow(r *random, root vec, space box, in func(vec) bool, n int, twig, most float32) *tree {
	type node struct {
		p    vec
		way  float32
		link int
	}
	pts := make([]vec, 0, n)
	for try := 0; len(pts) < n && try < 60*n; try++ {
		p := vec{r.in(space.lo.x, space.hi.x), r.in(space.lo.y, space.hi.y), r.in(space.lo.z, space.hi.z)}
		if in(p) {
			pts = append(pts, p)
		}
	}
	slices.SortFunc(pts, func(a, b vec) int { return cmp.Compare(a.minus(root).length(), b.minus(root).length()) })
	t := &tree{}
	nodes := []node{{p: root, link: -1}}
	for _, p := range pts {
		best, cost := 0, float32(math.MaxFloat32)
		for i, m := range nodes {
			d := p.minus(m.p).length()
			if c := d + 0.45*m.way; c < cost && d > 0.5 {
				best, cost = i, c
			}
		}
		m := nodes[best]
		way := m.way
		// Two links with a bend between, so that no vessel is a ruler's edge.
		mid := m.p.toward(p, 0.5)
		k := p.minus(m.p).length() * 0.12
		mid = mid.plus(vec{r.in(-k, k), r.in(-k, k), r.in(-k, k)})
		for _, q := range []vec{mid, p} {
			a := root
			if m.link >= 0 {
				a = t.links[m.link].b
			}
			way += q.minus(a).length()
			t.links = append(t.links, link{tube: tube{a: a, b: q}, parent: m.link})
			m = node{q, way, len(t.links) - 1}
			nodes = append(nodes, m)
		}
	}
	t.swell(twig, most)
	t.sort()
	return t
}

// swell gives every link the radius its twigs ask for.
func (t *tree) swell(twig, most float32) {
	for i := len(t.links) - 1; i >= 0; i-- {
		l := &t.links[i]
		l.twigs = max(l.twigs, 1)
		if l.parent >= 0 {
			t.links[l.parent].twigs += l.twigs
		}
	}
	for i := range t.links {
		l := &t.links[i]
		l.rb = min(twig*pow(float32(l.twigs), 0.42), most)
		l.ra = l.rb
		if l.parent >= 0 {
			l.ra = min(t.links[l.parent].rb, l.rb*1.35)
		}
	}
}

func (t *tree) sort() {
	t.layers = map[int][]int32{}
	for i, l := range t.links {
		b := l.bounds()
		for z := int(math.Floor(float64(b.lo.z / treeLayer))); z <= int(math.Floor(float64(b.hi.z/treeLayer))); z++ {
			t.layers[z] = append(t.layers[z], int32(i))
		}
	}
}

// paintTree draws the links that the plane can touch.
func (c *canvas) paintTree(t *tree, v tissue) {
	p := part{coats: []coat{{0, v}}, firm: true}
	lo, hi := c.org.z, c.org.z
	for _, q := range []vec{c.at(0, float32(c.h)), c.at(float32(c.w), 0)} {
		lo, hi = min(lo, q.z), max(hi, q.z)
	}
	seen := make(map[int32]bool)
	for z := int(math.Floor(float64(lo / treeLayer))); z <= int(math.Floor(float64(hi/treeLayer))); z++ {
		for _, i := range t.layers[z] {
			if lo != hi && seen[i] {
				continue
			}
			seen[i] = true
			p.solid = t.links[i].tube
			c.paint(p)
		}
	}
}
