// Package jpeg decodes ISO/IEC 10918-1, whatever transfer syntax it comes in:
// the frame's own marker says which process it is.
//
//	SOF0, SOF1   baseline and extended, Huffman, 8 and 12 bits   decoded
//	SOF2         progressive, Huffman, 8 and 12 bits             decoded
//	SOF3         lossless, Huffman, 2 to 16 bits                 decoded
//	SOF9, SOF10  sequential and progressive, arithmetic          decoded
//	SOF11        lossless, arithmetic                            *dicom.UnsupportedError
//	SOF5–7, 13–15, DHP, EXP   hierarchical                       *dicom.UnsupportedError
//
// One to four components, sampling factors 1 to 4, several scans, restarts.
// Values equal those of libjpeg 6b and of what grew from it, bit for bit: the
// inverse DCT in integers that it calls slow, triangular interpolation of chroma
// subsampled 2:1 and 2:2, repetition of any other (libjpeg-turbo alone interpolates
// 1:2 too; dcmtk and gdcm do not). There is no colour transform: components come as
// they are coded, at full resolution.
//
// A stream that ends early, or a code that no table has, makes the frame
// invalid; nothing is filled up.
package jpeg

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// Decode decodes the first image of src into dst, from its start, and returns it
// cut to what is written; a dst of too little capacity, nil too, is replaced.
// cell is the bytes of a sample, 1, 2 or 4, little endian; 0 is the smallest
// that holds the precision. Samples of a pixel lie side by side.
//
// Memory beyond dst: for a single scan a few lines; for several scans two bytes
// a sample. Errors: *dicom.InvalidError, *dicom.UnsupportedError.
func Decode(dst, src []byte, cell int) ([]byte, Head, error) {
	s, err := parseStream(src)
	if err != nil {
		return nil, Head{}, err
	}
	dst, err = s.decode(dst, cell)
	return dst, s.Head, err
}

func (s *stream) decode(dst []byte, cell int) ([]byte, error) {
	if cell == 0 {
		cell = 1 + (s.Precision-1)/8
	}
	switch {
	case cell != 1 && cell != 2 && cell != 4 || s.Precision > 8*cell:
		return nil, invalid("JPEG of %d bits into cells of %d bytes", s.Precision, cell)
	case s.Size()*int64(cell) > pixel.MaxFrame:
		return nil, unsupported("a JPEG frame of more than %d MiB", pixel.MaxFrame>>20)
	case s.least() > 8*int64(len(s.scans[0].data)):
		return nil, invalid("JPEG scan too short for its rows and columns")
	}
	dst = pixel.Grown(dst, s.Size()*int64(cell))
	w := takeWork()
	defer w.give()
	var err error
	switch {
	case s.Lossless():
		err = s.decodeLossless(dst, cell)
	case s.Precision == 8:
		err = decodeDCT[uint8](w, s, dst, cell)
	default:
		err = decodeDCT[uint16](w, s, dst, cell)
	}
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// least is the number of bits that the first scan must have: one for each block
// or sample, where codes have whole bits.
func (s *stream) least() int64 {
	if s.arithmetic() {
		return 0
	}
	n := int64(0)
	sc := &s.scans[0]
	for _, i := range sc.comps[:sc.n] {
		c := &s.comps[i]
		if s.Lossless() {
			n += int64(c.width) * int64(c.height)
		} else {
			n += int64((c.width+7)/8) * int64((c.height+7)/8)
		}
	}
	return n
}

func invalid(format string, a ...any) error { return dicom.Invalidf(format, a...) }

func unsupported(format string, a ...any) error { return dicom.Unsupportedf(format, a...) }
