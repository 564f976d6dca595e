package phantom

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// ctSize is the matrix of every CT image.
const ctSize = 512

// ctSeries is a CT acquisition and reconstruction. Slice 0 is the most cranial.
type ctSeries struct {
	key, name, kernel string
	number            int
	top, step         float32 // z of slice 0, distance to the next
	thickness         float32
	n                 int
	fov, x, y         float32 // of the image, and its middle in the anatomy
	shift             vec     // from the anatomy to the scanner's coordinates
	tilt              float32 // of the gantry, degrees
	bodyPart          string
	position          string // HFS unless set
	contrast          string
	delay             time.Duration // of the acquisition after the contrast medium
	windows           [][2]int      // centre, width
	windowNames       []string
	values            *palette
	grain             func() tile
	sd, sharpen, edge float32
	wander, texture   float32 // mm: how far outlines bend, wavelength of texture
	layers            int     // planes averaged over the thickness
	fromFeet          bool    // instance numbers count from the feet
	intercept         int     // stored values are unsigned and begin here; 0: signed
	draw              func(*canvas)
}

// plane is where slice k lies in the anatomy.
func (s ctSeries) plane(k int) plane {
	px := s.fov / ctSize
	sn, cs := sin(s.tilt*math.Pi/180), cos(s.tilt*math.Pi/180)
	half := s.fov/2 - px/2
	if s.position == "FFP" { // the table is in front of the patient, rows run to it
		return plane{org: vec{s.x - half, s.y + half, s.top - float32(k)*s.step}, du: vec{px, 0, 0}, dv: vec{0, -px, 0}, w: ctSize, h: ctSize}
	}
	return plane{
		org: vec{s.x - half, s.y - half*cs, s.top - float32(k)*s.step - half*sn},
		du:  vec{px, 0, 0}, dv: vec{0, px * cs, px * sn}, w: ctSize, h: ctSize,
	}
}

// nearest is the slice at height z of the anatomy, for an untilted gantry.
func (s ctSeries) nearest(z float32) int {
	return int((s.top-z)/s.step + 0.5)
}

// image makes slice k as values of the palette.
func (s ctSeries) image(k int) *canvas {
	draw := func(p plane) *canvas {
		c := newCanvas(p, s.edge, s.values)
		if s.wander > 0 {
			c.bendBy(s.wander, 38)
		}
		c.textureOf(s.texture)
		c.webOf(34)
		s.draw(c)
		return c
	}
	c := averaged(s.plane(k), s.thickness, max(s.layers, 1), draw)
	c.sharpen(s.sharpen)
	c.fluctuate(s.grain(), s.sd, uint64(s.number)<<32|uint64(k))
	return c
}

func (s ctSeries) render(k int) ([]byte, error) {
	return words(s.image(k).px, 1, float32(s.intercept), s.intercept == 0, s.bits()), nil
}

// bits are 12 for unsigned values and 16 for signed ones.
func (s ctSeries) bits() int {
	if s.intercept == 0 {
		return 16
	}
	return 12
}

// words quantises values as (v − intercept) ÷ slope into 16-bit cells, clipped to
// the stored bits.
func words(px []float32, slope, intercept float32, signed bool, stored int) []byte {
	lo, hi := float32(0), float32(int(1)<<stored-1)
	if signed {
		lo, hi = -float32(int(1)<<(stored-1)), float32(int(1)<<(stored-1)-1)
	}
	out := make([]byte, 2*len(px))
	for i, v := range px {
		w := clamp((v-intercept)/slope, lo, hi)
		binary.LittleEndian.PutUint16(out[2*i:], uint16(int32(w+65536.5)))
	}
	return out
}

// addTo appends the series to the study.
func (s ctSeries) addTo(m *maker) {
	out := m.series(s.key, s.number, dicom.CTImageStorage, "CT", s.name, s.common(m))
	for i := range s.n {
		k, number := i, i+1
		if s.fromFeet {
			number = s.n - i
		}
		p := s.plane(k)
		pos := p.org.plus(s.shift)
		out.add(k, attrs{
			dicom.ImagePositionPatient: pos, dicom.SliceLocation: pos.z, dicom.InstanceNumber: number,
		}, func() ([]byte, error) { return s.render(k) })
	}
}

