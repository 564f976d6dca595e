package phantom

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Attributes of mammography that the alphabet has no name for.
const (
	presentationIntent dicom.Tag = 0x00080068
	viewModifier       dicom.Tag = 0x00540222
	viewCode           dicom.Tag = 0x00540220
	positionerType     dicom.Tag = 0x00181508
	positionerAngle    dicom.Tag = 0x00181510
	detectorType       dicom.Tag = 0x00187004
	organExposed       dicom.Tag = 0x00400318
	acquisitionContext dicom.Tag = 0x00400555
	anodeMaterial      dicom.Tag = 0x00181191
	filterMaterial     dicom.Tag = 0x00187050
	breastImplant      dicom.Tag = 0x00281300
	partialView        dicom.Tag = 0x00281350
	mgRows, mgCols               = 3328, 2560
	mgPixel                      = 0.07
	calcifications               = 16
)

// mgView is one of the four images. Geometry is that of a left breast, the chest
// wall at the left edge; a right one is its mirror image.
type mgView struct {
	side, view, orientation string
	oblique                 bool
	code                    Code
}

var mgViews = []mgView{
	{"R", "CC", "P\\L", false, Code{"399162004", "SCT", "cranio-caudal"}},
	{"L", "CC", "A\\R", false, Code{"399162004", "SCT", "cranio-caudal"}},
	{"R", "MLO", "P\\FL", true, Code{"399368009", "SCT", "medio-lateral oblique"}},
	{"L", "MLO", "A\\FR", true, Code{"399368009", "SCT", "medio-lateral oblique"}},
}

func (v mgView) key() string { return v.side + v.view }

// edge is how far (mm) the breast reaches from the chest wall at height y, and 0
// where there is none.
func (v mgView) edge(y float32) float32 {
	middle, half, long := float32(114), float32(88), float32(98)
	if v.oblique {
		middle, half, long = 132, 96, 102
	}
	t := abs(y-middle) / half
	if v.oblique && y < middle {
		t = (middle - y) / 150
	}
	if t >= 1 {
		return 0
	}
	n := (y - middle - 4) / 5.5
	nipple := 6 / (1 + n*n*n*n)
	return long*sqrt(1-t*t*(0.75+0.25*t)) + nipple
}

// clusterAt is where the calcifications of the left breast lie, upper outer.
func (v mgView) clusterAt() vec {
	if v.oblique {
		return vec{52, 96, 0}
	}
	return vec{50, 82, 0}
}

// image is the breast as processed for presentation.
func (v mgView) image() *canvas {
	p := plane{org: vec{0, 0, 0}, du: vec{mgPixel, 0, 0}, dv: vec{0, mgPixel, 0}, w: mgCols, h: mgRows}
	c := &canvas{plane: p, px: make([]float32, mgRows*mgCols), edge: 0.1}
	c.parenchyma(v, float32(len(v.side+v.view))*7+float32(v.side[0]))
	c.ligaments(v)
	if v.side == "L" {
		c.specks(v.clusterAt())
	}
	c.expose(v)
	return c
}

// parenchyma adds glandular tissue: noise of many scales, the stronger the nearer
// to the ducts behind the nipple.
func (c *canvas) parenchyma(v mgView, z float32) {
	all := rect{0, 0, c.w, c.h}
	gland := c.field(32, all, func(p vec) float32 {
		e := v.edge(p.y)
		d := ellipsoid{c: vec{e * 0.55, 112 + (v.edge(112)-98)*4 - 8, 0}, r: vec{44, 56, 50}}.dist(p)
		return clamp(0.55-d/34, 0, 1)
	})
	type octave struct {
		wave, amp float32
		step      int
	}
	for _, o := range []octave{{34, 0.62, 64}, {15, 0.42, 32}, {6.5, 0.26, 12}, {2.8, 0.15, 6}, {1.1, 0.07, 3}} {
		f := c.field(o.step, all, func(p vec) float32 { return smooth(vec{p.x/o.wave + z, p.y / o.wave / 1.3, z + o.wave}) })
		for i, n := range f {
			c.px[i] += o.amp * n
		}
	}
	for i, g := range gland {
		c.px[i] = g*max(0.45+c.px[i]*1.3, 0.05) + 0.06*c.px[i]
	}
}

