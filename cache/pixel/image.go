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
//	1, 8, 16, 32, 64 bits integer, 32, 64 bits float   grey
//	overlay planes, of their own or in unused bits     laid over
//	display shutters: rectangle, circle, polygon,
//	bitmap; P-value                                    laid over; CIELab: black
//	8, 16, 32 bits RGB, YBR_FULL, YBR_FULL_422,
//	YBR_PARTIAL_422, YBR_ICT, YBR_RCT                  colour, shown in 8 bits
//	PALETTE COLOR of 8, 16 bits, segmented too         colour, shown in 8 bits
//	supplemental palettes of grey                      laid over, values kept
//	bits stored below, high bit above what is usual    masked, shown; hashed as stored
//	two, four or more samples; HSV, ARGB, CMYK         *dicom.UnsupportedError
//	native little and big endian, deflated             exact
//	compressed                                         as package all lists, and each
//	                                                   codec's package says of itself
//	all others                                         *dicom.UnsupportedError, by name
package pixel

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// Image is one decoded frame, or a preview of it. It is never changed after Decode
// and may be used from several goroutines.
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
	// Lossy: lossily compressed now or at some time; values say so (N21).
	// Compression is how, as far as it is said: "JPEG 10:1".
	Lossy       bool
	Compression string
	// Exact is false where Stored is rounded: values of 32 bits or float that span
	// more than 65,536 steps.
	Exact bool
	// Layers lie over the pixels, in this order; an overlay or shutter that cannot be
	// read is not among them and is counted in Unread.
	Layers []*Layer
	Unread int
	// Preview is nil for the frame itself.
	Preview *Preview

	unit    string
	windows []Window
	padding padding

	presentation *presentation
}

// Decode reads one frame, counted from 0, with all that is needed to show it.
// Errors are *dicom.InvalidError or *dicom.UnsupportedError; a frame whose bytes
// end early is refused, not filled up.
//
// Beside the Image it allocates at most what the frame's Decoder does; the bytes
// between the two are used again by the next frame.
func Decode(f *dicom.File, frame int) (*Image, error) {
	r, err := framesOf(f)
	if err != nil {
		return nil, err
	}
	if r.dec != nil && r.h.Samples == 3 {
		b, h, own, err := r.frame(nil, frame) // becomes the Image's own
		if err != nil {
			return nil, err
		}
		return r.image(frame, b, h, own)
	}
	buf := buffers.Get().(*[]byte)
	b, h, own, err := r.frame(*buf, frame)
	defer func() { keep(buf, b, own) }()
	if err != nil {
		return nil, err
	}
	return r.image(frame, b, h, false)
}

// image makes an Image of a frame's bytes, which it keeps only if they are its own.
func (r *frames) image(frame int, b []byte, h Header, own bool) (im *Image, err error) {
	d := r.f.Dataset
	im = &Image{
		Rows: h.Rows, Cols: h.Cols, Samples: h.Samples, Bits: h.Stored, Signed: h.Signed,
		Slope: 1, Aspect: aspect(d, frame), Exact: true,
	}
	im.Lossy, im.Compression = lossyOf(r.f, r.src)
	switch {
	case h.Samples == 3:
		im.RGB, err = colour(b, h, own)
	case h.Photometric == "PALETTE COLOR":
		err = im.palette(d, b, h)
	default:
		if err = im.grey(d, frame, b, h); err == nil {
			err = im.supplement(d)
		}
	}
	if err != nil {
		return nil, err
	}
	im.layers(d, frame, b, h)
	return im, nil
}

func (im *Image) grey(d *dicom.Dataset, frame int, b []byte, h Header) error {
	im.Inverse = h.Photometric == "MONOCHROME1" || d.Str(dicom.PresentationLUTShape) == "INVERSE"
	im.padding = paddingOf(d, h)
	if err := im.modality(d, frame); err != nil {
		return err
	}
	if im.ModalityLUT != nil && (h.Float || h.Allocated > 16) {
		return unsupported("a modality look-up table of %d bits allocated", h.Allocated)
	}
	im.store(d, b, h)
	var err error
	if im.presentation, err = presentationOf(d); err != nil {
		return err
	}
	windows, err := windowsOf(d, frame, im.lowest() < 0)
	for i := range windows {
		if h.Float && windows[i].Function == Linear {
			windows[i].Function = LinearExact // LINEAR's halves and ones are those of whole numbers
		}
	}
	im.windows = windows
	return err
}

// lowest is the smallest modality value that the cells could have.
func (im *Image) lowest() float64 {
	if im.ModalityLUT != nil {
		return 0
	}
	lo, hi := 0, 1<<min(im.Bits, 16)-1
	if im.Signed {
		lo, hi = -(1 << (min(im.Bits, 16) - 1)), 1<<(min(im.Bits, 16)-1)-1
	}
	return min(im.Slope*float64(lo), im.Slope*float64(hi)) + im.Intercept
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
// the image, on padding, in colour and in a preview, which nothing is measured in
// (N8).
func (im *Image) At(x, y int) (value float64, ok bool) {
	if im.Stored == nil || im.Preview != nil || x < 0 || y < 0 || x >= im.Cols || y >= im.Rows {
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
