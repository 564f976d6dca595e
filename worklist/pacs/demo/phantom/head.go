package phantom

import (
	"sync"
)

// head is a head and the upper neck. Its origin is the middle of the brain; the
// vertex is at z 86, the foramen magnum at −72, the chin at −140.
type head struct {
	scalp    []part
	cavity   solid // inside of the skull
	base     []part
	face     []part
	deep     []part // ventricles, nuclei, brain stem: painted into the brain
	hemi     solid  // where the hemispheres are joined
	atrophy  float32
	arteries []part
}

var theHead = sync.OnceValue(func() *head {
	h := &head{atrophy: 2.2}
	h.cavity = blend{9, []solid{
		newLoft(ring{-30, 0, -10, 34, 60, 34, 62, 2}, ring{-22, 0, -4, 57, 72, 57, 76, 2.2}, ring{-8, 0, 0, 64, 78, 64, 83, 2.2}, ring{6, 0, 0, 64, 79, 64, 83, 2.2}, ring{14, 0, 0, 60, 75, 60, 79, 2.2}),
		above{ellipsoid{c: vec{0, 0, 4}, r: vec{67, 84, 69}}, -12},
		ellipsoid{c: vec{-38, -20, -24}, r: vec{27, 33, 25}}.turned(-14),
		ellipsoid{c: vec{38, -20, -24}, r: vec{27, 33, 25}}.turned(14),
		ellipsoid{c: vec{0, 42, -38}, r: vec{54, 42, 34}},
	}}
	h.hemi = ellipsoid{c: vec{0, -3, -6}, r: vec{34, 42, 34}}
	h.scalp = scalp()
	h.base = skullBase()
	h.face = faceBones()
	h.deep = deepBrain()
	h.arteries = circle()
	return h
})

// scalp is skin and fat of the head and neck with nose and ears, and muscle below.
func scalp() []part {
	skinShape := blend{8, []solid{
		newLoft(ring{-260, 0, 26, 62, 58, 62, 56, 2}, ring{-185, 0, 20, 58, 58, 58, 52, 2}, ring{-150, 0, 4, 58, 74, 58, 76, 2.1}, ring{-125, 0, 2, 62, 80, 62, 92, 2.1},
			ring{-95, 0, 1, 67, 84, 67, 98, 2.1}, ring{-60, 0, 0, 73, 91, 73, 98, 2.2}, ring{-30, 0, 0, 76, 94, 76, 98, 2.2}, ring{0, 0, 0, 77, 95, 77, 99, 2.2}, ring{12, 0, 0, 72, 90, 72, 93, 2.1}),
		ellipsoid{c: vec{0, 1, 4}, r: vec{80, 98, 83}},
		bead([]float32{5, 10, 11}, vec{0, -92, -34}, vec{0, -106, -60}, vec{0, -100, -70}),
		ellipsoid{c: vec{0, -90, -132}, r: vec{24, 14, 14}},
		ellipsoid{c: vec{-80, 14, -45}, r: vec{7, 12, 26}},
		ellipsoid{c: vec{80, 14, -45}, r: vec{7, 12, 26}},
	}}
	ps := []part{{solid: skinShape, coats: []coat{{0, skin}, {2, fat}}, grain: 6}}
	m := func(r []float32, pts ...vec) {
		ps = append(ps, part{solid: curved(r, pts...), coats: []coat{{0, muscle}}, grain: 8})
	}
	for _, s := range []float32{-1, 1} {
		ps = append(ps, part{solid: ellipsoid{c: vec{s * 69, -22, -18}, r: vec{7, 26, 34}}, coats: []coat{{0, muscle}}, grain: 6},
			part{solid: ellipsoid{c: vec{s * 32, -44, -92}, r: vec{27, 36, 42}}, coats: []coat{{0, muscle}}, grain: 8})
		m([]float32{8, 15, 15, 13}, vec{s * 16, 82, -36}, vec{s * 17, 70, -66}, vec{s * 15, 56, -110}, vec{s * 15, 58, -240})
		m([]float32{7, 12, 12, 11}, vec{s * 40, 72, -44}, vec{s * 38, 62, -70}, vec{s * 32, 50, -110}, vec{s * 34, 48, -240})
		m([]float32{8, 10, 10}, vec{s * 62, 26, -66}, vec{s * 56, 20, -110}, vec{s * 40, -6, -190})
		m([]float32{6, 6}, vec{s * 9, -6, -78}, vec{s * 8, -5, -200})
		m([]float32{7, 8, 9}, vec{s * 26, 26, -76}, vec{s * 27, 28, -110}, vec{s * 28, 26, -200})
	}
	return ps
}

