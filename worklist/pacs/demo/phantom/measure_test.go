package phantom

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// values are the rescaled pixels of the first frame.
func values(d *dicom.Dataset, b []byte) (px []float64, w, h int) {
	w, h = d.IntOr(dicom.Columns, 0), d.IntOr(dicom.Rows, 0)
	slope, ok := d.Float(dicom.RescaleSlope)
	if !ok {
		slope = 1
	}
	zero, _ := d.Float(dicom.RescaleIntercept)
	signed := d.IntOr(dicom.PixelRepresentation, 0) == 1
	px = make([]float64, w*h)
	for i := range px {
		var v float64
		switch {
		case d.IntOr(dicom.BitsAllocated, 0) == 8:
			v = float64(b[i])
		case signed:
			v = float64(int16(binary.LittleEndian.Uint16(b[2*i:])))
		default:
			v = float64(binary.LittleEndian.Uint16(b[2*i:]))
		}
		px[i] = v*slope + zero
	}
	return px, w, h
}

// image is one rendered slice with the way from millimetres to pixels.
type image struct {
	px   []float64
	w, h int
	d    *dicom.Dataset
}

func sliceOf(t *testing.T, studies []Study, sop dicom.UID) image {
	t.Helper()
	for _, s := range studies {
		for _, in := range s.Instances {
			if in.Header.Str(dicom.SOPInstanceUID) == string(sop) {
				px, w, h := values(in.Header, pixels(t, in))
				return image{px, w, h, in.Header}
			}
		}
	}
	t.Fatal("no such instance")
	return image{}
}

// column, row and distance from the plane of a patient position.
func (m image) locate(p [3]float64) (x, y, off float64) {
	o, ipp, sp := m.d.Floats(dicom.ImageOrientationPatient), m.d.Floats(dicom.ImagePositionPatient), m.d.Floats(dicom.PixelSpacing)
	q := []float64{p[0] - ipp[0], p[1] - ipp[1], p[2] - ipp[2]}
	n := []float64{o[1]*o[5] - o[2]*o[4], o[2]*o[3] - o[0]*o[5], o[0]*o[4] - o[1]*o[3]}
	return dot(q, o[:3]) / sp[1], dot(q, o[3:]) / sp[0], dot(q, n)
}

func (m image) at(x, y float64) float64 {
	i, j := int(x), int(y)
	u, v := x-float64(i), y-float64(j)
	k := j*m.w + i
	return (m.px[k]*(1-u)+m.px[k+1]*u)*(1-v) + (m.px[k+m.w]*(1-u)+m.px[k+m.w+1]*u)*v
}

// widthAlong is the full width at half maximum along a → b, which are the ends
// of the long axis. Seven parallel lines 0.2 mm apart are averaged against noise.
func (m image) widthAlong(a, b [3]float64) float64 {
	const step = 0.02
	var dir, side [3]float64
	long := 0.0
	for k := range 3 {
		dir[k] = b[k] - a[k]
		long += dir[k] * dir[k]
	}
	long = math.Sqrt(long)
	for k := range 3 {
		dir[k] /= long
	}
	side = [3]float64{-dir[1], dir[0], 0}
	profile := func(s float64) float64 {
		sum := 0.0
		for l := -3; l <= 3; l++ {
			var p [3]float64
			for k := range 3 {
				p[k] = (a[k]+b[k])/2 + dir[k]*s + side[k]*float64(l)*0.12
			}
			x, y, _ := m.locate(p)
			sum += m.at(x, y)
		}
		return sum / 7
	}
	var inside, outside float64
	for i := -10; i <= 10; i++ {
		inside += profile(float64(i)*long*0.02) / 21
	}
	for _, s := range []float64{-0.5, 0.5} {
		for i := range 8 {
			outside += profile(s*long+math.Copysign(1.4+0.12*float64(i), s)) / 16
		}
	}
	half := (inside + outside) / 2
	edge := func(sign float64) float64 {
		for s := long * 0.2; s < long; s += step {
			if (profile(sign*s) > half) != (inside > half) {
				return s
			}
		}
		return long
	}
	return edge(1) + edge(-1)
}

