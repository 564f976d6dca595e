package main

import (
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/viewertest"
	"github.com/nocturne/nocturne/worklist/pacs/demo/phantom"
)

// openReformats opens the slices of a series that keep says and makes its MPR.
func openReformats(t *testing.T, study phantom.Study, keep func(h *dicom.Dataset) bool) *phantomDesk {
	p := &phantomDesk{T: t, now: night()}
	p.d = desk.New(desk.Options{
		Now: func() time.Time { return p.now }, Load: load.NewFileLoader(0, 64<<20, nil),
		Emit: func(e viewer.Event) {
			for _, m := range e.Marks {
				p.last = m
			}
		},
	})
	t.Cleanup(p.d.Close)
	p.d.Resize(1200, 1000, 1)
	p.d.Open(viewertest.Case(1, viewer.Study{UID: string(study.UID), Date: "20260301", Modality: "CT"}))
	var objects []viewer.Object
	dir := t.TempDir()
	for _, in := range study.Instances {
		if keep(in.Header) {
			objects = append(objects, p.file(dir, in))
		}
	}
	p.d.Add(1, objects)
	p.wait(700 * time.Millisecond)
	p.d.Do(viewer.MPRToggle)
	p.wait(700 * time.Millisecond)
	if p.d.State().MPR == nil {
		t.Fatal("no reformats")
	}
	return p
}

// reformat is one of the planes as it is on screen: its pixels, where they lie, and
// where they are drawn.
type reformat struct {
	*viewer.Plane
	im *pixel.Image
	at desk.TileScene
}

// plane is asked for with a probe in the middle of the tile, the way a mark tells it.
func (p *phantomDesk) plane(tile int) reformat {
	p.Helper()
	p.take(viewer.ToolProbe)
	at := p.d.Scene().Tiles[tile]
	p.press(float64(at.Rect.Min.X+at.Rect.Max.X)/2+40, float64(at.Rect.Min.Y+at.Rect.Max.Y)/2+30)
	p.press(float64(at.Rect.Min.X+at.Rect.Max.X)/2+40, float64(at.Rect.Min.Y+at.Rect.Max.Y)/2+30)
	if p.last.Plane == nil {
		p.Fatalf("the probe on tile %d lies on no reformat", tile)
	}
	plane := p.last.Plane
	p.take("")
	return reformat{plane, p.d.Scene().Tiles[tile].Image, p.d.Scene().Tiles[tile]}
}

func (p *phantomDesk) press(x, y float64) {
	p.d.Mouse(desk.MouseMove, desk.NoButton, x, y)
	p.d.Mouse(desk.MouseDown, desk.LeftButton, x, y)
	p.d.Mouse(desk.MouseUp, desk.LeftButton, x, y)
	p.wait(20 * time.Millisecond)
}

// pixel is where a patient point lies in the picture (PS3.3 C.7.6.2.1-1), centres of
// pixels at whole numbers.
func (r reformat) pixel(q [3]float64) (col, row float64) {
	for k := range 3 {
		col += (q[k] - r.Origin[k]) * r.Row[k] / r.MM
		row += (q[k] - r.Origin[k]) * r.Col[k] / r.MM
	}
	return col, row
}

// value is the picture between its pixels; NaN outside.
func (r reformat) value(q [3]float64) float64 {
	x, y := r.pixel(q)
	i, j := math.Floor(x), math.Floor(y)
	var c [4]float64
	for n := range c {
		v, ok := r.im.At(int(i)+n&1, int(j)+n>>1)
		if !ok {
			return math.NaN()
		}
		c[n] = v
	}
	x, y = x-i, y-j
	return (c[0]*(1-x)+c[1]*x)*(1-y) + (c[2]*(1-x)+c[3]*x)*y
}

func (p *phantomDesk) tapOn(r reformat, q [3]float64) {
	col, row := r.pixel(q)
	x, y := r.at.Place.Apply(col+0.5, row+0.5)
	p.press(x+float64(r.at.Rect.Min.X), y+float64(r.at.Rect.Min.Y))
}

// edge is how far from q, along z, the picture falls below a level: the first time in
// steps of 0.05 mm, of the mean over 3 mm beside it.
func (r reformat) edge(q [3]float64, beside [3]float64, sign, level float64) float64 {
	for d := 3.0; d < 25; d += 0.05 {
		sum := 0.0
		for k := -3; k <= 3; k++ {
			at := q
			for a := range 3 {
				at[a] += float64(k) * 0.5 * beside[a]
			}
			at[2] += sign * d
			sum += r.value(at)
		}
		if sum/7 < level {
			return d
		}
	}
	return math.NaN()
}

