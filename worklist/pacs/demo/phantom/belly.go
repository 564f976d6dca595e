package phantom

import "math"

// belly is what the diaphragm and the abdominal wall enclose.
type belly struct {
	cavity    solid
	liver     solid
	organs    []part
	portal    *tree
	mesentery *tree
	veins     *tree
	bowel     []part
	pelvis    []part
}

func theBelly() *belly {
	b := &belly{}
	b.cavity = blend{16, []solid{
		ellipsoid{c: vec{-72, 4, -62}, r: vec{72, 84, 94}},
		ellipsoid{c: vec{74, 6, -72}, r: vec{71, 82, 92}},
		ellipsoid{c: vec{6, -14, -76}, r: vec{72, 78, 88}},
		newLoft(ring{-330, 0, -4, 124, 66, 124, 70, 2.3}, ring{-260, 0, -4, 128, 72, 128, 78, 2.3},
			ring{-180, 0, -4, 130, 78, 130, 86, 2.4}, ring{-110, 0, -4, 131, 80, 131, 90, 2.4},
			ring{-50, 0, -4, 130, 78, 130, 90, 2.4}, ring{-30, 0, -4, 100, 50, 100, 70, 2}),
	}}
	b.liver = liverShape(b.cavity)
	b.organs = b.solidOrgans()
	b.portal = b.hepatic("portal", vec{-40, -20, -52}, 1.0, 6)
	b.veins = b.hepatic("hepatic", vec{-26, 4, 2}, 0.95, 6)
	b.mesentery = grow(seeded("mesentery"), vec{0, -8, -112}, box{vec{-85, -78, -235}, vec{90, 12, -105}}, func(p vec) bool { return b.cavity.dist(p) < -8 }, 160, 0.6, 3)
	b.bowel = append(stomach(), bowel()...)
	b.pelvis = iliacWings()
	return b
}

// liverShape reaches across the midline in front and down to the right.
func liverShape(cavity solid) solid {
	lobes := blend{14, []solid{
		newLoft(ring{-138, -100, 10, 6, 8, 8, 10, 2}, ring{-120, -96, 8, 22, 26, 30, 34, 2}, ring{-90, -86, 4, 38, 52, 62, 62, 2.2},
			ring{-55, -74, -2, 52, 66, 74, 80, 2.3}, ring{-20, -66, -6, 66, 78, 84, 92, 2.4}, ring{20, -64, -4, 66, 84, 84, 92, 2.4},
			ring{45, -64, -4, 60, 80, 80, 80, 2.4}),
		ellipsoid{c: vec{14, -58, -16}, r: vec{62, 30, 40}},
		ellipsoid{c: vec{-18, -6, -28}, r: vec{20, 20, 26}},
	}}
	cleft := ellipsoid{c: vec{-14, -64, -62}, r: vec{4, 34, 26}}.turned(12)
	return both{cut{lobes, []solid{cleft}}, cavity, 0, 2.4}
}

// hepatic grows vessels in the liver from the root.
func (b *belly) hepatic(name string, root vec, twig, most float32) *tree {
	return grow(seeded(name), root, b.liver.bounds(), func(p vec) bool { return b.liver.dist(p) < -7 }, 170, twig, most)
}

