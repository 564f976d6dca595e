package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/viewertest"
	"github.com/nocturne/nocturne/worklist/pacs/demo/phantom"
)

// phantomDesk is a desk on the slice of a planted item and its neighbours, driven by
// a clock of its own.
type phantomDesk struct {
	*testing.T
	d      *desk.Desk
	now    time.Time
	last   viewer.Mark
	slice  *dicom.Dataset
	pixels []byte // of the slice
}

func openPlanted(t *testing.T, i phantom.TruthItem, studies []phantom.Study) *phantomDesk {
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
	p.d.Resize(1000, 800, 1)
	study := viewer.Study{UID: string(i.StudyInstanceUID), Date: "20260301", Modality: "CT"}
	p.d.Open(viewertest.Case(1, study))
	p.d.Add(1, p.write(i, studies))
	p.wait(1500 * time.Millisecond)
	return p
}

func night() time.Time { return time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC) }

// write puts the item's slice and its two neighbours into files.
func (p *phantomDesk) write(i phantom.TruthItem, studies []phantom.Study) (out []viewer.Object) {
	dir := p.TempDir()
	for _, s := range studies {
		for k, in := range s.Instances {
			if in.Header.Str(dicom.SOPInstanceUID) != string(i.SOPInstanceUID) {
				continue
			}
			p.slice = in.Header
			for _, n := range s.Instances[max(0, k-1):min(len(s.Instances), k+2)] {
				if n.Header.Str(dicom.SeriesInstanceUID) == string(i.SeriesInstanceUID) {
					out = append(out, p.file(dir, n))
				}
			}
		}
	}
	if p.slice == nil {
		p.Fatalf("%s lies in no instance", i.ID)
	}
	return out
}

func (p *phantomDesk) file(dir string, in phantom.Instance) viewer.Object {
	px, err := in.Render()
	if err != nil {
		p.Fatal(err)
	}
	if p.slice == in.Header {
		p.pixels = px
	}
	var b bytes.Buffer
	sop := in.Header.Str(dicom.SOPInstanceUID)
	path := filepath.Join(dir, sop)
	if err := dicom.Write(&b, in.Header, px); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		p.Fatal(err)
	}
	return viewer.Object{StudyUID: in.Header.Str(dicom.StudyInstanceUID), SeriesUID: in.Header.Str(dicom.SeriesInstanceUID), SOPUID: sop, Path: path}
}

func (p *phantomDesk) wait(d time.Duration) {
	for end := p.now.Add(d); p.now.Before(end); {
		p.now = p.now.Add(10 * time.Millisecond)
		if p.d.Tick(p.now) {
			p.d.Scene()
		}
	}
}

// tap clicks where a patient point is on the screen: by the equation of PS3.3
// C.7.6.2.1-1 and the place at which the scene draws the pixels.
func (p *phantomDesk) tap(at [3]float64) {
	o, ipp, mm := p.slice.Floats(dicom.ImageOrientationPatient), p.slice.Floats(dicom.ImagePositionPatient), p.slice.Floats(dicom.PixelSpacing)
	var col, row float64
	for k := range 3 {
		col += (at[k] - ipp[k]) * o[k] / mm[1]
		row += (at[k] - ipp[k]) * o[3+k] / mm[0]
	}
	t := p.d.Scene().Tiles[0]
	x, y := t.Place.Apply(col+0.5, row+0.5)
	x, y = x+float64(t.Rect.Min.X), y+float64(t.Rect.Min.Y)
	p.d.Mouse(desk.MouseMove, desk.NoButton, x, y)
	p.d.Mouse(desk.MouseDown, desk.LeftButton, x, y)
	p.d.Mouse(desk.MouseUp, desk.LeftButton, x, y)
	p.d.Tick(p.now)
}

// take deselects what is there and takes a tool.
func (p *phantomDesk) take(a viewer.Action) {
	p.last = viewer.Mark{}
	for _, a := range []viewer.Action{viewer.ToolDrop, viewer.ToolDrop, a} {
		p.d.Do(a)
	}
}

func (p *phantomDesk) is(what string, name string, want, tol float64) {
	p.Helper()
	v, ok := p.last.Value(name)
	if !ok || !(math.Abs(v.Number-want) <= tol) {
		p.Errorf("%s: %s is %v %s, the truth is %v ± %v", what, name, v.Number, v.Unit, want, tol)
	}
}

// orientations are the eight ways an image can lie.
var orientations = [][]viewer.Action{
	nil, {viewer.ViewRight}, {viewer.ViewRight, viewer.ViewRight}, {viewer.ViewLeft},
	{viewer.ViewFlipH}, {viewer.ViewFlipH, viewer.ViewRight}, {viewer.ViewFlipV}, {viewer.ViewFlipH, viewer.ViewLeft},
}