// skullBase is the petrous bones with their mastoid cells, and the clivus.
func skullBase() []part {
	var ps []part
	for _, s := range []float32{-1, 1} {
		pyramid := ellipsoid{c: vec{s * 39, 2, -47}, r: vec{31, 9.5, 8.5}}.along(vec{-s * 44, -27, 2})
		mastoid := blend{6, []solid{ellipsoid{c: vec{s * 60, 20, -62}, r: vec{11, 15, 20}}, ball{vec{s * 54, 10, -48}, 10}}}
		cells := blob{mastoid.bounds(), func(p vec) float32 {
			return max(mastoid.dist(p)+2, 5*smooth(vec{p.x / 5, p.y / 5, p.z / 5})-0.4)
		}}
		ps = append(ps,
			part{solid: pyramid, coats: []coat{{0, compact}}, grain: 120},
			part{solid: mastoid, coats: []coat{{0, compact}, {1.5, spongy}}},
			part{solid: cells, coats: []coat{{0, air}}, firm: true},
			part{solid: bead([]float32{3.2}, vec{s * 78, 8, -50}, vec{s * 54, 4, -48}), coats: []coat{{0, air}}, firm: true},
			part{solid: ball{vec{s * 36, 3, -46}, 2.2}, coats: []coat{{0, csf}}, firm: true})
	}
	return append(ps, part{solid: bead([]float32{8, 8, 6}, vec{0, -16, -40}, vec{0, -2, -54}, vec{0, 6, -70}), coats: []coat{{0, compact}, {1.5, marrow}}, grain: 30})
}

// skullMM is the thickness of the vault; the base is thinner.
const skullMM = 6.5

// braincase is the skull's vault with all that it holds: at skullMM below its
// surface the cavity begins, however thin the bone is there.
type braincase struct{ cavity solid }

func (b braincase) dist(p vec) float32 { return b.around(p, b.cavity.dist(p)) }

// around is dist at a point d mm outside the cavity.
func (b braincase) around(p vec, d float32) float32 {
	if d > 0 && p.z < -20 {
		d *= skullMM / (skullMM - min((-20-p.z)*0.1, 3.2))
	}
	return d - skullMM
}

// wall are the tables of the vault with the diploe between, and the dura.
var wall = part{coats: []coat{{0, compact}, {2, spongy}, {skullMM - 2.2, compact}, {skullMM, dura}, {skullMM + 0.9, csf}}}

func (b braincase) bounds() box { return b.cavity.bounds().grown(skullMM) }

// draw paints the whole head.
func (h *head) draw(c *canvas) {
	c.paintAll(h.scalp)
	c.paintAll(h.face)
	inside, r := h.chart(c)
	h.drawVault(c, inside, r)
	c.paintAll(h.base)
	h.drawBrain(c, inside, r)
	c.paintAll(h.deep)
	c.paintAll(h.arteries)
}

// chart is the distance from the cavity for the pixels of a rectangle, which
// skull and brain both ask for.
func (h *head) chart(c *canvas) ([]float32, rect) {
	r, ok := c.span(h.cavity.bounds().grown(skullMM + c.edge))
	cavity := near(h.cavity, c.slab(30))
	if !ok || cavity == nil {
		return nil, rect{}
	}
	return c.field(c.coarse(), r, cavity.dist), r
}

// coarse is how many pixels make the 1.8 mm in which the brain's fields are
// sampled.
func (c *canvas) coarse() int { return max(int(1.8/c.du.length()), 1) }

// drawVault paints the vault and, just under it, what the brain leaves free.
func (h *head) drawVault(c *canvas, inside []float32, r rect) {
	lut, skull := c.layers(wall.coats), braincase{h.cavity}
	for j := r.j0; j < r.j1; j++ {
		for i := r.i0; i < r.i1; i++ {
			k := j*c.w + i
			if d := inside[k]; d < skullMM+c.edge && d > -2.5 {
				c.lay(k, skull.around(c.at(float32(i), float32(j)), d), lut, wall)
			}
		}
	}
}

