package picture

import (
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/measure"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/stack"
)

// Measured fills in what a mark says: values, their uncertainty and where the
// millimetres come from (M6). refused is a sentence when it must not be measured.
func Measured(m viewer.Mark, p Picture) (out viewer.Mark, refused string) {
	in, frame := p.Slot.Instance, p.Slot.Frame
	if refused := acrossGap(in, frame, m); refused != "" {
		return m, refused
	}
	if r, ok := regionAxes(in, m); ok {
		m.Values, m.Calibration = inRegion(r, m), space.USRegion
		return m, ""
	}
	cal, refused := Calibration(in, frame, m)
	if refused != "" {
		return m, refused
	}
	if m.Kind == viewer.Volume || m.Kind == viewer.Vertebra {
		return m, "" // not measured here: a desk computes it of other marks
	}
	m.Values, m.Calibration = nil, ""
	switch m.Kind {
	case viewer.Length:
		n := measure.Length(cal, m.Points[0], m.Points[1])
		m.Values = []viewer.Value{{Name: "length", Number: n.Value, Unit: unitOf(cal), Uncertainty: n.Uncertainty}}
	case viewer.Angle:
		n, ok := measure.Angle(cal, m.Points[0], m.Points[1], m.Points[2])
		if !ok {
			return m, "An angle needs three different points."
		}
		m.Values = []viewer.Value{{Name: "angle", Number: n.Value, Unit: "deg", Uncertainty: n.Uncertainty}}
	case viewer.Cobb:
		n, ok := measure.Cobb(cal, m.Points[0], m.Points[1], m.Points[2], m.Points[3])
		if !ok {
			return m, "A Cobb angle needs two lines."
		}
		m.Values = []viewer.Value{{Name: "angle", Number: n.Value, Unit: "deg", Uncertainty: n.Uncertainty}}
	case viewer.Bidirectional:
		m.Points, m.Values = bidirectional(cal, m.Points)
	case viewer.Ellipse, viewer.Rectangle, viewer.Polygon:
		m.Values = regionValues(cal, m, p)
	case viewer.Probe:
		v, unit, why := p.Value(m.Points[0])
		if why != "" {
			return m, "Nothing to read there: " + why + "."
		}
		m.Values = []viewer.Value{{Name: "value", Number: v, Unit: unit}}
		if v, unit, ok := p.OverAt(m.Points[0]); ok {
			m.Values = append(m.Values, viewer.Value{Name: "over", Number: v, Unit: unit})
		}
		m.Calibration = lossy(p, p.reformatWords())
		return m, ""
	default:
		return m, ""
	}
	m.Calibration = sourceOf(cal)
	if words := p.reformatWords(); words != "" {
		m.Calibration = words
	}
	if _, hasMean := m.Value("mean"); hasMean {
		m.Calibration = lossy(p, m.Calibration)
	}
	return m, ""
}

// lossy says beside values that the image was once lossily compressed (N21).
func lossy(p Picture, source string) string {
	if !p.Image.Lossy {
		return source
	}
	return overlay.Join(", ", source, "lossy image")
}

func unitOf(c space.Calibration) string {
	if c.Source == "" {
		return "px"
	}
	return "mm"
}

func sourceOf(c space.Calibration) string {
	if c.Source == "" {
		return "px"
	}
	return c.Source
}

// bidirectional squares the short axis to the long one, and gives both lengths, the
// larger as the long one whichever was drawn first.
func bidirectional(cal space.Calibration, p [][2]float64) ([][2]float64, []viewer.Value) {
	out := [][2]float64{p[0], p[1], p[2], measure.Square(cal, p[0], p[1], p[2], p[3])}
	long, short := measure.Length(cal, out[0], out[1]), measure.Length(cal, out[2], out[3])
	if short.Value > long.Value {
		long, short = short, long
	}
	return out, []viewer.Value{
		{Name: "long", Number: long.Value, Unit: unitOf(cal), Uncertainty: long.Uncertainty},
		{Name: "short", Number: short.Value, Unit: unitOf(cal), Uncertainty: short.Uncertainty},
	}
}

