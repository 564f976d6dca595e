package sr

import "github.com/nocturne/nocturne/cache/dicom"

// Measurements is a measurement report by TID 1500 (PS3.16). The Document says
// whose it is, about what and in which state; its Sections are not used, its
// evidence is made of Library.
type Measurements struct {
	Document
	// Library are the headers of the images that were measured. ReadMeasurements
	// leaves it empty: what was referenced is in Current and Priors.
	Library []*dicom.Dataset
	Groups  []Group
	// Maker and Series are what wrote the report, for a label; set when read.
	Maker, Series string
}

// Group is what was measured or said of one thing: a Measurement Group (TID 1501,
// 1410, 1411), or what of another report comes closest.
type Group struct {
	TrackingID   string    // for people
	TrackingUID  dicom.UID // the same in every report about the same thing
	Finding      Code
	Site, Side   Code // where in the body; Side is of CID 244
	Method       Code
	Comment      string
	Qualities    []Quality
	Regions      []Region // that all numbers are of, or that have none
	Numbers      []Number
	SegmentedBy  Ref       // the segmentation that all numbers are of
	SourceSeries dicom.UID // that was segmented
}

// Quality is something said of a group in a code or in words.
type Quality struct {
	Concept, Code Code
	Text          string
}

// Number is one measured value.
type Number struct {
	Concept, Unit      Code
	Method, Derivation Code    // Derivation: mean, maximum … (CID 7464)
	Value              float64 // NaN when there is none: Unit is then why not
	Uncertainty        float64 // ±, in Unit; 0: not stated
	Regions            []Region
}

// Region is where: points of an image, or of the patient.
type Region struct {
	Purpose Code
	// Graphic is POINT, MULTIPOINT, POLYLINE, CIRCLE or ELLIPSE; in the patient also
	// POLYGON and ELLIPSOID (PS3.3 C.18.6, C.18.9).
	Graphic string
	// Image are (column, row) from the outer corner of the first pixel, whose centre
	// is 0.5,0.5; Source is the image.
	Image  [][2]float64
	Source Ref
	// Patient are mm in FrameOfReference.
	Patient          [][3]float64
	FrameOfReference dicom.UID
}

// Closed reports whether the region is an area, not a line or points.
func (r Region) Closed() bool {
	switch r.Graphic {
	case "CIRCLE", "ELLIPSE", "POLYGON", "ELLIPSOID":
		return true
	case "POLYLINE":
		if n := len(r.Image); n > 3 {
			return r.Image[0] == r.Image[n-1]
		}
		if n := len(r.Patient); n > 3 {
			return r.Patient[0] == r.Patient[n-1]
		}
	}
	return false
}

// Codes of measurement groups (TID 1500, 1501, 1410, 300, 310).
var (
	measurementReport  = Code{"126000", "DCM", "Imaging Measurement Report"}
	imageLibrary       = Code{"111028", "DCM", "Image Library"}
	libraryGroup       = Code{"126200", "DCM", "Image Library Group"}
	imagingMeasurement = Code{"126010", "DCM", "Imaging Measurements"}
	measurementGroup   = Code{"125007", "DCM", "Measurement Group"}
	trackingID         = Code{"112039", "DCM", "Tracking Identifier"}
	trackingUID        = Code{"112040", "DCM", "Tracking Unique Identifier"}
	findingSite        = Code{"363698007", "SCT", "Finding Site"}
	laterality         = Code{"272741003", "SCT", "Laterality"}
	method             = Code{"370129005", "SCT", "Measurement Method"}
	derivation         = Code{"121401", "DCM", "Derivation"}
	plusMinus          = Code{"371884006", "SCT", "+/-, range of measurement uncertainty"}
	comment            = Code{"121106", "DCM", "Comment"}
	referencedSegment  = Code{"121191", "DCM", "Referenced Segment"}
	segmentationFrame  = Code{"121214", "DCM", "Referenced Segmentation Frame"}
	sourceSeries       = Code{"121232", "DCM", "Source series for segmentation"}
)

// Purposes of a Region.
var (
	Path        = Code{"121055", "DCM", "Path"}
	ImageRegion = Code{"111030", "DCM", "Image Region"}
	Center      = Code{"111010", "DCM", "Center"}
)

// What is measured.
var (
	Length      = Code{"410668003", "SCT", "Length"}
	LongAxis    = Code{"103339001", "SCT", "Long Axis"}
	ShortAxis   = Code{"103340004", "SCT", "Short Axis"}
	Angle       = Code{"1483009", "SCT", "Angle"}
	CobbAngle   = Code{"285285000", "SCT", "Cobb angle"}
	Area        = Code{"42798000", "SCT", "Area"}
	Volume      = Code{"118565006", "SCT", "Volume"}
	Perimeter   = Code{"131191004", "SCT", "Perimeter"}
	Attenuation = Code{"112031", "DCM", "Attenuation Coefficient"}
	SUVbw       = Code{"126401", "DCM", "SUVbw"}
	SUVlbm      = Code{"126402", "DCM", "SUVlbm"}
	Mean        = Code{"373098007", "SCT", "Mean"}
	SD          = Code{"386136009", "SCT", "Standard Deviation"}
	Minimum     = Code{"255605001", "SCT", "Minimum"}
	Maximum     = Code{"56851009", "SCT", "Maximum"}
	Median      = Code{"373099004", "SCT", "Median"}
	// PixelValue and PixelCount have no code of the standard.
	PixelValue = Code{"PIXELVALUE", "99NOCTURNE", "Pixel value"}
	PixelCount = Code{"PIXELCOUNT", "99NOCTURNE", "Number of pixels"}
)

// former are the codes that older writers use for what has a code above (PS3.16
// annex L: SNOMED-RT).
var former = map[Code]Code{
	{"G-A22A", "SRT", ""}: Length, {"G-D7FE", "SRT", ""}: Length, {"G-A185", "SRT", ""}: LongAxis,
	{"G-A186", "SRT", ""}: ShortAxis, {"F-00E5C", "SRT", ""}: CobbAngle, {"G-A166", "SRT", ""}: Area,
	{"G-D705", "SRT", ""}: Volume, {"G-A197", "SRT", ""}: Perimeter, {"R-00317", "SRT", ""}: Mean,
	{"R-10047", "SRT", ""}: SD, {"R-404FB", "SRT", ""}: Minimum, {"G-A437", "SRT", ""}: Maximum,
	{"R-00319", "SRT", ""}: Median, {"G-C036", "SRT", ""}: method, {"G-C0E3", "SRT", ""}: findingSite,
	{"G-C171", "SRT", ""}: laterality, {"R-00363", "SRT", ""}: plusMinus,
}

// Now is the code that this house writes for the same concept, c itself where it
// knows none.
func (c Code) Now() Code {
	scheme := c.Scheme
	if scheme == "99SDM" || scheme == "SNM3" { // names of SNOMED-RT in old data
		scheme = "SRT"
	}
	if n, ok := former[Code{c.Value, scheme, ""}]; ok {
		return n
	}
	return c
}
