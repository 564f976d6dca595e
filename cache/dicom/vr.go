package dicom

import "encoding/binary"

// kind groups the value representations by the field of Element they use.
type kind uint8

const (
	kindBytes kind = iota
	kindText
	kindInt
	kindFloat
	kindSeq
)

// vrInfo is what PS3.5 table 6.2-1 and section 7.1.2 say of a VR.
type vrInfo struct {
	kind    kind
	size    uint8 // bytes of one binary value; the byte swap's unit for kindBytes
	long    bool  // 12-byte header in explicit VR (PS3.5 7.1.2)
	signed  bool  // two's complement
	multi   bool  // several values, separated by backslashes
	charset bool  // affected by Specific Character Set (PS3.5 6.1.2.2)
	leading bool  // leading spaces are significant
	pad     byte
}

var vrs = map[VR]vrInfo{
	"AE": {kind: kindText, multi: true, pad: ' '},
	"AS": {kind: kindText, multi: true, pad: ' '},
	"AT": {kind: kindInt, size: 4},
	"CS": {kind: kindText, multi: true, pad: ' '},
	"DA": {kind: kindText, multi: true, pad: ' '},
	"DS": {kind: kindText, multi: true, pad: ' '},
	"DT": {kind: kindText, multi: true, pad: ' '},
	"FD": {kind: kindFloat, size: 8},
	"FL": {kind: kindFloat, size: 4},
	"IS": {kind: kindText, multi: true, pad: ' '},
	"LO": {kind: kindText, multi: true, charset: true, pad: ' '},
	"LT": {kind: kindText, charset: true, leading: true, pad: ' '},
	"OB": {kind: kindBytes, size: 1, long: true},
	"OD": {kind: kindBytes, size: 8, long: true},
	"OF": {kind: kindBytes, size: 4, long: true},
	"OL": {kind: kindBytes, size: 4, long: true},
	"OV": {kind: kindBytes, size: 8, long: true},
	"OW": {kind: kindBytes, size: 2, long: true},
	"PN": {kind: kindText, multi: true, charset: true, pad: ' '},
	"SH": {kind: kindText, multi: true, charset: true, pad: ' '},
	"SL": {kind: kindInt, size: 4, signed: true},
	"SQ": {kind: kindSeq, long: true},
	"SS": {kind: kindInt, size: 2, signed: true},
	"ST": {kind: kindText, charset: true, leading: true, pad: ' '},
	"SV": {kind: kindInt, size: 8, long: true, signed: true},
	"TM": {kind: kindText, multi: true, pad: ' '},
	"UC": {kind: kindText, long: true, multi: true, charset: true, leading: true, pad: ' '},
	"UI": {kind: kindText, multi: true},
	"UL": {kind: kindInt, size: 4},
	"UN": {kind: kindBytes, size: 1, long: true},
	"UR": {kind: kindText, long: true, pad: ' '},
	"US": {kind: kindInt, size: 2},
	"UT": {kind: kindText, long: true, charset: true, leading: true, pad: ' '},
	"UV": {kind: kindInt, size: 8, long: true},
}

// knownVR returns the VR of two header bytes without allocating, or "".
func knownVR(a, b byte) VR {
	if a < 'A' || a > 'U' || b < 'A' || b > 'W' {
		return ""
	}
	return vrTable[a-'A'][b-'A'].vr
}

type vrCell struct {
	vr   VR
	info vrInfo
}

// vrTable makes the look-up of a header's VR two array steps: it is done for
// every element of every object.
var vrTable = func() (t ['U' - 'A' + 1]['W' - 'A' + 1]vrCell) {
	for vr, in := range vrs {
		t[vr[0]-'A'][vr[1]-'A'] = vrCell{vr, in}
	}
	return t
}()

func (vr VR) info() vrInfo {
	if len(vr) != 2 || knownVR(vr[0], vr[1]) == "" {
		return vrs["UN"]
	}
	return vrTable[vr[0]-'A'][vr[1]-'A'].info
}

func (vr VR) known() bool { return len(vr) == 2 && knownVR(vr[0], vr[1]) != "" }

// endian is a byte order; binary.ByteOrder costs an indirect call for every
// number of every header.
type endian bool

const (
	littleEndian endian = false
	bigEndian    endian = true
)

func (e endian) uint16(b []byte) uint16 {
	if e == bigEndian {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

func (e endian) uint32(b []byte) uint32 {
	if e == bigEndian {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

func (e endian) uint64(b []byte) uint64 {
	if e == bigEndian {
		return binary.BigEndian.Uint64(b)
	}
	return binary.LittleEndian.Uint64(b)
}
