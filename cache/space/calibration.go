package space

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Sources of a Calibration, as they are shown beside a length.
const (
	PixelSpacing  = "Pixel Spacing"
	Calibrated    = "Pixel Spacing (calibrated)"
	DetectorPlane = "detector plane"
	USRegion      = "US region"
)

// Calibration says what a pixel measures. Source "" means nothing is known:
// lengths are in pixels, and RowMM and ColMM are 1.
type Calibration struct {
	RowMM, ColMM float64 // mm between rows and between columns
	Source       string
	// ERMF is the Estimated Radiographic Magnification Factor by which a detector
	// plane spacing was divided; 1 when none was.
	ERMF float64
}

// InPixels is the calibration of an image that has none.
var InPixels = Calibration{RowMM: 1, ColMM: 1, ERMF: 1}

// Length is the distance between two image points: mm, or pixels when Source
// is "" (display.md D6).
func (c Calibration) Length(a, b [2]float64) float64 {
	return math.Hypot((b[0]-a[0])*c.ColMM, (b[1]-a[1])*c.RowMM)
}

// CalibrationOf is the calibration of a whole frame (PS3.3 10.7.1):
//
//   - cross-sections: Pixel Spacing, from the functional groups where there are any;
//   - projections (CR DX MG XA RF IO PX): Pixel Spacing when it says how it was
//     calibrated or differs from Imager Pixel Spacing, else the detector plane,
//     divided by the magnification factor where one is given;
//   - ultrasound: nothing: only its regions are calibrated (see CalibrationAt).
func CalibrationOf(d *dicom.Dataset, frame int) Calibration {
	modality := d.Str(dicom.Modality)
	if modality == "US" || modality == "IVUS" {
		return InPixels
	}
	spacing := frameFloats(d, frame, dicom.PixelMeasuresSequence, dicom.PixelSpacing)
	if !projection[modality] {
		return pair(spacing, PixelSpacing, 1)
	}
	imager := d.Floats(dicom.ImagerPixelSpacing)
	switch {
	case !usable(spacing):
	case d.Str(dicom.PixelSpacingCalibrationType) != "":
		return pair(spacing, Calibrated, 1)
	case !usable(imager):
		return pair(spacing, PixelSpacing, 1)
	case !same(spacing, imager):
		return pair(spacing, Calibrated, 1)
	}
	ermf, ok := d.Float(dicom.EstimatedRadiographicMagnificationFactor)
	if !ok || !(ermf > 0) || math.IsInf(ermf, 0) {
		ermf = 1
	}
	return pair(imager, DetectorPlane, ermf)
}

// projection lists the modalities whose pixels are shadows on a detector.
var projection = map[string]bool{
	"CR": true, "DX": true, "MG": true, "XA": true, "RF": true, "IO": true, "PX": true, "RG": true,
}

// Projection reports whether an image's pixels are shadows on a detector, so that a
// known length in it calibrates it.
func Projection(d *dicom.Dataset) bool { return projection[d.Str(dicom.Modality)] }

// CalibrationAt is the calibration of a measurement through the given image
// points: that of the frame, or in ultrasound that of the region which holds
// all of them.
func CalibrationAt(d *dicom.Dataset, frame int, points ...[2]float64) Calibration {
	if c := CalibrationOf(d, frame); c.Source != "" {
		return c
	}
	return regionCalibration(Regions(d), points)
}

func pair(spacing []float64, source string, ermf float64) Calibration {
	if !usable(spacing) {
		return InPixels
	}
	return Calibration{RowMM: spacing[0] / ermf, ColMM: spacing[1] / ermf, Source: source, ERMF: ermf}
}

func usable(s []float64) bool {
	return len(s) == 2 && s[0] > 0 && s[1] > 0 && !math.IsInf(s[0], 0) && !math.IsInf(s[1], 0)
}

// same allows for decimal strings that were rounded differently.
func same(a, b []float64) bool {
	const rounding = 1e-4
	return math.Abs(a[0]-b[0]) <= rounding*b[0] && math.Abs(a[1]-b[1]) <= rounding*b[1]
}
