// Package pixel is the frames: stored values, what they mean and how they look.
// It is the CPU reference of the window's shaders, of `nocturne render` and of
// the image in a terminal.
//
// The chain (display.md D2, PS3.4 N.2) is
//
//	stored value → modality value → (interpolation) → VOI → presentation → 8 bits
//
// Interpolation is done in modality values: linear rescaling commutes with it,
// a modality LUT is applied to each sample first. Light is y in 0…1 with
// ymin 0 and ymax 1; a byte of it is floor(255·y + 0.5).
//
// Support of pixel data:
//
//	1, 8, 16, 32 bits integer, 32, 64 bits float    grey
//	8, 16, 32 bits RGB, YBR_FULL, YBR_FULL_422       colour, shown in 8 bits
//	PALETTE COLOR, segmented palettes too            colour, shown in 8 bits
//	native little and big endian, deflated           exact
//	RLE Lossless                                     exact
//	JPEG of 8 bits, one or three components          for display, not exact
//	all others                                       *dicom.UnsupportedError
package pixel

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// Image is one decoded frame. It is never changed after Decode and may be used
// from several goroutines.
//
// Memory: 2 bytes a pixel of grey, 3 of colour: 0.5 MB for a CT slice of 512²,
// 27 MB for a mammogram of 4096 × 3328.
type Image struct {
	Rows, Cols int
	Samples    int  // 1 grey, 3 colour (palettes count as colour)
	Bits       int  // bits stored
	Signed     bool // Stored is two's complement
	// Stored holds the grey values row by row: bits above Bits masked off, or
	// filled with the sign. Nil for colour.
	Stored []uint16
	// RGB holds three bytes a pixel; nil for grey.
	RGB []uint8
	// Slope and Intercept make modality values where ModalityLUT is nil:
	// value = Slope·stored + Intercept.
	Slope, Intercept float64
	ModalityLUT      *LUT
	// Inverse: small values are bright (MONOCHROME1, or Presentation LUT Shape
	// INVERSE). The reader's own inversion comes on top.
	Inverse bool
	// Aspect is the height of a pixel divided by its width, by spacing.
	Aspect float64
	Lossy  bool // was lossily compressed at some time (0028,2110); values say so (N21)
	// Exact is false where Stored is rounded: values of 32 bits or float that span
	// more than 65,536 steps.
	Exact bool

	unit    string
	windows []Window
	padding padding
}

// Decode reads one frame, counted from 0, with all that is needed to show it.
// Errors are *dicom.InvalidError or *dicom.UnsupportedError; a frame whose bytes
// end early is refused, not filled up.
func Decode(f *dicom.File, frame int) (*Image, error) {
	r, err := framesOf(f)
	if err != nil {
		return nil, err
	}
	b, h, err := r.frame(frame)
	if err != nil {
		return nil, err
	}
	im := &Image{
		Rows: h.Rows, Cols: h.Cols, Samples: h.Samples, Bits: h.Stored, Signed: h.Signed,
		Slope: 1, Aspect: aspect(f.Dataset, frame),
		Lossy: f.Dataset.Str(dicom.LossyImageCompression) == "01",
		Exact: true,
	}
	switch {
	case h.Samples == 3:
		im.RGB, err = colour(b, h)
	case h.Photometric == "PALETTE COLOR":
		err = im.palette(f.Dataset, b, h)
	default:
		err = im.grey(f.Dataset, frame, b, h)
	}
	if err != nil {
		return nil, err
	}
	return im, nil
}

func (im *Image) grey(d *dicom.Dataset, frame int, b []byte, h Header) error {
	im.Inverse = h.Photometric == "MONOCHROME1" || d.Str(dicom.PresentationLUTShape) == "INVERSE"
	im.padding = paddingOf(d, h)
	if err := im.modality(d, frame); err != nil {
		return err
	}
	im.store(b, h)
	windows, err := windowsOf(d, frame)
	for i := range windows {
		if h.Float && windows[i].Function == Linear {
			windows[i].Function = LinearExact // LINEAR's halves and ones are those of whole numbers
		}
	}
	im.windows = windows
	return err
}

// aspect takes the spacing that lengths are measured by, else Pixel Aspect
// Ratio (vertical \ horizontal).
func aspect(d *dicom.Dataset, frame int) float64 {
	if c := space.CalibrationOf(d, frame); c.Source != "" {
		return c.RowMM / c.ColMM
	}
	if r := d.Floats(dicom.PixelAspectRatio); len(r) == 2 && r[0] > 0 && r[1] > 0 {
		return r[0] / r[1]
	}
	return 1
}

// Modality is the modality value of a stored one: HU, Bq/ml, or what Unit says.
func (im *Image) Modality(stored uint16) float64 {
	v := im.integer(stored)
	if im.ModalityLUT != nil {
		return float64(im.ModalityLUT.At(v))
	}
	return im.Slope*float64(v) + im.Intercept
}

func (im *Image) integer(stored uint16) int {
	if im.Signed {
		return int(int16(stored))
	}
	return int(stored)
}

// At is the modality value of the pixel at column x, row y; ok is false outside
// the image, on padding and in colour.
func (im *Image) At(x, y int) (value float64, ok bool) {
	if im.Stored == nil || x < 0 || y < 0 || x >= im.Cols || y >= im.Rows {
		return 0, false
	}
	s := im.Stored[y*im.Cols+x]
	if im.IsPadding(s) {
		return 0, false
	}
	return im.Modality(s), true
}

// Unit is the unit of modality values: "HU", "Bq/ml", …; "" when nothing is
// said. HU is claimed only where Rescale Type says HU, or where a CT rescales
// without saying to what (N21).
func (im *Image) Unit() string { return im.unit }
