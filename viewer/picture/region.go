package picture

import (
	"fmt"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/stack"
)

// quantity is what one direction of an ultrasound region measures: the name of the value
// and its unit (PS3.3 C.8.5.5.1.15).
type quantity struct{ name, unit string }

var quantities = map[space.RegionUnit]quantity{
	1: {"share", "%"}, 2: {"level", "dB"}, space.Centimetre: {"distance", "cm"}, space.Second: {"time", "s"},
	space.Hertz: {"frequency", "Hz"}, space.CentimetrePerSecond: {"velocity", "cm/s"},
	8: {"area", "cm2"}, 9: {"flow area", "cm2/s"}, 10: {"volume", "cm3"}, 11: {"flow", "cm3/s"}, 12: {"angle", "deg"},
}

// regionAxes is the region whose own axes a mark is measured in: one that is not in
// centimetres both ways and holds all of it. Only a ruler and a probe mean something
// there.
func regionAxes(in *stack.Instance, m viewer.Mark) (space.Region, bool) {
	if m.Kind != viewer.Length && m.Kind != viewer.Probe || len(m.Points) == 0 {
		return space.Region{}, false
	}
	r, ok := space.RegionAt(space.Regions(in.Header), m.Points...)
	return r, ok && !r.Plane()
}

// inRegion are the values of a ruler or a probe in the axes of a region: of a probe,
// what is true there; of a ruler, the distance along each axis, by time the slope,
// and how often a minute that time would pass.
func inRegion(r space.Region, m viewer.Mark) (out []viewer.Value) {
	x, y := r.At(m.Points[0])
	ax, ay := quantities[r.UnitX], quantities[r.UnitY]
	ux, uy := math.Abs(r.DeltaX)/math.Sqrt(12), math.Abs(r.DeltaY)/math.Sqrt(12) // within a pixel (M6)
	if m.Kind == viewer.Length {
		u, v := r.At(m.Points[1])
		x, y, ux, uy = math.Abs(u-x), math.Abs(v-y), math.Sqrt2*ux, math.Sqrt2*uy
	}
	if ay.unit != "" {
		out = append(out, viewer.Value{Name: ay.name, Number: y, Unit: ay.unit, Uncertainty: uy})
	}
	if ax.unit != "" {
		out = append(out, viewer.Value{Name: ax.name, Number: x, Unit: ax.unit, Uncertainty: ux})
	}
	if m.Kind == viewer.Length && r.UnitX == space.Second && x > 0 {
		out = append(out, perTime(r, x, y, ux, uy)...)
	}
	return out
}

// perTime are the slope, as velocity in M-mode and as acceleration in a spectrum, and
// the rate, as a heart's from beat to beat.
func perTime(r space.Region, x, y, ux, uy float64) (out []viewer.Value) {
	slope := math.Hypot(uy/x, y*ux/(x*x))
	switch r.UnitY {
	case space.Centimetre:
		out = append(out, viewer.Value{Name: "slope", Number: y / x, Unit: "cm/s", Uncertainty: slope})
	case space.CentimetrePerSecond:
		out = append(out, viewer.Value{Name: "slope", Number: y / x, Unit: "cm/s2", Uncertainty: slope})
	}
	return append(out, viewer.Value{Name: "rate", Number: 60 / x, Unit: "/min", Uncertainty: 60 * ux / (x * x)})
}

// RegionName names a region for the reader.
func RegionName(r space.Region) string {
	kinds := map[int]string{1: "2D", 2: "M-mode", 3: "spectrum", 4: "trace", 5: "graphics"}
	name := kinds[r.SpatialFormat]
	if name == "" {
		name = "region"
	}
	if r.Plane() {
		return name + ": cm"
	}
	var units []string
	for _, u := range []space.RegionUnit{r.UnitX, r.UnitY} {
		if a, ok := quantities[u]; ok {
			units = append(units, a.unit)
		}
	}
	return fmt.Sprintf("%s: %s", name, strings.Join(units, " × "))
}
