package reading

import (
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// Measurement is a mark in the report's words: what crosses between the two
// middle rooms of the house.
func Measurement(m viewer.Mark) report.Measurement {
	out := report.Measurement{
		MarkID: m.ID, Kind: string(m.Kind), Calibration: m.Calibration, Label: m.Label, Prior: m.Prior, StudyDate: m.StudyDate,
		StudyUID: m.StudyUID, SeriesUID: m.SeriesUID, SOPUID: m.SOPUID, Slice: m.Slice,
	}
	for _, v := range m.Values {
		out.Values = append(out.Values, report.Value{Name: v.Name, Number: v.Number, Unit: v.Unit, Uncertainty: v.Uncertainty})
	}
	return out
}

// MarkText is a mark as lists and the report say it.
func MarkText(m viewer.Mark) string { return report.MeasurementText(Measurement(m)) }
