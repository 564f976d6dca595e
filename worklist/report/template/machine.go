package template

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// short are the names that templates use for values of ultrasound reports, by code
// (LOINC, as PS3.16 CID 12003 to 12015, 12120, 12200 list them).
var short = map[string]string{
	"11820-8": "BPD", "11984-2": "HC", "11979-2": "AC", "11963-6": "FL", "11957-8": "CRL", "11850-5": "GS", "33069-6": "NT",
	"11727-5": "EFW", "11948-7": "fetal heart rate", "11627-7": "AFI", "11961-0": "cervix length", "18185-9": "GA of", "11888-5": "GA",
	"11726-7": "PSV", "11653-3": "EDV", "29436-3": "LVIDd", "18154-5": "IVSd", "18152-9": "LVPWd", "18043-0": "EF", "18015-8": "aortic root",
	"12145-9": "thickness endometrium",
}

// machineValues are the values whose names hold every word of the query: "BPD", "PSV
// internal carotid artery right", "GA CRL".
func machineValues(all []report.MachineValue, query string) (out []report.MachineValue) {
	want := words(query)
	for _, v := range all {
		names := words(short[v.Code] + " " + v.Name + " " + v.Site + " " + v.Code)
		names = append(names, map[string]string{"R": "right", "L": "left", "B": "both"}[v.Side])
		for _, code := range v.Beside {
			if v.Code == "18185-9" { // a gestational age is named by what it is computed from
				names = append(names, words(short[code])...)
			}
		}
		if opposite(v, want) || v.Code == "18185-9" && len(want) == 1 {
			continue
		}
		if !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(names, w) }) {
			out = append(out, v)
		}
	}
	return out
}

// opposite reports whether the value is of the side that is not asked for, by its
// coded side or its words.
func opposite(v report.MachineValue, want []string) bool {
	names := words(v.Name + " " + v.Site)
	for _, s := range [][3]string{{"right", "R", "left"}, {"left", "L", "right"}} {
		if slices.Contains(want, s[0]) {
			return v.Side != "" && v.Side != s[1] || slices.Contains(names, s[2])
		}
	}
	return false
}

// one is the value that a field may be filled with: the one settled on, else the mean,
// else the only one. Several that differ are not chosen between, nor several fetuses.
func one(values []report.MachineValue) (v report.MachineValue, ok bool) {
	for _, better := range []func(report.MachineValue) bool{
		func(v report.MachineValue) bool { return v.Chosen },
		func(v report.MachineValue) bool { return v.How == "mean" },
	} {
		if slices.ContainsFunc(values, better) {
			values = slices.DeleteFunc(slices.Clone(values), func(v report.MachineValue) bool { return !better(v) })
		}
	}
	if len(values) == 0 {
		return v, false
	}
	v = values[0]
	for _, o := range values[1:] {
		if o.Value != v.Value || o.Unit != v.Unit || o.Fetus != v.Fetus {
			return v, false
		}
	}
	return v, true
}

// unitNames are UCUM units by what a report writes, with how much of it one is.
var unitNames = map[string]struct {
	name string
	much float64
}{
	"mm": {"mm", 1}, "cm": {"mm", 10}, "m": {"mm", 1000},
	"ml": {"mL", 1}, "mL": {"mL", 1}, "cm3": {"mL", 1}, "l": {"mL", 1000}, "mm3": {"mL", 0.001}, "cm³": {"mL", 1},
	"mm/s": {"cm/s", 0.1}, "cm/s": {"cm/s", 1}, "m/s": {"cm/s", 100},
	"g": {"g", 1}, "kg": {"g", 1000}, "%": {"%", 1}, "mm2": {"mm²", 1}, "cm2": {"mm²", 100}, "cm²": {"mm²", 100}, "mm²": {"mm²", 1},
	"{H.B.}/min": {"/min", 1}, "{beat}/min": {"/min", 1}, "{beats}/min": {"/min", 1}, "bpm": {"/min", 1}, "/min": {"/min", 1}, "{HB}/min": {"/min", 1},
	"d": {"d", 1}, "wk": {"d", 7},
}

// in writes the value in the field's unit, "52 mm"; "" when that is another kind.
func inUnit(v report.MachineValue, unit string) string {
	have, ok := unitNames[v.Unit]
	if !ok {
		return ""
	}
	if unit == "" {
		if have.name == "d" {
			return weeks(v.Value * have.much)
		}
		unit = have.name
	}
	want, ok := unitNames[unit]
	if !ok || want.name != have.name {
		return ""
	}
	n := v.Value * have.much / want.much
	n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'g', 4, 64), 64)
	return strconv.FormatFloat(n, 'f', -1, 64) + " " + unit
}

// weeks is a gestational age: "12 weeks 3 days".
func weeks(days float64) string {
	d := int(math.Round(days))
	return strconv.Itoa(d/7) + " weeks " + strconv.Itoa(d%7) + " days"
}

// stated is what a field is filled with from the machine's report, and where that is
// from; "" when nothing is stated, or several values that differ.
func (c facts) stated(query, unit string) (text string, from report.Source) {
	v, ok := one(machineValues(c.machine, query))
	if !ok {
		return "", from
	}
	title := "report of the ultrasound machine"
	if v.How != "" {
		title += ", " + v.How
	}
	return inUnit(v, unit), report.Source{StudyUID: string(v.Source.Study), Title: title}
}

// machineWords says whose report fields are filled from.
func machineWords(values []report.MachineValue) string {
	var makers []string
	for _, v := range values {
		if m := strings.Join(strings.Fields(v.Maker), " "); m != "" && !slices.Contains(makers, m) {
			makers = append(makers, m)
		}
	}
	switch {
	case len(values) == 0:
		return ""
	case len(makers) == 0:
		return "Measurements from the ultrasound machine's report."
	}
	return "Measurements from the ultrasound machine's report (" + strings.Join(makers, ", ") + ")."
}