// The planted bleed across the slices: its height, which no slice shows, is found in
// the coronal and the sagittal picture and ruled there; its mean is the truth's.
func TestThePlantedBleedIsMeasuredAcrossItsSlices(t *testing.T) {
	var truth phantom.TruthItem
	for _, i := range phantom.Truth(false, night()) {
		if i.ID == "head-bleed" {
			truth = i
		}
	}
	var study phantom.Study
	for _, s := range phantom.Studies(false, night()) {
		if s.UID == truth.StudyInstanceUID {
			study = s
		}
	}
	c := truth.PatientMM
	height := 6 * truth.VolumeMM3 / (math.Pi * truth.LongAxisMM * truth.ShortAxisMM)
	p := openReformats(t, study, func(h *dicom.Dataset) bool {
		z := h.Floats(dicom.ImagePositionPatient)
		return h.Str(dicom.SeriesInstanceUID) == string(truth.SeriesInstanceUID) && math.Abs(z[2]-c[2]) < 19
	})
	for tile := 1; tile <= 2; tile++ {
		p.bring(c)
		r := p.plane(tile)
		up, down := r.edge(c, r.Row, 1, 39.5), r.edge(c, r.Row, -1, 39.5)
		p.take(viewer.ToolLength)
		p.tapOn(r, [3]float64{c[0], c[1], c[2] + up})
		p.tapOn(r, [3]float64{c[0], c[1], c[2] - down})
		p.is(r.Name, "length", height, 0.5)
		p.take(viewer.ToolRectangle)
		a, b := c, c
		for k := range 3 {
			a[k], b[k] = c[k]-5*r.Row[k]-5*r.Col[k], c[k]+5*r.Row[k]+5*r.Col[k]
		}
		p.tapOn(r, a)
		p.tapOn(r, b)
		p.is(r.Name, "mean", truth.HUMean, truth.HUTolerance)
	}
}

// bring lets the planes cross at a patient point: the same point of the axial plane
// and of the coronal one, as x finds it.
func (p *phantomDesk) bring(q [3]float64) {
	for _, tile := range []int{0, 1, 2, 0, 1} {
		r := p.plane(tile)
		col, row := r.pixel(q)
		x, y := r.at.Place.Apply(col+0.5, row+0.5)
		p.d.Mouse(desk.MouseMove, desk.NoButton, x+float64(r.at.Rect.Min.X), y+float64(r.at.Rect.Min.Y))
		p.d.Do(viewer.SamePoint)
		p.wait(150 * time.Millisecond)
	}
	p.take("")
}

// The sinuses were scanned with the gantry tilted by 18°, the head without: in the
// patient they are one anatomy, so that the two sagittal pictures fit each other best
// where they lie, within half a millimetre and without a turn.
func TestTheTiltedHeadStandsStraightInTheSagittalPlane(t *testing.T) {
	t.Parallel()
	var tilted, straight phantom.Study
	for _, s := range phantom.Studies(false, night()) {
		switch s.Accession {
		case "N26-0414":
			tilted = s
		case "N26-0411":
			straight = s
		}
	}
	// where the anatomy's own origin lies in each study's frame of reference
	shifts := [2][3]float64{{0, -190, 64}, {1.5, -204, -1187.5}}
	series := func(number int, low, high float64) func(h *dicom.Dataset) bool {
		return func(h *dicom.Dataset) bool {
			z := h.Floats(dicom.ImagePositionPatient)
			return h.IntOr(dicom.SeriesNumber, 0) == number && len(z) == 3 && z[2] > low && z[2] < high
		}
	}
	a := openReformats(t, tilted, series(2, -1e9, 1e9)).plane(2)
	b := openReformats(t, straight, series(3, shifts[1][2]-52, shifts[1][2]+8)).plane(2)
	if a.Name != "sagittal" || b.Name != "sagittal" {
		t.Fatalf("%s, %s", a.Name, b.Name)
	}
	at := func(r reformat, shift [3]float64, y, z float64) float64 {
		return r.value([3]float64{r.Origin[0], y + shift[1], z + shift[2]})
	}
	// likeness of windows on either end of the skull base: the correlation of values
	for _, w := range [][4]float64{{-62, -22, -46, 2}, {-20, 20, -46, 2}} {
		best, where := -1.0, [2]float64{9, 9}
		for dy := -3.0; dy <= 3; dy += 0.5 {
			for dz := -3.0; dz <= 3; dz += 0.5 {
				var n, sa, sb, saa, sbb, sab float64
				for y := w[0]; y <= w[1]; y += 1 {
					for z := w[2]; z <= w[3]; z += 1 {
						u, v := at(a, shifts[0], y+dy, z+dz), at(b, shifts[1], y, z)
						if math.IsNaN(u) || math.IsNaN(v) {
							continue
						}
						n, sa, sb, saa, sbb, sab = n+1, sa+u, sb+v, saa+u*u, sbb+v*v, sab+u*v
					}
				}
				if n < 500 {
					t.Fatalf("%v points of the window %v are in both", n, w)
				}
				if like := (sab - sa*sb/n) / math.Sqrt((saa-sa*sa/n)*(sbb-sb*sb/n)); like > best {
					best, where = like, [2]float64{dy, dz}
				}
			}
		}
		if best < 0.8 || math.Abs(where[0]) > 0.5 || math.Abs(where[1]) > 0.5 {
			t.Errorf("window %v: the pictures are like by %.2f where the tilted one is moved by %v mm", w, best, where)
		}
		t.Logf("window %v: correlation %.3f at %v mm", w, best, where)
	}
}