// The planted lesions, ruled and encircled on the window's own desk in every
// orientation and at three zooms: what the phantoms' truth says, within 0.5 mm and
// the truth's own tolerance in HU.
func TestPlantedLesionsMeasureTheirTruthInEveryView(t *testing.T) {
	studies := phantom.Studies(false, night())
	tried := 0
	for _, i := range phantom.Truth(false, night()) {
		if i.ID != "chest-nodule" && i.ID != "chest-nodule-prior" && i.ID != "chest-distractor" && i.ID != "head-bleed" {
			continue
		}
		tried++
		p := openPlanted(t, i, studies)
		p.goTo(i)
		for _, turn := range orientations {
			for _, zoom := range []float64{0, 2, 9} {
				view := fmt.Sprintf("%s %v at %v", i.ID, turn, zoom)
				p.look(turn, zoom, i)
				p.take(viewer.ToolLength)
				p.tap(i.EndpointsMM[0])
				p.tap(i.EndpointsMM[1])
				p.is(view, "length", i.LongAxisMM, 0.5)
				p.encircle(view, i)
			}
		}
	}
	if tried != 4 {
		t.Errorf("%d lesions of 4", tried)
	}
}

func (p *phantomDesk) goTo(i phantom.TruthItem) {
	for n := 1; n <= 3; n++ {
		p.d.Do(viewer.SliceSet(n))
		p.wait(30 * time.Millisecond)
		if t := p.d.State().Tiles[0]; t.SOPUID == string(i.SOPInstanceUID) {
			return
		}
	}
	p.Fatalf("%s: its slice is not shown", i.ID)
}

// look turns, zooms and pans the lesion into the middle.
func (p *phantomDesk) look(turn []viewer.Action, zoom float64, i phantom.TruthItem) {
	p.d.Do(viewer.ViewReset)
	for _, a := range turn {
		p.d.Do(a)
	}
	p.d.Do(viewer.ZoomSet(zoom))
	p.take(viewer.ToolProbe)
	p.wait(20 * time.Millisecond)
	if zoom == 0 {
		return
	}
	o, ipp, mm := p.slice.Floats(dicom.ImageOrientationPatient), p.slice.Floats(dicom.ImagePositionPatient), p.slice.Floats(dicom.PixelSpacing)
	var col, row float64
	for k := range 3 {
		col += (i.PatientMM[k] - ipp[k]) * o[k] / mm[1]
		row += (i.PatientMM[k] - ipp[k]) * o[3+k] / mm[0]
	}
	t := p.d.Scene().Tiles[0]
	x, y := t.Place.Apply(col+0.5, row+0.5)
	w, h := float64(t.Rect.Dx())/2, float64(t.Rect.Dy())/2
	at := [2]float64{float64(t.Rect.Min.X) + w, float64(t.Rect.Min.Y) + h}
	p.d.Mouse(desk.MouseDown, desk.MiddleButton, at[0], at[1])
	p.d.Mouse(desk.MouseMove, desk.NoButton, at[0]+w-x, at[1]+h-y)
	p.d.Mouse(desk.MouseUp, desk.MiddleButton, at[0]+w-x, at[1]+h-y)
	p.wait(20 * time.Millisecond)
}

// encircle draws a circle of 80 % of the lesion's short axis, in its own slice: its
// mean is the truth's, and within 1 HU that of the stored values themselves.
func (p *phantomDesk) encircle(view string, i phantom.TruthItem) {
	if i.HUMean == 0 {
		return
	}
	o := p.slice.Floats(dicom.ImageOrientationPatient)
	half := 0.4 * i.ShortAxisMM
	var a, b [3]float64
	for k := range 3 {
		mid := (i.EndpointsMM[0][k] + i.EndpointsMM[1][k]) / 2
		a[k], b[k] = mid-half*o[k]-half*o[3+k], mid+half*o[k]+half*o[3+k]
	}
	p.take(viewer.ToolEllipse)
	p.tap(a)
	p.tap(b)
	if n, _ := p.last.Value("n"); n.Number >= 40 { // fewer are mostly noise
		p.is(view, "mean", i.HUMean, i.HUTolerance)
	}
	p.is(view, "mean", p.within(a, b), 1)
}

// within is the mean of the pixels whose centres lie in the circle about the middle
// of two corners, from the bytes as they were written.
func (p *phantomDesk) within(a, b [3]float64) float64 {
	h := p.slice
	o, ipp, mm := h.Floats(dicom.ImageOrientationPatient), h.Floats(dicom.ImagePositionPatient), h.Floats(dicom.PixelSpacing)
	slope, _ := h.Float(dicom.RescaleSlope)
	zero, _ := h.Float(dicom.RescaleIntercept)
	wide := 0.0
	for k := range 3 {
		wide += (b[k] - a[k]) * o[k]
	}
	sum, n := 0.0, 0.0
	for row := range h.IntOr(dicom.Rows, 0) {
		for col := range h.IntOr(dicom.Columns, 0) {
			away := 0.0
			for k := range 3 {
				q := ipp[k] + float64(col)*mm[1]*o[k] + float64(row)*mm[0]*o[3+k] - (a[k]+b[k])/2
				away += q * q
			}
			if away <= wide*wide/4 {
				v := binary.LittleEndian.Uint16(p.pixels[2*(row*h.IntOr(dicom.Columns, 0)+col):])
				stored := float64(v)
				if h.IntOr(dicom.PixelRepresentation, 0) == 1 {
					stored = float64(int16(v))
				}
				sum, n = sum+stored*slope+zero, n+1
			}
		}
	}
	return sum / n
}
