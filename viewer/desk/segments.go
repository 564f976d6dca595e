package desk

import (
	"fmt"
	"image"
	"image/color"

	"github.com/nocturne/nocturne/cache/dicom/rt"
	"github.com/nocturne/nocturne/cache/dicom/seg"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/outline"
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
				for _, k := range outline.On(t.stack, t.stack.Slots[i]).Frames(in.Seg) {
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
	on := outline.On(t.stack, p.Slot)
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

// segmentsOn draws the segments of one object on a slice.
func (d *Desk) segmentsOn(l *overlay.List, t *tile, on outline.Slice, in *stack.Instance, clip image.Rectangle) (legend []overlay.LegendEntry) {
	s := in.Seg
	here, related := map[int]bool{}, on.Placed && len(s.Frames) > 0 && s.Frames[0].Placed && s.Frames[0].Plane.FrameOfReference == on.Plane.FrameOfReference
	for _, k := range on.Frames(s) {
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
			d.traced(l, t, on, s.Frames[k], lines, clip, outline.Ink(one.Color))
		}
	}
	for _, one := range s.Segments {
		if related {
			legend = append(legend, overlay.LegendEntry{Color: outline.Ink(one.Color), Words: overlay.Join(" · ", one.Label, outline.Author(one.Algorithm)), Here: here[one.Number]})
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
func (d *Desk) traced(l *overlay.List, t *tile, on outline.Slice, f seg.Frame, lines []seg.Line, clip image.Rectangle, c color.NRGBA) {
	own := func(q [2]float64) [2]float64 { return q }
	if f.Placed && on.Placed {
		own = func(q [2]float64) [2]float64 {
			col, row, _ := on.Plane.PatientToPixel(f.Plane.PixelToPatient(q[0], q[1]))
			return [2]float64{col, row}
		}
	}
	for _, one := range lines {
		d.style().Contour(l, clip, t.onScreen([][2]float64{own(one[0]), own(one[1])}), c)
	}
}

// regionsOn draws the contours of a structure set that lie in a slice.
func (d *Desk) regionsOn(l *overlay.List, t *tile, on outline.Slice, s *rt.Structures, clip image.Rectangle) (legend []overlay.LegendEntry) {
	for _, r := range s.Regions {
		here, related := false, on.Placed && r.FrameOfReference == on.Plane.FrameOfReference
		for _, c := range r.Contours {
			drawn, elsewhere := on.Has(c, r.FrameOfReference)
			related = related || elsewhere
			if !drawn || !on.Placed {
				continue
			}
			here = true
			var line [][2]float64
			for _, q := range c.Points {
				col, row, _ := on.Plane.PatientToPixel(q)
				line = append(line, [2]float64{col, row})
			}
			if c.Closed() {
				line = append(line, line[0])
			} else if len(line) == 1 { // a point
				line = append(line, [2]float64{line[0][0] + 1, line[0][1]})
			}
			d.style().Contour(l, clip, t.onScreen(line), outline.Ink(r.Color))
		}
		if related || here {
			legend = append(legend, overlay.LegendEntry{Color: outline.Ink(r.Color), Words: overlay.Join(" · ", r.Name, r.Kind, outline.Author(r.Algorithm)), Here: here})
		}
	}
	return legend
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
