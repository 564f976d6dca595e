package phantom

// sulcusWave and its finer sister are the wavelengths in mm of the two noises
// whose zero sets are the sulci.
const (
	sulcusWave = 17
	foliaWave  = 7
)

// tentorium is the height of the tent over the cerebellum.
func tentorium(p vec) float32 {
	front := max(16-p.y, 0)
	return 9 - 0.5*sqrt(p.x*p.x+60) - max(p.y-34, 0)*max(p.y-34, 0)*0.011 - front*front*0.35
}

// drawBrain paints grey and white matter inside the skull.
func (h *head) drawBrain(c *canvas, inside []float32, r rect) {
	if inside == nil {
		return
	}
	step := c.coarse()
	sulci := c.field(step, r, func(p vec) float32 {
		l := p.length() + 1
		q := p.times(sqrt(60/l) / sulcusWave)
		return smooth(q) + 0.2*smooth(q.times(2.2))
	})
	folia := c.field(step, r, func(p vec) float32 {
		return smooth(vec{p.x / foliaWave / 4, p.y / foliaWave / 1.6, p.z / foliaWave * 1.3})
	})
	for j := r.j0; j < r.j1; j++ {
		for i := r.i0; i < r.i1; i++ {
			k := j*c.w + i
			d := inside[k]
			if d > -1 {
				continue
			}
			p := c.at(float32(i), float32(j))
			if c.bend != nil {
				p = p.plus(c.bend.at(i, j).times(0.6))
			}
			grain := float32(0)
			if c.texture != nil {
				grain = 0.6 * c.texture[k]
			}
			if under := tentorium(p) - p.z; under > -0.3 {
				c.px[k] = c.cerebellum(-d-1.6, under+0.3, folia[k]) + grain
				continue
			}
			c.px[k] = h.cerebrum(c, p, -d-h.atrophy, fromZero(sulci, k, c.w, c.du.length())) + grain
		}
	}
}

// fromZero is the distance in mm, within the image, of pixel k from the zero set
// of a smooth field.
func fromZero(f []float32, k, w int, px float32) float32 {
	if k < w || k+w >= len(f) {
		return sulcusWave
	}
	dx, dy := f[k+1]-f[k-1], f[k+w]-f[k-w]
	slope := sqrt(dx*dx+dy*dy) / (2 * px)
	return abs(f[k]) / max(slope, 0.8/sulcusWave)
}

// cerebrum is the value at a point depth mm below the brain's surface, s mm from
// the middle of a sulcus.
func (h *head) cerebrum(c *canvas, p vec, depth, s float32) float32 {
	inner := float32(99) // depth below the medial surface, where there is one
	if middle := abs(p.x) - 1; middle < 26 {
		if core := h.hemi.dist(p); core > 0 {
			inner = max(middle, 6-core*2)
			if middle < -0.5 && core > 5 && p.z > -15 {
				return c.values[dura]
			}
		}
	}
	near := min(depth, inner+1)
	wall := s - max(0.35+0.28*h.atrophy-near*0.05, 0.12)
	if floor := 14 + abs(p.y)*0.07; near > floor {
		wall = max(wall, 0) + (near-floor)*0.8
	}
	surface := min(depth, inner, wall)
	soft := 1 / max(c.edge, 0.6)
	v := mix(c.values[csf], c.values[grey], clamp(surface*soft+0.5, 0, 1))
	return mix(v, c.values[white], clamp((surface-3.3)*soft*0.5+0.5, 0, 1))
}

// cerebellum has leaves near its surface and a tree of white matter.
func (c *canvas) cerebellum(depth, under, n float32) float32 {
	surface := min(depth, under-0.5)
	if surface < 0 {
		return c.values[dura]
	}
	leaf := abs(n)*foliaWave*0.7 - 0.45 + surface*0.05
	v := mix(c.values[csf], c.values[cerebellum], clamp(leaf/1.1+0.65, 0, 1))
	return mix(v, c.values[white], 0.7*clamp((surface-13)*0.25, 0, 1))
}

