package ul

import (
	"errors"
	"fmt"
)

// ErrEnded says that the association is no more: it was released or aborted on
// our side.
var ErrEnded = errors.New("the association has ended")

// ErrUnanswered says that whoever listens there ended the connection without a word
// when it was asked for an association: it may want TLS, or know no such caller.
var ErrUnanswered = errors.New("the other side ended the connection without an answer")

// RejectError is an A-ASSOCIATE-RJ (PS3.8 9.3.4): the other side answered and
// refused the association.
type RejectError struct{ Result, Source, Reason byte }

// The rejections that an acceptor of ours gives.
var (
	ErrCalledAE   = &RejectError{Result: 1, Source: 1, Reason: 7}
	ErrCallingAE  = &RejectError{Result: 1, Source: 1, Reason: 3}
	ErrCongestion = &RejectError{Result: 2, Source: 3, Reason: 1}
)

func (e *RejectError) Error() string {
	return fmt.Sprintf("the association was rejected (%s, %s): %s", e.result(), e.source(), e.Words())
}

// Is makes equal rejections the same to errors.Is.
func (e *RejectError) Is(target error) bool {
	r, ok := target.(*RejectError)
	return ok && *r == *e
}

// Transient says that the same request may be accepted later.
func (e *RejectError) Transient() bool { return e.Result == 2 }

func (e *RejectError) result() string {
	return word(map[byte]string{1: "permanent", 2: "transient"}, e.Result)
}

func (e *RejectError) source() string {
	return word(map[byte]string{1: "service user", 2: "service provider, ACSE", 3: "service provider, presentation"}, e.Source)
}

// Words are the standard's for the reason (PS3.8 Table 9-21).
func (e *RejectError) Words() string { return word(rejections[e.Source], e.Reason) }

var rejections = map[byte]map[byte]string{
	1: {1: "no reason given", 2: "application context name not supported",
		3: "calling AE title not recognized", 7: "called AE title not recognized"},
	2: {1: "no reason given", 2: "protocol version not supported"},
	3: {1: "temporary congestion", 2: "local limit exceeded"},
}

// AbortError is an A-ABORT (PS3.8 9.3.8) that the other side sent.
type AbortError struct{ Source, Reason byte }

func (e *AbortError) Error() string {
	if e.Source == 0 {
		return "the other side aborted the association"
	}
	return "the other side aborted the association: " + word(aborts, e.Reason)
}

// Is makes equal aborts the same to errors.Is.
func (e *AbortError) Is(target error) bool {
	a, ok := target.(*AbortError)
	return ok && *a == *e
}

// Reasons of an A-ABORT by the service provider (PS3.8 Table 9-26).
const (
	notSpecified          byte = 0
	unrecognizedPDU       byte = 1
	unexpectedPDU         byte = 2
	unrecognizedParameter byte = 4
	unexpectedParameter   byte = 5
	invalidParameter      byte = 6
)

var aborts = map[byte]string{
	notSpecified: "reason not specified", unrecognizedPDU: "unrecognized PDU", unexpectedPDU: "unexpected PDU",
	unrecognizedParameter: "unrecognized PDU parameter", unexpectedParameter: "unexpected PDU parameter",
	invalidParameter: "invalid PDU parameter value",
}

func word(words map[byte]string, b byte) string {
	if w, ok := words[b]; ok {
		return w
	}
	return fmt.Sprintf("reserved code %d", b)
}

// ProtocolError says what of the other side's was no PDU that could come here;
// we aborted for Reason (PS3.8 Table 9-26).
type ProtocolError struct {
	Reason byte
	What   string // in our words
}

func (e *ProtocolError) Error() string {
	return fmt.Sprintf("the other side broke the protocol (%s): %s", word(aborts, e.Reason), e.What)
}

func invalid(what string) *ProtocolError {
	return &ProtocolError{Reason: invalidParameter, What: what}
}

var resultWords = [...]string{"accepted", "rejected by the user", "no reason given",
	"abstract syntax not supported", "transfer syntaxes not supported"}

func (r Result) String() string {
	if int(r) < len(resultWords) {
		return resultWords[r]
	}
	return fmt.Sprintf("reserved code %d", byte(r))
}