func (b *belly) solidOrgans() []part {
	m := func(s solid, g float32, c ...coat) part { return part{solid: s, coats: c, grain: g} }
	vessel := func(t tissue, r []float32, pts ...vec) part { return m(curved(r, pts...), 1, coat{0, t}) }
	ps := []part{
		m(b.liver, 4, coat{0, liver}),
		m(both{ellipsoid{c: vec{96, 40, -36}, r: vec{30, 54, 60}}.turned(24), b.cavity, 0, 3}, 3, coat{0, spleen}),
		m(ellipsoid{c: vec{-56, -46, -94}, r: vec{13, 20, 25}}, 0, coat{0, muscle}, coat{1.4, bile}),
		m(curved([]float32{15, 12, 9, 9.5, 8, 6}, vec{-30, -24, -96}, vec{-24, -28, -80}, vec{2, -36, -68}, vec{34, -16, -54}, vec{58, 8, -46}, vec{80, 22, -40}), 9, coat{0, pancreas}),
	}
	for _, s := range []float32{-1, 1} {
		c := vec{s * 60, 40, -98 + s*7}
		ps = append(ps, kidney(c, s)...)
		ps = append(ps,
			m(curved([]float32{9, 15, 19, 20, 16}, vec{s * 22, 44, -70}, vec{s * 36, 48, -110}, vec{s * 44, 44, -160}, vec{s * 50, 34, -210}, vec{s * 58, 10, -270}), 8, coat{0, muscle}),
			m(bead([]float32{10, 13, 12}, vec{s * 56, 66, -70}, vec{s * 68, 66, -120}, vec{s * 76, 58, -185}), 8, coat{0, muscle}),
			vessel(aorta, []float32{3}, vec{s * 8, 28, -92}, vec{s * 34, 32, -95 + s*5}),
			vessel(vein, []float32{4.5}, vec{s*10 - 12, 18, -90}, vec{s * 36, 27, -92 + s*5}),
			vessel(aorta, []float32{6.5, 5.5}, vec{2, 24, -184}, vec{s * 24, 26, -220}, vec{s * 46, 14, -270}),
			m(bead([]float32{2.2}, vec{s * 30, 26, -62}, vec{s * 34, 38, -74}, vec{s * 40, 44, -70}), 0, coat{0, muscle}))
	}
	return append(ps,
		vessel(vein, []float32{12, 11.5, 11, 10}, vec{-23, -2, 28}, vec{-24, 14, -40}, vec{-22, 22, -110}, vec{-18, 28, -190}),
		vessel(aorta, []float32{11, 10.5, 10, 9}, vec{14, 44, 0}, vec{7, 30, -60}, vec{3, 22, -120}, vec{2, 24, -186}),
		vessel(aorta, []float32{4, 3}, vec{5, 22, -68}, vec{4, 2, -70}, vec{-22, -10, -62}),
		vessel(aorta, []float32{4.2, 3.6, 3}, vec{5, 20, -82}, vec{4, -2, -96}, vec{2, -14, -170}),
		vessel(portal, []float32{5.5, 6.5, 7.2, 6.5}, vec{-8, -16, -165}, vec{-10, -18, -100}, vec{-14, -20, -76}, vec{-40, -20, -52}),
		vessel(portal, []float32{5, 4.5}, vec{-12, -19, -76}, vec{30, -8, -56}, vec{76, 26, -38}))
}

// kidney has a cortex, pyramids in its medulla, fat in its sinus.
func kidney(c vec, s float32) []part {
	e := ellipsoid{c: c, r: vec{52, 26, 28}}.along(vec{s * 0.22, 0.18, -1})
	in := ellipsoid{c: c.plus(vec{-s * 3, 0, 0}), r: vec{38, 15, 17}}.along(vec{s * 0.22, 0.18, -1})
	pyramids := blob{in.bounds(), func(p vec) float32 {
		q := p.minus(c)
		return max(in.dist(p), 3.2*smooth(vec{q.x / 15, q.y / 15, q.z / 15})*4-2.2)
	}}
	capsule := ellipsoid{c: c, r: vec{57, 31, 33}, m: e.m}
	return []part{
		{solid: capsule, coats: []coat{{0, fat}}, grain: 8},
		{solid: e, coats: []coat{{0, kidneyCortex}}, grain: 2},
		{solid: pyramids, coats: []coat{{0, kidneyMedulla}}, grain: 2},
		{solid: ellipsoid{c: c.plus(vec{-s * 14, -4, 0}), r: vec{17, 9, 22}}, coats: []coat{{0, fat}}, grain: 3},
		{solid: curved([]float32{6, 4, 2.2}, c.plus(vec{-s * 10, -3, 0}), c.plus(vec{-s * 20, -6, -12}), vec{s * 34, 30, -170}), coats: []coat{{0, urine}}},
	}
}

// stomach lies under the left dome, its gas in front.
func stomach() []part {
	s := stomachShape
	in := bubble(s, 4, func(p vec) float32 { return p.y + 34 })
	return []part{
		{solid: s, coats: []coat{{0, bowelWall}, {4, bowelContent}}, grain: 10},
		{solid: in, coats: []coat{{0, air}}},
	}
}

// upright is the stomach of someone who stands: the gas has risen to the fundus.
func upright() []part {
	ps := stomach()
	ps[1].solid = bubble(stomachShape, 4, func(p vec) float32 { return -9 - p.z })
	return ps
}

