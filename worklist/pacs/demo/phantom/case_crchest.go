package phantom

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// The radiograph of the chest: a small pneumothorax at the left apex and an
// undisplaced fracture of the left sixth rib in the axilla.
var (
	pleura = curved([]float32{0.5}, vec{112, 0, 148}, vec{100, 0, 160}, vec{85, 0, 174}, vec{67, 0, 187}, vec{52, 0, 194}, vec{37, 0, 196}, vec{27, 0, 191})
	ribGap = 27 // link of the sixth rib that is broken
)

// filmPalette is attenuation at the energies of radiography, where bone counts
// for more than its density.
var filmPalette = *hounsfield.with(map[tissue]float32{compact: 2400, spongy: 520, marrow: 200, cartilage: 160})

// crPixel is the pixel spacing of the chest films in mm, crFine how many of its
// pixels make a millimetre.
const (
	crFine  = 5
	crPixel = 1.0 / crFine
)

// collapsed is how far a point of the left lung lies below the visceral pleura;
// negative outside of it, in the free air.
func collapsed(p vec) float32 {
	first, last := pleura[0].a, pleura[len(pleura)-1].b
	if p.x >= first.x {
		return first.z - p.z
	}
	for _, t := range pleura {
		if p.x >= t.b.x && p.x < t.a.x {
			return (mix(t.a.z, t.b.z, (t.a.x-p.x)/(t.a.x-t.b.x)) - p.z) * 0.75
		}
	}
	return max(last.z-p.z, last.x-p.x)
}

// escaped is the air outside the visceral pleura.
func escaped(l *loft) solid {
	return blob{l.box, func(p vec) float32 { return max(l.dist(p), collapsed(p)) }}
}

// chestFilm is a projection of the trunk: the ray sum at 1 mm, then ribs, collar
// bones and vessels at full resolution.
func chestFilm(p plane, depth float32, k int, injured bool) *canvas {
	t := theTorso()
	coarse := lineIntegral(p, depth, 3, &filmPalette, func(c *canvas) {
		c.paintAll(t.wall)
		for _, l := range t.lungs {
			c.paint(part{solid: l, coats: []coat{{0, muscle}, {1, lung}}})
		}
		if injured {
			c.paint(part{solid: escaped(t.lungs[1]), coats: []coat{{0, air}}})
		}
		c.paintAll(t.middle)
		t.belly.draw(c)
		c.paintAll(upright())
		c.paintAll(t.framework())
	})
	f := coarse.enlarged(k)
	for n := 1; n <= 12; n++ {
		bone, gristle := rib(n)
		for _, s := range []float32{1, -1} {
			broken := injured && n == 6 && s == 1
			f.addRib(sided(bone, s), broken)
			if gristle != nil {
				f.addChain(sided(gristle, s), 0, 0, 0.25)
			}
		}
	}
	f.addChain(clavicle, 1.2, 2.2, 0.5)
	f.addChain(sided(clavicle, -1), 1.2, 2.2, 0.5)
	whole := func(t tube) bool { return !injured || t.b.x < 0 || collapsed(t.b) > 0 }
	f.addTubes(t.arteries.links, 1.3, whole)
	f.addTubes(t.veins.links, 1.3, whole)
	if injured {
		f.addChain(pleura, 0, 0, 9)
	}
	return f
}

// sided is a chain of the left on either side.
func sided(c chain, s float32) chain {
	out := make(chain, len(c))
	for i, t := range c {
		out[i] = tube{vec{s * t.a.x, t.a.y, t.a.z}, vec{s * t.b.x, t.b.y, t.b.z}, t.ra, t.rb}
	}
	return out
}

// addRib adds a rib as two bones, behind and in front, for its halves cross on
// the film. A broken one has a dark line across, without a step.
func (c *canvas) addRib(bone chain, broken bool) {
	const wallMM, wall, core = 0.9, 2.1, 0.55
	side := 0 // where the rib turns round
	for i, t := range bone {
		if abs(t.a.x) > abs(bone[side].a.x) {
			side = i
		}
	}
	c.addChain(bone[:side], wallMM, wall, core)
	c.addChain(bone[side:], wallMM, wall, core)
	c.addJoint(bone[side], wallMM, wall, core)
	if broken {
		at, along := bone[ribGap].a, bone[ribGap].b.minus(bone[ribGap].a).unit()
		across := vec{-along.z, 0, along.x}.unit()
		bend := at.plus(along.times(1.6))
		line := chain{{at.plus(across.times(5.6)), bend, 0.4, 0.34}, {bend, at.minus(across.times(5.6)), 0.34, 0.4}}
		c.addChain(line, 0, 0, -7)
	}
}

