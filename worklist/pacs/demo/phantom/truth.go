package phantom

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// TruthItem is one planted thing and what a reader should make of it. Lengths
// are mm, positions patient coordinates (LPS) of the instance's frame of
// reference, except where Kind is of a projection: there positions are mm from
// the centre of the first pixel, to the right and downward.
type TruthItem struct {
	ID                string    `json:"id"`
	Kind              string    `json:"kind"`
	Side              string    `json:"side,omitempty"` // R, L or empty
	StudyInstanceUID  dicom.UID `json:"study_instance_uid"`
	SeriesInstanceUID dicom.UID `json:"series_instance_uid,omitempty"`
	SOPInstanceUID    dicom.UID `json:"sop_instance_uid,omitempty"`
	// Slice counts from 1 in viewing order: the wheel turned down goes caudal,
	// left or posterior. In a multi-frame it is the frame.
	Slice       int        `json:"slice,omitempty"`
	PatientMM   [3]float64 `json:"patient_mm"`
	LongAxisMM  float64    `json:"long_axis_mm,omitempty"`
	ShortAxisMM float64    `json:"short_axis_mm,omitempty"`
	// EndpointsMM are the ends of the true long axis in that very slice.
	EndpointsMM    [2][3]float64 `json:"endpoints_mm,omitzero"`
	VolumeMM3      float64       `json:"volume_mm3,omitempty"`
	HUMean         float64       `json:"hu_mean,omitempty"`
	HUTolerance    float64       `json:"hu_tolerance,omitempty"`
	SUVMax         float64       `json:"suv_max,omitempty"`
	Phase          string        `json:"phase,omitempty"`
	PriorID        string        `json:"prior_id,omitempty"`
	DeltaMM        float64       `json:"delta_mm,omitempty"`
	Sentence       string        `json:"sentence"` // what a correct report says
	MustTrigger    []string      `json:"must_trigger,omitempty"`
	MustNotTrigger []string      `json:"must_not_trigger,omitempty"`
	Trap           string        `json:"trap,omitempty"`
}

// sized fills in the axes of an ellipsoid whose x axis lies in the slice.
func (t TruthItem) sized(e ellipsoid, shift vec) TruthItem {
	d := vec{1, 0, 0}
	if e.m != nil {
		d = e.m[0]
	}
	a, b := e.c.minus(d.times(e.r.x)), e.c.plus(d.times(e.r.x))
	t.LongAxisMM, t.ShortAxisMM = mm(2*e.r.x), mm(2*e.r.y)
	t.EndpointsMM = [2][3]float64{a.plus(shift).mm(), b.plus(shift).mm()}
	t.VolumeMM3 = mm(4.0 / 3 * 3.14159265 * e.r.x * e.r.y * e.r.z)
	return t
}

// mm rounds a coordinate to a tenth of a micrometre, for headers and truths.
func mm(f float32) float64 {
	return math.Round(float64(f)*1e4) / 1e4
}

// spacing rounds a pixel spacing, which is multiplied by hundreds of pixels.
func spacing(f float32) float64 { return math.Round(float64(f)*1e7) / 1e7 }

func (a vec) mm() [3]float64 { return [3]float64{mm(a.x), mm(a.y), mm(a.z)} }
