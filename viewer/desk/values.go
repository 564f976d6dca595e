package desk

import (
	"fmt"
	"math"

	"github.com/nocturne/nocturne/cache/pixel/suv"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/measure"
	"github.com/nocturne/nocturne/viewer/stack"
)

// measured fills in what a mark says: values, their uncertainty and where the
// millimetres come from (M6). refused is a sentence when it must not be measured.
func measured(m viewer.Mark, p picture) (out viewer.Mark, refused string) {
	in, frame := p.slot.Instance, p.slot.Frame
	if refused := acrossGap(in, frame, m); refused != "" {
		return m, refused
	}
	if r, ok := regionAxes(in, m); ok {
		m.Values, m.Calibration = inRegion(r, m), space.USRegion
		return m, ""
	}
	cal, refused := calibration(in, frame, m)
	if refused != "" {
		return m, refused
	}
	if m.Kind == viewer.Volume || m.Kind == viewer.Vertebra {
		return m, "" // not measured here: see volumes.go and spine.go
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
		v, unit, why := p.value(m.Points[0])
		if why != "" {
			return m, "Nothing to read there: " + why + "."
		}
		m.Values = []viewer.Value{{Name: "value", Number: v, Unit: unit}}
		if v, unit, ok := p.overAt(m.Points[0]); ok {
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
func lossy(p picture, source string) string {
	if !p.image.Lossy {
		return source
	}
	return join(", ", source, "lossy image")
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
func shapeOf(cal space.Calibration, m viewer.Mark, p picture) (measure.Number, measure.Statistics) {
	im, at := p.image, m.Points
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
func regionValues(cal space.Calibration, m viewer.Mark, p picture) []viewer.Value {
	area, s := shapeOf(cal, m, p)
	out := []viewer.Value{{Name: "area", Number: area.Value, Unit: unitOf(cal) + "2", Uncertainty: area.Uncertainty}}
	if s.N == 0 || p.made != "" {
		return out
	}
	u := p.image.Unit()
	out = append(out,
		viewer.Value{Name: "mean", Number: s.Mean, Unit: u}, viewer.Value{Name: "sd", Number: s.SD, Unit: u},
		viewer.Value{Name: "min", Number: s.Min, Unit: u}, viewer.Value{Name: "max", Number: s.Max, Unit: u},
		viewer.Value{Name: "n", Number: float64(s.N)})
	if p.over == nil {
		return out
	}
	p.image, p.over = p.over, nil
	if _, s := shapeOf(cal, m, p); s.N > 0 {
		u := p.image.Unit()
		out = append(out, viewer.Value{Name: "over mean", Number: s.Mean, Unit: u}, viewer.Value{Name: "over max", Number: s.Max, Unit: u})
	}
	return out
}

// calibration is that of a mark's points. In an ultrasound with regions a distance
// must lie within one that is in centimetres both ways (display.md D4).
func calibration(in *stack.Instance, frame int, m viewer.Mark) (space.Calibration, string) {
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

// probeWords is the value under the cursor, as the overlay and the State have it.
func probeWords(p picture, at [2]float64) string {
	there := alsoThere(p, at)
	v, unit, why := p.value(at)
	if why != "" {
		return join(" · ", there, why)
	}
	words := fmt.Sprintf("%.1f", v)
	if u := p.image.Unit(); u == suv.Unit {
		words = fmt.Sprintf("%.2f", v)
	} else if v == math.Trunc(v) {
		words = fmt.Sprintf("%.0f", v)
	}
	if unit != "" {
		words += " " + unit
	}
	words += p.alsoSUV(v)
	if p.image.Lossy {
		words += " (lossy)"
	}
	if made := p.slot.Instance.Made; made != nil && made.Words() != "" {
		words += " (" + made.Words() + ")"
	}
	words += p.alsoOver(at)
	return join(" · ", there, fmt.Sprintf("%s at %d, %d", words, int(at[0]), int(at[1])))
}