// faceBones are the orbits, the paranasal sinuses, the nose, the jaws and the
// upper cervical spine.
func faceBones() []part {
	var ps []part
	add := func(s solid, g float32, c ...coat) { ps = append(ps, part{solid: s, coats: c, grain: g}) }
	thin := func(s solid) { // an air cell in thin bone with a lining
		ps = append(ps, part{solid: s, coats: []coat{{0, compact}, {1.1, mucosa}, {1.8, air}}, firm: true})
	}
	for _, s := range []float32{-1, 1} {
		orbit(&ps, s)
		thin(ellipsoid{c: vec{s * 27, -66, -80}, r: vec{17, 21, 19}}.turned(s * 12))
		add(curved([]float32{5, 4, 3.2, 3.4, 4.5}, vec{s * 40, -80, -62}, vec{s * 57, -68, -66}, vec{s * 66, -44, -62}, vec{s * 66, -18, -56}, vec{s * 62, -4, -52}), 20, coat{0, compact}, coat{1.6, spongy})
		jaw(&ps, s)
		add(bead([]float32{5, 5.5}, vec{s * 31, -36, -88}, vec{s * 46, -30, -120}), 6, coat{0, muscle})
		add(bead([]float32{10, 11}, vec{s * 55, -34, -80}, vec{s * 50, -38, -118}), 6, coat{0, muscle})
		add(ellipsoid{c: vec{s * 62, 2, -90}, r: vec{9, 16, 24}}, 10, coat{0, pancreas})
	}
	thin(ellipsoid{c: vec{-9, -87, -14}, r: vec{12, 6.5, 15}})
	thin(ellipsoid{c: vec{11, -87, -10}, r: vec{14, 7, 20}})
	ethmoid(&ps)
	thin(ellipsoid{c: vec{4, -30, -45}, r: vec{14, 14, 10}})
	nose(&ps)
	add(blob{box{vec{-30, -88, -112}, vec{30, -30, -102}}, func(p vec) float32 {
		return max(abs(p.z+105-0.004*p.x*p.x)-2, sqrt(p.x*p.x+max(p.y+60, 0)*max(p.y+60, 0)*0.2+min(p.y+60, 0)*min(p.y+60, 0))-27)
	}}, 20, coat{0, compact})
	add(ellipsoid{c: vec{0, -52, -128}, r: vec{24, 30, 19}}, 6, coat{0, muscle})
	add(curved([]float32{7, 8, 9, 8}, vec{0, -26, -72}, vec{0, -20, -100}, vec{0, -16, -140}, vec{0, -14, -200}), 0, coat{0, mucosa}, coat{1.5, air})
	return append(ps, neck()...)
}

// orbit is fat, the globe with its lens, the optic nerve and the straight muscles.
func orbit(ps *[]part, s float32) {
	apex := vec{s * 15, -36, -34}
	globe := vec{s * 31, -75, -38}
	cone := blend{6, []solid{bead([]float32{6, 18, 18}, apex, globe.plus(vec{0, 2, 0}), globe.plus(vec{s, -6, 0}))}}
	rim := globe.y - 8
	m := func(r float32, o vec) part {
		return part{solid: curved([]float32{1.2, r, r, 1}, apex.plus(o.times(0.25)), apex.toward(globe, 0.5).plus(o), globe.plus(o.times(1.2)).plus(vec{0, 4, 0}), globe.plus(o.times(1.15)).plus(vec{0, -4, 0})), coats: []coat{{0, muscle}}}
	}
	*ps = append(*ps,
		part{solid: blob{cone.bounds().grown(2), func(p vec) float32 { return max(cone.dist(p)-1.3, rim-p.y-s*(p.x-globe.x)*0.5) }}, coats: []coat{{0, compact}}},
		part{solid: blob{cone.bounds(), func(p vec) float32 { return max(cone.dist(p), rim-6-p.y) }}, coats: []coat{{0, fat}}, grain: 6},
		m(2, vec{s * 9.5, 0, 0}), m(2.2, vec{-s * 9.5, 0, 0}), m(2, vec{0, 0, 9.5}), m(2, vec{0, 0, -9.5}),
		part{solid: curved([]float32{2, 2}, vec{s * 8, -26, -28}, apex.plus(vec{0, -4, 0}), globe.plus(vec{0, 10, 0})), coats: []coat{{0, white}}},
		part{solid: ball{globe, 12.2}, coats: []coat{{0, dura}, {1.1, eye}}, firm: true},
		part{solid: ellipsoid{c: globe.plus(vec{0, -8.4, 0}), r: vec{4.6, 2, 4.6}}, coats: []coat{{0, lens}}, firm: true})
}

// ethmoid is a honeycomb between the orbits.
func ethmoid(ps *[]part) {
	frame := ellipsoid{c: vec{0, -62, -46}, r: vec{14.5, 24, 16}}
	cells := blob{frame.bounds(), func(p vec) float32 {
		x := abs(p.x) - 7.5
		n := smooth(vec{x / 9, p.y / 8, p.z / 9})
		return max(max(frame.dist(p)+1, 0.9-abs(n)*8), 1.4-abs(p.x))
	}}
	*ps = append(*ps,
		part{solid: frame, coats: []coat{{0, compact}, {0.8, mucosa}}, firm: true},
		part{solid: cells, coats: []coat{{0, air}}, firm: true})
}

