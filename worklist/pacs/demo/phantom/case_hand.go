package phantom

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// The hand is drawn in mm of the film: x to the right, z upward from its lower
// edge. It is a right hand from behind, the thumb at the left.
const (
	handWidth, handHeight = 176, 248
	handPixel             = 1.0 / handFine
)

// longBone has flared ends: base, shaft and head radius.
type longBone struct {
	a, b              [2]float32
	base, shaft, head float32
}

// chain is the bone's outline.
func (l longBone) chain() chain {
	a, b := vec{l.a[0], 0, l.a[1]}, vec{l.b[0], 0, l.b[1]}
	at := func(t float32) vec { return a.toward(b, t) }
	long := b.minus(a).length()
	foot, top := 0.42*l.base/long, 1-0.42*l.head/long
	return curved([]float32{l.base * 0.8, l.base, l.shaft * 1.1, l.shaft, l.shaft * 1.05, l.head, l.head * 0.85},
		at(foot), at(foot+0.07), at(0.3), at(0.5), at(0.7), at(top-0.06), at(top))
}

// rays are thumb to little finger: metacarpal, then phalanges.
var rays = [][]longBone{
	{{[2]float32{66, 76}, [2]float32{41, 106}, 7.6, 4.6, 6.8}, {[2]float32{38, 110}, [2]float32{22, 135}, 6.4, 4, 5.4}, {[2]float32{20, 139}, [2]float32{12, 156}, 5, 2.6, 3.4}},
	{{[2]float32{78, 79}, [2]float32{66, 138}, 7, 4.3, 7}, {[2]float32{65, 146}, [2]float32{56, 183}, 6.4, 3.9, 4.9}, {[2]float32{55, 188}, [2]float32{51, 209}, 5, 3.2, 4}, {[2]float32{50.5, 213}, [2]float32{48, 228}, 4, 2.1, 3}},
	{{[2]float32{90, 80}, [2]float32{87, 144}, 6.8, 4.3, 7}, {[2]float32{87, 152}, [2]float32{85.5, 194}, 6.4, 4, 5}, {[2]float32{85.5, 199}, [2]float32{84.5, 225}, 5, 3.3, 4.1}, {[2]float32{84.5, 229}, [2]float32{84, 243}, 4.1, 2.2, 3}},
	{{[2]float32{100, 79}, [2]float32{106, 138}, 6, 3.9, 6.3}, {[2]float32{107, 145}, [2]float32{114, 184}, 5.9, 3.6, 4.7}, {[2]float32{115, 189}, [2]float32{119, 212}, 4.7, 3, 3.8}, {[2]float32{119.5, 216}, [2]float32{122, 230}, 3.8, 2, 2.8}},
	{{[2]float32{109, 78}, [2]float32{123, 128}, 6.2, 3.7, 5.9}, {[2]float32{125, 135}, [2]float32{137, 165}, 5.3, 3.2, 4.1}, {[2]float32{138, 169}, [2]float32{144, 185}, 4.1, 2.6, 3.3}, {[2]float32{145, 189}, [2]float32{149, 201}, 3.3, 1.8, 2.5}},
}

// carpus are the eight bones of the wrist as short tubes, with the ends of
// radius and ulna.
func carpus() []chain {
	c := func(r float32, pts ...float32) chain {
		var v []vec
		for i := 0; i < len(pts); i += 2 {
			v = append(v, vec{pts[i], 0, pts[i+1]})
		}
		return bead([]float32{r}, v...)
	}
	v := func(x, z float32) vec { return vec{x, 0, z} }
	return []chain{
		c(5.4, 73, 60, 80, 67), c(6.6, 90, 58, 91, 61), c(5.6, 103, 61, 106, 64), c(3.9, 109, 64, 109.5, 66), c(5.6, 69, 69, 72, 71), c(4.6, 79, 72, 80, 74), c(6, 90, 69, 91, 75), c(6, 102, 70, 103, 74),
		curved([]float32{9, 9, 12, 13, 9}, v(82, -8), v(82, 14), v(81, 34), v(80, 44), v(80, 47)),
		curved([]float32{6.5, 6.2, 7, 8, 6}, v(111, -8), v(110, 20), v(108, 38), v(107, 45), v(106, 48)),
	}
}

// handFlesh is fingers and palm.
func handFlesh() chain {
	var out chain
	for i, ray := range rays {
		r := []float32{11, 10, 10, 9.6, 8.6}[i]
		for _, b := range ray[1:] {
			out = append(out, tube{vec{b.a[0], 0, b.a[1]}, vec{b.b[0], 0, b.b[1]}, r, r * 0.9})
		}
		out = append(out, tube{vec{ray[0].a[0], 0, ray[0].a[1]}, vec{ray[0].b[0], 0, ray[0].b[1]}, 17, 14.5})
	}
	return append(out, tube{vec{92, 0, 70}, vec{93, 0, 40}, 30, 28}, tube{vec{93, 0, 40}, vec{94, 0, -20}, 28, 32})
}

