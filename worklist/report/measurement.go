package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Measurement is a mark as the report sees it.
type Measurement struct {
	MarkID      string
	Kind        string // as the viewer names it: length, angle, ellipse …
	Values      []Value
	Calibration string // "Pixel Spacing", "detector plane", "px", …
	Label       string // the reader's words
	Prior       bool
	StudyDate   string // DA
	StudyUID    string
	SeriesUID   string
	SOPUID      string
	Slice       int  // 1-based; 0 unknown
	PlusMinus   bool // say the uncertainty
	Centimetres bool // lengths in cm
}

// Value is one number of a measurement. Its fields are those of the viewer's.
type Value struct {
	Name        string // length, long, short, angle, mean, sd, min, max, area, value
	Number      float64
	Unit        string  // mm, mm2, deg, HU, px, "" for stored values
	Uncertainty float64 // ± in the same unit; 0: not stated
}

func (m Measurement) value(name string) (Value, bool) {
	for _, v := range m.Values {
		if v.Name == name {
			return v, true
		}
	}
	return Value{}, false
}

// MeasurementText is a measurement in words: "8.0 mm", "34°", "mean 62 HU (SD 4,
// 1.2 cm²)", "62 HU". What is not a plain patient distance says so: "8.0 mm at
// the detector", "120 px (not calibrated)". One of a prior always carries its
// date: "5.5 mm (prior, 2025-11-20)" (N6). A mark without numbers is its label.
func MeasurementText(m Measurement) string {
	m = m.styled()
	if m.Kind == changeKind {
		return m.change()
	}
	s := m.numbers()
	if s == "" {
		s = strings.TrimSpace(Foreign(m.Label))
	}
	if m.Kind == "key image" {
		s = strings.TrimSuffix(fmt.Sprintf("key image %d, %s", m.Slice, s), ", ")
	}
	if m.Kind == "vertebra" && m.Calibration != "" {
		s += " (" + Foreign(m.Calibration) + ")" // where the count comes from
	}
	if s == "" {
		s = "marked"
	}
	if m.Prior {
		s += " (prior" + sinceDate(m.StudyDate) + ")"
	}
	return s
}

func sinceDate(da string) string {
	if d := dicom.ISODay(da); d != "" {
		return ", " + d
	}
	return ", date unknown"
}

func (m Measurement) numbers() string {
	for _, name := range []string{"volume", "length", "long", "angle", "mean", "value", "velocity", "distance", "time"} {
		v, ok := m.value(name)
		if !ok || math.IsNaN(v.Number) || math.IsInf(v.Number, 0) {
			continue
		}
		switch name {
		case "volume":
			return m.quantity(v) + m.ellipsoid() + m.gone()
		case "length":
			return m.quantity(v) + m.caveat()
		case "long":
			return m.axes(v) + m.caveat()
		case "mean":
			return m.uptake("max", v.Unit, "", ", ") + "mean " + m.quantity(v) + m.spread() + m.uptake("over max", "", ", ", "")
		case "value":
			return m.quantity(v) + m.over() + m.slab()
		}
		return m.quantity(v)
	}
	return ""
}

// uptake is the largest SUV of a region, as PET is read: "SUVmax 8.41", between these
// words; "" where there is none. A unit that is given must be a SUV too.
func (m Measurement) uptake(name, unit, before, after string) string {
	v, ok := m.value(name)
	if !ok || !strings.HasPrefix(v.Unit, "SUV") || unit != "" && !strings.HasPrefix(unit, "SUV") {
		return ""
	}
	return before + "SUVmax " + decimal(v.Number, 2) + after
}

// over is what a probe read of the PET over its image.
func (m Measurement) over() string {
	v, ok := m.value("over")
	if !ok {
		return ""
	}
	return ", " + m.quantity(v)
}

// axes are the long and the short axis as they are dictated: 18.2 × 9.1 mm.
func (m Measurement) axes(long Value) string {
	short, ok := m.value("short")
	if !ok || short.Unit != long.Unit {
		return m.quantity(long)
	}
	s := number(long)
	if m.PlusMinus && long.Uncertainty > 0 {
		return m.quantity(long) + " × " + m.quantity(short)
	}
	return s + " × " + m.quantity(short)
}

// ellipsoid are the axes a volume was computed from, the longest first: " (30.0 ×
// 20.0 × 10.0 mm)".
func (m Measurement) ellipsoid() string {
	var axes []Value
	for _, name := range []string{"axis a", "axis b", "axis c"} {
		if v, ok := m.value(name); ok {
			axes = append(axes, v)
		}
	}
	if len(axes) != 3 {
		return ""
	}
	slices.SortFunc(axes, func(a, b Value) int { return cmp.Compare(b.Number, a.Number) })
	return " (" + number(axes[0]) + " × " + number(axes[1]) + " × " + m.quantity(axes[2]) + ")"
}

// gone says that a volume's axis is not there any more.
func (m Measurement) gone() string {
	if m.Calibration == "an axis was deleted" {
		return ", an axis was deleted"
	}
	return ""
}

// spread is what an ellipse says beside its mean.
func (m Measurement) spread() string {
	var parts []string
	if sd, ok := m.value("sd"); ok {
		parts = append(parts, "SD "+number(sd))
	}
	if a, ok := m.value("area"); ok {
		parts = append(parts, area(a)+m.caveat())
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// slab is what values were taken from when that was no single plane: " on MIP 10
// mm" (N21).
func (m Measurement) slab() string {
	_, slab, ok := strings.Cut(m.Calibration, "reformat, ")
	slab, _, _ = strings.Cut(slab, ",")
	if !ok || !strings.Contains(slab, " mm") {
		return ""
	}
	return " on " + slab
}

func (m Measurement) caveat() string {
	if m.Calibration == "detector plane" {
		return " at the detector"
	}
	return m.slab()
}

func (m Measurement) quantity(v Value) string {
	s := number(v)
	if m.PlusMinus && v.Uncertainty > 0 {
		s += " ± " + number(Value{Name: v.Name, Number: v.Uncertainty, Unit: v.Unit})
	}
	switch v.Unit {
	case "deg":
		return s + "°"
	case "px":
		return s + " px (not calibrated)"
	case "":
		return s
	}
	return s + " " + v.Unit
}

// area is square centimetres from 0.1 cm² on, square millimetres below.
func area(v Value) string {
	switch {
	case v.Unit == "mm2" && v.Number >= 10:
		return decimal(v.Number/100, 1) + " cm²"
	case v.Unit == "mm2":
		return decimal(v.Number, 1) + " mm²"
	case v.Unit == "px2" || v.Unit == "px":
		return decimal(v.Number, 0) + " px² (not calibrated)"
	}
	return strings.TrimSpace(decimal(v.Number, 1) + " " + v.Unit)
}

// number has the decimals that its unit bears: tenths of a millimetre, whole
// Hounsfield units, degrees, pixels and stored values; else three digits.
func number(v Value) string {
	switch v.Unit {
	case "mm":
		return decimal(v.Number, 1)
	case "HU", "deg", "px", "":
		return decimal(v.Number, 0)
	}
	if math.Abs(v.Number) < 10 {
		return decimal(v.Number, 2)
	}
	return decimal(v.Number, 1)
}

// decimal never writes a negative zero.
func decimal(f float64, places int) string {
	s := strconv.FormatFloat(f, 'f', places, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}
