package overlay

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// span is a duration for the eye, in whole minutes, hours or days.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "1 min"
	case d < 90*time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %02d", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}

const daysAMonth = 365.25 / 12

// Age is how far a prior lies before the current study: "PRIOR 12 mo"; days up
// to two months, months, to the nearest, up to three years. A later study is "NEWER"; without
// both dates it is "PRIOR, date unknown".
func Age(prior, current string) string {
	p, okP := dicom.ParseDA(prior)
	c, okC := dicom.ParseDA(current)
	if !okP || !okC {
		return "PRIOR, date unknown"
	}
	word := "PRIOR"
	if p.After(c) {
		word, p, c = "NEWER", c, p
	}
	days := int(math.Round(c.Sub(p).Hours() / 24))
	months := int(math.Round(float64(days) / daysAMonth))
	switch {
	case days == 0:
		return word + " same day"
	case days < 60:
		return fmt.Sprintf("%s %d d", word, days)
	case months < 36:
		return fmt.Sprintf("%s %d mo", word, months)
	}
	return fmt.Sprintf("%s %d y", word, months/12)
}

// Day writes a DA as 2025-11-20, or as it stands when it is none.
func Day(da string) string {
	return cmp.Or(dicom.ISODay(da), dicom.Clean(da))
}

// WindowLevel is the window as readers say it: width, then level (N16).
func WindowLevel(center, width float64) string {
	return "W " + short(width) + " L " + short(center)
}

// short writes a number with as many decimals as its size deserves.
func short(v float64) string {
	if math.Abs(v) >= 20 || v == math.Trunc(v) {
		return strings.Replace(strconv.FormatFloat(math.Round(v), 'f', 0, 64), "-", "−", 1)
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), "-", "−", 1)
}

// units as they are read; everything else stands as it is.
var units = map[string]string{"mm2": "mm²", "px2": "px²", "deg": "°", "cm2": "cm²", "cm/s2": "cm/s²", "cm3": "cm³", "/min": "/min"}

// Words says a mark's values, a line each, with the uncertainty (N7) and where
// the millimetres come from when that is not the plain Pixel Spacing.
func Words(m viewer.Mark) []string {
	var out []string
	switch m.Kind {
	case viewer.Length, viewer.Angle, viewer.Cobb, viewer.Probe:
		for _, v := range m.Values {
			out = append(out, number(v))
		}
	case viewer.Volume:
		for _, v := range m.Values {
			if v.Name == "volume" {
				out = append(out, "volume "+number(v))
			}
		}
	case viewer.Vertebra:
		out = append(out, dicom.Clean(m.Label))
		if m.Calibration != "" {
			out = append(out, m.Calibration)
		}
		return out
	case viewer.Bidirectional:
		out = axes(m)
	case viewer.Ellipse, viewer.Rectangle, viewer.Polygon:
		out = region(m)
	}
	if c := m.Calibration; c != "" && c != "Pixel Spacing" && c != "px" && m.Kind != viewer.Angle && m.Kind != viewer.Cobb {
		out = append(out, c)
	}
	if m.Label != "" {
		out = append(out, dicom.Clean(m.Label))
	}
	return out
}

// axes are the long and the short axis, a line each.
func axes(m viewer.Mark) (out []string) {
	for _, name := range []string{"long", "short"} {
		if v, ok := m.Value(name); ok {
			out = append(out, name+" "+number(v))
		}
	}
	return out
}

func region(m viewer.Mark) []string {
	var out []string
	part := func(name, word string, digits int) string {
		v, ok := m.Value(name)
		if !ok {
			return "" // others do not measure everything
		}
		return word + " " + decimals(v.Number, places(v.Unit, digits))
	}
	if mean, ok := m.Value("mean"); ok {
		out = append(out, Join("  ", "mean "+number(mean), part("sd", "SD", 1)))
	} else if sd := part("sd", "SD", 1); sd != "" {
		out = append(out, sd)
	}
	if s := Join("  ", part("min", "min", 0), part("max", "max", 0), part("n", "n", 0)); s != "" {
		out = append(out, s)
	}
	if mean, ok := m.Value("over mean"); ok {
		hi, _ := m.Value("over max")
		out = append(out, "PET mean "+number(mean)+"  max "+decimals(hi.Number, 2))
	}
	if a, ok := m.Value("area"); ok {
		out = append(out, number(a))
	}
	return out
}

// places are the decimals of a value: two of a SUV.
func places(unit string, otherwise int) int {
	switch {
	case strings.HasPrefix(unit, "SUV"):
		return 2
	case unit == "s":
		return 3
	}
	return otherwise
}

// number is a value with its unit: one decimal, as HU, mm and degrees deserve.
func number(v viewer.Value) string {
	s := decimals(v.Number, places(v.Unit, 1))
	if v.Uncertainty > 0 {
		n := max(places(v.Unit, 1), 1)
		s += " ± " + decimals(math.Max(v.Uncertainty, math.Pow10(-n)), n)
	}
	unit := v.Unit
	if u, ok := units[unit]; ok {
		unit = u
	}
	if unit == "°" {
		return s + unit
	}
	return strings.TrimSpace(s + " " + unit)
}

func decimals(v float64, places int) string {
	s := strconv.FormatFloat(v, 'f', places, 64)
	if s == "-0" || s == "-0.0" {
		s = s[1:]
	}
	return strings.Replace(s, "-", "−", 1)
}