func TestARulerOnTheNoduleReadsItsTruth(t *testing.T) {
	studies := Studies(false, night)
	for _, i := range Truth(false, night) {
		switch i.ID {
		case "chest-nodule", "chest-nodule-prior", "chest-distractor", "head-bleed":
		default:
			continue
		}
		e, long := i.EndpointsMM, 0.0
		for k := range 3 {
			long += (e[1][k] - e[0][k]) * (e[1][k] - e[0][k])
		}
		if long = math.Sqrt(long); math.Abs(long-i.LongAxisMM) > 0.01 {
			t.Errorf("%s: the ends are %.3f mm apart, the axis is %.3f", i.ID, long, i.LongAxisMM)
		}
		if got := sliceOf(t, studies, i.SOPInstanceUID).widthAlong(e[0], e[1]); math.Abs(got-i.LongAxisMM) > 0.3 {
			t.Errorf("%s: %.2f mm wide at half maximum, want %.2f ± 0.3", i.ID, got, i.LongAxisMM)
		}
	}
}

// TestAnEllipseReadsTheTruthsHU draws an ellipse of 80 % of the axes.
func TestAnEllipseReadsTheTruthsHU(t *testing.T) {
	studies := Studies(false, night)
	n := 0
	for _, i := range Truth(false, night) {
		if i.HUMean == 0 || i.LongAxisMM == 0 || i.LongAxisMM < 7 {
			continue
		}
		n++
		m := sliceOf(t, studies, i.SOPInstanceUID)
		if got := m.ellipse(i, 0.8); math.Abs(got-i.HUMean) > i.HUTolerance {
			t.Errorf("%s: %.1f HU, want %.0f ± %.0f", i.ID, got, i.HUMean, i.HUTolerance)
		}
	}
	if n < 5 {
		t.Errorf("only %d truths have a density", n)
	}
}

// TestAProbeReadsTheSmallTruths looks at three by three pixels where a truth is
// too small or too crooked for an ellipse.
func TestAProbeReadsTheSmallTruths(t *testing.T) {
	studies := Studies(false, night)
	n := 0
	for _, i := range Truth(false, night) {
		if i.HUMean == 0 || i.LongAxisMM != 0 {
			continue
		}
		n++
		m := sliceOf(t, studies, i.SOPInstanceUID)
		x, y, _ := m.locate(i.PatientMM)
		sum := 0.0
		for j := -1; j <= 1; j++ {
			for k := -1; k <= 1; k++ {
				sum += m.px[(int(y+0.5)+j)*m.w+int(x+0.5)+k] / 9
			}
		}
		if math.Abs(sum-i.HUMean) > i.HUTolerance {
			t.Errorf("%s: %.1f HU, want %.0f ± %.0f", i.ID, sum, i.HUMean, i.HUTolerance)
		}
	}
	if n < 4 {
		t.Errorf("only %d small truths have a density", n)
	}
}

func (m image) ellipse(i TruthItem, part float64) float64 {
	x0, y0, _ := m.locate(i.EndpointsMM[0])
	x1, y1, _ := m.locate(i.EndpointsMM[1])
	cx, cy := (x0+x1)/2, (y0+y1)/2
	a := math.Hypot(x1-x0, y1-y0) / 2
	ux, uy := (x1-cx)/a, (y1-cy)/a
	b := a * i.ShortAxisMM / i.LongAxisMM
	sum, n := 0.0, 0.0
	for y := int(cy - a); y <= int(cy+a)+1; y++ {
		for x := int(cx - a); x <= int(cx+a)+1; x++ {
			dx, dy := float64(x)-cx, float64(y)-cy
			p, q := (dx*ux+dy*uy)/(a*part), (dy*ux-dx*uy)/(b*part)
			if p*p+q*q <= 1 {
				sum += m.px[y*m.w+x]
				n++
			}
		}
	}
	return sum / n
}

