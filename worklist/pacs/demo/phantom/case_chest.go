package phantom

import (
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// The nodule of the right upper lobe, smooth and solid, and a smaller one on the
// left that is no news.
var (
	noduleAt   = vec{-88, 22, 146}
	nodule     = ellipsoid{c: noduleAt, r: vec{4.0, 3.5, 3.7}}.turned(35)
	noduleThen = ellipsoid{c: noduleAt, r: vec{2.75, 2.5, 2.6}}.turned(35)
	distractor = ellipsoid{c: vec{92, 34, 60}, r: vec{2.0, 1.9, 1.9}}.turned(-20)
	priorShift = vec{3.5, -2.5, 0.6}
)

var chestPalette = hounsfield.with(map[tissue]float32{
	leftHeart: 225, rightHeart: 270, myocardium: 92, aorta: 235, vein: 170, pulmonary: 300, kidneyCortex: 120,
	kidneyMedulla: 50, liver: 66, spleen: 85, lesion: 34, thrombus: 40,
})

// chestCT is the thin lung series, the thick soft one and the scout of a chest.
func chestCT(findings func(*canvas), shift vec) []ctSeries {
	draw := func(c *canvas) {
		c.paintAll(couch(118))
		theTorso().draw(c)
		findings(c)
	}
	lung := ctSeries{
		key: "lung", number: 2, name: "Lung 2.0 Br64", kernel: "Br64", top: 214, step: 2, thickness: 2, n: 126,
		fov: 400, y: 14, shift: shift, bodyPart: "CHEST", contrast: "Iohexol 300", delay: 45 * time.Second, windows: [][2]int{{-600, 1500}, {40, 400}},
		windowNames: []string{"LUNG", "SOFT TISSUE"}, values: chestPalette, grain: sharpGrain, sd: 24, sharpen: 0.3,
		edge: 0.8, wander: 3.5, texture: 7, intercept: -1024, draw: draw,
	}
	soft := lung
	soft.key, soft.number, soft.name, soft.kernel = "soft", 3, "Mediastinum 5.0 Br40", "Br40"
	soft.step, soft.thickness, soft.n, soft.layers = 5, 5, 51, 2
	soft.windows, soft.windowNames = [][2]int{{40, 400}}, []string{"SOFT TISSUE"}
	soft.grain, soft.sd, soft.sharpen, soft.edge = softGrain, 9, 0, 1.1
	return []ctSeries{lung, soft}
}

func paintNodules(now ellipsoid) func(*canvas) {
	return func(c *canvas) {
		for _, e := range []ellipsoid{now, distractor} {
			c.paint(part{solid: e, coats: []coat{{0, lesion}}, firm: true})
		}
	}
}

// embolus is the segment of a right lower lobe artery that a clot fills, and the
// clot within.
var embolus = sync.OnceValue(func() tube {
	for _, l := range theTorso().arteries.links {
		mid := l.a.toward(l.b, 0.5)
		if l.b.x < -50 && mid.z < 88 && mid.z > 50 && l.rb > 2 && l.rb < 3 && l.b.minus(l.a).length() > 7 {
			t := l.tube
			t.ra, t.rb = t.ra*0.72, t.rb*0.72
			return t
		}
	}
	panic("phantom: the lung has no artery for the clot")
})

func chestExams(now time.Time) (current, prior exam) {
	arrived := 185 * time.Minute
	current = exam{key: "ct-chest", accession: "N26-0412", description: "CT chest with contrast", who: boris,
		at: ago(now, arrived+25*time.Minute), referrer: "OKAFOR^NGOZI^^DR"}
	current.order = brief(boris, now, Order{
		Accession: current.accession, Priority: "MEDIUM", DueAfter: 5 * time.Hour, ArrivedAgo: arrived, Label: "CT chest with contrast",
		Indication: "ex-smoker (35 py), right upper lobe nodule, follow-up at 12 months; new dyspnoea on exertion",
		Requester:  "OKAFOR^NGOZI^^DR", Callback: "+49 30 5550 4412", PatientClass: "OUTPATIENT", Bed: "Chest clinic",
		ProcedureCode: Code{Value: "CTCHEST-C"},
	})
	prior = exam{key: "ct-chest-prior", accession: "N25-0398", description: "CT chest with contrast", who: boris,
		at: yearBefore(now, 2), referrer: "OKAFOR^NGOZI^^DR"}
	return current, prior
}

func chestStudies(now time.Time) []Study {
	current, prior := chestExams(now)
	m := current.begin()
	scout(m, 1, "CHEST", 262)
	for _, s := range chestCT(func(c *canvas) {
		paintNodules(nodule)(c)
		c.paint(part{solid: embolus(), coats: []coat{{0, thrombus}}, firm: true})
	}, vec{}) {
		s.addTo(m)
	}
	p := prior.begin()
	for _, s := range chestCT(paintNodules(noduleThen), priorShift) {
		s.addTo(p)
	}
	p.report("LINDQVIST^MAJA^^DR", 70*time.Minute,
		sr.Section{Key: "indication", Text: "Ex-smoker, incidental opacity on chest radiograph."},
		sr.Section{Key: "technique", Text: "CT of the chest after intravenous contrast, 2 mm lung and 5 mm mediastinal reconstructions."},
		sr.Section{Key: "comparison", Text: "No prior CT."},
		sr.Section{Key: "findings", Text: "Solid smooth nodule in the posterior segment of the right upper lobe, 5.5 mm. A second solid nodule of 4 mm in the left lower lobe. No enlarged lymph nodes. No pleural effusion. Heart not enlarged."},
		sr.Section{Key: "impression", Text: "Solid nodules of 5.5 mm in the left upper lobe and 4 mm in the left lower lobe. Follow-up CT in 12 months."})
	return []Study{m.Study, p.Study}
}

func chestTruth(now time.Time) []TruthItem {
	current, prior := chestExams(now)
	lungNow, lungThen := chestCT(nil, vec{})[0], chestCT(nil, priorShift)[0]
	t := lungNow.truth(current, "chest-nodule", "nodule", "R", nodule.c).sized(nodule, vec{})
	t.HUMean, t.HUTolerance, t.PriorID, t.DeltaMM = 34, 8, "chest-nodule-prior", 2.5
	t.Sentence = "Solid smooth nodule in the posterior segment of the right upper lobe, 8.0 mm, was 5.5 mm a year ago."
	t.MustTrigger = []string{"growth"}
	old := lungThen.truth(prior, "chest-nodule-prior", "nodule", "R", nodule.c).sized(noduleThen, priorShift)
	old.HUMean, old.HUTolerance = 34, 10
	old.Sentence = "Solid smooth nodule in the right upper lobe, 5.5 mm."
	small := lungNow.truth(current, "chest-distractor", "nodule", "L", distractor.c).sized(distractor, vec{})
	small.Sentence, small.MustNotTrigger = "Unchanged solid nodule of 4 mm in the left lower lobe.", []string{"growth"}
	clot := embolus()
	pe := lungNow.truth(current, "chest-pe", "pulmonary embolism", "R", clot.a.toward(clot.b, 0.5))
	pe.HUMean, pe.HUTolerance = 40, 25
	pe.Sentence, pe.MustTrigger = "Filling defect in a segmental artery of the right lower lobe: pulmonary embolism.", []string{"critical"}
	slip := TruthItem{ID: "chest-prior-report", Kind: "report error", StudyInstanceUID: prior.uid(), SOPInstanceUID: prior.instanceUID("report", 0),
		Sentence:    "The impression of the prior report says left upper lobe; the nodule is in the right upper lobe.",
		MustTrigger: []string{"laterality"}}
	return []TruthItem{t, old, small, pe, slip}
}
