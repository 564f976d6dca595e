package ul

import (
	"encoding/binary"
)

// The PDUs (PS3.8 9.3.1).
const (
	pduRQ        byte = 1
	pduAC        byte = 2
	pduRJ        byte = 3
	pduData      byte = 4
	pduReleaseRQ byte = 5
	pduReleaseRP byte = 6
	pduAbort     byte = 7
)

const (
	headBytes = 6 // type, reserved, length in four bytes, big endian
	pdvBytes  = 6 // length in four bytes, context, message control header
)

// eventOf is what the arrival of a PDU means to the table.
var eventOf = [...]event{pduRQ: evtRQ, pduAC: evtAC, pduRJ: evtRJ, pduData: evtData,
	pduReleaseRQ: evtReleaseRQ, pduReleaseRP: evtReleaseRP, pduAbort: evtABORT}

// header checks the first six bytes of a PDU and gives the length of what
// follows. A PDU that is longer than its kind may be, most for P-DATA-TF, is
// refused here, before any of it is read.
func header(b []byte, most uint32) (kind byte, length int, err *ProtocolError) {
	kind = b[0]
	if kind == 0 || int(kind) >= len(eventOf) {
		return 0, 0, &ProtocolError{Reason: unrecognizedPDU, What: foreign(b)}
	}
	n := binary.BigEndian.Uint32(b[2:])
	switch kind {
	case pduRQ, pduAC:
		most = mostAssociate
	case pduData:
	default:
		if n != 4 {
			return kind, 0, invalid("a PDU of a fixed length has another")
		}
	}
	if n > most {
		return kind, 0, invalid("a PDU is longer than what was agreed")
	}
	return kind, int(n), nil
}

// foreign guesses who speaks by the first bytes that are no PDU's.
func foreign(b []byte) string {
	switch {
	case string(b[:5]) == "HTTP/":
		return "it speaks HTTP, not DICOM"
	case (b[0] == 0x15 || b[0] == 0x16) && b[1] == 3:
		return "it speaks TLS, and we do not"
	}
	return "it is no DICOM PDU"
}

func appendHeader(b []byte, kind byte, length int) []byte {
	return binary.BigEndian.AppendUint32(append(b, kind, 0), uint32(length))
}

// fixed is one of the PDUs of four bytes.
func fixed(kind byte, body [4]byte) []byte {
	return append(appendHeader(nil, kind, 4), body[:]...)
}

func (e *RejectError) pdu() []byte {
	return fixed(pduRJ, [4]byte{0, e.Result, e.Source, e.Reason})
}

func (e *AbortError) pdu() []byte {
	return fixed(pduAbort, [4]byte{0, 0, e.Source, e.Reason})
}

// checkData walks the PDVs of a P-DATA-TF (PS3.8 9.3.5) and tells whether one of
// them is the last fragment of its part. known are the contexts agreed on.
func checkData(body []byte, known *[256]bool) (last bool, err *ProtocolError) {
	if len(body) == 0 {
		return false, invalid("a P-DATA-TF is empty")
	}
	for len(body) > 0 {
		if len(body) < pdvBytes {
			return false, invalid("a presentation data value is cut")
		}
		n := binary.BigEndian.Uint32(body)
		if n < 2 || uint64(n) > uint64(len(body)-4) {
			return false, invalid("the length of a presentation data value is wrong")
		}
		if !known[body[4]] {
			return false, invalid("a presentation data value is of no accepted context")
		}
		last = last || body[5]&2 != 0
		body = body[4+n:]
	}
	return last, nil
}

// cutPDV takes the first PDV of a body that checkData found good.
func cutPDV(body []byte) (v PDV, rest []byte) {
	n := 4 + binary.BigEndian.Uint32(body)
	return PDV{Context: body[4], Command: body[5]&1 != 0, Last: body[5]&2 != 0, Data: body[pdvBytes:n:n]}, body[n:]
}

// appendPDV appends the heads of a P-DATA-TF that carries one PDV of n bytes.
func appendPDV(b []byte, v *PDV, n int, last bool) []byte {
	b = appendHeader(b, pduData, pdvBytes+n)
	b = binary.BigEndian.AppendUint32(b, uint32(2+n))
	control := byte(0) // PS3.8 E.2
	if v.Command {
		control |= 1
	}
	if last {
		control |= 2
	}
	return append(b, v.Context, control)
}
