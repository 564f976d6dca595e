package stack

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/nocturne/nocturne/cache/dicom"
)

// phaseNames are the words of a Series Description that name a phase of contrast.
var phaseNames = []struct {
	phase string
	words []string
}{
	{"native", []string{"native", "nativ", "plain", "unenhanced", "noncontrast", "precontrast", "nect"}},
	{"arterial", []string{"arterial", "arteriell", "art", "artph"}},
	{"portal", []string{"portal", "portalvenous", "portovenous", "portalvenös", "pv", "pvp"}},
	{"venous", []string{"venous", "venös", "ven"}},
	{"nephrographic", []string{"nephrographic", "nephrogenic", "nephro"}},
	{"delayed", []string{"delayed", "delay", "late", "spät", "spätphase", "excretory", "urographic", "equilibrium"}},
}

// phaseAfter names the phase of contrast by seconds after its injection began, as
// abdominal protocols are timed.
func phaseAfter(seconds float64) string {
	switch {
	case seconds < 0:
		return "native"
	case seconds < 50:
		return "arterial"
	case seconds < 110:
		return "portal"
	}
	return "delayed"
}

// phaseOf is the phase of a frame with where that comes from: "portal: name", "portal:
// +70 s", "70 % RR". "" where nothing is said.
func phaseOf(in *Instance, frame int) string {
	m := in.Header.Str(dicom.Modality)
	if m != "CT" && m != "MR" || in.localiser() {
		return ""
	}
	if p := in.says(frame, dicom.CardiacSynchronizationSequence, dicom.NominalPercentageOfCardiacPhase); p != "" {
		return dicom.Clean(p) + " % RR"
	}
	name := phaseName(in.Header.Str(dicom.SeriesDescription))
	seconds, timed := afterContrast(in.Header)
	after := strings.Replace(fmt.Sprintf("%+.0f s", seconds), "-", "−", 1)
	switch {
	case name != "" && timed:
		return name + ": name, " + after
	case name != "":
		return name + ": name"
	case timed:
		return phaseAfter(seconds) + ": " + after
	}
	return ""
}

// phaseName is the phase that a description names, the last of several.
func phaseName(description string) (name string) {
	said := strings.FieldsFunc(strings.ToLower(description), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, p := range phaseNames {
		if slices.ContainsFunc(said, func(w string) bool { return slices.Contains(p.words, w) }) {
			name = p.phase
		}
	}
	if name == "venous" && slices.ContainsFunc(said, func(w string) bool { return strings.HasPrefix(w, "porto") || strings.HasPrefix(w, "portal") }) {
		return "portal"
	}
	return name
}

// maxAfter is the latest phase there is, in seconds: an hour. What is longer after, or
// before, the injection belongs to another one.
const maxAfter = 3600

// afterContrast is the time from the start of contrast (0018,1042) to the acquisition,
// in seconds; past midnight too. ok is false where either is not said.
func afterContrast(d *dicom.Dataset) (seconds float64, ok bool) {
	start, ok := dicom.ParseTM(d.Str(dicom.ContrastBolusStartTime))
	if !ok {
		return 0, false
	}
	tm := d.Str(dicom.AcquisitionTime)
	if dt := d.Str(dicom.AcquisitionDateTime); tm == "" && len(dt) > len("20260301") {
		tm = dt[len("20260301"):]
		if zone := strings.IndexAny(tm, "+-"); zone >= 0 {
			tm = tm[:zone]
		}
	}
	at, ok := dicom.ParseTM(tm)
	if !ok {
		return 0, false
	}
	seconds = at.Sub(start).Seconds()
	if seconds < -43200 {
		seconds += 86400
	}
	return seconds, seconds > -maxAfter && seconds < maxAfter
}
