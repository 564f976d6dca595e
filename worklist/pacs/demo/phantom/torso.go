package phantom

import (
	"sync"
)

// torso is a trunk from the hips to the root of the neck. Its z is 0 at the
// base of the lungs, 135 at the carina, 215 at the apices. The liver, the right
// dome and the longer right bronchus are on the right, the apex of the heart,
// the arch's knob and the stomach's bubble on the left.
type torso struct {
	wall     []part // skin, fat, muscle
	lungs    [2]*loft
	belly    *belly
	middle   []part // mediastinum, heart, great vessels
	bones    []part
	arteries *tree
	veins    *tree
	airways  chain
}

// rightLung and leftLung are the pleural cavities.
var rightRings = []ring{
	{-46, -106, 48, 12, 26, 20, 18, 2.2}, {-24, -98, 32, 34, 50, 42, 50, 2.2}, {18, -83, 12, 58, 72, 56, 78, 2.4},
	{60, -77, 4, 62, 80, 62, 86, 2.4}, {110, -72, 0, 60, 82, 62, 82, 2.4}, {155, -62, 4, 50, 75, 58, 68, 2.2},
	{188, -50, 14, 36, 56, 44, 44, 2}, {206, -44, 22, 25, 38, 30, 28, 2}, {215, -42, 27, 12, 18, 14, 14, 2},
	{219, -42, 29, 2, 2, 2, 2, 2},
}

var leftRings = []ring{
	{-52, 108, 50, 26, 20, 12, 16, 2.2}, {-28, 98, 34, 42, 44, 32, 48, 2.2}, {16, 84, 14, 54, 70, 56, 76, 2.4},
	{60, 78, 5, 60, 79, 62, 84, 2.4}, {110, 72, 1, 60, 82, 60, 80, 2.4}, {155, 62, 5, 56, 74, 50, 66, 2.2},
	{188, 50, 15, 43, 55, 36, 44, 2}, {205, 44, 23, 29, 37, 24, 27, 2}, {213, 42, 28, 13, 17, 12, 13, 2},
	{217, 42, 30, 2, 2, 2, 2, 2},
}

// theTorso is built once, when the first picture needs it.
var theTorso = sync.OnceValue(func() *torso {
	t := &torso{lungs: [2]*loft{newLoft(rightRings...), newLoft(leftRings...)}}
	t.wall = trunkWall()
	t.belly = theBelly()
	t.middle = mediastinum()
	t.bones = append(thoracicCage(), spine(-230, 240)...)
	t.plant()
	return t
})

// trunkWall is everything outside the ribs.
func trunkWall() []part {
	body := newLoft(
		ring{-420, 0, 4, 172, 112, 172, 100, 2.5}, ring{-300, 0, 2, 178, 114, 178, 106, 2.5},
		ring{-200, 0, 0, 166, 112, 166, 112, 2.4}, ring{-100, 0, 0, 159, 111, 159, 114, 2.4},
		ring{0, 0, 0, 164, 112, 164, 110, 2.5}, ring{100, 0, 0, 170, 113, 170, 106, 2.6},
		ring{160, 0, 0, 178, 113, 178, 96, 2.7}, ring{195, 0, 2, 182, 106, 182, 86, 2.5},
		ring{222, 0, 6, 190, 98, 190, 74, 2.2}, ring{250, 0, 10, 124, 76, 124, 60, 2}, ring{272, 0, 12, 74, 68, 74, 58, 2}, ring{330, 0, 14, 60, 60, 60, 58, 2})
	flesh := newLoft(
		ring{-420, 0, 6, 150, 96, 150, 70, 2.3}, ring{-300, 0, 6, 150, 94, 150, 78, 2.3},
		ring{-200, 0, 4, 146, 94, 146, 88, 2.4}, ring{-100, 0, 2, 144, 97, 144, 96, 2.4},
		ring{0, 0, 1, 150, 102, 150, 97, 2.5}, ring{100, 0, 0, 158, 104, 158, 95, 2.6},
		ring{160, 0, 0, 168, 104, 168, 86, 2.7}, ring{195, 0, 2, 172, 98, 172, 77, 2.4},
		ring{222, 0, 6, 180, 90, 180, 66, 2.1}, ring{250, 0, 10, 114, 69, 114, 53, 2}, ring{272, 0, 12, 64, 61, 64, 50, 2}, ring{330, 0, 14, 52, 52, 52, 50, 2})
	return []part{
		{solid: body, coats: []coat{{0, skin}, {1.8, fat}}, grain: 8},
		{solid: flesh, coats: []coat{{0, muscle}, {9, fat}, {10.2, muscle}}, grain: 14, web: true},
		{solid: paraspinal(-1), coats: []coat{{0, fat}, {1.2, muscle}}, grain: 14, web: true},
		{solid: paraspinal(1), coats: []coat{{0, fat}, {1.2, muscle}}, grain: 14, web: true},
	}
}

// paraspinal is the long muscle beside the spinous processes.
func paraspinal(s float32) solid {
	var pts []vec
	for _, v := range spineLevels() {
		pts = append(pts, vec{s * (20 + (216-v.c.z)*0.028), v.c.y + v.ry + 22, v.c.z})
	}
	return bead([]float32{12, 12, 12, 12, 12, 12.5, 13, 13, 14, 15, 16, 17, 18, 19, 20, 20, 20}, pts...)
}

