package phantom

import "sync"

// head is a head and the upper neck. Its origin is the middle of the brain; the
// vertex is at z 86, the foramen magnum at −72, the chin at −140.
type head struct {
	scalp    []part
	cavity   solid // inside of the skull
	vault    []part
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
	h.vault = h.skull()
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

// skull is the vault and the base: the cavity's shell, the petrous bones with
// their mastoid cells, the clivus and the sphenoid.
func (h *head) skull() []part {
	ps := []part{{solid: braincase{h.cavity}, coats: []coat{{0, compact}, {2, spongy}, {skullMM - 2.2, compact}, {skullMM, dura}, {skullMM + 0.9, csf}}, firm: true}}
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

func (b braincase) dist(p vec) float32 {
	d := b.cavity.dist(p)
	if d > 0 && p.z < -20 {
		d *= skullMM / (skullMM - min((-20-p.z)*0.1, 3.2))
	}
	return d - skullMM
}

func (b braincase) bounds() box { return b.cavity.bounds().grown(skullMM) }

func (b braincase) within(near box) solid {
	if c := b.cavity.(thinned).within(near.grown(skullMM)); c != nil {
		return braincase{c}
	}
	return nil
}

// draw paints the whole head.
func (h *head) draw(c *canvas) {
	c.paintAll(h.scalp)
	c.paintAll(h.face)
	c.paintAll(h.vault)
	h.drawBrain(c)
	c.paintAll(h.deep)
	c.paintAll(h.arteries)
}
