package phantom

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// The fresh infarct of the left precentral white matter, and on the right an old
// scar that shines through on diffusion images without restricting.
var (
	infarct = ellipsoid{c: vec{31, -4, 36}, r: vec{9, 6, 7}}.turned(-40)
	scar    = ellipsoid{c: vec{-29, 20, 30}, r: vec{7.5, 5.5, 6}}.turned(30)
)

// Signals of the sequences, and diffusion coefficients in 10⁻⁶ mm²/s.
var (
	t1Signal = palette{
		skin: 330, fat: 880, muscle: 330, compact: 25, spongy: 520, marrow: 700, csf: 110, grey: 390, white: 540, nuclei: 430, cerebellum: 410,
		dura: 240, mucosa: 360, eye: 120, lens: 330, bloodPool: 70, cartilage: 300, disc: 290, pancreas: 560, water: 110, lesion: 400, lesion2: 300,
	}
	t2Signal = palette{
		skin: 240, fat: 620, muscle: 150, compact: 15, spongy: 330, marrow: 400, csf: 980, grey: 480, white: 330, nuclei: 370, cerebellum: 450,
		dura: 70, mucosa: 780, eye: 920, lens: 90, bloodPool: 25, cartilage: 260, disc: 300, pancreas: 420, water: 980, lesion: 620, lesion2: 880,
	}
	flairSignal = palette{
		skin: 230, fat: 640, muscle: 190, compact: 15, spongy: 340, marrow: 420, csf: 55, grey: 430, white: 340, nuclei: 380, cerebellum: 400,
		dura: 120, mucosa: 560, eye: 70, lens: 100, bloodPool: 30, cartilage: 240, disc: 260, pancreas: 400, water: 55, lesion: 590, lesion2: 760,
	}
	b0Signal = palette{
		skin: 60, fat: 50, muscle: 130, compact: 10, spongy: 40, marrow: 40, csf: 1500, grey: 690, white: 500, nuclei: 560, cerebellum: 660,
		dura: 80, mucosa: 300, eye: 1200, lens: 100, bloodPool: 30, cartilage: 60, disc: 60, pancreas: 200, water: 1500, lesion: 800, lesion2: 1650,
	}
	diffusion = palette{
		csf: 3000, grey: 860, white: 740, nuclei: 780, cerebellum: 760, dura: 900, mucosa: 1500, eye: 2900,
		lens: 1000, pancreas: 1100, water: 3000, lesion: 380, lesion2: 1320,
	}
)

func brainMR(fresh bool, shift vec) []mrSeries {
	draw := func(c *canvas) {
		theHead().draw(c)
		c.paint(part{solid: scar, coats: []coat{{0, lesion2}}})
		if fresh {
			c.paint(part{solid: infarct, coats: []coat{{0, lesion}}})
		}
	}
	axial := mrSeries{
		bodyPart: "HEAD", view: "axial", from: 72, step: -6, thickness: 5, n: 24, size: 320, fov: 230, z: -20, shift: shift, bValue: -1,
		noise: 14, shade: 0.25, wander: 2.5, texture: 6, draw: draw, sequence: "SE", kind: "OTHER\\M",
	}
	like := func(o mrSeries, key, name string, number int, values *palette, tr, te, ti float64, window [2]int) mrSeries {
		o.key, o.name, o.number, o.values, o.tr, o.te, o.ti, o.window = key, name, number, values, tr, te, ti, window
		return o
	}
	sagittal, coronal := axial, axial
	sagittal.view, sagittal.from, sagittal.step, sagittal.n, sagittal.fov = "sagittal", -67.5, 6, 24, 250
	coronal.view, coronal.from, coronal.step, coronal.n = "coronal", -84, 7, 26
	return []mrSeries{
		like(axial, "t2-ax", "T2 TSE axial", 2, &t2Signal, 5200, 96, 0, [2]int{450, 950}),
		like(axial, "flair-ax", "FLAIR axial", 3, &flairSignal, 9000, 118, 2500, [2]int{350, 750}),
		like(sagittal, "t1-sag", "T1 SE sagittal", 4, &t1Signal, 520, 9, 0, [2]int{430, 900}),
		like(coronal, "t2-cor", "T2 TSE coronal", 5, &t2Signal, 5200, 96, 0, [2]int{450, 950}),
	}
}

