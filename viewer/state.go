package viewer

// State is where a reader stands in a case: enough to come back to the same
// pixel after a crash, a restart or another case (N19, W6). It holds no pixel
// and no name.
type State struct {
	Layout   string   `json:"layout"` // rows × columns: "1x1" … "4x5"
	Tiles    []Tile   `json:"tiles"`
	Active   int      `json:"active"`
	OneUp    bool     `json:"one_up,omitempty"`
	Tool     string   `json:"tool"`                // the Action of the active tool: "tool.window", "tool.length" …
	Selected string   `json:"selected,omitempty"`  // ID of the selected mark
	Last     string   `json:"last,omitempty"`      // ID of the mark drawn last in the current study
	Owner    string   `json:"owner,omitempty"`     // who owns the keys there: "images" or "text"
	Counts   []Loaded `json:"counts,omitempty"`    // per study
	Mismatch []string `json:"mismatch,omitempty"`  // N4: what differs from the order, in words without values
	Unseen   int      `json:"unseen"`              // slices of the current study that are here and were not seen
	UnseenIn []string `json:"unseen_in,omitempty"` // which, in words: "Se 3: 14 of 120 not seen: 31–44"
	Probe    string   `json:"probe,omitempty"`
	Manual   []Manual `json:"manual,omitempty"`
	Stage    *Stage   `json:"stage,omitempty"` // of the hanging protocol in effect
	MPR      *MPR     `json:"mpr,omitempty"`   // reformats are on screen
}

// Stage is where a reader is in a hanging protocol.
type Stage struct {
	Protocol string `json:"protocol"` // its name
	Stage    int    `json:"stage"`
	Page     int    `json:"page,omitempty"` // of a contact sheet
}

// Tile is one ImageBox.
type Tile struct {
	SeriesUID string  `json:"series_uid,omitempty"`
	StudyUID  string  `json:"study_uid,omitempty"`
	SOPUID    string  `json:"sop_uid,omitempty"`
	Frame     int     `json:"frame"` // 0-based
	Slice     int     `json:"slice"` // 0-based position in the stack, in viewing order
	Slices    int     `json:"slices"`
	Reformat  string  `json:"reformat,omitempty"` // "coronal": made, not acquired
	Center    float64 `json:"center"`             // window centre, DICOM's order (N16)
	Width     float64 `json:"width"`
	Preset    string  `json:"preset,omitempty"`
	Zoom      float64 `json:"zoom"`  // screen pixels per image pixel; 0 = fit
	PanX      float64 `json:"pan_x"` // image pixels from the centre
	PanY      float64 `json:"pan_y"`
	Turn      int     `json:"turn"` // quarter turns clockwise, 0–3
	FlipH     bool    `json:"flip_h,omitempty"`
	Invert    bool    `json:"invert,omitempty"`
	Cine      bool    `json:"cine,omitempty"`
	Linked    bool    `json:"linked,omitempty"`
	Offset    float64 `json:"offset,omitempty"` // mm, linked scroll
	Fused     float64 `json:"fused,omitempty"`  // percent of the PET that lies over it
}

// Manual is a calibration that the reader made of a series of projection images.
type Manual struct {
	SeriesUID string  `json:"series_uid"`
	RowMM     float64 `json:"row_mm"` // between rows
	ColMM     float64 `json:"col_mm"`
	Source    string  `json:"source"` // "manual 6F"
}

// MPR is how reformats stand, and what was on screen before them.
type MPR struct {
	Source Tile             `json:"source"` // an image of the stack they are made of
	Facing [3][2][3]float64 `json:"facing"` // directions of rows and columns: axial, coronal, sagittal
	Centre [3]float64       `json:"centre"` // where they cross, mm
	Mode   int              `json:"mode"`   // of slabs: 0 off, 1 MIP, 2 MinIP, 3 mean
	Slab   float64          `json:"slab"`   // mm
	Before Before           `json:"before"`
}

// Before is a layout to go back to.
type Before struct {
	Layout string `json:"layout"`
	Tiles  []Tile `json:"tiles"`
	Active int    `json:"active"`
	OneUp  bool   `json:"one_up,omitempty"`
}

// Loaded counts a study's instances: readable of expected (N8).
type Loaded struct {
	StudyUID string `json:"study_uid"`
	Have     int    `json:"have"`
	Expected int    `json:"expected"`
}
