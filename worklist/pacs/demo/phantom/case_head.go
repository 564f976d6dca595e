package phantom

import (
	"time"
)

// What happened to the first patient: a bleed into the right frontal lobe with a
// rim of oedema, a thin subdural of the left side that is as dense as cortex, a
// clot in the left middle cerebral artery, and a swollen scalp.
var (
	bleed     = ellipsoid{c: vec{-31, -30, 24}, r: vec{14.5, 11, 10.5}}.turned(58)
	bleedRim  = ellipsoid{c: bleed.c, r: vec{19.5, 15.5, 14.5}}.turned(58)
	denseMCA  = curved([]float32{1.9, 1.8, 1.6}, vec{13, -20, -15}, vec{23, -20, -13.5}, vec{33, -16, -10})
	scalpClot = ellipsoid{c: vec{-55, -58, 30}, r: vec{21, 9, 20}}.turned(-44)
	thinSDH   = vec{58, 6, 30} // middle of the subdural on the inner table
)

// subdural is at most 4.5 mm thick and tapers within 48 mm.
func subdural(h *head) solid {
	return blob{box{thinSDH, thinSDH}.grown(50), func(p vec) float32 {
		d := h.cavity.dist(p)
		r := p.minus(thinSDH).length() / 48
		return max(d+0.5, -d-4.9*(1-r*r*r))
	}}
}

var headPalette = hounsfield.with(map[tissue]float32{lesion: 62, lesion2: 41, lesion3: 17, thrombus: 66, bloodPool: 46})

// headCT are the thin soft, thin bone and thick soft series of a head.
func headCT(findings func(*canvas)) []ctSeries {
	thin := ctSeries{
		key: "brain", number: 2, name: "Brain 1.25 H30", kernel: "H30s", top: 87.5, step: 1.25, thickness: 1.25, n: 132,
		fov: 230, shift: vec{1.5, -204, -1187.5}, bodyPart: "HEAD", windows: [][2]int{{40, 80}, {75, 200}}, windowNames: []string{"BRAIN", "SUBDURAL"},
		values: headPalette, grain: softGrain, sd: 4, edge: 0.75, wander: 2.5, texture: 6, intercept: -1024, fromFeet: true,
		draw: func(c *canvas) {
			c.paintAll(couch(104))
			theHead().draw(c)
			findings(c)
		},
	}
	bone := thin
	bone.key, bone.number, bone.name, bone.kernel = "bone", 3, "Bone 1.25 H60", "H60s"
	bone.windows, bone.windowNames = [][2]int{{400, 2000}}, []string{"BONE"}
	bone.grain, bone.sd, bone.sharpen, bone.edge = sharpGrain, 20, 0.4, 0.55
	thick := thin
	thick.key, thick.number, thick.name = "thick", 4, "Brain 5.0 H30"
	thick.step, thick.thickness, thick.n, thick.layers, thick.sd = 5, 5, 33, 3, 2.4
	return []ctSeries{thin, bone, thick}
}

func paintTrauma(c *canvas) {
	h := theHead()
	firm := func(s solid, t tissue) { c.paint(part{solid: s, coats: []coat{{0, t}}, firm: true}) }
	firm(bleedRim, lesion3)
	firm(bleed, lesion)
	firm(subdural(h), lesion2)
	firm(denseMCA, thrombus)
	c.paint(part{solid: cut{scalpClot, []solid{braincase{h.cavity}}}, coats: []coat{{0, skin}, {1.5, lesion2}}, firm: true})
}

func headExam(now time.Time) exam {
	e := exam{key: "ct-head", accession: "N26-0411", description: "CT head without contrast", who: adele,
		at: ago(now, 14*time.Minute), referrer: "NAKAMURA^REI^^DR"}
	e.order = brief(adele, now, Order{
		Accession: e.accession, Priority: "HIGH", Stat: true, DueAfter: 21 * time.Minute, ArrivedAgo: 6 * time.Minute,
		Label: "CT head without contrast", Indication: "fall on apixaban, GCS 13, right facial droop, ? bleed; ED bed 4",
		Requester: "NAKAMURA^REI^^DR", Callback: "+49 30 5550 1104", PatientClass: "EMERGENCY", Bed: "ED bed 4",
		ProcedureCode: Code{Value: "CTHEAD"},
	})
	return e
}

