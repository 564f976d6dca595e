package phantom

import (
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// theKnee is a healthy left knee. Its origin is the joint line; x goes to the
// outside, where the fibula is.
var theKnee = sync.OnceValue(func() []part {
	var ps []part
	add := func(s solid, g float32, c ...coat) { ps = append(ps, part{solid: s, coats: c, grain: g}) }
	kneeFlesh(add)
	condyles := blend{8, []solid{
		curved([]float32{15, 16, 20, 22}, vec{0, -8, 150}, vec{0, -8, 70}, vec{0, -4, 44}, vec{0, -2, 30}),
		ellipsoid{c: vec{-23, 8, 20}, r: vec{14, 31, 22}}, ellipsoid{c: vec{23, 7, 21}, r: vec{13.5, 29, 21}},
		ellipsoid{c: vec{3, -14, 26}, r: vec{27, 17, 18}},
	}}
	notch := ellipsoid{c: vec{0, 26, 6}, r: vec{9.5, 26, 20}}
	femur := cut{condyles, []solid{notch}}
	tibia := blend{8, []solid{ellipsoid{c: vec{0, 6, -16}, r: vec{39, 26, 11}}, curved([]float32{27, 19, 14, 13}, vec{0, 4, -24}, vec{0, 2, -46}, vec{0, 0, -80}, vec{0, 0, -160}), ball{vec{3, -22, -40}, 8}}}
	flat := blob{tibia.bounds(), func(p vec) float32 { return max(tibia.dist(p), p.z+7+min(abs(p.x)*0.03-1.4, 0)) }}
	bone := []coat{{0, compact}, {1.2, marrow}}
	add(layer(femur, 2.6, func(p vec) bool {
		return (p.z < 32 || p.y < -12 && p.z < 46) && abs(p.x) < 35 && (p.y < -4 || abs(p.x) > 11)
	}), 0, coat{0, cartilage})
	add(blob{flat.bounds().grown(3), func(p vec) float32 { return max(flat.dist(p)-2.6, -9-p.z) }}, 0, coat{0, cartilage})
	add(femur, 34, bone...)
	add(flat, 34, bone...)
	add(curved([]float32{8.5, 7, 5.5, 5}, vec{35, 21, -28}, vec{36, 21, -42}, vec{37, 19, -70}, vec{37, 18, -160}), 34, bone...)
	patella := ellipsoid{c: vec{3, -46, 26}, r: vec{20, 9.5, 19}}
	add(layer(patella, 2.8, func(p vec) bool { return p.y > -44 && p.z > 14 }), 0, coat{0, cartilage})
	add(patella, 34, bone...)
	add(ringed(-22, 6), 0, coat{0, meniscus})
	add(ringed(22, 5), 0, coat{0, meniscus})
	kneeLigaments(add)
	return ps
})

// layer is a layer d mm thick on a body, where on says so.
func layer(s solid, d float32, on func(vec) bool) solid {
	return blob{s.bounds().grown(d), func(p vec) float32 {
		if !on(p) {
			return nowhere
		}
		return s.dist(p) - d
	}}
}

// ringed is a meniscus: a wedge bent to a C that opens towards the notch.
func ringed(x, y float32) solid {
	return blob{box{vec{x - 22, y - 25, -12}, vec{x + 22, y + 25, 6}}, func(p vec) float32 {
		dx, dy := (p.x-x)/0.82, (p.y-y)*0.88
		r := sqrt(dx*dx + dy*dy)
		if (p.x-x)*x < 0 && abs(dy) < 7 {
			return nowhere
		}
		h := max(r-8.5, 0) * 0.27
		return max(max(abs(p.z+3)-h, r-20), 8.5-r)
	}}
}

type adder func(s solid, grain float32, coats ...coat)

// kneeFlesh is skin, fat, muscles and vessels.
func kneeFlesh(add adder) {
	add(newLoft(ring{-170, 2, 14, 52, 56, 50, 42, 2}, ring{-80, 2, 12, 56, 58, 54, 48, 2}, ring{-30, 1, 6, 55, 52, 53, 56, 2.1}, ring{10, 0, 2, 58, 52, 58, 60, 2.1},
		ring{40, 0, 0, 60, 58, 60, 62, 2.1}, ring{90, 0, 2, 68, 66, 70, 66, 2}, ring{170, 0, 4, 80, 78, 80, 72, 2}), 20, coat{0, skin}, coat{1.8, fat})
	m := func(r []float32, pts ...vec) { add(curved(r, pts...), 26, coat{0, muscle}) }
	m([]float32{6, 19, 26, 30}, vec{-30, -24, 28}, vec{-36, -16, 64}, vec{-34, -22, 100}, vec{-30, -24, 160})
	m([]float32{5, 15, 24, 28}, vec{32, -26, 44}, vec{38, -16, 76}, vec{38, -18, 110}, vec{36, -20, 160})
	m([]float32{5, 10, 16, 22}, vec{0, -42, 54}, vec{2, -42, 84}, vec{4, -42, 120}, vec{4, -42, 170})
	m([]float32{4, 13, 18, 22}, vec{-26, 32, -8}, vec{-25, 38, 40}, vec{-24, 46, 90}, vec{-22, 46, 160})
	m([]float32{4, 10, 15, 19}, vec{34, 24, -22}, vec{32, 36, 36}, vec{32, 46, 90}, vec{28, 48, 160})
	m([]float32{5, 13, 20, 24}, vec{-16, 32, 20}, vec{-18, 37, -30}, vec{-20, 42, -80}, vec{-20, 40, -170})
	m([]float32{5, 13, 18, 22}, vec{18, 32, 20}, vec{18, 37, -30}, vec{18, 42, -80}, vec{18, 40, -170})
	m([]float32{5, 9, 16, 20}, vec{8, 28, -14}, vec{0, 26, -44}, vec{0, 24, -90}, vec{0, 22, -170})
	m([]float32{8, 14, 15}, vec{32, -8, -50}, vec{30, -10, -100}, vec{28, -10, -170})
	add(curved([]float32{4}, vec{3, 40, 120}, vec{4, 40, 40}, vec{4, 36, -60}), 0, coat{0, bloodPool})
	add(curved([]float32{4.6}, vec{8, 45, 120}, vec{9, 46, 40}, vec{8, 42, -60}), 0, coat{0, bloodPool})
	add(curved([]float32{2.8}, vec{16, 48, 120}, vec{17, 49, 20}), 0, coat{0, grey})
}

// kneeLigaments are tendons, cruciates, collaterals and a little fluid.
func kneeLigaments(add adder) {
	t := func(r []float32, pts ...vec) { add(curved(r, pts...), 8, coat{0, tendon}) }
	add(ellipsoid{c: vec{2, -33, 54}, r: vec{17, 2.2, 13}}, 0, coat{0, water})
	add(ellipsoid{c: vec{0, 21, -5}, r: vec{9, 2, 5}}, 0, coat{0, water})
	t([]float32{3, 2.6, 3}, vec{4, -52, 10}, vec{4, -46, -16}, vec{4, -32, -42})
	t([]float32{3.4, 3, 3.4}, vec{2, -54, 42}, vec{2, -52, 66}, vec{2, -50, 90})
	t([]float32{4, 3.6, 4.6}, vec{9, 17, 16}, vec{4, 4, 2}, vec{-3, -10, -7})
	t([]float32{5, 4.4, 4}, vec{-7, 0, 12}, vec{-3, 20, 4}, vec{1, 28, -18})
	t([]float32{1.6}, vec{-38, 4, 26}, vec{-41, 4, -4}, vec{-38, 0, -44})
	t([]float32{1.6}, vec{38, 6, 26}, vec{41, 14, 0}, vec{38, 20, -24})
}

var (
	pdFatSat = palette{skin: 320, fat: 175, muscle: 350, compact: 20, marrow: 150, cartilage: 640, meniscus: 60, tendon: 75, bloodPool: 70, grey: 420, water: 950, spongy: 110}
	t1Joint  = palette{skin: 330, fat: 860, muscle: 300, compact: 20, marrow: 760, cartilage: 420, meniscus: 60, tendon: 60, bloodPool: 60, grey: 330, water: 200, spongy: 760}
	t2FatSat = palette{skin: 260, fat: 110, muscle: 200, compact: 15, marrow: 90, cartilage: 430, meniscus: 40, tendon: 45, bloodPool: 60, grey: 400, water: 980, spongy: 90}
)

func kneeMR() []mrSeries {
	sag := mrSeries{
		key: "pd-sag", name: "PD TSE FS sagittal", number: 2, bodyPart: "KNEE", view: "sagittal", from: -45.5, step: 3.5, thickness: 3, n: 27, size: 320, fov: 160,
		z: 0, shift: vec{96, 12, -4}, bValue: -1, tr: 2900, te: 34, noise: 14, shade: 0.3, wander: 1.6, texture: 4, sequence: "SE", kind: "OTHER\\M",
		window: [2]int{360, 760}, values: &pdFatSat, draw: func(c *canvas) { c.paintAll(theKnee()) },
	}
	cor, t1, ax := sag, sag, sag
	cor.key, cor.name, cor.number, cor.view, cor.from, cor.n = "pd-cor", "PD TSE FS coronal", 3, "coronal", -50, 28
	t1.key, t1.name, t1.number, t1.view, t1.from, t1.n = "t1-cor", "T1 TSE coronal", 4, "coronal", -50, 28
	t1.values, t1.tr, t1.te, t1.window = &t1Joint, 640, 11, [2]int{430, 900}
	ax.key, ax.name, ax.number, ax.view, ax.from, ax.step, ax.n = "t2-ax", "T2 TSE FS axial", 5, "axial", 62, -4, 30
	ax.values, ax.tr, ax.te, ax.window = &t2FatSat, 4100, 68, [2]int{330, 750}
	return []mrSeries{sag, cor, t1, ax}
}

func kneeStudies(now time.Time) []Study {
	e := exam{key: "mr-knee", accession: "N26-0416", description: "MR left knee", who: freya,
		at: ago(now, 8*time.Hour), referrer: "MORETTI^LUCA^^DR"}
	e.order = brief(freya, now, Order{
		Accession: e.accession, Priority: "LOW", DueAfter: 40 * time.Hour, ArrivedAgo: 7 * time.Hour, Label: "MR left knee without contrast", Laterality: "L",
		Indication: "twisted left knee at football four weeks ago, settled, before return to sport", Requester: "HAUGEN^LIV^^DR",
		Callback: "+49 30 5550 8021", PatientClass: "OUTPATIENT", Bed: "Sports medicine", ProcedureCode: Code{Value: "MRKNEE-L"},
	})
	m := e.begin()
	localiser(m, kneeMR()[0], [3]float32{0, 0, 0})
	for _, s := range kneeMR() {
		s.addTo(m, nil)
	}
	for _, i := range m.Instances {
		i.Header.SetStr(dicom.Laterality, "L")
	}
	return []Study{m.Study}
}
