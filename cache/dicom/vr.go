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

// vrCode is a value representation in one byte: an index of vrNames and vrInfos. 0
// is none.
type vrCode uint8

const (
	_ vrCode = iota
	vrAE
	vrAS
	vrAT
	vrCS
	vrDA
	vrDS
	vrDT
	vrFD
	vrFL
	vrIS
	vrLO
	vrLT
	vrOB
	vrOD
	vrOF
	vrOL
	vrOV
	vrOW
	vrPN
	vrSH
	vrSL
	vrSQ
	vrSS
	vrST
	vrSV
	vrTM
	vrUC
	vrUI
	vrUL
	vrUN
	vrUR
	vrUS
	vrUT
	vrUV
)

var vrNames = [...]VR{"", "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV", "OW", "PN", "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV"}

var vrInfos = [len(vrNames)]vrInfo{
	vrAE: {kind: kindText, multi: true, pad: ' '},
	vrAS: {kind: kindText, multi: true, pad: ' '},
	vrAT: {kind: kindInt, size: 4},
	vrCS: {kind: kindText, multi: true, pad: ' '},
	vrDA: {kind: kindText, multi: true, pad: ' '},
	vrDS: {kind: kindText, multi: true, pad: ' '},
	vrDT: {kind: kindText, multi: true, pad: ' '},
	vrFD: {kind: kindFloat, size: 8},
	vrFL: {kind: kindFloat, size: 4},
	vrIS: {kind: kindText, multi: true, pad: ' '},
	vrLO: {kind: kindText, multi: true, charset: true, pad: ' '},
	vrLT: {kind: kindText, charset: true, leading: true, pad: ' '},
	vrOB: {kind: kindBytes, size: 1, long: true},
	vrOD: {kind: kindBytes, size: 8, long: true},
	vrOF: {kind: kindBytes, size: 4, long: true},
	vrOL: {kind: kindBytes, size: 4, long: true},
	vrOV: {kind: kindBytes, size: 8, long: true},
	vrOW: {kind: kindBytes, size: 2, long: true},
	vrPN: {kind: kindText, multi: true, charset: true, pad: ' '},
	vrSH: {kind: kindText, multi: true, charset: true, pad: ' '},
	vrSL: {kind: kindInt, size: 4, signed: true},
	vrSQ: {kind: kindSeq, long: true},
	vrSS: {kind: kindInt, size: 2, signed: true},
	vrST: {kind: kindText, charset: true, leading: true, pad: ' '},
	vrSV: {kind: kindInt, size: 8, long: true, signed: true},
	vrTM: {kind: kindText, multi: true, pad: ' '},
	vrUC: {kind: kindText, long: true, multi: true, charset: true, leading: true, pad: ' '},
	vrUI: {kind: kindText, multi: true},
	vrUL: {kind: kindInt, size: 4},
	vrUN: {kind: kindBytes, size: 1, long: true},
	vrUR: {kind: kindText, long: true, pad: ' '},
	vrUS: {kind: kindInt, size: 2},
	vrUT: {kind: kindText, long: true, charset: true, leading: true, pad: ' '},
	vrUV: {kind: kindInt, size: 8, long: true},
}

// vrTable makes the look-up of a header's VR two array steps: it is done for
// every element of every object.
var vrTable = func() (t ['U' - 'A' + 1]['W' - 'A' + 1]vrCode) {
	for c, vr := range vrNames[1:] {
		t[vr[0]-'A'][vr[1]-'A'] = vrCode(c + 1)
	}
	return t
}()

// knownVR returns the VR of two header bytes, or 0.
func knownVR(a, b byte) vrCode {
	if a < 'A' || a > 'U' || b < 'A' || b > 'W' {
		return 0
	}
	return vrTable[a-'A'][b-'A']
}

func codeOf(vr VR) vrCode {
	if len(vr) != 2 {
		return 0
	}
	return knownVR(vr[0], vr[1])
}

func (c vrCode) name() VR      { return vrNames[c] }
func (c vrCode) info() *vrInfo { return &vrInfos[c] }

// info is that of UN for what is no VR.
func (vr VR) info() *vrInfo {
	if c := codeOf(vr); c != 0 {
		return c.info()
	}
	return vrUN.info()
}

func (vr VR) known() bool { return codeOf(vr) != 0 }

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
