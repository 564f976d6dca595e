package desk

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// french is the diameter of a catheter of one French, mm.
const french = 1.0 / 3

// calibrateFrench takes the ruler drawn last across a catheter as that many French wide.
func (d *Desk) calibrateFrench(v []float64) {
	if len(v) == 1 {
		d.calibrate(v[0]*french, "manual "+strconv.FormatFloat(v[0], 'g', 4, 64)+"F")
	}
}

// calibrateMM takes the ruler drawn last as that many millimetres long.
func (d *Desk) calibrateMM(v []float64) {
	if len(v) == 1 {
		d.calibrate(v[0], "manual "+strconv.FormatFloat(v[0], 'g', 4, 64)+" mm")
	}
}

// calibrate makes a ruler's length known: it becomes the calibration of its series of
// projection images, for this reader and whatever is measured in it, also what was
// measured before (N7).
func (d *Desk) calibrate(mm float64, source string) {
	m, ok := d.log.Find(d.chosen)
	t := d.at()
	switch {
	case d.c.ReadOnly != "":
		d.notice("Nothing can be changed: " + d.c.ReadOnly)
		return
	case !(mm > 0 && mm < 1000):
		d.notice("A calibration is a catheter in French or a length in millimetres: :calibrate 6F, :calibrate 20.")
		return
	case !ok || m.Kind != viewer.Length || t.stack == nil || m.SeriesUID != t.stack.Series:
		d.notice("Draw a ruler (r) across the catheter first and leave it selected; then :calibrate 6F.")
		return
	case !space.Projection(t.stack.First.Header):
		d.notice("Only projection images are calibrated by hand; these know their millimetres or have regions.")
		return
	}
	base := space.CalibrationOf(t.stack.First.Header, m.Frame)
	if a := t.stack.First.Aspect(); base.Source == "" && a > 0 {
		base.RowMM = a
	}
	long := base.Length(m.Points[0], m.Points[1])
	if long < minRuler*base.ColMM {
		d.notice(fmt.Sprintf("The ruler is too short to calibrate by: at least %d pixels.", minRuler))
		return
	}
	k := mm / long
	d.manual[m.SeriesUID] = space.Calibration{RowMM: base.RowMM * k, ColMM: base.ColMM * k, Source: source, ERMF: 1}
	d.knowManual()
	d.remeasure(m.SeriesUID)
	d.notice("Lengths of this series are calibrated: " + source + ".")
}

// minRuler in pixels keeps the placement of its ends from being most of it.
const minRuler = 4

// knowManual tells the instances, and the pictures on screen, of calibrations by hand.
func (d *Desk) knowManual() {
	for _, s := range d.series {
		c, ok := d.manual[s.uid]
		for _, in := range s.instances {
			if in.Manual = nil; ok {
				in.Manual = &c
			}
		}
	}
	for _, t := range d.tiles {
		if p := &t.shown; p.Image != nil && p.Slot.Instance != nil && p.Slot.Instance.Made == nil {
			rows, cols := picture.FrameSize(p.Image)
			p.Geometry = stack.GeometryOf(p.Slot.Instance, p.Slot.Frame, rows, cols)
		}
	}
	d.touch()
}

// remeasure gives the marks of a series their new millimetres: what needs no pixels is
// measured again, areas grow by the square.
func (d *Desk) remeasure(series string) {
	var changed []viewer.Mark
	for _, m := range d.log.Marks() {
		if m.SeriesUID != series {
			continue
		}
		in := d.objects[m.SOPUID]
		if in == nil || in.Manual == nil {
			continue
		}
		if area, ok := m.Value("area"); ok {
			m = picture.Grown(m, area, in)
		} else if again, refused := picture.Measured(m, picture.Picture{Slot: stack.Slot{Instance: in, Frame: m.Frame}}); refused == "" && m.Kind != viewer.Probe {
			m = again
		}
		d.log.Renew(m)
		changed = append(changed, m)
	}
	if len(changed) > 0 {
		d.emit(viewer.Event{Kind: viewer.Edited, Marks: changed})
	}
	d.touch()
}

// stateManual is what the reader calibrated, to be kept.
func (d *Desk) stateManual() (out []viewer.Manual) {
	for series, c := range d.manual {
		if !math.IsInf(c.RowMM, 0) {
			out = append(out, viewer.Manual{SeriesUID: series, RowMM: c.RowMM, ColMM: c.ColMM, Source: c.Source})
		}
	}
	return out
}

// takeManual takes up what a State kept.
func (d *Desk) takeManual(s *viewer.State) {
	d.manual = map[string]space.Calibration{}
	if s == nil {
		return
	}
	for _, m := range s.Manual {
		if m.RowMM > 0 && m.ColMM > 0 && m.RowMM < 1000 && m.ColMM < 1000 {
			d.manual[m.SeriesUID] = space.Calibration{RowMM: m.RowMM, ColMM: m.ColMM, Source: m.Source, ERMF: 1}
		}
	}
}
