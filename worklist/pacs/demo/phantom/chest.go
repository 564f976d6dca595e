package phantom

// plant grows the vessels of both lungs: arteries and veins from the hila, and
// the airways beside the arteries.
func (t *torso) plant() {
	room := func(l *loft, side float32) func(vec) bool {
		return func(p vec) bool {
			if l.dist(p) > -5 || p.x*side < 20 {
				return false
			}
			return t.belly.cavity.dist(p) > 4 && t.middle[0].dist(p) > 2 && t.middle[1].dist(p) > 2
		}
	}
	trees := func(name string, right, left vec, twig float32) *tree {
		a := grow(seeded(name+" right"), right, t.lungs[0].box, room(t.lungs[0], -1), 900, twig, 6.5)
		b := grow(seeded(name+" left"), left, t.lungs[1].box, room(t.lungs[1], 1), 820, twig, 6.5)
		return a.joined(b)
	}
	t.arteries = trees("artery", vec{-48, 6, 106}, vec{54, 22, 104}, 0.66)
	t.veins = trees("vein", vec{-42, 18, 84}, vec{50, 22, 80}, 0.6)
	for _, l := range t.arteries.links {
		if l.rb > 1.9 {
			o := vec{3.5, 2.5, 1.5}
			l.a, l.b = l.a.plus(o), l.b.plus(o)
			l.ra, l.rb = l.ra*0.75, l.rb*0.75
			t.airways = append(t.airways, l.tube)
		}
	}
}

// joined is two trees as one.
func (t *tree) joined(u *tree) *tree {
	n := len(t.links)
	out := &tree{links: append([]link(nil), t.links...)}
	for _, l := range u.links {
		if l.parent >= 0 {
			l.parent += n
		}
		out.links = append(out.links, l)
	}
	out.sort()
	return out
}

// fissure is the distance in mm of a point from the nearest of the oblique and,
// on the right, the horizontal clefts; at least 9 where none is near.
func fissure(p vec) float32 {
	d := (p.z-92)*0.62 - (p.y+6)*0.78
	if h := p.z - 98; p.x < 0 && p.y < -10 && abs(h) < abs(d) {
		d = h
	}
	if abs(d) > 9 {
		return 9
	}
	return abs(d + 9*smooth(vec{p.x / 55, p.y / 55, p.z / 55}))
}

// draw paints a trunk with all but a case's own findings.
func (t *torso) draw(c *canvas) {
	c.paintAll(t.wall)
	for _, l := range t.lungs {
		c.paint(part{solid: l, coats: []coat{{0, muscle}, {1, lung}}, grain: 26})
		c.paintFissures(l)
	}
	c.paintTree(t.veins, leftHeart)
	c.paint(part{solid: t.airways.thick(0.9), coats: []coat{{0, bronchus}}, firm: true})
	c.paintTree(t.arteries, pulmonary)
	c.paint(part{solid: t.airways, coats: []coat{{0, air}}, firm: true})
	c.paintAll(t.middle)
	t.belly.draw(c)
	c.paintAll(t.bones)
}

// drawSoft paints what a coarse image can show: no vessels of the lung.
func (t *torso) drawSoft(c *canvas) {
	c.paintAll(t.wall)
	for _, l := range t.lungs {
		c.paint(part{solid: l, coats: []coat{{0, lung}}})
	}
	c.paintAll(t.middle)
	t.belly.draw(c)
	c.paintAll(t.bones)
}

// paintFissures draws the clefts into what is lung so far, and lets the
// dependent lung be a little denser.
func (c *canvas) paintFissures(l *loft) {
	r, ok := c.span(l.box)
	if !ok {
		return
	}
	for j := r.j0; j < r.j1; j++ {
		for i := r.i0; i < r.i1; i++ {
			k := j*c.w + i
			if c.px[k] > -760 || c.px[k] < -930 {
				continue
			}
			q := c.at(float32(i), float32(j))
			c.px[k] += 0.25 * q.y
			if d := fissure(q); d < 1 {
				c.px[k] += 90 * (1 - d)
			}
		}
	}
}
