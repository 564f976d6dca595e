package phantom

import (
	"math"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Attributes of PET that the alphabet has no name for.
const (
	countsSource     dicom.Tag = 0x00541002
	numberOfSlices   dicom.Tag = 0x00540081
	imageIndex       dicom.Tag = 0x00541330
	frameReference   dicom.Tag = 0x00541300
	actualDuration   dicom.Tag = 0x00181242
	collimatorType   dicom.Tag = 0x00181181
	reconstruction   dicom.Tag = 0x00541103
	attenuation      dicom.Tag = 0x00541101
	scatter          dicom.Tag = 0x00541105
	randoms          dicom.Tag = 0x00541100
	lyingCode        dicom.Tag = 0x00540410
	lyingModifier    dicom.Tag = 0x00540412
	gantryCode       dicom.Tag = 0x00540414
	radionuclideCode dicom.Tag = 0x00540300
	radiopharmCode   dicom.Tag = 0x00540304
	positronFraction dicom.Tag = 0x00181076
	injectedVolume   dicom.Tag = 0x00181071
)

// The lymph node below the carina that takes up FDG, and its SUV.
var (
	hotNode = ellipsoid{c: vec{-4, 34, 112}, r: vec{9, 7.5, 8}}
	hotSUV  = float32(8.4)
)

// bladder fills with what the kidneys excrete; it lies below the trunk's other
// examinations.
var bladder = ellipsoid{c: vec{3, -28, -250}, r: vec{41, 34, 27}}

// paintBladder adds it with its wall.
func paintBladder(c *canvas) {
	c.paint(part{solid: bladder, coats: []coat{{0, muscle}, {2.5, urine}}})
}

// uptake is FDG in body-weight SUV an hour after injection.
var uptake = palette{
	air: 0.02, lung: 0.45, skin: 0.4, fat: 0.3, muscle: 0.65, bloodPool: 1.7, leftHeart: 1.8, rightHeart: 1.8, myocardium: 3.8, aorta: 1.8,
	vein: 1.7, portal: 1.9, pulmonary: 1.7, bronchus: 0.6, compact: 0.6, spongy: 1.4, marrow: 1.5, cartilage: 0.6, disc: 0.7, csf: 0.5, grey: 1,
	mucosa: 1.2, liver: 2.3, spleen: 1.9, kidneyCortex: 3.6, kidneyMedulla: 4.5, urine: 14, pancreas: 1.5, bowelWall: 1.7, bowelContent: 1.2,
	bile: 0.6, table: 0.02, foam: 0.02, lesion: 0,
}

// dose and time of the injection: PET numbers are Bq/ml decay-corrected to the
// start of the series.
const (
	petDose     = 248e6  // Bq
	petHalfLife = 6586.2 // s, F-18
	petUptake   = 62 * time.Minute
	petSize     = 144
	petSlope    = 0.85
)

// bqml is the activity that gives the SUV 1.
func bqml(p person) float32 {
	return float32(petDose * math.Exp2(-petUptake.Seconds()/petHalfLife) / (p.kg * 1000))
}

func petCT() ctSeries {
	return ctSeries{
		key: "ct", number: 2, name: "CT low dose 4.0", kernel: "B30f", top: 206, step: 4, thickness: 4, n: 124, fov: 500, y: 10, shift: vec{0, -180, -700},
		bodyPart: "WHOLEBODY", windows: [][2]int{{40, 400}, {-600, 1500}}, windowNames: []string{"SOFT", "LUNG"}, values: &hounsfield,
		grain: softGrain, sd: 17, edge: 1.2, wander: 4, texture: 7, intercept: -1024, draw: func(c *canvas) {
			c.paintAll(couch(118))
			theTorso().draw(c)
			paintBladder(c)
			c.paint(part{solid: hotNode, coats: []coat{{0, lesion}}})
		},
	}
}

// petPlane is slice k of the PET, which shares the CT's levels.
func petPlane(k int) plane {
	s := petCT()
	p := s.plane(k)
	const px = float32(584) / petSize
	p.org = vec{-584/2 + px/2, s.y - 584/2 + px/2, p.org.z}
	p.du, p.dv, p.w, p.h = vec{px, 0, 0}, vec{0, px, 0}, petSize, petSize
	return p
}

// petRender makes slice k in units of slope Bq/ml.
func petRender(who person, k int, slope float32) []byte {
	values := uptake
	values[lesion] = hotSUV
	c := averaged(petPlane(k), 6, 3, func(p plane) *canvas {
		c := newCanvas(p, 7, &values)
		theTorso().drawSoft(c)
		paintBladder(c)
		c.paint(part{solid: hotNode, coats: []coat{{0, lesion}}, firm: true})
		return c
	})
	r := random(k + 4000)
	n := softGrain()
	ox, oy := int(r.next()&(tileSize-1)), int(r.next()&(tileSize-1))
	unit := bqml(who)
	for i, v := range c.px {
		g := n.row(i/petSize + oy)[(i+ox)&(tileSize-1)]
		c.px[i] = max(v+g*0.09*sqrt(max(v, 0.02)), 0) * unit
	}
	return words(c.px, slope, 0, true, 16)
}

func petExam(now time.Time) exam {
	e := exam{key: "petct", accession: "N26-0422", description: "FDG PET/CT trunk", who: leila,
		at: ago(now, 6*time.Hour), referrer: "OKAFOR^NGOZI^^DR"}
	e.order = brief(leila, now, Order{
		Accession: e.accession, Priority: "LOW", DueAfter: 22 * time.Hour, ArrivedAgo: 5 * time.Hour, Label: "FDG PET/CT, skull base to thigh",
		Indication: "enlarged mediastinal node on CT, before EBUS, ? sarcoid ? lymphoma; fasting, glucose 94 mg/dl", Requester: "OKAFOR^NGOZI^^DR",
		Callback: "+49 30 5550 4412", PatientClass: "OUTPATIENT", Bed: "Nuclear medicine", ProcedureCode: Code{Value: "PETCT-T"},
	})
	return e
}

// petHeader are PET Series, PET Isotope and PET Image (PS3.3 C.8.9).
func petHeader(m *maker) attrs {
	p, s := petPlane(0), petCT()
	px := spacing(p.du.x)
	injected := m.at.Add(4*time.Minute + 30*time.Second - petUptake)
	lying := Code{"102538003", "SCT", "recumbent"}.item()
	lying[0].SetSeq(lyingModifier, Code{"40199007", "SCT", "supine"}.item()...)
	return mono(petSize, petSize, 16, true).with(attrs{
		lyingCode: lying, gantryCode: Code{"102540008", "SCT", "headfirst"}.item(),
		dicom.ImageType: "ORIGINAL\\PRIMARY", dicom.BodyPartExamined: "WHOLEBODY",
		dicom.FrameOfReferenceUID: uid(m.key, "frame"), dicom.PositionReferenceIndicator: nil,
		dicom.ImageOrientationPatient: []float64{1, 0, 0, 0, 1, 0}, dicom.ImagePositionPatient: p.org, dicom.SliceLocation: 0, imageIndex: 1, dicom.PixelSpacing: []float64{px, px}, dicom.SliceThickness: s.step,
		dicom.Units: "BQML", countsSource: "EMISSION", dicom.SeriesType: "WHOLE BODY\\IMAGE", numberOfSlices: s.n, dicom.DecayCorrection: "START",
		dicom.CorrectedImage: "DECY\\ATTN\\SCAT\\DTIM\\RAN\\NORM", collimatorType: "NONE", reconstruction: "OSEM 3i21s", attenuation: "measured, CT",
		scatter: "model based", randoms: "DLYD", actualDuration: 120000, frameReference: 0, dicom.DecayFactor: 1.0,
		dicom.RescaleIntercept: 0, dicom.RescaleSlope: petSlope,
		dicom.RadiopharmaceuticalInformationSequence: item(attrs{
			dicom.Radiopharmaceutical: "FDG", dicom.RadiopharmaceuticalStartTime: dicom.FormatTM(injected),
			dicom.RadiopharmaceuticalStartDateTime: dicom.FormatDA(injected) + dicom.FormatTM(injected),
			dicom.RadionuclideTotalDose:            petDose, dicom.RadionuclideHalfLife: petHalfLife, positronFraction: 0.967, injectedVolume: 8,
			radionuclideCode: Code{"77004003", "SCT", "^18^Fluorine"}.item(), radiopharmCode: Code{"35321007", "SCT", "Fluorodeoxyglucose F^18^"}.item(),
		}),
	}, voi([][2]int{{int(3 * bqml(m.who)), int(6 * bqml(m.who))}}, "SUV 0-6"))
}

// petSeries appends the emission images; slopes, when given, is the rescale
// slope of each slice.
func petSeries(m *maker, n int, slope func(k int) float32) {
	ct := petCT()
	out := m.series("pet", 3, dicom.PETImageStorage, "PT", "PET AC whole body", petHeader(m))
	for k := range n {
		pos := petPlane(k).org.plus(ct.shift)
		sl := slope(k)
		out.add(k, attrs{
			dicom.ImagePositionPatient: pos, dicom.SliceLocation: pos.z, imageIndex: k + 1, dicom.RescaleSlope: sl,
		}, func() ([]byte, error) { return petRender(m.who, k, sl), nil })
	}
}

func petStudies(now time.Time) []Study {
	m := petExam(now).begin()
	scout(m, 1, "WHOLEBODY", 230)
	petCT().addTo(m)
	petSeries(m, petCT().n, func(int) float32 { return petSlope })
	return []Study{m.Study}
}

func petTruth(now time.Time) []TruthItem {
	e, s := petExam(now), petCT()
	t := s.truth(e, "pet-node", "FDG uptake", "", hotNode.c).sized(hotNode, s.shift)
	t.SeriesInstanceUID, t.SOPInstanceUID = e.seriesUID("pet"), e.instanceUID("pet", t.Slice-1)
	t.SUVMax = float64(hotSUV)
	t.Sentence = "Subcarinal lymph node of 18 mm with intense FDG uptake, SUVmax about 8.4; no other focus."
	return []TruthItem{t}
}