// ligaments are a faint net of sheets seen edge on, vessels a few winding lines
// towards the nipple.
func (c *canvas) ligaments(v mgView) {
	z := float32(v.side[0]) + float32(len(v.view))*3
	net := c.field(5, rect{0, 0, c.w, c.h}, func(p vec) float32 {
		a := abs(smooth(vec{p.x / 13, p.y / 9, z}))
		b := abs(smooth(vec{p.x/5 + 9, p.y / 5, z}))
		return 0.2*max(1-a/0.05, 0) + 0.09*max(1-b/0.07, 0)
	})
	for i, n := range net {
		c.px[i] += n * (0.35 + c.px[i])
	}
	r := seeded("vessels " + v.key())
	tip := vec{v.edge(116) - 10, 116, 0}
	for range 13 {
		y := r.in(30, 200)
		a := vec{r.in(4, v.edge(y)*0.6), y, 0}
		pts := []vec{a}
		for k := range 6 {
			pts = append(pts, a.toward(tip, float32(k+1)/9).plus(vec{r.in(-4, 4), r.in(-4, 4), 0}))
		}
		width := r.in(0.22, 0.5)
		c.addChain(curved([]float32{width, width, width, width * 0.8, width * 0.7, width * 0.5}, pts...), 0, 0, 0.13)
	}
}

// specks are the cluster: 0.15 to 0.45 mm, no two alike.
func (c *canvas) specks(at vec) {
	r := seeded("specks")
	for range calcifications {
		p := at.plus(vec{r.normal() * 2.6, r.normal() * 2.1, 0})
		s := r.in(0.075, 0.2)
		q := p.plus(vec{r.in(-0.12, 0.12), r.in(-0.12, 0.12), 0})
		c.addChain(chain{{p, q, s, s * 0.8}}, 0, 0, 1.5)
	}
}

// expose applies thickness, skin, muscle, letters and noise, and mirrors a right
// breast.
func (c *canvas) expose(v mgView) {
	for j := range c.h {
		y := float32(j) * mgPixel
		e := v.edge(y)
		slope := abs(v.edge(y+0.5)-v.edge(y-0.5)) + 0.001
		across := 1 / sqrt(1+slope*slope)
		row := c.px[j*c.w : (j+1)*c.w]
		for i := range row {
			x := float32(i) * mgPixel
			d := (e - x) * across
			if e == 0 || d <= 0 {
				row[i] = 0
				continue
			}
			thick := fade(clamp(d/16, 0, 1))
			g := row[i]
			if v.oblique {
				g += 0.62 * clamp((58-0.52*y-0.0016*(y-55)*(y-55)-x)/4, 0, 1)
			}
			row[i] = 330 + 700*thick + 1500*g*(0.35+0.65*thick) + 420*fade(clamp(1.6-d, 0, 1))
		}
	}
	c.fluctuate(softGrain(), 16, uint64(v.side[0])*31+uint64(len(v.view)))
	for i := range c.px {
		if c.px[i] < 150 {
			c.px[i] = 0
		}
	}
	if v.side == "R" {
		c.mirror()
		c.write(v.key(), 240, 240, 150, 3900)
		return
	}
	c.write(v.key(), mgCols-800, 240, 150, 3900)
}

func (c *canvas) mirror() {
	for j := range c.h {
		row := c.px[j*c.w : (j+1)*c.w]
		for i, k := 0, len(row)-1; i < k; i, k = i+1, k-1 {
			row[i], row[k] = row[k], row[i]
		}
	}
}