func headStudies(now time.Time) []Study {
	m := headExam(now).begin()
	scoutHead(m, 1)
	for _, s := range headCT(paintTrauma) {
		s.addTo(m)
	}
	return []Study{m.Study}
}

func headTruth(now time.Time) []TruthItem {
	e, s := headExam(now), headCT(nil)[0]
	b := s.truth(e, "head-bleed", "parenchymal bleed", "R", bleed.c).sized(bleed, s.shift)
	b.HUMean, b.HUTolerance, b.MustTrigger = 62, 1, []string{"critical"}
	b.Sentence = "Acute parenchymal haemorrhage in the right frontal lobe, 29 x 22 mm, with a rim of oedema."
	d := s.truth(e, "head-subdural", "subdural haematoma", "L", thinSDH)
	d.HUMean, d.HUTolerance, d.ShortAxisMM, d.MustTrigger = 41, 4, 4.5, []string{"critical"}
	d.Sentence = "Thin subdural haematoma over the left convexity, isodense to cortex, up to 4.5 mm."
	m := s.truth(e, "head-dense-mca", "dense artery", "L", vec{23, -20, -13.5})
	m.HUMean, m.HUTolerance, m.MustTrigger = 66, 8, []string{"critical"}
	m.Sentence = "Dense left middle cerebral artery: suspected thrombus."
	return []TruthItem{b, d, m}
}

// sinusCT is a normal examination of the sinuses with the gantry tilted along
// the orbits: the slices move along the table, not along their normal.
func sinusCT() []ctSeries {
	bone := ctSeries{
		key: "bone", number: 2, name: "Sinuses 2.0 bone", kernel: "H70h", top: 26, step: 2, thickness: 2, n: 64, tilt: 18,
		fov: 200, y: -22, shift: vec{0, -190, 64}, bodyPart: "HEAD", windows: [][2]int{{400, 2500}}, windowNames: []string{"BONE"},
		values: &hounsfield, grain: sharpGrain, sd: 22, sharpen: 0.4, edge: 0.6, wander: 2, texture: 6, draw: func(c *canvas) {
			c.paintAll(couch(104))
			theHead().draw(c)
		},
	}
	soft := bone
	soft.key, soft.number, soft.name, soft.kernel = "soft", 3, "Sinuses 4.0 soft", "H30s"
	soft.step, soft.thickness, soft.n, soft.layers = 4, 4, 32, 2
	soft.windows, soft.windowNames = [][2]int{{40, 300}}, []string{"SOFT"}
	soft.grain, soft.sd, soft.sharpen, soft.edge = softGrain, 5, 0, 0.8
	return []ctSeries{bone, soft}
}

func sinusStudies(now time.Time) []Study {
	e := exam{key: "ct-sinus", accession: "N26-0414", description: "CT paranasal sinuses", who: dalia,
		at: ago(now, 5*time.Hour), referrer: "MORETTI^LUCA^^DR"}
	e.order = brief(dalia, now, Order{
		Accession: e.accession, Priority: "LOW", DueAfter: 19 * time.Hour, ArrivedAgo: 280 * time.Minute,
		Label: "CT paranasal sinuses without contrast", Indication: "blocked nose and frontal headache for three months, polyps? before possible FESS",
		Requester: "MORETTI^LUCA^^DR", Callback: "+49 30 5550 3381", PatientClass: "OUTPATIENT", Bed: "ENT clinic",
		ProcedureCode: Code{Value: "CTSINUS"},
	})
	m := e.begin()
	scoutHead(m, 1)
	for _, s := range sinusCT() {
		s.addTo(m)
	}
	return []Study{m.Study}
}
