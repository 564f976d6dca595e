package pixel

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// toBeamIntensity are the objects whose Modality LUT leads back to the intensity
// of the X-ray beam and is not for display (PS3.4 N.2.5, PS3.3 C.8.7.1.1.2).
var toBeamIntensity = map[dicom.UID]bool{dicom.XAImageStorage: true, dicom.XRFImageStorage: true}

// modality reads the Modality LUT or the rescale values, the frame's own first
// (PS3.3 C.11.1, C.7.6.16.2.9).
func (im *Image) modality(d *dicom.Dataset, frame int) error {
	it := d.Seq(dicom.ModalityLUTSequence)
	if len(it) > 0 && !toBeamIntensity[dicom.UID(d.Str(dicom.SOPClassUID))] {
		lut, err := lutOf(it[0], im.Signed)
		im.ModalityLUT = lut
		im.unit = unitOf(d, it[0].Str(dicom.ModalityLUTType), false)
		return err
	}
	from := d.FrameGroup(frame, dicom.PixelValueTransformationSequence)
	if !from.Has(dicom.RescaleSlope) {
		from = d
	}
	slope, ok := from.Float(dicom.RescaleSlope)
	if ok && slope != 0 && !math.IsInf(slope, 0) && !math.IsNaN(slope) {
		im.Slope = slope
	}
	intercept, rescaled := from.Float(dicom.RescaleIntercept)
	if !math.IsInf(intercept, 0) && !math.IsNaN(intercept) {
		im.Intercept = intercept
	}
	im.unit = unitOf(d, from.Str(dicom.RescaleType), rescaled)
	return nil
}

// unitOf names the unit by Rescale Type, for PET by Units (PS3.3 C.8.9.1).
func unitOf(d *dicom.Dataset, kind string, rescaled bool) string {
	switch modality := d.Str(dicom.Modality); {
	case kind == "HU", kind == "" && modality == "CT" && rescaled:
		return "HU"
	case modality == "PT":
		return petUnit[d.Str(dicom.Units)]
	case kind == "US", kind == "UNSPECIFIED":
		return ""
	}
	return dicom.Clean(kind)
}

var petUnit = map[string]string{"BQML": "Bq/ml", "CNTS": "counts", "GML": "g/ml", "CPS": "counts/s", "PROPCNTS": "counts"}

// padding is the range of stored values that stand for no measurement (PS3.3
// C.7.5.1.1.2), as integers; inclusive.
type padding struct {
	lo, hi int
	ok     bool
}

func paddingOf(d *dicom.Dataset, h Header) padding {
	v, ok := d.Int(dicom.PixelPaddingValue)
	if !ok || h.Float {
		return padding{}
	}
	limit := d.IntOr(dicom.PixelPaddingRangeLimit, v)
	v, limit = cellValue(v, h), cellValue(limit, h)
	return padding{lo: min(v, limit), hi: max(v, limit), ok: true}
}

// floatPadding is the range of float cells that stand for no measurement (PS3.3
// C.7.5.1.1.2); NaN and NaN where there is none.
func floatPadding(d *dicom.Dataset, h Header) [2]float64 {
	value, limit := dicom.FloatPixelPaddingValue, dicom.FloatPixelPaddingRangeLimit
	if h.Allocated == 64 {
		value, limit = dicom.DoubleFloatPixelPaddingValue, dicom.DoubleFloatPixelPaddingRangeLimit
	}
	v, ok := d.Float(value)
	if !ok {
		return [2]float64{math.NaN(), math.NaN()}
	}
	if to, ok := d.Float(limit); ok {
		return [2]float64{min(v, to), max(v, to)}
	}
	return [2]float64{v, v}
}

// cellValue reads a padding value as a cell of the image would be read: some
// are written with the other sign.
func cellValue(v int, h Header) int {
	bits := uint(h.Allocated)
	if bits == 0 || bits > 32 {
		return v
	}
	v &= 1<<bits - 1
	if h.Signed && v>>(bits-1) == 1 {
		v -= 1 << bits
	}
	return v
}

// IsPadding reports whether a stored value stands for no measurement. It is
// shown black whatever the window and the inversion.
func (im *Image) IsPadding(stored uint16) bool {
	v := im.integer(stored)
	return im.padding.ok && v >= im.padding.lo && v <= im.padding.hi
}

// Padding is the range of stored values, as integers and inclusive, that stand
// for no measurement; ok is false when there is none.
func (im *Image) Padding() (lo, hi int, ok bool) {
	return im.padding.lo, im.padding.hi, im.padding.ok
}
