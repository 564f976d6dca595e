package phantom

import (
	"math"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Ultrasound images are 640 × 480 bytes with a sector whose apex lies above the
// upper edge; a pixel is usPixel mm each way.
const (
	usW, usH         = 640, 480
	usPixel  float32 = 0.34
	apexX    float32 = 320
	apexY    float32 = -62
	usNear   float32 = 92
	usFar    float32 = 520
	usHalf   float32 = 0.62 // half the opening, radians
)

// usTissue is what a point of the scan plane sends back: how much, with how deep
// a shadow (or enhancement, negative) behind it.
type usTissue struct{ echo, shade float32 }

// usScene gives the tissue at a point in mm right of and below the middle of the
// probe's face.
type usScene func(x, y float32) usTissue

// liverAndKidney is a right intercostal view: liver, its vessels, the kidney
// behind it, the diaphragm.
func liverAndKidney(x, y float32) usTissue {
	p := vec{x, y, 0}
	kidney := ellipsoid{c: vec{16, 92, 0}, r: vec{47, 21, 30}}.turned(14)
	k := kidney.dist(p)
	sinus := ellipsoid{c: vec{16, 92, 0}, r: vec{27, 8.5, 20}}.turned(14).dist(p) + 4*smooth(vec{x / 7, y / 7, 2})
	dome := sqrt((x+2)*(x+2)*0.55+(y+18)*(y+18)) - 152
	switch {
	case abs(dome) < 1.5:
		return usTissue{1.25, 0}
	case dome > 1.5:
		return usTissue{0.16, 0}
	case y < 4:
		return usTissue{0.75 + 0.2*sin(y*3), 0}
	case y < 11:
		return usTissue{0.42 + 0.16*sin(y*1.7+x*0.05), 0}
	case k < 0 && sinus < 0:
		return usTissue{1.05, 0}
	case k < 0:
		pyramid := smooth(vec{x / 12, y / 12, 5})
		return usTissue{0.27 - 0.22*clamp((pyramid-0.15)*6, 0, 1)*clamp((-k-5)/2, 0, 1), 0}
	case k < 1.6:
		return usTissue{0.95, 0}
	}
	return liverEcho(p)
}

func liverEcho(p vec) usTissue {
	for _, v := range hepaticVessels {
		if d := v.dist(p); d < 0 {
			return usTissue{0.03, -0.1}
		} else if d < 1.3 && v[0].ra > 3.4 {
			return usTissue{0.85, 0}
		}
	}
	return usTissue{0.5 + 0.06*smooth(vec{p.x / 9, p.y / 9, 0}), 0}
}

var hepaticVessels = []chain{
	curved([]float32{4.6, 4.2, 3.6, 2.8, 1.2}, vec{-66, 70, 0}, vec{-30, 60, 0}, vec{-6, 49, 0}, vec{12, 36, 0}, vec{20, 22, 0}),
	curved([]float32{3.4, 2.4, 1.2}, vec{-8, 50, 0}, vec{14, 54, 0}, vec{34, 50, 0}),
	curved([]float32{2.6, 2, 1}, vec{-34, 61, 0}, vec{-28, 44, 0}, vec{-14, 28, 0}),
	curved([]float32{3, 2.4, 1.6}, vec{-46, 118, 0}, vec{-34, 92, 0}, vec{-31, 76, 0}),
	curved([]float32{2.4, 1.6}, vec{-70, 46, 0}, vec{-48, 32, 0}, vec{-34, 24, 0}),
}

// gallbladder is a subcostal view: a full gall bladder in the liver.
func gallbladder(x, y float32) usTissue {
	p := vec{x, y, 0}
	g := blend{6, []solid{ellipsoid{c: vec{-4, 66, 0}, r: vec{36, 14, 14}}.turned(-24), ellipsoid{c: vec{24, 54, 0}, r: vec{12, 7, 7}}.turned(-30)}}
	d := g.dist(p)
	switch {
	case y < 4:
		return usTissue{0.75 + 0.2*sin(y*3), 0}
	case y < 14:
		return usTissue{0.42 + 0.16*sin(y*1.5-x*0.04), 0}
	case d < 0:
		return usTissue{0.02, -0.28}
	case d < 1.7:
		return usTissue{0.9, 0}
	case y > 108+6*sin(x*0.06):
		return usTissue{0.7 + 0.4*smooth(vec{x / 14, y / 6, 1}), 1.1}
	}
	return liverEcho(vec{p.x*0.9 + 30, p.y + 8, 0})
}

// usBeams is the number of lines of a frame, usDepth the samples of each.
const (
	usBeams = 384
	usDepth = int(usFar - usNear)
)

// usMap is a scene sampled every usPixel mm, 120 mm to each side.
type usMap []usTissue

const usMapW, usMapH = 708, 560

func (s usScene) sampled() usMap {
	m := make(usMap, usMapW*usMapH)
	for k := range m {
		m[k] = s((float32(k%usMapW)-usMapW/2)*usPixel, (float32(k/usMapW)-40)*usPixel)
	}
	return m
}

func (m usMap) at(x, y float32) usTissue {
	i, j := int(x/usPixel+usMapW/2), int(y/usPixel+40)
	return m[min(max(j, 0), usMapH-1)*usMapW+min(max(i, 0), usMapW-1)]
}

// scan makes a frame: echoes with speckle finer along the beam than across,
// shadow and enhancement, on a dark screen. breath moves the scene.
func (m usMap) scan(breath vec) *canvas {
	polar := make([]float32, usBeams*usDepth)
	a := speckle()
	for n := range usBeams {
		th := (float32(n)/(usBeams-1)*2 - 1) * usHalf
		dx, dy := sin(th), cos(th)
		loss := float32(0)
		for i := range usDepth {
			r := usNear + float32(i)
			x, y := dx*r*usPixel+breath.x, (apexY+dy*r)*usPixel+breath.y
			t := m.at(x, y)
			loss += t.shade * 0.02
			gx, gy := int(x*1.9+4000), int(y*3.1+4000)
			re, im := a.row(gy)[gx&(tileSize-1)], a.row(gy + 211)[(gx+97)&(tileSize-1)]
			v := t.echo * (0.3 + 0.6*sqrt(re*re+im*im)) * float32(math.Exp(-float64(loss)))
			polar[n*usDepth+i] = v * (1.08 - 0.35*float32(i)/float32(usDepth))
		}
	}
	return converted(blurred(polar))
}

// blurred widens each echo over the neighbouring beams, as the beam's width does.
func blurred(polar []float32) []float32 {
	out := append([]float32(nil), polar...)
	for k := 2 * usDepth; k < len(polar)-2*usDepth; k++ {
		across := polar[k-2*usDepth] + 2*polar[k-usDepth] + 3*polar[k] + 2*polar[k+usDepth] + polar[k+2*usDepth]
		out[k] = 0.75*across/9 + 0.125*(polar[k-1]+polar[k+1])
	}
	return out
}

// converted draws the beams as a sector, compressed to 255 greys.
func converted(polar []float32) *canvas {
	c := &canvas{plane: plane{w: usW, h: usH}, px: make([]float32, usW*usH)}
	for j := range usH {
		for i := range usW {
			x, y := float32(i)-apexX, float32(j)-apexY
			r := sqrt(x*x+y*y) - usNear
			q := (float32(math.Atan2(float64(x), float64(y)))/usHalf + 1) / 2 * (usBeams - 1)
			if r < 0 || r >= float32(usDepth-1) || q < 0 || q >= usBeams-1 {
				continue
			}
			k := int(q)*usDepth + int(r)
			u, v := r-float32(int(r)), q-float32(int(q))
			e := mix(mix(polar[k], polar[k+1], u), mix(polar[k+usDepth], polar[k+usDepth+1], u), v)
			c.px[j*usW+i] = 255 * pow(clamp(e, 0, 1.4)/1.4, 0.72)
		}
	}
	return c
}

// bytes is the image in 8 bits, with the depth scale in cm and the probe's mark.
func (c *canvas) bytes() []byte {
	for cm := range 16 {
		y := int(usNear+apexY) + int(float32(cm)*10/usPixel)
		long := 6
		if cm%5 == 0 {
			long = 11
		}
		for x := usW - 20; x < usW-20+long && y < usH; x++ {
			c.px[y*usW+x] = 200
		}
	}
	c.write("P", 150, 22, 18, 230)
	out := make([]byte, len(c.px))
	for i, v := range c.px {
		out[i] = byte(clamp(v, 0, 255))
	}
	return out
}

// region is a calibrated sector (PS3.3 C.8.5.5): tissue, cm each way.
func region(r rect) []*dicom.Dataset {
	d := &dicom.Dataset{}
	cm := float64(usPixel) / 10
	attrs{
		dicom.RegionSpatialFormat: 1, dicom.RegionDataType: 1, dicom.RegionFlags: 2,
		dicom.RegionLocationMinX0: r.i0, dicom.RegionLocationMinY0: r.j0, dicom.RegionLocationMaxX1: r.i1, dicom.RegionLocationMaxY1: r.j1,
		dicom.PhysicalUnitsXDirection: 3, dicom.PhysicalUnitsYDirection: 3, dicom.PhysicalDeltaX: cm, dicom.PhysicalDeltaY: cm,
		dicom.ReferencePixelX0: int(apexX) - r.i0, dicom.ReferencePixelY0: 0,
	}.apply(d)
	return []*dicom.Dataset{d}
}

var usSector = rect{50, 12, 590, 458}

// usHeader are the attributes of a grey ultrasound image.
func usHeader() attrs {
	return attrs{
		dicom.SamplesPerPixel: 1, dicom.PhotometricInterpretation: "MONOCHROME2", dicom.Rows: usH, dicom.Columns: usW,
		dicom.BitsAllocated: 8, dicom.BitsStored: 8, dicom.HighBit: 7, dicom.PixelRepresentation: 0, dicom.BodyPartExamined: "ABDOMEN",
		dicom.ImageType: "ORIGINAL\\PRIMARY\\ABDOMINAL\\0001", dicom.SequenceOfUltrasoundRegions: region(usSector), transducer: "SECTOR_PHASED",
		dicom.PatientOrientation: nil, dicom.BurnedInAnnotation: "NO",
	}
}

const transducer dicom.Tag = 0x00186031

func usExam(now time.Time) exam {
	e := exam{key: "us-abdomen", accession: "N26-0420", description: "Ultrasound abdomen", who: joaquin,
		at: ago(now, 150*time.Minute), referrer: "OYELARAN^TUNDE^^DR"}
	e.order = brief(joaquin, now, Order{
		Accession: e.accession, Priority: "", DueAfter: 6 * time.Hour, ArrivedAgo: 2 * time.Hour, Label: "Ultrasound upper abdomen",
		Indication: "raised gamma-GT at check-up, no pain, ? fatty liver ? gallstones", Requester: "OYELARAN^TUNDE^^DR",
		Callback: "+49 30 5550 7007", PatientClass: "OUTPATIENT", Bed: "General practice", ProcedureCode: Code{Value: "USABD"},
	})
	return e
}

// usStudies are two stills and two cines of a healthy liver, gall bladder and
// kidney.
func usStudies(now time.Time) []Study {
	m := usExam(now).begin()
	s := m.series("images", 1, dicom.USImageStorage, "US", "Upper abdomen", usHeader())
	for k, scene := range []usScene{liverAndKidney, gallbladder} {
		s.add(k, nil, func() ([]byte, error) { return scene.sampled().scan(vec{}).bytes(), nil })
	}
	for k, scene := range []usScene{liverAndKidney, gallbladder} {
		cine(s, k+2, scene, 24)
	}
	return []Study{m.Study}
}

// cine appends a multi-frame clip: the organs move with the breath.
func cine(s *series, k int, scene usScene, frames int) {
	s.add(k, attrs{
		dicom.SOPClassUID: dicom.USMultiframeImageStorage, dicom.NumberOfFrames: frames, dicom.FrameTime: 50.0, dicom.CineRate: 20,
		dicom.RecommendedDisplayFrameRate: 20, dicom.FrameIncrementPointer: int(dicom.FrameTime),
	}, func() ([]byte, error) {
		m := scene.sampled()
		var out []byte
		for f := range frames {
			a := 2 * math.Pi * float32(f) / float32(frames)
			out = append(out, m.scan(vec{4 * sin(a), 2.5 * cos(a), 0}).bytes()...)
		}
		return out, nil
	})
}
