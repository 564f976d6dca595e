// Package pr holds softcopy presentation states (PS3.3 A.33): how images are to be
// looked at, and what is drawn on them.
//
//	written   Grayscale and Color Softcopy Presentation State: graphics and text in
//	          units of the image, displayed area, windows, turn and flip, inversion
//	read      the same of any maker, with modality, VOI and presentation LUTs,
//	          shutters and overlays, which Source holds for package pixel, and simple
//	          compound graphics
//	not yet   pseudo-color, blending, XA/XRF, volumetric states
package pr

import (
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// Image is one image that a state is about, with those of its frames, from 1; none:
// all.
type Image struct {
	sr.InstanceRef
	Frames []int
}

// State is a presentation state.
type State struct {
	// Study is a header of the images it is about; patient and study are copied. Read
	// leaves the state's own data set here.
	Study             *dicom.Dataset
	SeriesUID, SOPUID dicom.UID
	Class             dicom.UID // GSPSStorage or ColorPresentationStorage
	SeriesNumber      int
	Label             string // CS: 16 capitals, digits, spaces, underscores
	Description       string
	Creator           string // PN
	Created           time.Time
	Maker             string // set by Read
	Images            []Image
	Layers            []Layer
	Annotations       []Annotation
	Areas             []Area
	Looks             []Look
	// Rescale is a header whose modality LUT or rescale values the images are seen
	// through; nil: none.
	Rescale *dicom.Dataset
	Inverse bool
	Turn    int  // quarters clockwise, 0 to 3; before Flip
	Flip    bool // left to right
	// Source is what was read; nil otherwise. Package pixel reads its LUTs, shutters
	// and overlays.
	Source *dicom.Dataset
}

// Layer is a graphic layer; the lowest Order is drawn first.
type Layer struct {
	Name, Description string
	Order             int
	Color             *[3]uint8 // sRGB, as recommended; nil: none is
}

// Annotation is what is drawn on some of the images; without Images on all.
type Annotation struct {
	Layer    string
	Images   []Image
	Texts    []Text
	Graphics []Graphic
}

// Units of points.
const (
	Pixel   = "PIXEL"   // (column, row), the outer corner of the first pixel 0,0
	Display = "DISPLAY" // 0 to 1 across the displayed area, as turned
)

// Text is words at a place: in Box, at Anchor, or both.
type Text struct {
	Value       string
	Box         *[2][2]float64 // opposite corners
	BoxUnits    string
	Anchor      *[2]float64
	AnchorUnits string
	Line        bool // from the box to the anchor
}

// Graphic is one figure: POINT, POLYLINE, INTERPOLATED (a curve through its points),
// CIRCLE (centre, a point of it) or ELLIPSE (ends of the major, of the minor axis).
type Graphic struct {
	Type   string
	Points [][2]float64
	Units  string
	Filled bool
}

// Area is the part of some images that is to be seen: columns and rows from 1, of the
// pixels that are at the upper left and lower right once turned and flipped.
type Area struct {
	Images               []Image
	TopLeft, BottomRight [2]int
	Mode                 string     // SCALE TO FIT, TRUE SIZE or MAGNIFY
	Spacing              [2]float64 // mm between rows, columns; 0: not said
	Aspect               [2]int     // height, width of a pixel; 0: not said
	Magnification        float64    // screen pixels a column, of MAGNIFY
}

// Look is the window of some images.
type Look struct {
	Images        []Image
	Center, Width float64
	Explanation   string
}

func covers(images []Image, sop dicom.UID, frame int) bool {
	return slices.ContainsFunc(images, func(i Image) bool {
		return i.Instance == sop && (len(i.Frames) == 0 || slices.Contains(i.Frames, frame+1))
	})
}

// Of reports whether a state is about a frame, counted from 0.
func (s State) Of(sop dicom.UID, frame int) bool { return covers(s.Images, sop, frame) }

// On are the annotations of a frame, layer by layer from the lowest up.
func (s State) On(sop dicom.UID, frame int) []Annotation {
	var out []Annotation
	for _, a := range s.Annotations {
		if len(a.Images) == 0 || covers(a.Images, sop, frame) {
			out = append(out, a)
		}
	}
	order := func(a Annotation) int {
		for _, l := range s.Layers {
			if l.Name == a.Layer {
				return l.Order
			}
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b Annotation) int { return order(a) - order(b) })
	return out
}

// Color is the layer's recommended colour, nil where there is none.
func (s State) Color(layer string) *[3]uint8 {
	for _, l := range s.Layers {
		if l.Name == layer {
			return l.Color
		}
	}
	return nil
}

// Area is the displayed area of a frame.
func (s State) Area(sop dicom.UID, frame int) (Area, bool) {
	for _, a := range s.Areas {
		if len(a.Images) == 0 || covers(a.Images, sop, frame) {
			return a, true
		}
	}
	return Area{}, false
}

// VOI is the item of Softcopy VOI LUT Sequence that is for a frame; an empty data set
// where none is: then all values are shown as they are (PS3.4 N.2.2).
func (s State) VOI(sop dicom.UID, frame int) *dicom.Dataset {
	for _, it := range s.Source.Seq(dicom.SoftcopyVOILUTSequence) {
		if refs := images(it.Seq(dicom.ReferencedImageSequence), nil); len(refs) == 0 || covers(refs, sop, frame) {
			return it
		}
	}
	return &dicom.Dataset{}
}
