package phantom

import (
	"slices"
	"sync"
	"time"
)

// The abdomen of the third patient: a liver tumour of segment 6 that is bright in
// the arterial phase and washes out, gas under the abdominal wall, a compressed
// L3 above a transitional L5.
var (
	tumour        = ellipsoid{c: vec{-96, 26, -60}, r: vec{11.5, 10, 10.5}}.turned(-25)
	freeAir       = []ellipsoid{{c: vec{-28, -88, -57}, r: vec{15, 5, 11}}, {c: vec{14, -89, -66}, r: vec{7, 4, 6}}, {c: vec{-58, -87, -52}, r: vec{5, 3.5, 4}}}
	compressed    = "L3"
	compressionBy = float32(0.42) // of its height in front
)

// level is the index of a vertebra by its name.
func level(levels []vertebra, name string) int {
	return slices.IndexFunc(levels, func(v vertebra) bool { return v.name == name })
}

// abdominalTorso is the torso with the spine of this patient.
var abdominalTorso = sync.OnceValue(func() *torso {
	t := *theTorso()
	levels := spineLevels()
	levels[level(levels, compressed)].front *= 1 - compressionBy
	cage := thoracicCage()
	low := levels[len(levels)-1].c
	var wings chain
	for _, s := range []float32{-1, 1} {
		wings = append(wings, tube{low.plus(vec{s * 22, 8, 0}), low.plus(vec{s * 48, 14, -14}), 8, 10})
	}
	t.bones = append(append(cage, spineOf(levels, -230, 240)...), part{solid: wings, coats: []coat{{0, compact}, {1.6, spongy}}, grain: 40})
	return &t
})

// phase is a series of the abdomen: seconds after the contrast medium.
type phase struct {
	key, name string
	after     time.Duration
	values    *palette
	tumour    float64 // HU
}

var phases = []phase{
	{"arterial", "Arterial", 35 * time.Second, hounsfield.with(map[tissue]float32{aorta: 320, portal: 92, vein: 76, liver: 72, spleen: 128,
		kidneyCortex: 190, kidneyMedulla: 62, pancreas: 108, bowelWall: 88, muscle: 62, leftHeart: 310, rightHeart: 190, myocardium: 110, pulmonary: 240, lesion: 128, lesion2: 120}), 128},
	{"portal", "Portal venous", 70 * time.Second, hounsfield.with(map[tissue]float32{aorta: 165, portal: 178, vein: 152, liver: 114, spleen: 122,
		kidneyCortex: 188, kidneyMedulla: 160, pancreas: 96, bowelWall: 96, muscle: 66, leftHeart: 160, rightHeart: 160, myocardium: 118, pulmonary: 160, lesion: 90, lesion2: 112}), 90},
	{"delayed", "Delayed", 180 * time.Second, hounsfield.with(map[tissue]float32{aorta: 108, portal: 110, vein: 108, liver: 94, spleen: 96,
		kidneyCortex: 132, kidneyMedulla: 140, urine: 480, pancreas: 80, bowelWall: 78, muscle: 66, leftHeart: 108, rightHeart: 108, myocardium: 100, pulmonary: 108, lesion: 70, lesion2: 112}), 70},
}

// abdomenCT are the three phases; the delayed one is thick.
func abdomenCT() []ctSeries {
	var out []ctSeries
	for i, ph := range phases {
		s := ctSeries{
			key: ph.key, number: 2 + i, name: ph.name + " 3.0 B30", kernel: "B30f", top: 39, step: 3, thickness: 3, n: 96, delay: ph.after,
			fov: 390, x: 2, y: 12, shift: vec{-2, -186, -842}, bodyPart: "ABDOMEN", contrast: "Iohexol 350", windows: [][2]int{{40, 400}, {90, 150}},
			windowNames: []string{"ABDOMEN", "LIVER"}, values: ph.values, grain: softGrain, sd: 10, edge: 1, wander: 4.5, texture: 6,
			draw: drawAbdomen,
		}
		if ph.key == "delayed" {
			s.name, s.step, s.thickness, s.n, s.layers, s.sd = ph.name+" 6.0 B30", 6, 6, 48, 2, 8
		}
		out = append(out, s)
	}
	return out
}

func drawAbdomen(c *canvas) {
	c.paintAll(couch(119))
	t := abdominalTorso()
	t.draw(c)
	c.paint(part{solid: tumour, coats: []coat{{0, lesion2}, {1.2, lesion}}, grain: 3, firm: true})
	for _, e := range freeAir {
		c.paint(part{solid: both{e, t.belly.cavity, 0, 3.2}, coats: []coat{{0, air}}, firm: true})
	}
}

func abdomenExam(now time.Time) exam {
	e := exam{key: "ct-abdomen", accession: "N26-0413", description: "CT abdomen, multiphase", who: chidi,
		at: ago(now, 125*time.Minute), referrer: "SCHULTE^ANNA^^DR"}
	e.order = brief(chidi, now, Order{
		Accession: e.accession, Priority: "MEDIUM", DueAfter: 14 * time.Minute, ArrivedAgo: 106 * time.Minute,
		Label: "CT abdomen with contrast, three phases", Indication: "known cirrhosis, AFP rising, since this morning epigastric pain and guarding, ? HCC ? perforation; ward 7",
		Requester: "SCHULTE^ANNA^^DR", Callback: "+49 30 5550 2713", PatientClass: "INPATIENT", Bed: "Ward 7, bed 12",
		ProcedureCode: Code{Value: "CTABD3P"},
	})
	return e
}

func abdomenStudies(now time.Time) []Study {
	m := abdomenExam(now).begin()
	scout(m, 1, "ABDOMEN", 80)
	for _, s := range abdomenCT() {
		s.addTo(m)
	}
	return []Study{m.Study}
}

func abdomenTruth(now time.Time) []TruthItem {
	e := abdomenExam(now)
	var out []TruthItem
	series := abdomenCT()
	for i, ph := range phases {
		t := series[i].truth(e, "abdomen-tumour-"+ph.key, "liver lesion", "R", tumour.c).sized(tumour, series[i].shift)
		t.Phase, t.HUMean, t.HUTolerance = ph.key, ph.tumour, 4
		t.Sentence = "Lesion of segment 6, 23 x 20 mm, with arterial enhancement, washout and a capsule in the later phases."
		out = append(out, t)
	}
	gas := series[1].truth(e, "abdomen-free-air", "free gas", "", freeAir[0].c)
	gas.HUMean, gas.HUTolerance, gas.Phase = -1000, 60, "portal"
	gas.Sentence, gas.MustTrigger = "Free intraperitoneal gas under the anterior abdominal wall.", []string{"critical"}
	levels := spineLevels()
	l3 := series[1].truth(e, "abdomen-l3", "vertebral compression", "", levels[level(levels, compressed)].c)
	l3.Phase, l3.Sentence = "portal", "Compression of the upper and lower plate of "+compressed+", about 40 % in front; transitional vertebra below, count given."
	return append(out, gas, l3)
}
