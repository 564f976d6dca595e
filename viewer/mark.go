package viewer

import "time"

// MarkKind is what a mark measures or says.
type MarkKind string

// The kinds of marks; each has a fixed number of points, but for the polygon.
const (
	Length  MarkKind = "length"  // 2 points
	Angle   MarkKind = "angle"   // 3 points, the vertex second
	Ellipse MarkKind = "ellipse" // 2 points: opposite corners of its box in the image's own axes
	Probe   MarkKind = "probe"   // 1 point
	Arrow   MarkKind = "arrow"   // 2 points: head first
	Text    MarkKind = "text"    // 1 point

	Bidirectional MarkKind = "bidirectional" // 4 points: the long axis, then the short one, square to it
	Cobb          MarkKind = "cobb"          // 4 points: two lines along endplates
	Rectangle     MarkKind = "rectangle"     // 2 points: opposite corners in the image's own axes
	Polygon       MarkKind = "polygon"       // 3 points and more, closed: freehand too

	Vertebra MarkKind = "vertebra" // 1 point; Label is its name, Calibration where the count comes from: "from C2", "assumed L5"
	Volume   MarkKind = "volume"   // of an ellipsoid, by three axes measured before (From); 2 points: the ends of the longest
)

// Kinds that no tool draws.
const (
	// KeyImageMark marks a whole frame as a key image: no point. Label may say why.
	KeyImageMark MarkKind = "key image"
	// Polyline is an open line of another maker's report: 2 points and more.
	Polyline MarkKind = "polyline"
)

// Mark is one annotation on one frame. Points are (column, row) in image pixels
// by the convention of SCOORD: the outer corner of the first pixel is 0,0 and its
// centre 0.5,0.5 (PS3.3 C.18.6.1.2). Values are what was true when it was last
// drawn, in the unit beside each number.
type Mark struct {
	ID          string       `json:"id"` // Tracking UID (2.25.…)
	Kind        MarkKind     `json:"kind"`
	StudyUID    string       `json:"study_uid"`
	SeriesUID   string       `json:"series_uid"`
	SOPUID      string       `json:"sop_uid"`
	Frame       int          `json:"frame"` // 0-based
	Points      [][2]float64 `json:"points"`
	Values      []Value      `json:"values,omitempty"`
	Calibration string       `json:"calibration,omitempty"` // "Pixel Spacing", "detector plane", "US region", "px"
	Label       string       `json:"label,omitempty"`       // the reader's words
	Slice       int          `json:"slice"`                 // 1-based position when drawn, for lists
	Prior       bool         `json:"prior,omitempty"`
	StudyDate   string       `json:"study_date,omitempty"` // DA
	Modality    string       `json:"modality,omitempty"`
	Changed     time.Time    `json:"changed,omitzero"`
	From        []string     `json:"from,omitempty"` // IDs of the marks it is computed from
	// Plane is where a mark lies that was put on a reformat: Points are on it, and
	// SOPUID and Frame are the acquired image nearest to the first of them.
	Plane *Plane `json:"plane,omitempty"`
}

// Plane is a reformatted image plane in the patient (PS3.3 C.7.6.2), square pixels.
type Plane struct {
	Name             string     `json:"name"` // "coronal", "axial oblique, MIP 10 mm"
	FrameOfReference string     `json:"frame_of_reference,omitempty"`
	Origin           [3]float64 `json:"origin"` // centre of the first pixel, mm
	Row              [3]float64 `json:"row"`
	Col              [3]float64 `json:"col"`
	MM               float64    `json:"mm"` // side of a pixel
	Rows             int        `json:"rows"`
	Cols             int        `json:"cols"`
}

// Value is one number of a mark.
type Value struct {
	Name        string  `json:"name"` // "length", "long", "short", "angle", "mean", "sd", "min", "max", "area", "n", "value", "volume"; "over", "over mean", "over max" of what is fused over it
	Number      float64 `json:"number"`
	Unit        string  `json:"unit"`                  // "mm", "mm2", "ml", "deg", "HU", "px", "" (stored values)
	Uncertainty float64 `json:"uncertainty,omitempty"` // ± in the same unit; 0 = not stated
}

// Value returns the named value.
func (m Mark) Value(name string) (Value, bool) {
	for _, v := range m.Values {
		if v.Name == name {
			return v, true
		}
	}
	return Value{}, false
}
