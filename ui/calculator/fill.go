package calculator

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/calc"
)

// Filled is what measurements gave to a rule's fields.
type Filled struct {
	Values calc.Values
	From   map[string]string // where each value is from, in words
	Marks  []string          // tracking UIDs
}

// Fill gives the values of a rule's fields that a measurement has, and the same lesion's
// on the prior; either may be the zero value. Only what is in a field's unit is taken: a
// length in pixels fills nothing, and a prior's number no field of now (N6). A density
// fills the first field for one.
func Fill(c calc.Calculator, now, before report.Measurement, study time.Time) Filled {
	if now.Prior {
		now, before = report.Measurement{}, now
	}
	out := Filled{calc.Values{}, map[string]string{}, nil}
	days := daysBetween(before, study)
	density := false
	for _, f := range c.Fields {
		m, n, ok := now, 0.0, false
		switch f.From {
		case calc.PriorLong, calc.PriorMean, calc.PriorML:
			m = before
			n, ok = of(m, f)
		case calc.Days:
			m, n, ok = before, days, days > 0
		case calc.Months:
			m, n, ok = before, days/30.4375, days > 0
		case calc.MeanHU:
			n, ok = of(m, f)
			ok = ok && !density
			density = density || ok
		default:
			n, ok = of(m, f)
		}
		if !ok || n < f.Min || n > f.Max {
			continue
		}
		out.Values[f.Name], out.From[f.Name] = digits(n, f), said(m)
		if !strings.Contains(strings.Join(out.Marks, " "), m.MarkID) {
			out.Marks = append(out.Marks, m.MarkID)
		}
	}
	return out
}

// names are the values of a mark that a source takes, the first one there.
var names = map[calc.Source][]string{
	calc.LongAxis: {"length", "long"}, calc.PriorLong: {"length", "long"}, calc.ShortAxis: {"short"}, calc.MeanHU: {"mean", "value"},
	calc.MeanAxis: {"length", "long"}, calc.PriorMean: {"length", "long"}, calc.VolumeML: {"volume"}, calc.PriorML: {"volume"},
	calc.AxisA: {"axis a", "long"}, calc.AxisB: {"axis b", "short"}, calc.AxisC: {"axis c"},
}

func of(m report.Measurement, f calc.Field) (float64, bool) {
	for _, name := range names[f.From] {
		n, ok := value(m, name, f.Unit)
		if !ok {
			continue
		}
		if short, both := value(m, "short", f.Unit); both && (f.From == calc.MeanAxis || f.From == calc.PriorMean) {
			n = (n + short) / 2
		}
		return n, true
	}
	return 0, false
}

func value(m report.Measurement, name, unit string) (float64, bool) {
	for _, v := range m.Values {
		if v.Name == name && strings.EqualFold(v.Unit, unit) && !math.IsNaN(v.Number) && !math.IsInf(v.Number, 0) {
			return v.Number, true
		}
	}
	return 0, false
}

func daysBetween(before report.Measurement, study time.Time) float64 {
	day, ok := dicom.ParseDA(before.StudyDate)
	if !ok || study.IsZero() {
		return 0
	}
	return math.Round(study.Sub(day).Hours() / 24)
}

// digits are tenths; of a volume thousandths.
func digits(n float64, f calc.Field) string {
	places := 1
	if f.Unit == "mL" {
		places = 3
	}
	s := strconv.FormatFloat(n, 'f', places, 64) // as a report writes it
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func said(m report.Measurement) string {
	if m.Prior {
		if day, ok := dicom.ParseDA(m.StudyDate); ok {
			return "prior, " + day.Format(time.DateOnly)
		}
		return "prior"
	}
	if m.Slice > 0 {
		return m.Kind + ", slice " + strconv.Itoa(m.Slice)
	}
	return m.Kind
}