// deepBrain is what lies in the white matter: callosum, nuclei, ventricles, stem.
func deepBrain() []part {
	g := func(s solid, t tissue) part { return part{solid: s, coats: []coat{{0, t}}, grain: 0.6} }
	arc := curved([]float32{2.5, 5.5, 4.2, 4, 6}, vec{0, -29, 2}, vec{0, -38, 13}, vec{0, -12, 27}, vec{0, 16, 28}, vec{0, 34, 17})
	ps := []part{g(broad{arc, 0.3}, white)}
	for _, s := range []float32{-1, 1} {
		ps = append(ps,
			g(ellipsoid{c: vec{s * 49, -10, 2}, r: vec{15, 26, 1.5}, m: &[3]vec{{1, 0, 0}, {0, 0.77, 0.64}, {0, -0.64, 0.77}}}, csf),
			g(ellipsoid{c: vec{s * 37, -8, 4}, r: vec{1.6, 19, 13}}, csf),
			g(ellipsoid{c: vec{s * 33.5, -8, 4}, r: vec{2.4, 21, 15}}, grey),
			g(ellipsoid{c: vec{s * 23, -6, 4}, r: vec{6.5, 17, 9}}.turned(s*14), nuclei),
			g(ellipsoid{c: vec{s * 15, -20, 14}, r: vec{5.5, 10, 9}}.turned(s*10), nuclei),
			g(ellipsoid{c: vec{s * 11, 9, 6}, r: vec{8.5, 13, 9}}.turned(s*20), nuclei),
			g(ventricle(s), csf),
			g(ellipsoid{c: vec{s * 25, 31, 7}, r: vec{2, 3.5, 4}}, mucosa))
	}
	stem := blend{6, []solid{bead([]float32{13, 16, 9, 6.5, 5.5}, vec{0, 10, -10}, vec{0, 4, -32}, vec{0, 16, -58}, vec{0, 25, -88}, vec{0, 30, -200}),
		ball{vec{-11, -2, -8}, 7}, ball{vec{11, -2, -8}, 7}}}
	return append(ps,
		g(ellipsoid{c: vec{0, -6, -16}, r: vec{15, 11, 8}}, csf),
		g(blob{stem.bounds().grown(4), func(p vec) float32 { return stem.dist(p) - 3.5 }}, csf),
		g(stem, white),
		g(ellipsoid{c: vec{0, 2, 3}, r: vec{2.4, 13, 9}}, csf),
		g(ellipsoid{c: vec{0, 25, -8}, r: vec{9, 5, 5}}, csf),
		g(ellipsoid{c: vec{0, 27, -36}, r: vec{8, 5, 12}}, csf),
		g(ball{vec{0, 25, 0}, 2.4}, cartilage),
		g(ellipsoid{c: vec{0, -22, -29}, r: vec{6.5, 5, 4}}, grey),
		g(bead([]float32{1.4}, vec{0, -20, -25}, vec{0, -13, -14}), grey),
		g(curved([]float32{2.5, 4, 4.5, 4.5, 4}, vec{0, -84, 12}, vec{0, -62, 52}, vec{0, 0, 70}, vec{0, 56, 54}, vec{0, 82, 2}), bloodPool),
		g(curved([]float32{4, 4}, vec{-14, 78, -18}, vec{-46, 56, -26}, vec{-58, 30, -38}), bloodPool),
		g(curved([]float32{3.2, 3}, vec{14, 78, -18}, vec{46, 56, -26}, vec{58, 30, -38}), bloodPool))
}

// ventricle is a lateral ventricle with its three horns.
func ventricle(s float32) solid {
	return blend{4, []solid{
		curved([]float32{2.5, 4.6, 4.8, 4.6, 5.5, 7}, vec{s * 11, -33, 11}, vec{s * 9, -22, 17}, vec{s * 8, -6, 21}, vec{s * 11, 10, 22}, vec{s * 17, 23, 18}, vec{s * 24, 34, 8}),
		curved([]float32{6, 4, 1.5}, vec{s * 24, 34, 8}, vec{s * 23, 50, 5}, vec{s * 20, 62, 3}),
		curved([]float32{6, 3.4, 2.6, 2}, vec{s * 24, 34, 8}, vec{s * 34, 22, -10}, vec{s * 33, 2, -20}, vec{s * 29, -12, -21}),
	}}
}

// circle are the great arteries at the base of the brain.
func circle() []part {
	g := func(r float32, pts ...vec) part {
		return part{solid: curved([]float32{r}, pts...), coats: []coat{{0, bloodPool}}, firm: true}
	}
	return []part{
		g(1.7, vec{0, -14, -58}, vec{0, -11, -40}, vec{0, -9, -20}),
		g(1.8, vec{-12, -18, -34}, vec{-11, -20, -17}), g(1.8, vec{12, -18, -34}, vec{11, -20, -17}),
		g(1.4, vec{-11, -20, -16}, vec{-22, -20, -14}, vec{-34, -16, -10}, vec{-42, -10, -4}),
		g(1.4, vec{11, -20, -16}, vec{22, -20, -14}, vec{34, -16, -10}, vec{42, -10, -4}),
		g(1.1, vec{-11, -20, -16}, vec{-3, -28, -12}, vec{-2, -40, 2}), g(1.1, vec{11, -20, -16}, vec{3, -28, -12}, vec{2, -40, 2}),
	}
}
