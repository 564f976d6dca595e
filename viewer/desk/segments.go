package desk

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/rt"
	"github.com/nocturne/nocturne/cache/dicom/seg"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/stack"
)

// outliners are the objects of the case that outline something.
func (d *Desk) outliners() (out []*stack.Instance) {
	for _, s := range d.series {
		for _, in := range s.instances {
			if in.Seg != nil || in.RT != nil {
				out = append(out, in)
			}
		}
	}
	return out
}

// drawnOn is an acquired slice that things are drawn on.
type drawnOn struct {
	sop    string
	frame  int
	plane  space.Plane
	placed bool
	half   float64 // of the distance of its stack's slices, mm
}

func (t *tile) drawnOn(sl stack.Slot) drawnOn {
	on := drawnOn{sop: sl.SOP(), frame: sl.Frame, half: t.stack.Spacing / 2}
	on.plane, on.placed = sl.Instance.Plane(sl.Frame)
	return on
}

// holds reports whether a plane lies in the slice: in one frame of reference, parallel,
// and within a distance, mm.
func (on drawnOn) holds(p space.Plane, within float64) bool {
	if !on.placed || p.FrameOfReference == "" || p.FrameOfReference != on.plane.FrameOfReference || !p.Parallel(on.plane) {
		return false
	}
	return math.Abs(p.Origin.Sub(on.plane.Origin).Dot(on.plane.Normal())) < within
}

// near is how far from a slice a plane may lie that rounding put there, mm.
const near = 0.05

// framesOn are the frames of a segmentation on a slice: those drawn on it, else those
// whose own slice it lies in.
func (on drawnOn) framesOn(s *seg.Segmentation) (out []int) {
	for k, f := range s.Frames {
		if f.On(on.sop, on.frame) || f.Placed && on.holds(f.Plane, max(near, 0.499*s.SliceMM)) {
			out = append(out, k)
		}
	}
	return out
}

// segFrames are the frames of segmentations that lie on what is on screen, and on what
// comes next. The picture is drawn again when one of them has come.
func (d *Desk) segFrames() (out []load.Frame) {
	if d.segsHidden {
		return nil
	}
	objects, come := d.outliners(), ""
	for _, t := range d.visible() {
		if len(objects) == 0 || t.stack == nil || t.made() != nil {
			continue
		}
		for _, by := range []int{0, t.moved, 2 * t.moved} {
			i := t.look.slice + by
			if i < 0 || i >= len(t.stack.Slots) || t.stack.Slots[i].Instance == nil {
				continue
			}
			for _, in := range objects {
				if in.Seg == nil {
					continue
				}
				for _, k := range t.drawnOn(t.stack.Slots[i]).framesOn(in.Seg) {
					f := load.Frame{Object: in.Object, Index: k}
					out = append(out, f)
					if im, err := d.opt.Load.Image(f); by == 0 && (im != nil || err != nil) {
						come += f.Key() + " "
					}
				}
			}
		}
	}
	if come != d.segsCome {
		d.segsCome, d.dirty = come, true
	}
	return out
}

// outlines draws what is outlined on a tile's picture, and its legend.
func (d *Desk) outlines(t *tile, clip image.Rectangle) (l overlay.List) {
	p := t.shown
	if d.segsHidden || t.stack == nil || p.Slot.Instance == nil || p.Slot.Instance.Made != nil {
		return l
	}
	on := t.drawnOn(p.Slot)
	var legend []overlay.LegendEntry
	for _, in := range d.outliners() {
		switch {
		case in.Object.StudyUID != t.stack.Study:
		case in.Seg != nil:
			legend = append(legend, d.segmentsOn(&l, t, on, in, clip)...)
		default:
			legend = append(legend, d.regionsOn(&l, t, on, in.RT, clip)...)
		}
	}
	l.Append(d.style().Legend(clip, legend))
	return l
}

// by says who outlined something.
func by(algorithm string) string {
	if algorithm == "AUTOMATIC" {
		return "AI"
	}
	return strings.ToLower(dicom.Clean(algorithm))
}

func ink(c [3]uint8) color.NRGBA { return color.NRGBA{c[0], c[1], c[2], 255} }

