package evidence

import (
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
)

// local is a code of this house for what the standard has none for.
func local(meaning string) sr.Code {
	value := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, meaning)
	return sr.Code{Value: value[:min(len(value), 16)], Scheme: "99NOCTURNE", Meaning: meaning[:min(len(meaning), 64)]}
}

var vertebraLabel = local("Vertebra label")

// units of marks as UCUM has them, in pairs.
var units = []struct {
	ours string
	code sr.Code
}{
	{"mm", sr.Code{Value: "mm", Scheme: "UCUM", Meaning: "millimeter"}},
	{"cm", sr.Code{Value: "cm", Scheme: "UCUM", Meaning: "centimeter"}},
	{"mm2", sr.Code{Value: "mm2", Scheme: "UCUM", Meaning: "square millimeter"}},
	{"cm2", sr.Code{Value: "cm2", Scheme: "UCUM", Meaning: "square centimeter"}},
	{"mm3", sr.Code{Value: "mm3", Scheme: "UCUM", Meaning: "cubic millimeter"}},
	{"cm3", sr.Code{Value: "cm3", Scheme: "UCUM", Meaning: "cubic centimeter"}},
	{"ml", sr.Code{Value: "ml", Scheme: "UCUM", Meaning: "milliliter"}},
	{"deg", sr.Code{Value: "deg", Scheme: "UCUM", Meaning: "degree"}},
	{"HU", sr.Code{Value: "[hnsf'U]", Scheme: "UCUM", Meaning: "Hounsfield unit"}},
	{"px", sr.Code{Value: "{pixels}", Scheme: "UCUM", Meaning: "pixels"}},
	{"px2", sr.Code{Value: "{pixels}2", Scheme: "UCUM", Meaning: "square pixels"}},
	{"SUVbw", sr.Code{Value: "{SUVbw}g/ml", Scheme: "UCUM", Meaning: "Standardized Uptake Value body weight"}},
	{"SUVlbm", sr.Code{Value: "{SUVlbm}g/ml", Scheme: "UCUM", Meaning: "Standardized Uptake Value lean body mass"}},
	{"g/ml", sr.Code{Value: "g/ml", Scheme: "UCUM", Meaning: "gram per milliliter"}},
	{"Bq/ml", sr.Code{Value: "Bq/ml", Scheme: "UCUM", Meaning: "Becquerel per milliliter"}},
	{"cm/s", sr.Code{Value: "cm/s", Scheme: "UCUM", Meaning: "centimeter per second"}},
	{"s", sr.Code{Value: "s", Scheme: "UCUM", Meaning: "second"}},
	{"cm/s2", sr.Code{Value: "cm/s2", Scheme: "UCUM", Meaning: "centimeter per square second"}},
	{"/min", sr.Code{Value: "/min", Scheme: "UCUM", Meaning: "per minute"}},
	{"Hz", sr.Code{Value: "Hz", Scheme: "UCUM", Meaning: "Hertz"}},
	{"dB", sr.Code{Value: "dB", Scheme: "UCUM", Meaning: "decibel"}},
	{"", sr.Code{Value: "1", Scheme: "UCUM", Meaning: "no units"}},
}

func unitCode(unit string) sr.Code {
	for _, u := range units {
		if u.ours == unit {
			return u.code
		}
	}
	word := strings.Map(func(r rune) rune { // UCUM: an annotation is printable ASCII in braces
		if r <= ' ' || r > '~' || r == '{' || r == '}' {
			return -1
		}
		return r
	}, unit)
	word = word[:min(len(word), 14)]
	return sr.Code{Value: "{" + word + "}", Scheme: "UCUM", Meaning: unit}
}