// nose is the cavity with septum and turbinates.
func nose(ps *[]part) {
	cavity := blend{5, []solid{ellipsoid{c: vec{0, -66, -84}, r: vec{14, 34, 20}}, ellipsoid{c: vec{0, -98, -84}, r: vec{9, 12, 10}}, ellipsoid{c: vec{0, -64, -62}, r: vec{7, 22, 10}}}}
	*ps = append(*ps, part{solid: cavity, coats: []coat{{0, compact}, {0.8, mucosa}, {1.8, air}}, firm: true},
		part{solid: blob{cavity.bounds(), func(p vec) float32 { return max(cavity.dist(p), abs(p.x-0.5*sin(p.z/14))-1.3) }}, coats: []coat{{0, mucosa}}, firm: true})
	for _, s := range []float32{-1, 1} {
		*ps = append(*ps,
			part{solid: bead([]float32{4.2, 4.6, 3}, vec{s * 8.5, -90, -92}, vec{s * 8.8, -66, -92}, vec{s * 8, -44, -90}), coats: []coat{{0, mucosa}}, firm: true},
			part{solid: bead([]float32{2.8, 3, 2.4}, vec{s * 6, -80, -74}, vec{s * 6.4, -64, -74}, vec{s * 6, -48, -72}), coats: []coat{{0, mucosa}}, firm: true})
	}
}

// jaw is one side of the mandible and its teeth, and of the upper row.
func jaw(ps *[]part, s float32) {
	shell := []coat{{0, compact}, {2, marrow}}
	body := curved([]float32{7.5, 7, 6.5, 6}, vec{0, -83, -136}, vec{s * 20, -76, -134}, vec{s * 38, -54, -130}, vec{s * 48, -28, -124})
	ramus := curved([]float32{6, 5, 5}, vec{s * 48, -28, -124}, vec{s * 52, -18, -90}, vec{s * 54, -10, -60})
	*ps = append(*ps, part{solid: body, coats: shell, grain: 30}, part{solid: ramus, coats: shell, grain: 30})
	for i := range 7 {
		a := float32(i) * 0.24
		x, y := s*(3.5+32*sin(a)), -87+44*(1-cos(a))
		for _, z := range []float32{-109, -121} {
			*ps = append(*ps, part{solid: ellipsoid{c: vec{x, y, z}, r: vec{3.4, 3.4, 7}}, coats: []coat{{0, compact}}, grain: 200})
		}
	}
}

// neck is C1 to C4: ring, dens, bodies and arches, the canal in them.
func neck() []part {
	shell := []coat{{0, compact}, {1.3, spongy}}
	var ps []part
	for i := range 5 {
		z := -100 - float32(i)*17.5
		v := vertebra{c: vec{0, 10 - float32(i), z}, front: 7, back: 7, rx: 10, ry: 8}
		d := v
		d.c.z -= 8.7
		d.front, d.back = 2.2, 2.2
		ps = append(ps, part{solid: d.drum(0.3), coats: []coat{{0, disc}}}, part{solid: v.drum(0), coats: shell, grain: 40})
		back := float32(36) - float32(i)
		var arch chain
		for _, s := range []float32{-1, 1} {
			arch = append(arch, tube{vec{s * 9, 14, z}, vec{s * 17, 20, z}, 4, 5}, tube{vec{s * 17, 20, z}, vec{0, back + 6, z - 2}, 4, 3})
		}
		arch = append(arch, tube{vec{0, back + 6, z - 2}, vec{0, back + 20, z - 10}, 3.2, 3.6})
		ps = append(ps, part{solid: arch, coats: shell, grain: 30})
	}
	ring1 := bead([]float32{4.5, 6.5, 4.5, 3.5}, vec{0, -6, -80}, vec{-20, 6, -80}, vec{-17, 24, -80}, vec{0, 38, -80})
	ring2 := bead([]float32{4.5, 6.5, 4.5, 3.5}, vec{0, -6, -80}, vec{20, 6, -80}, vec{17, 24, -80}, vec{0, 38, -80})
	return append(ps, part{solid: append(ring1, ring2...), coats: shell, grain: 30},
		part{solid: bead([]float32{5.5, 6}, vec{0, 4, -76}, vec{0, 8, -95}), coats: shell, grain: 30},
		part{solid: bead([]float32{9.5}, vec{0, 21, -72}, vec{0, 25, -88}, vec{0, 30, -210}), coats: []coat{{0, fat}, {0.8, csf}}},
	)
}
