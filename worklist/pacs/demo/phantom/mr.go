package phantom

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Attributes of MR that the alphabet has no name for.
const (
	sequenceName           dicom.Tag = 0x00180024
	numberOfAverages       dicom.Tag = 0x00180083
	imagingFrequency       dicom.Tag = 0x00180084
	echoTrainLength        dicom.Tag = 0x00180091
	pixelBandwidth         dicom.Tag = 0x00180095
	phaseEncodingDirection dicom.Tag = 0x00181312
)

// mrSeries is one acquisition. Its slices are counted in viewing order: caudal,
// left or posterior is down the wheel.
type mrSeries struct {
	key, name, bodyPart string
	number              int
	view                string // axial sagittal coronal
	from, step          float32
	thickness           float32
	n, size             int
	stretch             int     // rows lie so many times farther apart than columns; 0: 1
	fov, x, y, z        float32 // middle of the field of view in the anatomy
	shift               vec
	tr, te, ti          float64
	sequence, kind      string // SE, GR, EP …; third value of Image Type
	bValue              int    // −1: not a diffusion image
	first               int    // instance number of the first slice, from 0
	window              [2]int
	values              *palette
	noise, shade, edge  float32
	wander, texture     float32
	draw                func(*canvas)
}

// plane is where slice k lies.
func (s mrSeries) plane(k int) plane {
	px := s.fov / float32(s.size)
	h := s.fov/2 - px/2
	at := s.from + float32(k)*s.step
	p := plane{w: s.size, h: s.size}
	switch s.view {
	case "sagittal":
		p.org, p.du, p.dv = vec{at, s.y - h, s.z + h}, vec{0, px, 0}, vec{0, 0, -px}
	case "coronal":
		p.org, p.du, p.dv = vec{s.x - h, at, s.z + h}, vec{px, 0, 0}, vec{0, 0, -px}
	default:
		p.org, p.du, p.dv = vec{s.x - h, s.y - h, at}, vec{px, 0, 0}, vec{0, px, 0}
	}
	if s.stretch > 1 {
		p.h, p.dv = p.h/s.stretch, p.dv.times(float32(s.stretch))
	}
	return p
}

// nearest is the slice at a point of the anatomy.
func (s mrSeries) nearest(p vec) int {
	at := map[string]float32{"axial": p.z, "sagittal": p.x, "coronal": p.y}[s.view]
	return int((at-s.from)/s.step + 0.5)
}

func (s mrSeries) render(k int) ([]byte, error) {
	c := averaged(s.plane(k), s.thickness, 4, func(p plane) *canvas {
		c := newCanvas(p, max(s.edge, s.fov/float32(s.size)), s.values)
		c.bendBy(s.wander, 34)
		c.textureOf(s.texture)
		c.webOf(30)
		s.draw(c)
		return c
	})
	c.receive(s.noise, s.shade, uint64(s.number)<<32|uint64(s.first+k))
	return words(c.px, 1, 0, false, 12), nil
}

// receive makes a signal a magnitude image: brighter towards the coils by the
// fraction shade, with Rician noise.
func (c *canvas) receive(noise, shade float32, seed uint64) {
	r := random(seed)
	ox, oy := int(r.next()&(tileSize-1)), int(r.next()&(tileSize-1))
	t := softGrain()
	for j := range c.h {
		re, im := t.row(j+oy), t.row(j+oy+tileSize/2)
		y := float32(j)/float32(c.h) - 0.5
		for i := range c.w {
			x := float32(i)/float32(c.w) - 0.47
			k := j*c.w + i
			v := c.px[k]*(1-shade/2+shade*4*(x*x+y*y)) + noise*re[(i+ox)&(tileSize-1)]
			n := noise * im[(i+ox)&(tileSize-1)]
			c.px[k] = sqrt(v*v + n*n)
		}
	}
}

