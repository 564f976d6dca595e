package jpeg2000

import (
	"encoding/binary"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Markers of a codestream (ISO/IEC 15444-1 table A.2; CAP and CPF 15444-15).
const (
	mSOC = 0xFF4F
	mCAP = 0xFF50
	mSIZ = 0xFF51
	mCOD = 0xFF52
	mCOC = 0xFF53
	mTLM = 0xFF55
	mPLM = 0xFF57
	mPLT = 0xFF58
	mCPF = 0xFF59
	mQCD = 0xFF5C
	mQCC = 0xFF5D
	mRGN = 0xFF5E
	mPOC = 0xFF5F
	mPPM = 0xFF60
	mPPT = 0xFF61
	mCRG = 0xFF63
	mCOM = 0xFF64
	mMCT = 0xFF74 // 15444-2 from here
	mMCC = 0xFF75
	mNLT = 0xFF76
	mMCO = 0xFF77
	mCBD = 0xFF78
	mATK = 0xFF79
	mSOT = 0xFF90
	mSOP = 0xFF91
	mEPH = 0xFF92
	mSOD = 0xFF93
	mEOC = 0xFFD9
)

func invalid(format string, a ...any) error {
	return dicom.Invalidf("JPEG 2000: "+format, a...)
}

func unsupported(format string, a ...any) error {
	return dicom.Unsupportedf("JPEG 2000: "+format, a...)
}

// segment is the body of a marker segment, or any run of big endian fields. A
// read past its end gives 0 and sets short, to be asked once at the end.
type segment struct {
	b     []byte
	short bool
}

func (s *segment) u8() int {
	if len(s.b) < 1 {
		s.short = true
		return 0
	}
	v := s.b[0]
	s.b = s.b[1:]
	return int(v)
}

func (s *segment) u16() int { return s.u8()<<8 | s.u8() }

func (s *segment) u32() int { return s.u16()<<16 | s.u16() }

// component reads a component index, a byte wide up to 256 components.
func (s *segment) component(n int) int {
	if n < 257 {
		return s.u8()
	}
	return s.u16()
}

// cut takes the marker segment that begins at b[at:], a marker behind which its
// length stands; next is where it ends.
func cut(b []byte, at int) (marker int, body []byte, next int, err error) {
	if at < 0 || at+4 > len(b) {
		return 0, nil, 0, invalid("the data end within a header")
	}
	marker = int(binary.BigEndian.Uint16(b[at:]))
	n := int(binary.BigEndian.Uint16(b[at+2:]))
	switch {
	case marker < 0xFF00:
		return 0, nil, 0, invalid("no marker where one must be")
	case n < 2:
		return 0, nil, 0, invalid("a marker segment of %d bytes", n)
	case at+2+n > len(b):
		return 0, nil, 0, invalid("the data end within a header")
	}
	return marker, b[at+4 : at+2+n], at + 2 + n, nil
}