// The node of the PET/CT by mouse: its SUVmax on the PET itself, and on the CT that
// the PET lies over.
func TestTheHotNodeHasItsSUVOnThePETAndOverTheCT(t *testing.T) {
	var truth phantom.TruthItem
	for _, i := range phantom.Truth(false, night()) {
		if i.SUVMax > 0 {
			truth = i
		}
	}
	p := &phantomDesk{T: t, now: night()}
	p.d = desk.New(desk.Options{
		Now: func() time.Time { return p.now }, Load: load.NewFileLoader(0, 64<<20, nil), Protocols: []hang.Protocol{},
		Emit: func(e viewer.Event) {
			for _, m := range e.Marks {
				p.last = m
			}
		},
	})
	t.Cleanup(p.d.Close)
	p.d.Resize(1000, 800, 1)
	p.d.Open(viewertest.Case(1, viewer.Study{UID: string(truth.StudyInstanceUID), Date: "20260301", Modality: "PT"}))
	dir := t.TempDir()
	for _, s := range phantom.Studies(false, night()) {
		for _, in := range s.Instances {
			z := in.Header.Floats(dicom.ImagePositionPatient)
			if s.UID == truth.StudyInstanceUID && in.Header.IntOr(dicom.SeriesNumber, 0) > 1 && math.Abs(z[2]-truth.PatientMM[2]) < 14 {
				p.d.Add(1, []viewer.Object{p.file(dir, in)})
			}
		}
	}
	p.wait(900 * time.Millisecond)
	for _, c := range []struct{ modality, max string }{{"PT", "max"}, {"CT", "over max"}} {
		for range 4 {
			if im := p.d.Scene().Tiles[0].Image; (im.Unit() == "SUVbw") == (c.modality == "PT") {
				break
			}
			p.d.Do(viewer.SeriesNext)
			p.wait(200 * time.Millisecond)
		}
		if c.modality == "CT" {
			p.d.Do(viewer.FuseToggle)
			p.wait(300 * time.Millisecond)
		}
		best := 0.0
		for n := 1; n <= 7; n++ { // the hottest of its slices
			p.d.Do(viewer.SliceSet(n))
			p.wait(60 * time.Millisecond)
			t0 := p.d.Scene().Tiles[0]
			im, mm := t0.Image, 584.0/144 // pixel sizes as the scanners' fields of view have them
			if c.modality == "CT" {
				mm = 500.0 / 512
			}
			x, y := float64(im.Cols)/2+(truth.PatientMM[0])/mm, float64(im.Rows)/2+(truth.PatientMM[1]+180-10)/mm
			p.take(viewer.ToolRectangle)
			for _, s := range []float64{-11, 11} {
				u, v := t0.Place.Apply(x+s/mm, y+s/mm)
				p.press(u+float64(t0.Rect.Min.X), v+float64(t0.Rect.Min.Y))
			}
			if v, ok := p.last.Value(c.max); ok && v.Unit == "SUVbw" {
				best = math.Max(best, v.Number)
			}
		}
		if math.Abs(best-truth.SUVMax) > 0.1*truth.SUVMax {
			t.Errorf("%s: SUVmax %.2f, the truth is %.2f", c.modality, best, truth.SUVMax)
		}
	}
}