// TestTruthsLieInTheirSlices holds for every truth of a cross-sectional image.
func TestTruthsLieInTheirSlices(t *testing.T) {
	heads := map[string]*dicom.Dataset{}
	for _, s := range Studies(false, night) {
		for _, in := range s.Instances {
			heads[in.Header.Str(dicom.SOPInstanceUID)] = in.Header
		}
	}
	for _, i := range Truth(false, night) {
		d := heads[string(i.SOPInstanceUID)]
		if d == nil {
			t.Errorf("%s: no such instance", i.ID)
			continue
		}
		if s := d.Str(dicom.SeriesInstanceUID); i.SeriesInstanceUID != "" && s != string(i.SeriesInstanceUID) {
			t.Errorf("%s: the instance is of another series", i.ID)
		}
		if !d.Has(dicom.ImagePositionPatient) {
			continue
		}
		m := image{d: d}
		x, y, off := m.locate(i.PatientMM)
		if th, _ := d.Float(dicom.SliceThickness); math.Abs(off) > th/2+0.6 {
			t.Errorf("%s: %.2f mm from its slice", i.ID, off)
		}
		if x < 0 || y < 0 || x > float64(d.IntOr(dicom.Columns, 0)) || y > float64(d.IntOr(dicom.Rows, 0)) {
			t.Errorf("%s: outside its image", i.ID)
		}
	}
}

func TestTheNodeHasItsSUV(t *testing.T) {
	studies := Studies(false, night)
	for _, i := range Truth(false, night) {
		if i.SUVMax == 0 {
			continue
		}
		m := sliceOf(t, studies, i.SOPInstanceUID)
		top := 0.0
		x, y, _ := m.locate(i.PatientMM)
		for j := int(y) - 3; j <= int(y)+4; j++ {
			for k := int(x) - 3; k <= int(x)+4; k++ {
				top = max(top, m.px[j*m.w+k])
			}
		}
		info := m.d.Item(dicom.RadiopharmaceuticalInformationSequence)
		dose, _ := info.Float(dicom.RadionuclideTotalDose)
		half, _ := info.Float(dicom.RadionuclideHalfLife)
		kg, _ := m.d.Float(dicom.PatientWeight)
		from, _ := dicom.ParseDT(info.Str(dicom.RadiopharmaceuticalStartDateTime))
		to, _ := dicom.ParseDateTime(m.d.Str(dicom.SeriesDate), m.d.Str(dicom.SeriesTime), from.Location())
		suv := top * kg * 1000 / (dose * math.Exp2(-to.Sub(from).Seconds()/half))
		if math.Abs(suv-i.SUVMax) > 0.1*i.SUVMax {
			t.Errorf("%s: SUV %.2f, want %.2f ± 10 %%", i.ID, suv, i.SUVMax)
		}
	}
}

// TestDciodvfyFindsNoError shows a strange validator one object of every SOP
// class.
func TestDciodvfyFindsNoError(t *testing.T) {
	tool := oracle.Tool(t, "dciodvfy")
	seen := map[string]bool{}
	for _, s := range Studies(false, night) {
		for _, in := range s.Instances {
			class := in.Header.Str(dicom.SOPClassUID) + in.Header.Str(dicom.SeriesDescription)
			if seen[class] {
				continue
			}
			seen[class] = true
			if out := verify(t, tool, in); strings.Contains(out, "Error") {
				t.Errorf("study %s series %s: %s", s.Accession, in.Header.Str(dicom.SeriesNumber), out)
			}
		}
	}
}

// verify gives the validator the object; large pixels are zeros, it looks only at
// their length.
func verify(t *testing.T, tool string, in Instance) string {
	t.Helper()
	var px []byte
	if h := in.Header; in.Render != nil {
		px = make([]byte, h.IntOr(dicom.Rows, 0)*h.IntOr(dicom.Columns, 0)*h.IntOr(dicom.NumberOfFrames, 1)*h.IntOr(dicom.BitsAllocated, 0)/8)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, in.Header, px); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "object.dcm")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(tool, file).CombinedOutput()
	return string(out)
}