// stomachShape reaches from under the left dome across to the pylorus.
var stomachShape = blend{8, []solid{curved([]float32{30, 33, 29, 22, 16, 9}, vec{66, 24, -10}, vec{62, 2, -22}, vec{56, -32, -52}, vec{34, -54, -80}, vec{4, -54, -86}, vec{-26, -44, -80})}}

// bubble is the gas in a hollow body: inside its wall and on the side where
// level is negative.
func bubble(s solid, wall float32, level func(vec) float32) solid {
	return both{s, blob{s.bounds(), level}, wall, 0}
}

// haustral is a colon: its radius waxes and wanes.
func haustral(r float32, pts ...vec) chain {
	c := curved([]float32{r}, pts...)
	for i := range c {
		k := 1 + 0.13*sin(float32(i)*1.9)
		c[i].ra *= k
		c[i].rb *= 1 + 0.13*sin(float32(i+1)*1.9)
	}
	return c
}

// bowel is the colon as a frame and loops of small bowel within.
func bowel() []part {
	var ps []part
	hollow := func(s solid, wall, level float32, gas bool) {
		ps = append(ps, part{solid: s, coats: []coat{{0, bowelWall}, {wall, bowelContent}}, grain: 14})
		if gas {
			ps = append(ps, part{solid: bubble(s, wall, func(p vec) float32 { return p.y - level }), coats: []coat{{0, air}}})
		}
	}
	r := seeded("small bowel")
	for k := range 15 {
		z := -122 - float32(k)*9
		var pts []vec
		for i := range 7 {
			a := float32(i)/6*2.6 - 1.3
			pts = append(pts, vec{float32(math.Sin(float64(a)))*68 + r.in(-9, 9) + 4, r.in(-78, -4), z + r.in(-9, 9)})
		}
		hollow(curved([]float32{10.5, 9, 11, 10}, pts...), 2, -62, k%3 == 0)
	}
	hollow(haustral(22, vec{-98, 22, -215}, vec{-103, 14, -170}, vec{-98, -4, -136}), 2.5, 4, true)
	hollow(haustral(19, vec{-88, -42, -134}, vec{-40, -68, -146}, vec{20, -70, -140}, vec{78, -50, -112}, vec{104, -8, -84}), 2.5, -62, true)
	hollow(haustral(14, vec{110, 20, -92}, vec{112, 34, -150}, vec{106, 30, -215}, vec{84, 10, -262}), 2.5, 20, true)
	return ps
}

// iliacWings are the upper parts of the hip bones and the sacrum.
func iliacWings() []part {
	shell := []coat{{0, compact}, {1.6, spongy}}
	var ps []part
	for _, s := range []float32{-1, 1} {
		w := blob{box{vec{min(s*20, s*140), -40, -330}, vec{max(s*20, s*140), 90, -184}}, func(p vec) float32 {
			x := s * p.x
			along := (p.y + 10) * 0.8
			mid := 98 - (p.y-10)*(p.y-10)*0.004 - (p.z+190)*(-0.16) - max(p.y, 0)*0.35
			crest := p.z + 186 + (p.y-8)*(p.y-8)*0.012
			return max(max(abs(x-mid)-5-abs(along)*0.02, crest), abs(p.y-20)-58)
		}}
		ps = append(ps, part{solid: w, coats: shell, grain: 40})
	}
	sacrum := newLoft(ring{-330, 0, 76, 20, 10, 20, 10, 2}, ring{-280, 0, 74, 38, 14, 38, 14, 2.2}, ring{-245, 0, 62, 52, 20, 52, 18, 2.2}, ring{-232, 0, 56, 40, 20, 40, 18, 2.2})
	return append(ps, part{solid: sacrum, coats: shell, grain: 40})
}

// draw paints the cavity and what is in it; the wall and the bones are there.
func (b *belly) draw(c *canvas) {
	if c.slab(0).lo.z > 60 {
		return
	}
	c.paint(part{solid: b.cavity, coats: []coat{{0, muscle}, {2.4, fat}}, grain: 12})
	c.paintAll(b.organs)
	c.paintTree(b.veins, vein)
	c.paintTree(b.portal, portal)
	c.paintTree(b.mesentery, vein)
	c.paintAll(b.bowel)
	c.paintAll(b.pelvis)
}
