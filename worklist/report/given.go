package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// Dose is what one Radiation Dose SR states of the study (PS3.16 TID 10001, 10011).
type Dose struct {
	Irradiations []Irradiation      // in the order of the document
	DLP          float64            // CT Dose Length Product Total, mGy·cm; 0 unknown
	DAP          float64            // Dose Area Product Total, Gy·cm²; 0 unknown
	Kerma        float64            // Dose (RP) Total, mGy; 0 unknown
	Fluoroscopy  float64            // Total Fluoro Time, s; 0 unknown
	AGD          map[string]float64 // mammography: Accumulated Average Glandular Dose, mGy, by R, L or ""
	Source       sr.InstanceRef
}

// Irradiation is one event of a Dose.
type Irradiation struct {
	Protocol  string
	Target    string  // region in words
	Phantom   string  // that CTDIvol is of, in words
	Localizer bool    // for planning
	CTDIvol   float64 // mean, mGy; 0 unknown
	DLP       float64 // mGy·cm; 0 unknown
	DAP       float64 // Gy·cm²; 0 unknown
	KVP       float64 // 0 unknown
}

// MachineValue is a value that the machine's own report states (PS3.16 TID 5000, 5100,
// 5200), for fields to be filled from.
type MachineValue struct {
	Code   string // of the concept, without its scheme: 11820-8
	Name   string // of the concept: Biparietal Diameter
	Site   string // where, and in which way, in words
	Side   string // R, L, B or ""
	Fetus  string // which of several
	Value  float64
	Unit   string   // UCUM: mm, cm/s
	How    string   // mean, maximum … of several, or ""
	Chosen bool     // the one of several that was settled on
	Beside []string // codes of the other numbers of its group
	Source sr.InstanceRef
	Maker  string // of the machine
}

// contrast is "iohexol 350, 100 mL, IV" as far as it is stated.
func (s Series) contrast() string {
	agent := oneLine(s.Contrast)
	if agent == "" {
		return ""
	}
	if s.Volume > 0 {
		agent += ", " + amount(s.Volume, 4) + " mL"
	}
	if route := oneLine(s.Route); route != "" {
		agent += ", " + route
	}
	return agent
}

// ContrastGiven is the contrast agents with volume and route, as the images state
// them; "" when none is recorded.
func (f Facts) ContrastGiven() string {
	return strings.Join(distinct(f.Series, Series.contrast), "; ")
}

// TubeVoltage is "120 kVp", several joined by commas.
func (f Facts) TubeVoltage() string {
	var kvp []float64
	for _, s := range f.Series {
		if s.KVP > 0 && !s.Localizer && !slices.Contains(kvp, s.KVP) {
			kvp = append(kvp, s.KVP)
		}
	}
	if len(kvp) == 0 {
		return ""
	}
	slices.Sort(kvp)
	out := make([]string, len(kvp))
	for i, v := range kvp {
		out[i] = amount(v, 4)
	}
	return strings.Join(out, ", ") + " kVp"
}

// amount is a number with at most so many significant digits, never in powers of ten.
func amount(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'g', digits, 64)
	if r, err := strconv.ParseFloat(s, 64); err == nil {
		return strconv.FormatFloat(r, 'f', -1, 64)
	}
	return s
}