// segmentsOn draws the segments of one object on a slice.
func (d *Desk) segmentsOn(l *overlay.List, t *tile, on drawnOn, in *stack.Instance, clip image.Rectangle) (legend []overlay.LegendEntry) {
	s := in.Seg
	here, related := map[int]bool{}, on.placed && len(s.Frames) > 0 && s.Frames[0].Placed && s.Frames[0].Plane.FrameOfReference == on.plane.FrameOfReference
	for _, k := range on.framesOn(s) {
		related = true
		im, err := d.opt.Load.Image(load.Frame{Object: in.Object, Index: k})
		if err != nil {
			legend = append(legend, overlay.LegendEntry{Color: overlay.Red, Words: "segmentation " + load.Why(err), Here: true})
			return legend
		}
		if im == nil || im.Preview != nil || im.Stored == nil {
			continue
		}
		for _, one := range s.Segments {
			lines := d.outlineOf(in, k, one.Number, im)
			here[one.Number] = here[one.Number] || len(lines) > 0
			d.traced(l, t, on, s.Frames[k], lines, clip, ink(one.Color))
		}
	}
	for _, one := range s.Segments {
		if related {
			legend = append(legend, overlay.LegendEntry{Color: ink(one.Color), Words: overlay.Join(" · ", one.Label, by(one.Algorithm)), Here: here[one.Number]})
		}
	}
	return legend
}

// maxOutlines bounds the outlines that are kept.
const maxOutlines = 1000

func (d *Desk) outlineOf(in *stack.Instance, frame, segment int, im *pixel.Image) []seg.Line {
	f := in.Seg.Frames[frame]
	if f.Segment != segment && in.Seg.Kind != seg.LabelMap {
		return nil
	}
	key := fmt.Sprintf("%s/%d/%d", in.Object.SOPUID, frame, segment)
	if lines, ok := d.outlinesKept[key]; ok {
		return lines
	}
	if len(d.outlinesKept) >= maxOutlines || d.outlinesKept == nil {
		d.outlinesKept = map[string][]seg.Line{}
	}
	lines := seg.Outline(im.Cols, im.Rows, func(x, y int) bool { return in.Seg.In(f, im.Stored[y*im.Cols+x], segment) })
	d.outlinesKept[key] = lines
	return lines
}

// traced brings an outline from the pixels of its own plane to the screen. A frame
// without a place is drawn where its pixels are, on an image of its size.
func (d *Desk) traced(l *overlay.List, t *tile, on drawnOn, f seg.Frame, lines []seg.Line, clip image.Rectangle, c color.NRGBA) {
	own := func(q [2]float64) [2]float64 { return q }
	if f.Placed && on.placed {
		own = func(q [2]float64) [2]float64 {
			col, row, _ := on.plane.PatientToPixel(f.Plane.PixelToPatient(q[0], q[1]))
			return [2]float64{col, row}
		}
	}
	for _, one := range lines {
		d.style().Contour(l, clip, t.onScreen([][2]float64{own(one[0]), own(one[1])}), c)
	}
}

// regionsOn draws the contours of a structure set that lie in a slice.
func (d *Desk) regionsOn(l *overlay.List, t *tile, on drawnOn, s *rt.Structures, clip image.Rectangle) (legend []overlay.LegendEntry) {
	for _, r := range s.Regions {
		here, related := false, on.placed && r.FrameOfReference == on.plane.FrameOfReference
		for _, c := range r.Contours {
			drawn, elsewhere := on.contour(c, r.FrameOfReference)
			related = related || elsewhere
			if !drawn || !on.placed {
				continue
			}
			here = true
			var line [][2]float64
			for _, q := range c.Points {
				col, row, _ := on.plane.PatientToPixel(q)
				line = append(line, [2]float64{col, row})
			}
			if c.Closed() {
				line = append(line, line[0])
			} else if len(line) == 1 { // a point
				line = append(line, [2]float64{line[0][0] + 1, line[0][1]})
			}
			d.style().Contour(l, clip, t.onScreen(line), ink(r.Color))
		}
		if related || here {
			legend = append(legend, overlay.LegendEntry{Color: ink(r.Color), Words: overlay.Join(" · ", r.Name, r.Kind, by(r.Algorithm)), Here: here})
		}
	}
	return legend
}

// contour reports whether a contour lies in the slice: drawn on it, or all of it near
// its plane in one frame of reference; related, whether it is of the same place at all.
func (on drawnOn) contour(c rt.Contour, frameOfReference dicom.UID) (in, related bool) {
	for _, sop := range c.Images {
		if sop == on.sop {
			return true, true
		}
	}
	if !on.placed || frameOfReference == "" || frameOfReference != on.plane.FrameOfReference {
		return false, false
	}
	for _, q := range c.Points {
		if _, _, mm := on.plane.PatientToPixel(q); math.Abs(mm) >= max(near, 0.998*on.half) {
			return false, true
		}
	}
	return true, true
}

// toggleSegments hides and shows what is outlined.
func (d *Desk) toggleSegments() {
	if len(d.outliners()) == 0 {
		d.notice("This case has neither segmentation nor structure set.")
		return
	}
	d.segsHidden = !d.segsHidden
	d.touch()
}
