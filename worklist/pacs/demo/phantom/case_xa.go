package phantom

import (
	"math"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Attributes of angiography that the alphabet has no name for.
const (
	radiationSetting dicom.Tag = 0x00181155
	positionerMotion dicom.Tag = 0x00181500
	primaryAngle     dicom.Tag = 0x00181510
	secondaryAngle   dicom.Tag = 0x00181511
	maskOperation    dicom.Tag = 0x00286101
	maskFrames       dicom.Tag = 0x00286110
	frameRange       dicom.Tag = 0x00286102
	viewingMode      dicom.Tag = 0x00281090
)

// The run: xaFrames frames of xaSize pixels, 15 a second. In the patient a pixel
// is xaPixel mm, on the detector xaMagnified times as much.
const (
	xaSize              = 512
	xaFrames            = 40
	xaPixel     float32 = 0.26
	xaMagnified float32 = 1.4
)

// coronary is a vessel of the left coronary tree, start mm from the ostium.
type coronary struct {
	path  chain
	start float32
}

// leftCoronary is the main stem, the descending branch with diagonals and
// septals, the circumflex with marginals, and twigs. Image mm, y downward in z.
func leftCoronary() []coronary {
	at := func(p ...float32) []vec {
		var out []vec
		for i := 0; i < len(p); i += 2 {
			out = append(out, vec{p[i], 0, p[i+1]})
		}
		return out
	}
	main := []coronary{
		{curved([]float32{2.2, 2.1}, at(46, 30, 52, 30, 58, 32)...), 0},
		{curved([]float32{1.9, 1.8, 1.6, 1.4, 1.1, 0.8, 0.5}, at(58, 32, 70, 31, 84, 37, 97, 50, 106, 68, 109, 90, 104, 110)...), 12},
		{curved([]float32{1.8, 1.7, 1.5, 1.2, 0.9, 0.5}, at(58, 32, 60, 44, 58, 58, 52, 76, 45, 92, 40, 104)...), 12},
		{curved([]float32{1.2, 1.1, 0.9, 0.6}, at(82, 36, 98, 36, 114, 46, 122, 66)...), 38},
		{curved([]float32{1, 0.9, 0.5}, at(99, 53, 112, 60, 119, 80)...), 60},
		{curved([]float32{1.3, 1.2, 1, 0.6}, at(60, 46, 70, 58, 76, 78, 75, 100)...), 28},
		{curved([]float32{1.1, 1, 0.6}, at(56, 66, 62, 84, 62, 106)...), 48},
	}
	for k := range 6 {
		x := 72 + float32(k)*6
		z := 31 + float32(k*k)*0.75
		main = append(main, coronary{curved([]float32{0.55, 0.45, 0.3}, at(x, z, x-2, z+9, x-6, z+19+float32(k))...), 26 + float32(k)*7})
	}
	return append(main, twigs(main[1:7])...)
}

// twigs leave the vessels to both sides and die out.
func twigs(from []coronary) []coronary {
	r := seeded("coronary twigs")
	var out []coronary
	for _, v := range from {
		for i := 4; i < len(v.path); i += 2 {
			t := v.path[i]
			d := t.b.minus(t.a).unit()
			side := vec{-d.z, 0, d.x}.times(r.in(-1, 1))
			a := t.a
			b := a.plus(d.times(r.in(4, 8))).plus(side.times(7))
			c := b.plus(d.times(r.in(4, 9))).plus(side.times(r.in(0, 8)))
			out = append(out, coronary{curved([]float32{0.42, 0.34, 0.22}, a, b, c), v.start + float32(i)*3.4})
		}
	}
	return out
}

// filled is how dense the contrast medium is at a distance from the ostium in a
// frame: it arrives, stays and is washed out.
func filled(mm float32, frame int) float32 {
	t := float32(frame) - 5 - mm/13
	return clamp(t/2.5, 0, 1) * clamp((24-t)/9, 0, 1)
}

// beat moves a point with the heart.
func beat(p vec, frame int) vec {
	s := float32(math.Sin(2 * math.Pi * float64(frame) / 12))
	c := vec{74, 0, 60}
	return c.plus(p.minus(c).times(1 - 0.05*s)).plus(vec{1.4 * s, 0, -2.2 * s})
}

// thorax is what stands still: heart, spine, ribs, diaphragm.
func thorax() *canvas {
	p := plane{du: vec{xaPixel, 0, 0}, dv: vec{0, 0, xaPixel}, w: xaSize, h: xaSize}
	c := &canvas{plane: p, px: make([]float32, xaSize*xaSize), edge: 1}
	base := c.field(8, rect{0, 0, xaSize, xaSize}, func(p vec) float32 {
		heart := ellipsoid{c: vec{74, 0, 66}, r: vec{56, 10, 50}}.turned(0).dist(p)
		spine := abs(p.x - 16 - 0.04*p.z)
		v := 62 + 26*fade(clamp(0.5-heart/30, 0, 1)) + 26*fade(clamp((17-spine)/5, 0, 1))
		v += 5 * smooth(p.times(1.0/22)) * fade(clamp((17-spine)/5, 0, 1))
		return v + 30*fade(clamp((p.z-112-0.0035*(p.x-90)*(p.x-90))/7, 0, 1)) + 4*smooth(p.times(1.0/30))
	})
	copy(c.px, base)
	for k := range 4 {
		z := 6 + float32(k)*34
		c.addChain(curved([]float32{4.4}, vec{-10, 0, z - 14}, vec{30, 0, z - 6}, vec{80, 0, z + 8}, vec{150, 0, z + 38}), 0.8, 1.1, 0.35)
	}
	c.addChain(curved([]float32{1}, vec{20, 0, -10}, vec{22, 0, 8}, vec{30, 0, 22}, vec{40, 0, 29}, vec{47, 0, 30}), 0.35, 5, 2.2)
	return c
}

func xaRun() ([]byte, error) {
	still, tree := thorax(), leftCoronary()
	var out []byte
	for f := range xaFrames {
		c := &canvas{plane: still.plane, px: append([]float32(nil), still.px...), edge: 1}
		for _, v := range tree {
			c.inject(v, f)
		}
		for i, v := range c.px {
			c.px[i] = 3600 * float32(math.Exp(-float64(v)/75))
		}
		c.fluctuate(softGrain(), 26, uint64(f))
		c.fluctuate(whiteGrain(), 16, uint64(f)+100)
		out = append(out, words(c.px, 1, 0, false, 12)...)
	}
	return out, nil
}

// inject adds the filled part of a vessel as one chain per density.
func (c *canvas) inject(v coronary, frame int) {
	way := v.start
	for i, t := range v.path {
		t.a, t.b = beat(t.a, frame), beat(t.b, frame)
		if d := filled(way, frame); d > 0.02 {
			c.addChain(chain{t}, 0, 0, 9.5*d)
			if i > 0 {
				c.addJoint(t, 0, 0, 9.5*d)
			}
		}
		way += t.b.minus(t.a).length()
	}
}

func xaStudies(now time.Time) []Study {
	e := exam{key: "xa-coronary", accession: "N26-0421", description: "Coronary angiography", who: kenji,
		at: ago(now, 4*time.Hour), referrer: "SANTOS^BEATRIZ^^DR"}
	e.order = brief(kenji, now, Order{
		Accession: e.accession, Priority: "LOW", DueAfter: 9 * time.Hour, ArrivedAgo: 200 * time.Minute, Label: "Coronary angiography, left coronary artery",
		Indication: "atypical angina, equivocal stress echo, second reading of the left coronary run", Requester: "SANTOS^BEATRIZ^^DR",
		Callback: "+49 30 5550 4040", PatientClass: "INPATIENT", Bed: "Cardiology, bed 21", ProcedureCode: Code{Value: "XACOR-L"},
	})
	m := e.begin()
	px := spacing(xaPixel * xaMagnified)
	a := mono(xaSize, xaSize, 12, false).with(attrs{
		dicom.ImageType: "ORIGINAL\\PRIMARY\\SINGLE PLANE", dicom.BodyPartExamined: "HEART", dicom.PixelIntensityRelationship: "LIN",
		dicom.NumberOfFrames: xaFrames, dicom.FrameTime: 66.67, dicom.CineRate: 15, dicom.RecommendedDisplayFrameRate: 15,
		dicom.FrameIncrementPointer: int(dicom.FrameTime), dicom.KVP: 78, dicom.XRayTubeCurrent: 620, dicom.ExposureTime: 7, dicom.Exposure: 4,
		radiationSetting: "GR", positionerMotion: "STATIC", primaryAngle: -25.0, secondaryAngle: -18.0, dicom.PatientPosition: "HFS",
		dicom.ImagerPixelSpacing: []float64{px, px}, dicom.EstimatedRadiographicMagnificationFactor: xaMagnified,
		dicom.DistanceSourceToDetector: 1050.0, dicom.DistanceSourceToPatient: 750.0, dicom.PatientOrientation: "L\\F",
		dicom.ContrastBolusAgent: "Iohexol 350", viewingMode: "NAT", dicom.MaskSubtractionSequence: item(attrs{maskOperation: "AVG_SUB", maskFrames: []int{1, 2}, frameRange: []int{1, xaFrames}}),
	}, voi([][2]int{{1300, 2000}}, "NORMAL"))
	m.series("left", 1, dicom.XAImageStorage, "XA", "LCA RAO 25 CAU 18", a).add(0, nil, xaRun)
	return []Study{m.Study}
}
