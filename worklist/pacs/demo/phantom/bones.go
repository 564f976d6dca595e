package phantom

// vertebra is one level of the spine: the middle of its body, half its height
// in front and behind (equal unless it is wedged), and the half axes of the body.
type vertebra struct {
	name        string
	c           vec
	front, back float32
	rx, ry      float32
	lumbar      bool
}

// spineLevels are T1 to L5 from the head down; the pitch grows from 21 to 35 mm
// and the curve is a kyphosis over a lordosis.
func spineLevels() []vertebra {
	names := []string{"T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5"}
	ys := []float32{50, 54, 58, 61, 63, 64, 64, 63, 61, 58, 54, 50, 46, 43, 41, 42, 46}
	var out []vertebra
	z := float32(216)
	for i, n := range names {
		pitch := 20.5 + float32(i)*0.85
		v := vertebra{name: n, c: vec{0, ys[i], z}, rx: 13.5 + float32(i)*0.7, ry: 11 + float32(i)*0.42, lumbar: i > 11}
		gap := 2 + float32(i)*0.22
		v.front, v.back = (pitch-gap)/2, (pitch-gap)/2
		out = append(out, v)
		z -= 20.5 + (float32(i)+0.5)*0.85
	}
	return out
}

// spine is the bones, discs and the canal between two heights.
func spine(lo, hi float32) []part {
	return spineOf(spineLevels(), lo, hi)
}

func spineOf(levels []vertebra, lo, hi float32) []part {
	var ps []part
	for i, v := range levels {
		if v.c.z < lo-30 || v.c.z > hi+30 {
			continue
		}
		if i+1 < len(levels) {
			ps = append(ps, v.disc(levels[i+1]))
		}
		ps = append(ps, v.parts()...)
	}
	pts := make([]vec, len(levels))
	for i, v := range levels {
		pts[i] = vec{0, v.c.y + v.ry + 9, v.c.z}
	}
	return append(ps,
		part{solid: bead([]float32{8}, pts...), coats: []coat{{0, fat}, {1, csf}}},
		part{solid: bead([]float32{5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5.5, 5, 3, 1}, pts[:14]...), coats: []coat{{0, grey}}})
}

// drum is a short column, waisted in the middle, with plates that may wedge.
func (v vertebra) drum(grow float32) solid {
	h := max(v.front, v.back)
	return blob{box{v.c, v.c}.grown(max(v.rx, h) + 3), func(p vec) float32 {
		q := p.minus(v.c)
		half := mix(v.front, v.back, clamp(q.y/v.ry*0.5+0.5, 0, 1))
		t := q.z / h
		waist := 1.6 * (1 - t*t)
		ry := v.ry
		if q.y > 0 {
			ry *= 0.82 - 0.1*clamp(1-abs(q.x)/8, 0, 1)
		}
		rx := v.rx - waist
		ry -= waist * 0.7
		k := sqrt(q.x*q.x/(rx*rx) + q.y*q.y/(ry*ry))
		return max((k-1)*min(rx, ry), abs(q.z)-half) - grow
	}}
}

func (v vertebra) disc(below vertebra) part {
	c := v.c.toward(below.c, 0.5)
	d := vertebra{c: c, front: (v.c.z - below.c.z) / 2, back: (v.c.z - below.c.z) / 2, rx: v.rx, ry: v.ry}
	return part{solid: d.drum(0.4), coats: []coat{{0, disc}}, grain: 4}
}

// parts are the body and the arch of the vertebra.
func (v vertebra) parts() []part {
	shell := []coat{{0, compact}, {1.3, spongy}}
	ps := []part{{solid: v.drum(0), coats: shell, grain: 60, firm: true}}
	back := v.c.y + v.ry + 8
	tip := vec{0, back + 20, v.c.z - 22}
	wing, wide := vec{36, back + 10, v.c.z + 1}, float32(4)
	if v.lumbar {
		tip = vec{0, back + 27, v.c.z - 10}
		wing, wide = vec{46, back - 2, v.c.z}, 4.5
	}
	var arch chain
	for _, s := range []float32{-1, 1} {
		pedicle := vec{s * v.rx * 0.62, v.c.y + v.ry*0.6, v.c.z + 2}
		facet := vec{s * (v.rx*0.62 + 2), back + 3, v.c.z}
		arch = append(arch,
			tube{pedicle, facet, 4.2, 4.6},
			tube{facet, vec{0, back + 11, v.c.z - 6}, 3.6, 3.6},
			tube{vec{s * (v.rx*0.62 + 3), back + 5, v.c.z + v.back}, vec{s * (v.rx*0.62 + 3), back + 5, v.c.z - v.back}, 4.2, 4.2},
			tube{facet, vec{s * wing.x, wing.y, wing.z}, wide, wide - 0.6})
	}
	arch = append(arch, tube{vec{0, back + 10, v.c.z - 5}, tip, 3.4, 3.8})
	return append(ps, part{solid: arch, coats: shell, grain: 40, firm: true})
}

// wall is the point of the loft's surface at z in a diamond direction, d mm out.
func (l *loft) wall(z, angle, d float32) vec {
	f := clamp((z-l.lo.z)/loftStep, 0, float32(l.levels)-1)
	i := int(f)
	for angle < 0 {
		angle += 4
	}
	j := min(int(angle*(loftSpokes/4)), loftSpokes)
	r := l.r[i*(loftSpokes+1)+j] + d
	q := int(angle) & 3
	t := angle - float32(int(angle))
	dir := [4]vec{{1 - t, t, 0}, {-t, 1 - t, 0}, {t - 1, -t, 0}, {t, t - 1, 0}}[q].unit()
	return vec{l.x[i] + dir.x*r, l.y[i] + dir.y*r, z}
}

