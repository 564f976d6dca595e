package dimse

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Field is a Command Field (0000,0100): which message this is (PS3.7 E.1).
type Field uint16

// The requests; a response has Response added.
const (
	CStore       Field = 0x0001
	CGet         Field = 0x0010
	CFind        Field = 0x0020
	CMove        Field = 0x0021
	CEcho        Field = 0x0030
	NEventReport Field = 0x0100
	NGet         Field = 0x0110
	NSet         Field = 0x0120
	NAction      Field = 0x0130
	NCreate      Field = 0x0140
	NDelete      Field = 0x0150
	CCancel      Field = 0x0FFF // it has no response

	Response Field = 0x8000
)

// IsResponse tells a response from a request.
func (f Field) IsResponse() bool { return f&Response != 0 }

var fieldNames = map[Field]string{
	CStore: "C-STORE", CGet: "C-GET", CFind: "C-FIND", CMove: "C-MOVE", CEcho: "C-ECHO", NEventReport: "N-EVENT-REPORT",
	NGet: "N-GET", NSet: "N-SET", NAction: "N-ACTION", NCreate: "N-CREATE", NDelete: "N-DELETE", CCancel: "C-CANCEL",
}

// String is the message's name in the standard: C-FIND-RSP.
func (f Field) String() string {
	name, ok := fieldNames[f&^Response]
	switch {
	case !ok:
		return fmt.Sprintf("command field %04X", uint16(f))
	case f.IsResponse():
		return name + "-RSP"
	}
	return name + "-RQ"
}

// Statuses by their meaning (PS3.7 C). Success is 0; what is neither pending nor a
// warning is a refusal.
const (
	Success        uint16 = 0x0000
	Pending        uint16 = 0xFF00
	PendingWarning uint16 = 0xFF01 // optional keys were not used (PS3.4 C.4.1.1.4)
	Canceled       uint16 = 0xFE00
)

// IsPending tells that more responses follow.
func IsPending(status uint16) bool { return status == Pending || status == PendingWarning }

// IsWarning tells that what was asked for was done, with a remark (PS3.7 C.3).
func IsWarning(status uint16) bool {
	return status == 0x0001 || status == 0x0107 || status == 0x0116 || status&0xF000 == 0xB000
}

// Command is a command set (PS3.7 9.3, 10.3, E.1). A field that a message does not
// have is zero and is not sent. Class and Instance are the Affected ones, and the
// Requested ones where the standard calls them so.
type Command struct {
	Field     Field
	ID        uint16 // of a request
	Responded uint16 // of a response: which request it answers
	Class     dicom.UID
	Instance  dicom.UID
	Priority  uint16 // 0 medium, 1 high, 2 low
	Status    uint16
	HasData   bool // a data set follows

	// Sub-operations of C-GET and C-MOVE. HasCounts: Completed, Failed and Warning were
	// sent (always so when written); HasRemaining: Remaining was.
	Remaining, Completed, Failed, Warning int
	HasCounts, HasRemaining               bool

	Destination  string // Move Destination
	Originator   string // Move Originator Application Entity Title
	OriginatorID uint16 // Move Originator Message ID
	EventType    uint16
	ActionType   uint16
	Attributes   []dicom.Tag // Attribute Identifier List of N-GET
	Comment      string      // Error Comment
	ErrorID      uint16
	Offending    []dicom.Tag
}

const (
	priorityMedium = 0
	noDataset      = 0x0101 // Command Data Set Type: any other value says that one follows
	someDataset    = 0x0001
)

// requested tells the messages whose SOP class and instance the standard calls
// Requested (PS3.7 10.3).
func (f Field) requested() bool {
	return f == NGet || f == NSet || f == NAction || f == NDelete
}

// NewResponse is a response to c of that status, without a data set. It names what
// c named, as most responses must.
func (c Command) NewResponse(status uint16) Command {
	return Command{Field: c.Field | Response, Responded: c.ID, Class: c.Class, Instance: c.Instance, Status: status,
		EventType: c.EventType, ActionType: c.ActionType}
}

func (c Command) String() string {
	if c.Field.IsResponse() {
		return fmt.Sprintf("%s %d status %04X", c.Field, c.Responded, c.Status)
	}
	return fmt.Sprintf("%s %d", c.Field, c.ID)
}

// clean is a comment of another's made fit to be shown: one line of printable
// characters, LO's 64 at most (PS3.7 E.1), without what looks like an identifier: a
// peer may quote what it was asked about.
func clean(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7F || r >= 0x80 && r < 0xA0 })
	for i, w := range words {
		if digits(w) >= 5 || strings.ContainsRune(w, '^') {
			words[i] = "…"
		}
	}
	out := []rune(strings.Join(words, " "))
	if len(out) > 64 {
		out = out[:64]
	}
	return string(out)
}

func digits(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
