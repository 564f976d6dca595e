package reading

import (
	"context"

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

// Measurements are marks in the report's words.
func Measurements(marks []viewer.Mark) []report.Measurement {
	out := make([]report.Measurement, 0, len(marks))
	for _, m := range marks {
		out = append(out, Measurement(m))
	}
	return out
}

// measured are the marks on disk of a study's case; what cannot be read is not offered.
func (r *Room) measured(ctx context.Context, study string) []report.Measurement {
	marks, err := r.Marks(ctx, study)
	if err != nil {
		return nil
	}
	return Measurements(marks)
}

// MarkText is a mark as lists and the report say it.
func MarkText(m viewer.Mark) string { return report.MeasurementText(Measurement(m)) }