// cage is the inner wall on which the left ribs lie; it goes on below the lung.
var cage = newLoft(
	ring{-170, 76, 10, 58, 66, 60, 58, 2.2}, ring{-40, 82, 10, 60, 74, 60, 76, 2.3}, ring{18, 84, 12, 57, 73, 56, 79, 2.4},
	ring{60, 78, 5, 63, 82, 62, 86, 2.4}, ring{110, 72, 1, 63, 84, 60, 82, 2.4}, ring{155, 62, 5, 59, 76, 50, 68, 2.2},
	ring{188, 50, 15, 46, 57, 36, 46, 2}, ring{205, 44, 23, 34, 42, 24, 36, 2}, ring{225, 40, 28, 28, 36, 22, 30, 2})

// rib is the bony part of the left rib k (1…12) and its cartilage, which is nil
// for the floating ribs.
func rib(k int) (bone, gristle chain) {
	v := spineLevels()[k-1]
	drop := [13]float32{0, 26, 44, 58, 70, 80, 88, 94, 98, 96, 84, 48, 26}[k]
	end := [13]float32{0, -0.62, -0.72, -0.74, -0.72, -0.68, -0.62, -0.54, -0.42, -0.25, 0, 0.45, 0.8}[k]
	const steps = 9
	pts := []vec{{v.rx + 2, v.c.y + v.ry, v.c.z + 6}, {v.rx + 18, v.c.y + v.ry + 12, v.c.z + 7}}
	for i := range steps {
		s := float32(i) / (steps - 1)
		a := mix(1.12, end, s)
		z := v.c.z + 7 - drop*pow(s, 1.25)
		pts = append(pts, cage.wall(z, a, 6.2))
	}
	bone = curved([]float32{5, 4.6, 5.2, 5.2, 5.2, 5.2, 5.4, 5.6, 5.8, 6}, pts...)
	if k > 10 {
		return bone, nil
	}
	last := pts[len(pts)-1]
	sternal := vec{14, 0, 190 - float32(k)*18}
	sternal.y = sternumFront(sternal.z) + 2
	if k > 7 {
		sternal = vec{34 + float32(k-7)*14, -88, 62 - float32(k-7)*14}
	}
	bend := last.toward(sternal, 0.55)
	bend.y = min(bend.y, sternal.y+10)
	bend.z = min(bend.z, last.z+4)
	return bone, curved([]float32{5.8, 5.2, 5}, last, bend, sternal)
}

// clavicle is the left collar bone.
var clavicle = curved([]float32{7.5, 6, 5.5, 6, 7}, vec{14, -68, 198}, vec{50, -60, 206}, vec{95, -38, 216}, vec{140, -8, 226})

// framework is the cage without ribs, cartilages and collar bones.
func (t *torso) framework() []part { return t.bones[2*(12+10+1):] }

// thoracicCage is ribs, cartilages, sternum, clavicles and shoulder blades.
func thoracicCage() []part {
	var ps []part
	shell := []coat{{0, compact}, {1.6, spongy}}
	both := func(c chain, coats ...coat) {
		m := make(chain, len(c))
		for i, t := range c {
			m[i] = tube{vec{-t.a.x, t.a.y, t.a.z}, vec{-t.b.x, t.b.y, t.b.z}, t.ra, t.rb}
		}
		ps = append(ps, part{solid: c, coats: coats, grain: 20, firm: true}, part{solid: m, coats: coats, grain: 20, firm: true})
	}
	for k := 1; k <= 12; k++ {
		bone, gristle := rib(k)
		if gristle != nil {
			both(gristle, coat{0, cartilage})
		}
		both(bone, shell...)
	}
	both(clavicle, shell...)
	both(bead([]float32{8, 7, 4.5}, vec{152, 36, 196}, vec{146, 42, 176}, vec{120, 72, 92}), shell...)
	both(bead([]float32{3}, vec{144, 54, 172}, vec{122, 86, 150}, vec{88, 92, 150}), shell...)
	for _, s := range []float32{1, -1} {
		blade := ellipsoid{c: vec{s * 118, 76, 140}, r: vec{44, 3.2, 58}}.turned(-s * 36)
		ps = append(ps, part{solid: blade, coats: []coat{{0, compact}, {1.6, spongy}}, grain: 20})
		ps = append(ps, part{solid: ball{vec{s * 158, 18, 212}, 23}, coats: shell, grain: 30})
	}
	return append(ps,
		part{solid: breastbone(), coats: shell, grain: 40})
}

// sternumFront is the y of the middle of the breastbone at z.
func sternumFront(z float32) float32 { return -94 + max(z-110, 0)*0.22 }

// breastbone leans back towards the neck and is broader above.
func breastbone() solid {
	return blob{box{vec{-32, -104, 50}, vec{32, -60, 206}}, func(p vec) float32 {
		w := 15 + max(p.z-158, 0)*0.4 - max(70-p.z, 0)*0.4
		return max(max(abs(p.x)-w, abs(p.y-sternumFront(p.z))-5), max(54-p.z, p.z-201))
	}}
}
