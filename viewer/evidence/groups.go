package evidence

import (
	"fmt"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
)

// groupOf is a mark as a measurement group: every number with the region it is of.
func groupOf(m viewer.Mark, h *dicom.Dataset, number int) (sr.Group, bool) {
	g := sr.Group{TrackingID: m.Label, TrackingUID: dicom.UID(m.ID), Method: methodOf(m)}
	if strings.TrimSpace(g.TrackingID) == "" {
		g.TrackingID = fmt.Sprintf("%s %d", m.Kind, number)
	}
	if m.Kind == viewer.Vertebra {
		g.Finding = vertebraLabel
	}
	var regions []sr.Region
	for _, f := range figures(m) {
		r, ok := region(f, m, h)
		if !ok {
			return g, false
		}
		regions = append(regions, r)
	}
	if m.Kind == viewer.Bidirectional && len(regions) == 2 && longer(m, h) == 1 {
		regions[0], regions[1] = regions[1], regions[0]
	}
	for _, v := range m.Values {
		if math.IsNaN(v.Number) || math.IsInf(v.Number, 0) {
			continue
		}
		n := numberOf(m.Kind, v)
		n.Regions = regions
		if m.Kind == viewer.Bidirectional && len(regions) == 2 {
			at := 0
			if v.Name == "short" {
				at = 1
			}
			n.Regions = regions[at : at+1]
		}
		g.Numbers = append(g.Numbers, n)
	}
	if len(g.Numbers) == 0 {
		g.Regions = regions
	}
	return g, len(regions) > 0
}

// longer tells which of a bidirectional's two lines is the long axis: values are named
// by length, whichever was drawn first.
func longer(m viewer.Mark, h *dicom.Dataset) int {
	cal := space.CalibrationAt(h, m.Frame, m.Points...)
	if m.Plane != nil {
		cal = space.Calibration{RowMM: m.Plane.MM, ColMM: m.Plane.MM}
	}
	if cal.Length(m.Points[2], m.Points[3]) > cal.Length(m.Points[0], m.Points[1]) {
		return 1
	}
	return 0
}

// methodOf says where the millimetres come from where that is not plain Pixel Spacing.
func methodOf(m viewer.Mark) sr.Code {
	switch m.Calibration {
	case "", "px", space.PixelSpacing:
		return sr.Code{}
	}
	return local(m.Calibration)
}
