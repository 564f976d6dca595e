package pixel

import (
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Header says how the stored values of every frame of an object are laid out
// (PS3.3 C.7.6.3, PS3.5 8).
type Header struct {
	Rows, Cols, Samples int
	Allocated           int // bits of a cell: 1, 8, 16, 32 or 64
	Stored              int // bits of a cell that are the value
	HighBit             int
	Signed              bool // two's complement
	Float               bool // IEEE 754 cells of Float or Double Float Pixel Data
	Planar              bool // colour by plane: all red, all green, all blue
	Photometric         string
}

// MaxFrame bounds the bytes of one frame, stored or decoded: limits.frame_mb of
// the configuration. cmd sets it once, before anything is decoded.
var MaxFrame int64 = 1 << 30

// HeaderOf reads and checks the layout. *dicom.InvalidError: the values
// contradict each other or the standard. *dicom.UnsupportedError: cells of a
// size that is not read here, no pixel data (ErrNoPixels), or more than MaxFrame (a
// *dicom.LimitError).
func HeaderOf(f *dicom.File) (Header, error) {
	d := f.Dataset
	h := Header{
		Rows: d.IntOr(dicom.Rows, 0), Cols: d.IntOr(dicom.Columns, 0),
		Samples:   d.IntOr(dicom.SamplesPerPixel, 1),
		Allocated: d.IntOr(dicom.BitsAllocated, 0),
		Signed:    d.IntOr(dicom.PixelRepresentation, 0) == 1,
		Float:     f.Pixel.Tag == dicom.FloatPixelData || f.Pixel.Tag == dicom.DoubleFloatPixelData,
		Planar:    d.IntOr(dicom.PlanarConfiguration, 0) == 1,
	}
	h.Stored = d.IntOr(dicom.BitsStored, h.Allocated)
	h.HighBit = d.IntOr(dicom.HighBit, h.Stored-1)
	h.Photometric = d.Str(dicom.PhotometricInterpretation)
	if h.Float {
		h.Stored, h.HighBit = h.Allocated, h.Allocated-1
	}
	if !f.Pixel.Present() {
		if elsewhere[f.TransferSyntax] {
			return h, unsupported("pixels kept elsewhere, transfer syntax %s", f.TransferSyntax.Name())
		}
		return h, ErrNoPixels
	}
	return h, h.check()
}

// ErrNoPixels says that an object has no pixel data: nothing is wrong with it.
var ErrNoPixels error = &dicom.UnsupportedError{What: "an object without pixel data"}

// elsewhere are the transfer syntaxes whose objects name a server or a video
// stream in the place of pixels (PS3.5 A.6, A.7, A.11, PS3.22).
var elsewhere = map[dicom.UID]bool{
	dicom.JPIPReferenced: true, dicom.JPIPReferencedDeflate: true, dicom.JPIPHTJ2KReferenced: true,
	dicom.JPIPHTJ2KReferencedDeflate: true, dicom.SMPTEProgressiveVideo: true, dicom.SMPTEInterlacedVideo: true,
	dicom.SMPTEPCMAudio: true,
}

func (h Header) check() error {
	switch {
	case h.Rows <= 0 || h.Rows > 0xFFFF || h.Cols <= 0 || h.Cols > 0xFFFF:
		return invalid("rows or columns missing or impossible")
	case h.Samples == 4 && retired[h.Photometric]:
		return unsupported("photometric interpretation %s (retired)", h.Photometric)
	case h.Samples != 1 && h.Samples != 3:
		return unsupported("%d samples per pixel", h.Samples)
	case h.Allocated != 1 && h.Allocated != 8 && h.Allocated != 16 && h.Allocated != 32 && h.Allocated != 64:
		return unsupported("%d bits allocated", h.Allocated)
	case h.Samples == 3 && h.Allocated == 1:
		return unsupported("colour of 1 bit")
	case h.Stored <= 0 || h.Stored > h.Allocated || h.HighBit < h.Stored-1 || h.HighBit >= h.Allocated:
		return invalid("bits stored or high bit do not fit the bits allocated")
	case h.Float && h.Allocated < 32:
		return invalid("float pixels of %d bits", h.Allocated)
	case h.cells()*int64(max(h.Allocated/8, 1)) > MaxFrame:
		return &dicom.LimitError{What: "frame size", Limit: MaxFrame, Have: h.cells() * int64(max(h.Allocated/8, 1)), Offset: -1}
	}
	return nil
}

// retired are the photometric interpretations that PS3.3 C.7.6.3.1.2 no longer
// defines and that are not read here.
var retired = map[string]bool{"HSV": true, "ARGB": true, "CMYK": true}

// Upsampled names what is left of a subsampled photometric interpretation once a
// decoder gave every pixel its own chroma. "YBR_PARTIAL" is a name of this house:
// the standard has none for partial range at full resolution.
func (h *Header) Upsampled() {
	switch h.Photometric {
	case "YBR_FULL_422":
		h.Photometric = "YBR_FULL"
	case "YBR_PARTIAL_422", "YBR_PARTIAL_420":
		h.Photometric = ybrPartial
	}
}

// stayPartial: no codestream says that its YBR is of partial range; the object does.
func (h *Header) stayPartial(object string) {
	if h.Photometric == "YBR_FULL" && strings.HasPrefix(object, ybrPartial) {
		h.Photometric = ybrPartial
	}
}

const ybrPartial = "YBR_PARTIAL"

// cells is the number of cells in a frame; at most 3·2³², it cannot wrap.
func (h Header) cells() int64 { return int64(h.Rows) * int64(h.Cols) * int64(h.Samples) }

// subsampled: native 4:2:2 stores two cells a pixel (PS3.3 C.7.6.3.1.2).
func (h Header) subsampled() bool {
	return h.Samples == 3 && (h.Photometric == "YBR_FULL_422" || h.Photometric == "YBR_PARTIAL_422")
}

// Bits is the size of one frame in bits, uncompressed and as stored.
func (h Header) Bits() int64 {
	n := h.cells() * int64(h.Allocated)
	switch {
	case h.subsampled():
		n = n / 3 * 2
	case h.Samples == 3 && h.Photometric == "YBR_PARTIAL_420":
		n /= 2
	}
	return n
}

// Bytes is Bits in whole bytes.
func (h Header) Bytes() int64 { return (h.Bits() + 7) / 8 }

func invalid(format string, a ...any) error { return dicom.Invalidf(format, a...) }

func unsupported(format string, a ...any) error { return dicom.Unsupportedf(format, a...) }
