// Package hl7 reads and writes HL7 version 2 messages, carries them over MLLP and
// makes the ORU^R01 of a signed report.
//
// What is spoken, and what is understood:
//
//	chapter 2     written: 2.5.1, standard delimiters, CR, UNICODE UTF-8
//	              read: any version 2, any delimiters, CR, LF or both, the
//	              character sets of charset.go
//	escapes 2.7   \F\ \S\ \T\ \R\ \E\ \.br\ \.sp\ \Xhh\ read; others stay as they are
//	MLLP R1, R2   0B … 1C 0D; commit blocks 06 and 15 understood; TLS (mllps)
//	ACK 2.9       AA AE AR CA CE CR; conditions of ERR-3, ERR-1, MSA-6
//	ORU 7.3.1     unsolicited result, with the fields of IHE RAD-128
//
// Guarantees: whatever is written is escaped and holds no control character, so that
// no text can end a field, a segment or a frame. What is read is bounded before it is
// held. No error quotes what came: it may name a patient.
package hl7

import "errors"

// ErrInvalid says that the bytes are no HL7 message.
var ErrInvalid = errors.New("not an HL7 version 2 message")

// UnsupportedError says that a message is or may be right and cannot be read here.
type UnsupportedError struct{ What string }

// Error implements error.
func (e *UnsupportedError) Error() string { return "HL7 message: " + e.What + " not supported" }

// Bounds on what is read. A report with its PDF stays far below.
const (
	MaxMessage  = 64 << 20
	maxSegments = 1 << 16
)