// diffusionMR are b 0 and b 1000 of one series, and the map of another.
func diffusionMR() (b0, b1000, adc mrSeries) {
	b0 = brainMR(true, vec{})[0]
	b0.key, b0.name, b0.number, b0.size, b0.noise, b0.shade = "dwi", "DWI b0 b1000 axial", 6, 160, 12, 0.1
	b0.sequence, b0.tr, b0.te, b0.bValue, b0.values, b0.window = "EP", 6100, 89, 0, &b0Signal, [2]int{400, 800}
	b0.kind = "OTHER\\DIFFUSION"
	b1000 = b0
	b1000.bValue, b1000.first, b1000.values = 1000, b0.n, diffused(&b0Signal, &diffusion, 1000)
	adc = b0
	adc.key, adc.name, adc.number, adc.kind, adc.bValue = "adc", "ADC map", 7, "DIFFUSION MAP\\ADC", -1
	adc.values, adc.window, adc.noise, adc.shade = &diffusion, [2]int{1200, 2400}, 25, 0
	return b0, b1000, adc
}

func brainExams(now time.Time) (current, prior exam) {
	current = exam{key: "mr-brain", accession: "N26-0415", description: "MR brain", who: emeka,
		at: ago(now, 70*time.Minute), referrer: "VIRTANEN^AINO^^DR"}
	current.order = brief(emeka, now, Order{
		Accession: current.accession, Priority: "MEDIUM", DueAfter: 95 * time.Minute, ArrivedAgo: 35 * time.Minute, Label: "MR brain without contrast",
		Indication: "since yesterday evening weak right arm, atrial fibrillation, CT at admission without bleed, ? infarct; stroke unit",
		Requester:  "VIRTANEN^AINO^^DR", Callback: "+49 30 5550 2240", PatientClass: "INPATIENT", Bed: "Stroke unit, bed 3",
		ProcedureCode: Code{Value: "MRBRAIN"},
	})
	prior = exam{key: "mr-brain-prior", accession: "N25-0371", description: "MR brain", who: emeka,
		at: yearBefore(now, -9), referrer: "VIRTANEN^AINO^^DR"}
	return current, prior
}

func brainStudies(now time.Time) []Study {
	current, prior := brainExams(now)
	m := current.begin()
	localiser(m, brainMR(true, vec{})[0], [3]float32{0, 0, 0})
	for _, s := range brainMR(true, vec{}) {
		s.addTo(m, nil)
	}
	b0, b1000, adc := diffusionMR()
	b1000.addTo(m, b0.addTo(m, nil))
	adc.addTo(m, nil)
	p := prior.begin()
	for _, s := range brainMR(false, vec{-2, 3.5, -1})[:3] {
		s.addTo(p, nil)
	}
	p.report("LINDQVIST^MAJA^^DR", 130*time.Minute,
		sr.Section{Key: "indication", Text: "Transient speech disturbance three weeks ago."},
		sr.Section{Key: "technique", Text: "MR of the brain at 3 T: axial T2 and FLAIR, sagittal T1."},
		sr.Section{Key: "comparison", Text: "None."},
		sr.Section{Key: "findings", Text: "Focal T2 hyperintensity in the right parietal white matter, 15 mm, without mass effect. Age-appropriate width of ventricles and sulci. Patent basal arteries. Normal sella."},
		sr.Section{Key: "impression", Text: "Old ischaemic scar in the right parietal white matter. No recent infarct on these sequences."})
	return []Study{m.Study, p.Study}
}

func brainTruth(now time.Time) []TruthItem {
	current, prior := brainExams(now)
	_, b1000, _ := diffusionMR()
	f := b1000.truth(current, "brain-infarct", "restricted diffusion", "L", infarct.c).sized(infarct, vec{})
	f.Phase, f.MustTrigger = "b1000", []string{"critical"}
	f.Sentence = "Acute infarct in the left precentral white matter, 18 mm: bright on b1000, dark on the ADC map."
	s := b1000.truth(current, "brain-scar", "T2 shine-through", "R", scar.c).sized(scar, vec{})
	s.Phase, s.PriorID, s.MustNotTrigger = "b1000", "brain-scar-prior", []string{"critical"}
	s.Sentence = "Old scar in the right parietal white matter, unchanged: T2 shine-through, ADC not reduced."
	old := brainMR(false, vec{-2, 3.5, -1})[1].truth(prior, "brain-scar-prior", "gliosis", "R", scar.c).sized(scar, vec{-2, 3.5, -1})
	old.Sentence = "Old ischaemic scar in the right parietal white matter, 15 mm."
	return []TruthItem{f, s, old}
}
