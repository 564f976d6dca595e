package ecg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Text is what a waveform object says in words: the recorder's statements and
// measurements, then each group with its leads, length and scale.
func Text(d *dicom.Dataset) (string, error) {
	groups, err := Read(d)
	if err != nil {
		return "", err
	}
	out := append([]string{"STATED BY THE RECORDER OR ITS READER"}, statements(d)...)
	if len(out) == 1 {
		out = []string{"No statements or measurements are recorded."}
	}
	for _, g := range groups {
		out = append(out, "", g.line())
		for _, c := range g.Channels {
			out = append(out, "  "+c.line())
		}
	}
	return dicom.Clean(strings.Join(out, "\n") + "\n"), nil
}

// statements are the annotations (PS3.3 C.10.10) in order, each once.
func statements(d *dicom.Dataset) (out []string) {
	for _, a := range d.Seq(annotations) {
		name := a.Item(dicom.ConceptNameCodeSequence).Str(dicom.CodeMeaning)
		value := strings.Join(a.Strs(dicom.NumericValue), ", ")
		if units := a.Item(dicom.MeasurementUnitsCodeSequence).Str(dicom.CodeValue); value != "" && units != "" && units != "1" {
			value += " " + units
		}
		if value == "" {
			value = a.Item(dicom.ConceptCodeSequence).Str(dicom.CodeMeaning)
		}
		if value == "" {
			value, name = a.Str(unformattedText), ""
		}
		line := "  " + strings.TrimPrefix(name+": "+value, ": ")
		if strings.TrimSpace(value) != "" && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

func (g Group) line() string {
	s := fmt.Sprintf("%d CHANNELS", len(g.Channels))
	if g.Label != "" {
		s = g.Label + " · " + s
	}
	if t := g.Seconds(); t > 0 {
		s += fmt.Sprintf(" · %.3g s at %g Hz", t, g.Frequency)
	} else {
		s += " · sampling frequency not stated: not for measurement"
	}
	if g.Derived {
		s += " · derived"
	}
	return s
}

func (c Channel) line() string {
	name := c.Lead
	if name == "" {
		name = "unnamed lead"
	}
	low, high, any := c.Range()
	switch {
	case !any:
		return name + ": no samples"
	case !c.Calibrated:
		return name + ": no calibration, not for measurement"
	}
	return fmt.Sprintf("%s: %.2f to %.2f mV", name, low, high)
}

// Range is the lowest and the highest sample; ok is false when there is none.
func (c Channel) Range() (low, high float64, ok bool) {
	for _, v := range c.Samples {
		switch {
		case v != v:
		case !ok:
			low, high, ok = v, v, true
		default:
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high, ok
}