// unitOf is a unit as marks have it, of any maker: some write "px" as the meaning of
// no unit.
func unitOf(c sr.Code) string {
	switch m := strings.ToLower(strings.Trim(c.Meaning, "{} ")); {
	case m == "px" || m == "pixel" || m == "pixels":
		return "px"
	case m == "px2" || m == "px²" || m == "square pixels":
		return "px2"
	}
	for _, u := range units {
		if u.code.Value == c.Value && c.Value != "" {
			return u.ours
		}
	}
	switch {
	case c.Value == "um" || c.Value == "m":
		return c.Value
	case c.Value == "°":
		return "deg"
	case c.Value == "mL":
		return "ml"
	case c.Value == "1" || strings.HasPrefix(c.Value, "{") && strings.HasSuffix(c.Value, "}"):
		return dicom.Clean(strings.Trim(c.Meaning, "{}"))
	case c.Value == "":
		return dicom.Clean(c.Meaning)
	}
	return dicom.Clean(c.Value)
}

// named are values that are what they are called.
var named = []struct {
	name string
	code sr.Code
}{
	{"length", sr.Length}, {"long", sr.LongAxis}, {"short", sr.ShortAxis}, {"angle", sr.Angle}, {"angle", sr.CobbAngle},
	{"area", sr.Area}, {"volume", sr.Volume}, {"perimeter", sr.Perimeter}, {"n", sr.PixelCount}, {"value", sr.PixelValue},
}

// statistics are values of the pixels inside.
var statistics = []struct {
	name string
	code sr.Code
}{{"mean", sr.Mean}, {"sd", sr.SD}, {"min", sr.Minimum}, {"max", sr.Maximum}, {"median", sr.Median}}

// quantity is what pixels of a unit measure; ok is false where the unit alone does not
// tell.
func quantity(unit string) (c sr.Code, ok bool) {
	switch unit {
	case "HU":
		return sr.Attenuation, true
	case "SUVbw":
		return sr.SUVbw, true
	case "SUVlbm":
		return sr.SUVlbm, true
	}
	return sr.Code{}, false
}

// numberOf is a mark's value as a report has it. Statistics are those of the quantity
// that the unit tells of; of pixels of no known quantity they are it themselves.
func numberOf(k viewer.MarkKind, v viewer.Value) sr.Number {
	n := sr.Number{Unit: unitCode(v.Unit), Value: v.Number, Uncertainty: v.Uncertainty}
	if v.Name == "n" {
		n.Unit = unitCode("px")
	}
	name := strings.TrimPrefix(v.Name, "over ")
	for _, s := range statistics {
		if s.name == name {
			n.Concept = s.code
			if q, ok := quantity(v.Unit); ok {
				n.Concept, n.Derivation = q, s.code
			}
			return n
		}
	}
	if q, ok := quantity(v.Unit); ok && name == "value" {
		n.Concept = q
		return n
	}
	for _, s := range named {
		if s.name == name {
			n.Concept = s.code
			break
		}
	}
	switch {
	case k == viewer.Cobb && name == "angle":
		n.Concept = sr.CobbAngle
	case n.Concept.Value == "":
		n.Concept = local(v.Name)
	}
	return n
}

// valueOf is a number of a report as a mark's value; ok is false where it has none.
func valueOf(n sr.Number) (v viewer.Value, ok bool) {
	v = viewer.Value{Number: n.Value, Unit: unitOf(n.Unit), Uncertainty: n.Uncertainty}
	concept, derived := n.Concept.Now(), n.Derivation.Now()
	for _, s := range statistics {
		if derived.Is(s.code) || concept.Is(s.code) {
			v.Name = s.name
		}
	}
	for _, s := range named {
		if v.Name == "" && concept.Is(s.code) {
			v.Name = s.name
		}
	}
	_, known := quantity(v.Unit)
	switch {
	case v.Name == "n":
		v.Unit = ""
	case v.Name == "" && known && derived.Value == "" && (concept.Is(sr.Attenuation) || concept.Is(sr.SUVbw) || concept.Is(sr.SUVlbm)):
		v.Name = "value"
	case v.Name == "":
		v.Name = dicom.Clean(strings.TrimSpace(concept.Meaning + " " + strings.ToLower(derived.Meaning)))
	}
	if v.Name == "area" && v.Unit == "px" {
		v.Unit = "px2"
	}
	return v, !math.IsNaN(n.Value)
}