// header are Mammography Image and the DX modules (PS3.3 A.27, C.8.11).
func (v mgView) header() attrs {
	angle := 0.0
	if v.oblique {
		angle = 45
	}
	return mono(mgRows, mgCols, 12, false).with(attrs{
		dicom.ImageType: "DERIVED\\PRIMARY", presentationIntent: "FOR PRESENTATION", dicom.PatientOrientation: v.orientation,
		dicom.ImageLaterality: v.side, dicom.BodyPartExamined: "BREAST", organExposed: "BREAST", dicom.ViewPosition: v.view,
		viewCode:                     []*dicom.Dataset{withModifier(v.code)},
		dicom.AnatomicRegionSequence: Code{"76752008", "SCT", "Breast"}.item(),
		dicom.ImagerPixelSpacing:     []float64{mgPixel, mgPixel}, dicom.PixelIntensityRelationship: "LOG", dicom.PixelIntensityRelationshipSign: 1,
		dicom.RescaleIntercept: 0, dicom.RescaleSlope: 1, dicom.RescaleType: "US", dicom.PresentationLUTShape: "IDENTITY",
		positionerType: "MAMMOGRAPHIC", positionerAngle: angle, detectorType: "DIRECT", acquisitionContext: []*dicom.Dataset{},
		dicom.KVP: 29, dicom.ExposureTime: 900, dicom.XRayTubeCurrent: 90, dicom.Exposure: 81, anodeMaterial: "TUNGSTEN", filterMaterial: "RHODIUM",
		dicom.BodyPartThickness: 54, dicom.CompressionForce: 92, dicom.EstimatedRadiographicMagnificationFactor: 1.03125,
		dicom.DistanceSourceToDetector: 660.0, dicom.DistanceSourceToPatient: 640.0, breastImplant: "NO", partialView: "NO",
		dicom.BurnedInAnnotation: "YES",
	}, voi([][2]int{{1700, 3400}}, "NORMAL"))
}

func withModifier(c Code) *dicom.Dataset {
	d := c.item()[0]
	d.SetSeq(viewModifier)
	return d
}

func mammoExam(now time.Time) exam {
	e := exam{key: "mg", accession: "N26-0419", description: "Mammography, four views", who: ingrid,
		at: ago(now, 7*time.Hour), referrer: "DIALLO^FATOU^^DR"}
	e.order = brief(ingrid, now, Order{
		Accession: e.accession, Priority: "LOW", DueAfter: 26 * time.Hour, ArrivedAgo: 6 * time.Hour, Label: "Mammography both breasts, two planes",
		Indication: "screening, mother with breast cancer at 62, no complaint", Requester: "DIALLO^FATOU^^DR", Callback: "+49 30 5550 6120",
		PatientClass: "OUTPATIENT", Bed: "Breast centre", ProcedureCode: Code{Value: "MG2P-B"},
	})
	return e
}

func mammoStudies(now time.Time) []Study {
	m := mammoExam(now).begin()
	for i, v := range mgViews {
		s := m.series(v.key(), i+1, dicom.MGImageStorage, "MG", v.side+" "+v.view, v.header())
		s.add(0, nil, func() ([]byte, error) { return words(v.image().px, 1, 0, false, 12), nil })
	}
	return []Study{m.Study}
}

func mammoTruth(now time.Time) []TruthItem {
	e := mammoExam(now)
	var out []TruthItem
	for _, v := range []mgView{mgViews[1], mgViews[3]} {
		t := TruthItem{ID: "mg-calcifications-" + v.key(), Kind: "microcalcifications", Side: "L", StudyInstanceUID: e.uid(), SeriesInstanceUID: e.seriesUID(v.key()),
			SOPInstanceUID: e.instanceUID(v.key(), 0), Slice: 1, PatientMM: v.clusterAt().mm()}
		t.LongAxisMM = 9
		t.Sentence = "Cluster of fine pleomorphic microcalcifications in the upper outer quadrant of the left breast, about 9 mm. BI-RADS 4."
		t.MustTrigger = []string{"primary mammography display"}
		out = append(out, t)
	}
	return out
}