// shapeOf is the area of a closed shape and the statistics of the pixels inside.
func shapeOf(cal space.Calibration, m viewer.Mark, p Picture) (measure.Number, measure.Statistics) {
	im, at := p.Image, m.Points
	switch m.Kind {
	case viewer.Rectangle:
		return measure.RectangleArea(cal, at[0], at[1]), measure.Rectangle(im.At, im.Cols, im.Rows, at[0], at[1])
	case viewer.Polygon:
		return measure.PolygonArea(cal, at), measure.Polygon(im.At, im.Cols, im.Rows, at)
	}
	return measure.EllipseArea(cal, at[0], at[1]), measure.Ellipse(im.At, im.Cols, im.Rows, at[0], at[1])
}

// regionValues are mean, SD, extremes and count of the pixels inside, where the
// image has values, and the area of the shape.
func regionValues(cal space.Calibration, m viewer.Mark, p Picture) []viewer.Value {
	area, s := shapeOf(cal, m, p)
	out := []viewer.Value{{Name: "area", Number: area.Value, Unit: unitOf(cal) + "2", Uncertainty: area.Uncertainty}}
	if s.N == 0 || p.Made != "" {
		return out
	}
	u := p.Image.Unit()
	out = append(out,
		viewer.Value{Name: "mean", Number: s.Mean, Unit: u}, viewer.Value{Name: "sd", Number: s.SD, Unit: u},
		viewer.Value{Name: "min", Number: s.Min, Unit: u}, viewer.Value{Name: "max", Number: s.Max, Unit: u},
		viewer.Value{Name: "n", Number: float64(s.N)})
	if p.Over == nil {
		return out
	}
	p.Image, p.Over = p.Over, nil
	if _, s := shapeOf(cal, m, p); s.N > 0 {
		u := p.Image.Unit()
		out = append(out, viewer.Value{Name: "over mean", Number: s.Mean, Unit: u}, viewer.Value{Name: "over max", Number: s.Max, Unit: u})
	}
	return out
}

// Calibration is that of a mark's points. In an ultrasound with regions a distance
// must lie within one that is in centimetres both ways (display.md D4).
func Calibration(in *stack.Instance, frame int, m viewer.Mark) (space.Calibration, string) {
	points := m.Points
	if m.Kind == viewer.Probe || m.Kind == viewer.Arrow || m.Kind == viewer.Text || m.Kind == viewer.Vertebra {
		return space.InPixels, ""
	}
	if in.Manual != nil {
		return *in.Manual, ""
	}
	cal := space.CalibrationAt(in.Header, frame, points...)
	if cal.Source != "" {
		return cal, ""
	}
	regions := space.Regions(in.Header)
	if len(regions) == 0 {
		return cal, ""
	}
	return cal, acrossRegions(regions, points, in, frame)
}

// acrossRegions says why points have no common calibration. Points that all lie
// outside every region are measured in pixels.
func acrossRegions(regions []space.Region, points [][2]float64, in *stack.Instance, frame int) string {
	within, calibrated := 0, 0
	for _, p := range points {
		for _, r := range regions {
			if r.Holds(p) {
				within++
				break
			}
		}
		if space.CalibrationAt(in.Header, frame, p).Source != "" {
			calibrated++
		}
	}
	switch {
	case within == 0:
		return ""
	case calibrated == 0 && within == len(points):
		return "This region is not in centimetres both ways (Doppler or M-mode): only the ruler and the probe measure here."
	}
	return "A measurement must lie within one calibrated region of the ultrasound."
}

// acrossGap says why points of a reformat must not be measured: slices are missing
// between them (N8).
func acrossGap(in *stack.Instance, frame int, m viewer.Mark) string {
	if in.Made == nil || len(m.Values) == 0 && len(m.Points) < 2 {
		return ""
	}
	plane := in.Made.At(frame)
	for i := 1; i < len(m.Points); i++ {
		a, b := m.Points[i-1], m.Points[i]
		if !in.Made.Whole(plane.PixelToPatient(a[0], a[1]), plane.PixelToPatient(b[0], b[1])) {
			return "Slices are missing between these points: nothing is measured across a gap."
		}
	}
	return ""
}

// Grown is a mark of an image calibrated by hand with its area, the value was, by that
// calibration.
func Grown(m viewer.Mark, was viewer.Value, in *stack.Instance) viewer.Mark {
	m.Values = append([]viewer.Value(nil), m.Values...)
	now, _ := shapeOf(*in.Manual, m, Picture{Image: &pixel.Image{}})
	for i, v := range m.Values {
		if v.Name == was.Name {
			m.Values[i] = viewer.Value{Name: v.Name, Number: now.Value, Unit: "mm2", Uncertainty: now.Uncertainty}
		}
	}
	m.Calibration = in.Manual.Source
	return m
}
