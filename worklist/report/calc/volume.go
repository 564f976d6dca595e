package calc

import (
	"fmt"
	"math"
)

// ellipsoid is the volume by three diameters, π/6 · a · b · c.
var ellipsoid = Calculator{
	ID: "volume", Title: "Volume by three diameters", Version: "ellipsoid, π/6·a·b·c",
	Fields: []Field{mm("a", "First diameter", true, AxisA), mm("b", "Second diameter", true, AxisB), mm("c", "Third diameter", true, AxisC),
		{Name: "uncertainty", Title: "± of each diameter", Kind: Number, Unit: "mm", Min: 0, Max: 50}},
	rule: func(in *inputs) Result {
		a, b, c, u := in.num("a"), in.num("b"), in.num("c"), in.num("uncertainty")
		ml := math.Pi / 6 * a * b * c / 1000
		r := Result{Numbers: []Figure{{"volume", ml, "mL"}}}
		said := digits3(ml)
		if u > 0 {
			err := ml * u * math.Sqrt(1/(a*a)+1/(b*b)+1/(c*c))
			r.Numbers = append(r.Numbers, Figure{"uncertainty", err, "mL"})
			said += " ± " + digits3(err)
		}
		r.Finding = fmt.Sprintf("Volume %s mL (%s × %s × %s mm)", said, plain(a), plain(b), plain(c))
		return r
	},
}

// digits3 has three digits, or tenths from 100 on none.
func digits3(n float64) string {
	switch {
	case n >= 100:
		return places(n, 0)
	case n >= 10:
		return places(n, 1)
	case n >= 1:
		return places(n, 2)
	}
	return places(n, 3)
}

// doubling is the time in which a volume doubles, t · ln 2 ÷ ln(V₂/V₁); diameters stand
// for the volumes of spheres, whose ratio is the cube of theirs.
var doubling = Calculator{
	ID: "doubling", Title: "Volume doubling time", Version: "VDT, t·ln2/ln(V₂/V₁)",
	Fields: []Field{
		mm("size", "Mean diameter", false, MeanAxis), mm("prior", "Mean diameter before", false, PriorMean),
		{Name: "volume", Title: "Volume", Kind: Number, Unit: "mL", Min: 0.001, Max: 10000, From: VolumeML},
		{Name: "prior-volume", Title: "Volume before", Kind: Number, Unit: "mL", Min: 0.001, Max: 10000, From: PriorML},
		{Name: "days", Title: "Days between", Kind: Number, Unit: "days", Min: 1, Max: 10000, Required: true, From: Days},
	},
	rule: func(in *inputs) Result {
		volumes, diameters := in.has("volume") && in.has("prior-volume"), in.has("size") && in.has("prior")
		if !volumes && !diameters {
			return in.refuse("size", "Two volumes or two diameters are needed, of now and before.")
		}
		ratio, from := in.num("volume")/in.num("prior-volume"), "volumes"
		if !volumes {
			ratio, from = math.Pow(in.num("size")/in.num("prior"), 3), "diameters"
		}
		change := 100 * (ratio - 1)
		r := Result{Numbers: []Figure{{"volume change", change, "%"}}}
		if ratio <= 1 {
			r.Finding = fmt.Sprintf("No growth in %s days (volume %s %%, by %s)", in.values["days"], signed(change, 0), from)
			return r
		}
		days := in.num("days") * math.Ln2 / math.Log(ratio)
		r.Numbers = append(r.Numbers, Figure{"doubling time", days, "days"})
		r.Finding = fmt.Sprintf("Volume doubling time %s days (volume +%s %% in %s days, by %s)", places(days, 0), places(change, 0), in.values["days"], from)
		return r
	},
}