// mediastinum is painted over the lungs: fat first, then what lies in it.
func mediastinum() []part {
	fatty := newLoft(
		ring{-30, 8, 30, 22, 30, 24, 30, 2}, ring{20, 12, 12, 46, 50, 40, 98, 2}, ring{60, 12, 6, 44, 52, 40, 92, 2},
		ring{100, 4, 4, 36, 54, 36, 92, 2}, ring{130, 1, 8, 33, 50, 34, 92, 2}, ring{158, 1, 12, 33, 44, 33, 82, 2},
		ring{190, 0, 20, 29, 40, 31, 60, 2}, ring{225, 0, 26, 30, 34, 31, 44, 2})
	heart := blend{14, []solid{
		ellipsoid{c: vec{38, -22, 52}, r: vec{58, 38, 36}}.along(vec{0.72, -0.45, -0.38}),
		ellipsoid{c: vec{10, -46, 60}, r: vec{46, 28, 36}}.along(vec{0.9, -0.1, -0.35}),
		ellipsoid{c: vec{-22, -24, 66}, r: vec{26, 32, 40}},
		ellipsoid{c: vec{6, 12, 86}, r: vec{36, 20, 24}},
	}}
	m := func(s solid, g float32, c ...coat) part { return part{solid: s, coats: c, grain: g} }
	return []part{
		m(fatty, 9, coat{0, fat}),
		m(heart, 8, coat{0, fat}, coat{4, myocardium}),
		m(ellipsoid{c: vec{40, -21, 52}, r: vec{40, 22, 20}}.along(vec{0.72, -0.45, -0.38}), 2, coat{0, leftHeart}),
		m(ellipsoid{c: vec{10, -50, 58}, r: vec{38, 15, 26}}.along(vec{0.9, -0.1, -0.35}), 3, coat{0, rightHeart}),
		m(ellipsoid{c: vec{-22, -24, 68}, r: vec{21, 25, 32}}, 4, coat{0, rightHeart}),
		m(ellipsoid{c: vec{6, 12, 86}, r: vec{32, 15, 19}}, 2, coat{0, leftHeart}),
		m(curved([]float32{15, 16, 15.5, 14.5, 13.5, 12.5, 12, 11.5, 11}, vec{4, -20, 84}, vec{-13, -32, 106}, vec{-14, -26, 132}, vec{-2, -10, 149},
			vec{18, 14, 150}, vec{27, 36, 132}, vec{27, 46, 100}, vec{24, 48, 50}, vec{14, 44, 0}), 2, coat{0, fat}, coat{0.8, aorta}),
		m(curved([]float32{11, 10.5, 9.5, 8}, vec{-30, -20, 92}, vec{-31, -24, 130}, vec{-26, -26, 165}, vec{-34, -18, 205}), 2, coat{0, vein}),
		m(curved([]float32{8, 8, 6}, vec{-24, -28, 166}, vec{0, -36, 172}, vec{34, -24, 200}), 2, coat{0, vein}),
		m(curved([]float32{11, 13}, vec{-20, 8, -40}, vec{-24, 2, 8}, vec{-24, -8, 40}), 2, coat{0, vein}),
		m(curved([]float32{5.5, 5}, vec{-6, -20, 150}, vec{-16, -8, 180}, vec{-26, 4, 220}), 2, coat{0, aorta}),
		m(curved([]float32{4.2, 4}, vec{8, -4, 152}, vec{18, 4, 185}, vec{24, 12, 222}), 2, coat{0, aorta}),
		m(curved([]float32{5, 5}, vec{20, 14, 152}, vec{30, 22, 190}, vec{46, 28, 222}), 2, coat{0, aorta}),
		m(curved([]float32{15, 14, 12, 9, 8}, vec{14, -44, 82}, vec{20, -40, 104}, vec{28, -14, 118}, vec{44, 12, 120}, vec{54, 22, 104}), 2, coat{0, pulmonary}),
		m(curved([]float32{13, 11, 10.5, 8.5}, vec{22, -36, 106}, vec{2, -12, 110}, vec{-24, 0, 110}, vec{-48, 6, 106}), 2, coat{0, pulmonary}),
		m(curved([]float32{8, 7}, vec{26, 16, 88}, vec{50, 22, 80}), 2, coat{0, leftHeart}),
		m(curved([]float32{8, 7}, vec{-16, 14, 88}, vec{-42, 18, 84}), 2, coat{0, leftHeart}),
		m(curved([]float32{7, 8, 7}, vec{3, 36, 226}, vec{4, 40, 120}, vec{12, 34, 20}, vec{18, 20, -10}), 6, coat{0, muscle}, coat{5, bowelContent}),
		m(windpipe(1.6), 0, coat{0, bronchus}, coat{0.8, cartilage}),
		m(windpipe(0), 0, coat{0, air}),
	}
}

// windpipe is the trachea and the main bronchi, wider by d.
func windpipe(d float32) solid {
	return blend{4, []solid{
		curved([]float32{8.6, 8.8, 8.4}, vec{1, 2, 330}, vec{1, 16, 245}, vec{1, 22, 190}, vec{2, 27, 137}).thick(d),
		curved([]float32{7.2, 6.6, 5.2}, vec{2, 27, 137}, vec{-18, 27, 118}, vec{-42, 20, 104}).thick(d),
		curved([]float32{6.6, 6, 5}, vec{2, 27, 137}, vec{26, 30, 114}, vec{48, 28, 98}).thick(d),
	}}
}

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