func handExam(now time.Time) exam {
	e := exam{key: "cr-hand", accession: "N26-0418", description: "Radiograph right hand", who: hana,
		at: ago(now, 65*time.Minute), referrer: "ABEBE^SELAM^^DR"}
	e.order = brief(hana, now, Order{
		Accession: e.accession, Priority: "MEDIUM", DueAfter: 70 * time.Minute, ArrivedAgo: 50 * time.Minute, Laterality: "R",
		Label: "Radiograph right hand", Indication: "fall on the right hand at handball, tender base of the fifth metacarpal, ? fracture right hand",
		Requester: "ABEBE^SELAM^^DR", Callback: "+49 30 5550 1109", PatientClass: "EMERGENCY", Bed: "ED waiting area",
		ProcedureCode: Code{Value: "CRHAND-R"},
	})
	return e
}

// handCrack crosses the base of the fifth metacarpal.
var handCrack = chain{{vec{105.6, 0, 86}, vec{111, 0, 88.6}, 0.2, 0.26}, {vec{111, 0, 88.6}, vec{117.4, 0, 89.4}, 0.26, 0.2}}

// handFine is the number of pixels to the millimetre.
const handFine = 7

var handField = plane{org: vec{0.5, 0, handHeight - 0.5}, du: vec{1, 0, 0}, dv: vec{0, 0, -1}, w: handWidth, h: handHeight}

// handImage is the film as shown on a light box: bone bright.
func handImage(cracked bool) *canvas {
	flesh := &canvas{plane: handField, px: make([]float32, handWidth*handHeight)}
	flesh.addChain(handFlesh(), 0, 0, 1)
	f := flesh.enlarged(handFine)
	bones := &canvas{plane: f.plane, px: make([]float32, len(f.px))}
	for _, ray := range rays {
		for _, b := range ray {
			bones.addChain(b.chain(), 0.5, 1.7, 0.75)
			shaft := longBone{b.a, b.b, b.shaft * 0.9, b.shaft, b.shaft * 0.9}.chain()
			bones.addChain(shaft[6:18], 1.25, 0.9, 0)
		}
	}
	for _, c := range carpus() {
		bones.addChain(c, 0.45, 1.9, 0.8)
	}
	if cracked {
		bones.addChain(handCrack, 0, 0, -11)
	}
	spongy, coarse := sharpGrain(), softGrain()
	for i, v := range bones.px {
		x, y := i%f.w, i/f.w
		n := 0.05*coarse.row(y / 2)[x/2&(tileSize-1)] + 0.025*spongy.row(y)[x&(tileSize-1)]
		f.px[i] = 3900 * exposed(min(f.px[i], 26)*0.9+v*(1+n), 19)
	}
	f.fluctuate(whiteGrain(), 12, 8)
	return f
}

func handStudies(now time.Time) []Study {
	m := handExam(now).begin()
	m.handSeries("pa", "R", "R", true)
	return []Study{m.Study}
}

// handSeries appends a hand film: the side in the header, the letter on the
// film. A left hand is the mirror image.
func (m *maker) handSeries(key, side, marker string, cracked bool) {
	p := handField.finer(handFine)
	orientation := map[string]string{"R": "L\\H", "L": "R\\H"}[side]
	a := projection(p.h, p.w, handPixel, "HAND", "PA", orientation).with(attrs{
		dicom.PhotometricInterpretation: "MONOCHROME1", dicom.Laterality: side, dicom.KVP: 52, dicom.DistanceSourceToDetector: 1050.0,
	})
	m.series(key, 1, dicom.CRImageStorage, "CR", "Hand PA", a).add(0, nil, func() ([]byte, error) {
		f := handImage(cracked)
		if marker == "L" {
			f.mirror()
		}
		f.write(marker, 90, 110, 120, 4050)
		for i, v := range f.px {
			f.px[i] = 4095 - v
		}
		return words(f.px, 1, 0, false, 12), nil
	})
}

func handTruth(now time.Time) []TruthItem {
	e := handExam(now)
	at := handCrack[0].b
	t := TruthItem{ID: "hand-fracture", Kind: "fracture", Side: "R", StudyInstanceUID: e.uid(), SeriesInstanceUID: e.seriesUID("pa"),
		SOPInstanceUID: e.instanceUID("pa", 0), Slice: 1, PatientMM: [3]float64{mm(at.x), mm(handHeight - at.z), 0}}
	t.Sentence = "Undisplaced fracture of the base of the right fifth metacarpal."
	t.MustTrigger, t.MustNotTrigger = []string{"laterality if the report says left"}, []string{"laterality if the report says right"}
	return []TruthItem{t}
}
