// Package jpegls decodes and encodes JPEG-LS (ISO/IEC 14495-1, ITU-T T.87).
//
//	precision            2 to 16 bits
//	components           1 to 4, none of them subsampled
//	interleaving         none, by line, by sample; scans of some components only
//	near-lossless        NEAR 0 to 255
//	LSE                  coding parameters, mapping tables with entries of 1 or 2
//	                     bytes, oversize dimensions
//	DRI, DNL             restart intervals in lines; the number of lines after the
//	                     first scan
//	APP8 "mrfx"          the colour transforms 1 to 3 of HP's coder
//
// Named as not supported: point transforms, subsampled components, mapping
// tables with entries of 3 bytes and more (a pixel of several samples each),
// more than 4 components, the extensions of T.870.
package jpegls

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// Interleave is ILV of T.87 C.2.3: how the samples of the components follow each
// other.
type Interleave int

// By component, line or sample. A single component is never interleaved.
const (
	None Interleave = iota
	Line
	Sample
)

// Head is what a codestream says of its image, and what Encode is told. Samples
// carry no sign.
type Head struct {
	Width, Height, Components int
	Precision                 int  // bits of a sample
	Mapped                    bool // samples were indices into mapping tables; Decode applies those
	Near                      int  // largest error of a sample; 0: lossless
	Interleave                Interleave
	Preset                    Preset // as declared
	Restart                   int    // lines between restart markers; 0: none
	Transform                 int    // HP's colour transform 1, 2 or 3; 0: none
}

const (
	maxComponents = 4
	maxCoded      = 2 * 65535 // of an error that is not less than −65535
)

var (
	errShort = invalid("JPEG-LS data end early")
	errLong  = invalid("JPEG-LS data go on after the last sample")
	errCode  = invalid("JPEG-LS data hold a code that no error has")
	errRun   = invalid("JPEG-LS data hold a run longer than its line")
)

// cell is the bytes of a sample that the caller asked for, or that it needs.
func cell(asked, precision int) (int, error) {
	need := 1 + (precision-1)/8
	switch {
	case asked == 0:
		return need, nil
	case asked != 1 && asked != 2 && asked != 4 || asked < need:
		return 0, invalid("cells of %d bytes for samples of %d bits", asked, precision)
	}
	return asked, nil
}

// bytes is the size of the decoded image. At most 1 GiB is followed.
func (h *Head) bytes(cell int) (int64, error) {
	most := pixel.MaxFrame
	w, rows := int64(h.Width), int64(h.Height)
	if w > most || rows > most || w*rows > most || w*rows*int64(h.Components*cell) > most {
		return 0, unsupported("a JPEG-LS image of more than %d MiB", most>>20)
	}
	return w * rows * int64(h.Components*cell), nil
}

func invalid(format string, a ...any) error { return dicom.Invalidf(format, a...) }

func unsupported(format string, a ...any) error { return dicom.Unsupportedf(format, a...) }
