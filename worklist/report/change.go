package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Style is how measurements are written in a report: set for the draft when it is begun.
type Style struct {
	Centimetres bool `json:"cm,omitempty"`         // lengths in cm: "0.8 cm"
	PlusMinus   bool `json:"plus_minus,omitempty"` // with their uncertainty, one standard deviation
}

func (s Style) of(m Measurement) Measurement {
	m.PlusMinus, m.Centimetres = m.PlusMinus || s.PlusMinus, m.Centimetres || s.Centimetres
	return m
}

// styled is a measurement with its lengths in the unit that they are written in.
func (m Measurement) styled() Measurement {
	if !m.Centimetres {
		return m
	}
	m.Values = slices.Clone(m.Values)
	for i, v := range m.Values {
		if v.Unit == "mm" {
			m.Values[i].Unit, m.Values[i].Number, m.Values[i].Uncertainty = "cm", v.Number/10, v.Uncertainty/10
		}
	}
	return m
}

// changeKind is the kind of a measurement that is the change between two.
const changeKind = "change"

// changeOf separates the tracking UIDs of two marks in that of their change. A UID has no
// such letter (PS3.5 9.1).
const changeOf = "<"

// Change is the difference between a measurement and the same lesion's before: of what
// both have, the length or long axis, else the volume, the density, the angle. It is of
// the numbers as they are written, so that a reader who subtracts finds the same; its
// uncertainty is the root of the sum of squares. ok is false when they have nothing in
// common, or not the same unit.
func Change(now, before Measurement) (Measurement, bool) { return changed(now, before, "") }

// ChangeShort is the change of the short axis, which lymph nodes are followed by.
func ChangeShort(now, before Measurement) (Measurement, bool) { return changed(now, before, "short") }

func changed(now, before Measurement, axis string) (Measurement, bool) {
	a, ok1 := now.followedBy(axis)
	b, ok2 := before.followedBy(axis)
	if !ok1 || !ok2 || a.Unit != b.Unit || a.Unit == "px" || axis == "" && alike(a.Name) != alike(b.Name) {
		return Measurement{}, false
	}
	na, nb := written(a), written(b)
	out := Measurement{MarkID: before.MarkID + changeOf + now.MarkID, Kind: changeKind, StudyUID: now.StudyUID, SOPUID: now.SOPUID,
		SeriesUID: now.SeriesUID, PlusMinus: now.PlusMinus, Centimetres: now.Centimetres}
	out.Values = []Value{{Name: changeKind, Number: na - nb, Unit: a.Unit, Uncertainty: math.Hypot(a.Uncertainty, b.Uncertainty)}}
	if axis != "" {
		out.MarkID += changeOf + axis
	}
	if nb > 0 && a.Unit != "HU" && a.Unit != "deg" {
		out.Values = append(out.Values, Value{Name: "percent", Number: 100 * (na - nb) / nb, Unit: "%"})
	}
	return out, true
}

// followedBy is the named number, else the principal one.
func (m Measurement) followedBy(axis string) (Value, bool) {
	if axis == "" {
		return m.principal()
	}
	v, ok := m.value(axis)
	if !ok {
		v, ok = m.value("length")
	}
	return v, ok && !math.IsNaN(v.Number) && !math.IsInf(v.Number, 0)
}

// principal is the number that a lesion is followed by.
func (m Measurement) principal() (Value, bool) {
	for _, name := range []string{"length", "long", "volume", "mean", "value", "angle"} {
		if v, ok := m.value(name); ok && !math.IsNaN(v.Number) && !math.IsInf(v.Number, 0) {
			return v, true
		}
	}
	return Value{}, false
}

// alike takes a length for a long axis, and a probe for a mean.
func alike(name string) string {
	switch name {
	case "long":
		return "length"
	case "value":
		return "mean"
	}
	return name
}

// written is a number as a report has it: what a reader sees is what is computed with.
func written(v Value) float64 {
	n, err := strconv.ParseFloat(number(v), 64)
	if err != nil {
		return v.Number
	}
	return n
}

// change is a difference in words: "+2.5 mm, +45 %", "−0.3 mm, −4 %, within measurement
// error (± 0.7 mm)".
func (m Measurement) change() string {
	d, ok := m.value(changeKind)
	if !ok {
		return ""
	}
	said := []string{m.signedQuantity(d)}
	if p, ok := m.value("percent"); ok {
		said = append(said, plusMinus(decimal(math.Abs(p.Number), 0), p.Number)+" %")
	}
	err := m.quantity(Value{Name: d.Name, Number: d.Uncertainty, Unit: d.Unit})
	switch {
	case d.Uncertainty > 0 && math.Abs(d.Number) < d.Uncertainty:
		return strings.Join(said, ", ") + ", within measurement error (± " + err + ")"
	case d.Uncertainty > 0 && m.PlusMinus:
		said[0] += " ± " + err
	}
	return strings.Join(said, ", ")
}

func (m Measurement) signedQuantity(v Value) string {
	abs, n := v, v.Number
	abs.Number, abs.Uncertainty = math.Abs(n), 0
	return plusMinus(m.quantity(abs), n)
}

// plusMinus puts the sign of n before words; what reads as nothing has none.
func plusMinus(words string, n float64) string {
	switch {
	case strings.Trim(strings.SplitN(words, " ", 2)[0], "0.") == "":
		return words
	case n < 0:
		return "−" + words
	}
	return "+" + words
}

// changes are the changes that tokens of the draft stand for, of measurements among ms.
func (d *Draft) changes(ms []Measurement) (out []Measurement) {
	find := func(id string) (Measurement, bool) {
		i := slices.IndexFunc(ms, func(m Measurement) bool { return m.MarkID == id })
		if i < 0 {
			return Measurement{}, false
		}
		return ms[i], true
	}
	for _, t := range d.Tokens {
		before, now, axis, ok := t.change()
		if !ok {
			continue
		}
		b, ok1 := find(before)
		n, ok2 := find(now)
		if c, ok := changed(n, b, axis); ok && ok1 && ok2 {
			out = append(out, c)
		}
	}
	return out
}

// isOf reports whether a token stands for a mark, or for a change from or to it.
func (t Token) isOf(mark string) bool {
	before, now, _, ok := t.change()
	return t.MarkID == mark || ok && (before == mark || now == mark)
}

// change takes the mark of a change apart: the two marks and the axis, "" for the
// principal number.
func (t Token) change() (before, now, axis string, ok bool) {
	before, now, ok = strings.Cut(t.MarkID, changeOf)
	now, axis, _ = strings.Cut(now, changeOf)
	return before, now, axis, ok
}
