// Package seg reads segmentations (PS3.3 A.51): which segments there are, and where
// each frame of them lies. Pixels are left to whoever decodes them.
//
//	BINARY      a frame is of one segment; a pixel is in it or not
//	FRACTIONAL  a frame is of one segment; in it from half of the largest value on
//	LABELMAP    a pixel's value is its segment (Label Map Segmentation Storage)
package seg

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// Kinds of segmentations.
const (
	Binary     = "BINARY"
	Fractional = "FRACTIONAL"
	LabelMap   = "LABELMAP"
)

// LabelMapStorage is the SOP Class whose pixels are segment numbers.
const LabelMapStorage dicom.UID = "1.2.840.10008.5.1.4.1.1.66.7"

// Segment is one thing that was marked.
type Segment struct {
	Number         int
	Label          string
	Category, Type string // code meanings
	Algorithm      string // AUTOMATIC, SEMIAUTOMATIC or MANUAL
	AlgorithmName  string
	Color          [3]uint8 // sRGB: as recommended, else one of ours
}

// Automatic reports whether an algorithm alone made the segment.
func (s Segment) Automatic() bool { return s.Algorithm == "AUTOMATIC" }

// Image is an image that a frame was drawn on; Frames counted from 1, none: all.
type Image struct {
	SOP    string
	Frames []int
}

// Frame is where one frame lies.
type Frame struct {
	Segment int // its number; 0 in a label map, where the pixels say
	Plane   space.Plane
	Placed  bool // Plane is known
	Images  []Image
}

// On reports whether the frame was drawn on a frame, from 0, of an image.
func (f Frame) On(sop string, frame int) bool {
	for _, im := range f.Images {
		if im.SOP == sop && (len(im.Frames) == 0 || slices.Contains(im.Frames, frame+1)) {
			return true
		}
	}
	return false
}

// Segmentation is one object. Max is the largest value of a fractional one. SliceMM is
// how far apart slices are, 0 where nothing says it.
type Segmentation struct {
	Kind       string
	Occupancy  bool // fractions are shares of a pixel, not probabilities
	Max        int
	Rows, Cols int
	SliceMM    float64
	Segments   []Segment
	Frames     []Frame
}

// maxSegments and maxFrames bound what one object may make.
const maxSegments, maxFrames = 1 << 16, 1 << 16

// Read reads a segmentation's header. What is none is a *dicom.UnsupportedError; one
// without segments or frames an *dicom.InvalidError.
func Read(d *dicom.Dataset) (*Segmentation, error) {
	class := dicom.UID(d.Str(dicom.SOPClassUID))
	if class != dicom.SegmentationStorage && class != LabelMapStorage {
		return nil, dicom.Unsupportedf("a %s as a segmentation", class.Name())
	}
	s := &Segmentation{
		Kind: d.Str(dicom.SegmentationType), Max: d.IntOr(dicom.MaximumFractionalValue, 255),
		Rows: d.IntOr(dicom.Rows, 0), Cols: d.IntOr(dicom.Columns, 0),
		Occupancy: d.Str(0x00620010) == "OCCUPANCY",
	}
	switch {
	case class == LabelMapStorage:
		s.Kind = LabelMap
	case s.Kind != Binary && s.Kind != Fractional && s.Kind != LabelMap:
		return nil, &dicom.InvalidError{Offset: -1, Reason: "a segmentation that is neither binary nor fractional"}
	}
	for n, it := range d.Seq(dicom.SegmentSequence) {
		if n < maxSegments {
			s.Segments = append(s.Segments, segment(it))
		}
	}
	frames := min(max(1, d.IntOr(dicom.NumberOfFrames, 1)), maxFrames, max(1, len(d.Seq(dicom.PerFrameFunctionalGroupsSequence))))
	if len(s.Segments) == 0 || s.Rows <= 0 || s.Cols <= 0 {
		return nil, &dicom.InvalidError{Offset: -1, Reason: "a segmentation without segments"}
	}
	for f := range frames {
		s.Frames = append(s.Frames, s.frame(d, f))
	}
	s.SliceMM = s.spacing(d)
	return s, nil
}

func segment(it *dicom.Dataset) Segment {
	s := Segment{
		Number: it.IntOr(dicom.SegmentNumber, 0), Label: dicom.Clean(it.Str(dicom.SegmentLabel)),
		Category:  dicom.Clean(it.Item(dicom.SegmentedPropertyCategoryCodeSequence).Str(dicom.CodeMeaning)),
		Type:      dicom.Clean(it.Item(dicom.SegmentedPropertyTypeCodeSequence).Str(dicom.CodeMeaning)),
		Algorithm: strings.ToUpper(it.Str(dicom.SegmentAlgorithmType)), AlgorithmName: dicom.Clean(it.Str(dicom.SegmentAlgorithmName)),
	}
	if s.Label == "" {
		s.Label = s.Type
	}
	if lab := it.Floats(dicom.RecommendedDisplayCIELabValue); len(lab) == 3 {
		s.Color = SRGB(lab[0], lab[1], lab[2])
	} else {
		s.Color = ours[((s.Number-1)%len(ours)+len(ours))%len(ours)]
	}
	return s
}

func (s *Segmentation) frame(d *dicom.Dataset, f int) Frame {
	var out Frame
	if s.Kind != LabelMap {
		out.Segment = d.FrameGroup(f, dicom.SegmentIdentificationSequence).IntOr(dicom.ReferencedSegmentNumber, 0)
	}
	if p, err := space.PlaneOf(d, f); err == nil {
		out.Plane, out.Placed = p, true
	}
	for _, it := range d.FrameGroup(f, dicom.DerivationImageSequence).Seq(dicom.SourceImageSequence) {
		im := Image{SOP: it.Str(dicom.ReferencedSOPInstanceUID)}
		for _, n := range it.Floats(dicom.ReferencedFrameNumber) {
			im.Frames = append(im.Frames, int(n))
		}
		out.Images = append(out.Images, im)
	}
	return out
}

// spacing is what is said of it, else what the positions say, else the thickness.
func (s *Segmentation) spacing(d *dicom.Dataset) float64 {
	measures := d.FrameGroup(0, dicom.PixelMeasuresSequence)
	if v, ok := measures.Float(dicom.SpacingBetweenSlices); ok && v > 0 {
		return v
	}
	var planes []space.Plane
	for _, f := range s.Frames {
		if f.Placed {
			planes = append(planes, f.Plane)
		}
	}
	if sorted := space.Sort(planes); sorted.Spacing > 0 {
		return sorted.Spacing
	}
	if v, ok := measures.Float(dicom.SliceThickness); ok && v > 0 {
		return v
	}
	return 0
}

// In reports whether a stored value of a frame is in a segment.
func (s *Segmentation) In(f Frame, value uint16, segment int) bool {
	switch {
	case s.Kind == LabelMap:
		return int(value) == segment
	case f.Segment != segment:
		return false
	case s.Kind == Fractional:
		return 2*int(value) >= s.Max && value > 0
	}
	return value != 0
}

// Of is the segment with a number.
func (s *Segmentation) Of(number int) (Segment, bool) {
	for _, one := range s.Segments {
		if one.Number == number {
			return one, true
		}
	}
	return Segment{}, false
}