// addTo appends the slices to a series already begun, or to a new one.
func (s mrSeries) addTo(m *maker, into *series) *series {
	if into == nil {
		into = m.series(s.key, s.number, dicom.MRImageStorage, "MR", s.name, s.common(m))
	}
	for k := range s.n {
		p := s.plane(k)
		a := attrs{
			dicom.ImagePositionPatient: p.org.plus(s.shift), dicom.SliceLocation: p.org.plus(s.shift).dot(p.normal()),
			dicom.ImageOrientationPatient: append(floats(p.du.unit()), floats(p.dv.unit())...),
		}
		if s.bValue >= 0 {
			a[dicom.DiffusionBValue] = float64(s.bValue)
		}
		into.add(s.first+k, a, func() ([]byte, error) { return s.render(k) })
	}
	return into
}

// localiser appends one series of three thick slices in the three planes through
// a point: x sagittal, y coronal, z axial.
func localiser(m *maker, s mrSeries, at [3]float32) {
	s.key, s.name, s.number, s.n, s.size, s.thickness, s.fov = "loc", "Localizer 3 plane", 1, 1, 256, 8, 280
	var into *series
	for i, view := range []string{"sagittal", "coronal", "axial"} {
		s.view, s.from, s.first = view, at[i], i
		into = s.addTo(m, into)
	}
}

// common are Frame of Reference, Image Plane and MR Image (PS3.3 C.8.3.1).
func (s mrSeries) common(m *maker) attrs {
	origin := "ORIGINAL"
	if s.kind == "DIFFUSION MAP\\ADC" {
		origin = "DERIVED"
	}
	a := attrs{
		dicom.ImageType: origin + "\\PRIMARY\\" + s.kind, dicom.BodyPartExamined: s.bodyPart, dicom.PatientPosition: "HFS",
		dicom.FrameOfReferenceUID: uid(m.key, "frame"), dicom.PositionReferenceIndicator: nil,
		dicom.ImagePositionPatient: vec{}, dicom.ImageOrientationPatient: vec{}, dicom.SliceLocation: 0,
		dicom.SliceThickness: s.thickness, dicom.SpacingBetweenSlices: abs(s.step),
		dicom.ScanningSequence: s.sequence, dicom.SequenceVariant: "SK", dicom.ScanOptions: "FS", dicom.MRAcquisitionType: "2D",
		dicom.RepetitionTime: s.tr, dicom.EchoTime: s.te, echoTrainLength: 8, numberOfAverages: 1,
		sequenceName: s.key, imagingFrequency: 123.2, pixelBandwidth: 220, phaseEncodingDirection: "ROW", dicom.FlipAngle: 90,
		dicom.MagneticFieldStrength: 3.0, dicom.ProtocolName: s.name, dicom.EchoNumbers: 1, deviceSerialNumber: "3",
	}
	if s.ti > 0 {
		a[dicom.InversionTime] = s.ti
		a[dicom.ScanningSequence] = s.sequence + "\\IR"
	}
	p := s.plane(0)
	a[dicom.PixelSpacing] = []float64{spacing(p.dv.length()), spacing(p.du.length())}
	return mono(p.h, p.w, 12, false).with(a, voi([][2]int{s.window}))
}

// truth begins an item about a point of the anatomy in this series.
func (s mrSeries) truth(e exam, id, kind, side string, at vec) TruthItem {
	k := s.nearest(at)
	return TruthItem{
		ID: id, Kind: kind, Side: side, StudyInstanceUID: e.uid(), SeriesInstanceUID: e.seriesUID(s.key),
		SOPInstanceUID: e.instanceUID(s.key, s.first+k), Slice: k + 1, PatientMM: at.plus(s.shift).mm(), Trap: e.trap,
	}
}

// diffused is the signal at a b-value in s/mm² of tissue with the given signal at
// b 0 and diffusion coefficients in 10⁻⁶ mm²/s.
func diffused(b0, adc *palette, b float64) *palette {
	out := palette{}
	for t := range out {
		out[t] = b0[t] * float32(math.Exp(-b*float64(adc[t])*1e-6))
	}
	return &out
}