// projection are the attributes of a CR image (PS3.3 C.8.1, C.7.6.1).
func projection(rows, columns int, px float64, bodyPart, view, orientation string) attrs {
	return mono(rows, columns, 12, false).with(attrs{
		dicom.ImageType: "DERIVED\\PRIMARY", dicom.BodyPartExamined: bodyPart, dicom.ViewPosition: view,
		dicom.PatientOrientation: orientation, dicom.ImagerPixelSpacing: []float64{px, px}, dicom.KVP: 120,
		dicom.DistanceSourceToDetector: 1800.0, dicom.ExposureTime: 8, dicom.XRayTubeCurrent: 250, dicom.Exposure: 2,
		dicom.AcquisitionDeviceProcessingDescription: "phantom", deviceSerialNumber: "1", dicom.BurnedInAnnotation: "NO",
	}, voi([][2]int{{2048, 4096}}, "NORMAL"))
}

func crChestExam(now time.Time) exam {
	e := exam{key: "cr-chest", accession: "N26-0417", description: "Chest radiograph, PA and lateral", who: goran,
		at: ago(now, 96*time.Minute), referrer: "ABEBE^SELAM^^DR"}
	e.order = brief(goran, now, Order{
		Accession: e.accession, Priority: "HIGH", DueAfter: -17 * time.Minute, ArrivedAgo: 77 * time.Minute,
		Label: "Chest radiograph PA and lateral", Indication: "fell off bicycle, left pleuritic pain, SpO2 95 %, ? rib fracture ? pneumothorax; ED bed 9",
		Requester: "ABEBE^SELAM^^DR", Callback: "+49 30 5550 1109", PatientClass: "EMERGENCY", Bed: "ED bed 9",
		ProcedureCode: Code{Value: "CRCHEST2"},
	})
	return e
}

// crView is one film: where it lies, how deep the body is along its rays.
type crView struct {
	name, view, orientation string
	coarse                  plane
	depth, scale            float32
	marker                  [2]int
}

func crViews() []crView {
	pa := plane{org: vec{-175.5, 0, 286}, du: vec{1, 0, 0}, dv: vec{0, 0, -1}, w: 352, h: 400}
	lat := plane{org: vec{0, -150, 286}, du: vec{0, 1, 0}, dv: vec{0, 0, -1}, w: 300, h: 400}
	return []crView{
		{"PA", "PA", "L\\F", pa, 126, 130, [2]int{70, 90}},
		{"Lateral", "LL", "P\\F", lat, 189, 230, [2]int{70, 90}},
	}
}

func (v crView) render(k int, injured bool, seed uint64) ([]byte, error) {
	f := chestFilm(v.coarse, v.depth, k, injured)
	for i, t := range f.px {
		f.px[i] = 4000 * exposed(max(t-25, 0), v.scale)
	}
	f.fluctuate(whiteGrain(), 9, seed)
	f.fluctuate(softGrain(), 7, seed+1)
	letter := map[string]string{"PA": "R", "LL": "L"}[v.view]
	f.write(letter, v.marker[0], v.marker[1], 22*k, 4095)
	return words(f.px, 1, 0, false, 12), nil
}

func crChestStudies(now time.Time) []Study {
	m := crChestExam(now).begin()
	for i, v := range crViews() {
		p := v.coarse
		a := projection(p.h*crFine, p.w*crFine, crPixel, "CHEST", v.view, v.orientation)
		s := m.series(v.name, i+1, dicom.CRImageStorage, "CR", fmt.Sprintf("Chest %s", v.name), a)
		s.add(0, nil, func() ([]byte, error) { return v.render(crFine, true, uint64(i)) })
	}
	return []Study{m.Study}
}

func crChestTruth(now time.Time) []TruthItem {
	e := crChestExam(now)
	o := crViews()[0].coarse.org
	film := func(p vec) [3]float64 { return [3]float64{mm(p.x - o.x), mm(o.z - p.z), 0} }
	item := func(id, kind string, at vec) TruthItem {
		return TruthItem{ID: id, Kind: kind, Side: "L", StudyInstanceUID: e.uid(), SeriesInstanceUID: e.seriesUID("PA"),
			SOPInstanceUID: e.instanceUID("PA", 0), Slice: 1, PatientMM: film(at)}
	}
	ptx := item("cr-pneumothorax", "pneumothorax", vec{67, 0, 187})
	ptx.ShortAxisMM, ptx.MustTrigger = 16, []string{"critical"}
	ptx.Sentence = "Small left apical pneumothorax, 16 mm at the apex; no shift of the mediastinum."
	bone, _ := rib(6)
	frac := item("cr-rib-fracture", "rib fracture", bone[ribGap].a)
	frac.Sentence = "Undisplaced fracture of the left sixth rib in the axillary line."
	return []TruthItem{ptx, frac}
}