// common are the attributes of all slices: General Series, Frame of Reference,
// Image Plane, CT Image (PS3.3 C.8.2.1) and VOI LUT.
func (s ctSeries) common(m *maker) attrs {
	p := s.plane(0)
	px := spacing(s.fov / ctSize)
	ipp := append(floats(p.du.unit()), floats(p.dv.unit())...)
	a := attrs{
		dicom.ImageType: "ORIGINAL\\PRIMARY\\AXIAL", dicom.BodyPartExamined: s.bodyPart, dicom.PatientPosition: "HFS",
		dicom.FrameOfReferenceUID: uid(m.key, "frame"), dicom.PositionReferenceIndicator: nil,
		dicom.ImageOrientationPatient: ipp, dicom.ImagePositionPatient: p.org, dicom.SliceLocation: 0, dicom.PixelSpacing: []float64{px, px}, dicom.SliceThickness: s.thickness,
		dicom.KVP: 120, dicom.XRayTubeCurrent: 210, dicom.ExposureTime: 500, dicom.Exposure: 105, filterType: "BODY", focalSpots: 1.2,
		dicom.ConvolutionKernel: s.kernel, dicom.GantryDetectorTilt: s.tilt, dicom.TableHeight: 155.0, rotationDirection: "CW",
		dicom.DataCollectionDiameter: 500.0, dicom.ReconstructionDiameter: s.fov, dicom.ProtocolName: m.description,
		dicom.RescaleIntercept: s.intercept, dicom.RescaleSlope: 1, dicom.RescaleType: "HU", deviceSerialNumber: "1",
	}
	if s.position != "" {
		a[dicom.PatientPosition] = s.position
	}
	if s.contrast != "" {
		a[dicom.ContrastBolusAgent] = s.contrast
		a[contrastStart] = dicom.FormatTM(m.at)
		a[dicom.AcquisitionTime] = dicom.FormatTM(m.at.Add(s.delay))
	}
	if len(s.windows) > 0 {
		a = a.with(voi(s.windows, s.windowNames...))
	}
	return mono(ctSize, ctSize, s.bits(), s.intercept == 0).with(a)
}

// voi are windows as centre and width with their names (PS3.3 C.11.2).
func voi(w [][2]int, names ...string) attrs {
	c := make([]string, len(w))
	d := make([]string, len(w))
	for i := range w {
		c[i], d[i] = fmt.Sprint(w[i][0]), fmt.Sprint(w[i][1])
	}
	a := attrs{dicom.WindowCenter: strings.Join(c, "\\"), dicom.WindowWidth: strings.Join(d, "\\")}
	if len(names) > 0 {
		a[dicom.WindowCenterWidthExplanation] = strings.Join(names, "\\")
	}
	return a
}

func floats(v vec) []float64 {
	return []float64{spacing(v.x), spacing(v.y), spacing(v.z)}
}

// sharpen lifts edges as a bone or lung kernel does: v + k·(v − mean of the four
// neighbours).
func (c *canvas) sharpen(k float32) {
	if k == 0 {
		return
	}
	src := append([]float32(nil), c.px...)
	for j := 1; j < c.h-1; j++ {
		for i := 1; i < c.w-1; i++ {
			n := j*c.w + i
			c.px[n] += k * (src[n] - (src[n-1]+src[n+1]+src[n-c.w]+src[n+c.w])/4)
		}
	}
}

// truth begins an item about a point of the anatomy in this series.
func (s ctSeries) truth(e exam, id, kind, side string, at vec) TruthItem {
	k := s.nearest(at.z)
	return TruthItem{
		ID: id, Kind: kind, Side: side, StudyInstanceUID: e.uid(), SeriesInstanceUID: e.seriesUID(s.key),
		SOPInstanceUID: e.instanceUID(s.key, k), Slice: k + 1, PatientMM: at.plus(s.shift).mm(), Trap: e.trap,
	}
}

// couchBelow is the table under one who lies on the front.
func couchBelow(y float32) []part {
	p := couch(-y)[0]
	s := p.solid
	b := s.bounds()
	p.solid = blob{box{vec{b.lo.x, -b.hi.y, b.lo.z}, vec{b.hi.x, -b.lo.y, b.hi.z}}, func(q vec) float32 { return s.dist(vec{q.x, -q.y, q.z}) }}
	return []part{p}
}

// couch is the table a patient lies on, its top at y.
func couch(y float32) []part {
	shape := func(d float32) solid {
		const r = 520
		return blob{box{vec{-230, y - 12, -2000}, vec{230, y + 60, 2000}}, func(p vec) float32 {
			rim := sqrt(p.x*p.x+(p.y-y+r)*(p.y-y+r)) - r
			return max(max(-rim, abs(p.x)-215), rim-38+abs(p.x)*0.06) + d
		}}
	}
	return []part{
		{solid: shape(0), coats: []coat{{0, table}, {2.2, foam}}, firm: true},
	}
}
