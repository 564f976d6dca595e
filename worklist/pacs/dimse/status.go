package dimse

import (
	"errors"
	"io"
	"sync/atomic"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// Statuses of refusals that we give or tell apart (PS3.7 C.5, PS3.4 B.2.3, C.4, CC.2).
const (
	processingFailure uint16 = 0x0110
	noSuchInstance    uint16 = 0x0112
	classNotSupported uint16 = 0x0122
	outOfResources    uint16 = 0xA700
	cannotStore       uint16 = 0xA900 // data set does not match SOP class
	cannotUnderstand  uint16 = 0xC000
)

// statusWords are the standard's, in one line each.
var statusWords = map[uint16]string{
	0x0105: "no such attribute", 0x0106: "invalid attribute value", 0x0107: "attribute list error",
	0x0110: "processing failure", 0x0111: "the object is there already", 0x0112: "no such object", 0x0113: "no such event type",
	0x0114: "no such argument", 0x0115: "invalid argument value", 0x0116: "attribute value out of range", 0x0117: "invalid object",
	0x0118: "no such SOP class", 0x0119: "class and object conflict", 0x0120: "an attribute is missing", 0x0121: "an attribute has no value",
	0x0122: "the SOP class is not supported", 0x0123: "no such action", 0x0124: "not authorized",
	0x0210: "duplicate invocation", 0x0211: "unrecognized operation", 0x0212: "mistyped argument", 0x0213: "resource limitation",
	0xA700: "out of resources", 0xA701: "out of resources to count the matches", 0xA702: "out of resources to send the objects",
	0xA801: "the archive does not know our AE title as a move destination", 0xA900: "the data set does not fit the SOP class",
	0xB000: "some objects could not be sent", 0xFE00: "canceled",
	0xC300: "the step may no longer be updated", 0xC301: "the transaction UID is incorrect", 0xC302: "the step is in progress already",
	0xC303: "a step begins as SCHEDULED only", 0xC304: "the final state requirements are not met", 0xC307: "no such step",
	0xC308: "the receiving AE is unknown", 0xC309: "a step is created as SCHEDULED only", 0xC310: "the step is not yet in progress",
	0xC311: "the step is completed already", 0xC312: "the performer cannot be contacted", 0xC313: "the performer chooses not to cancel",
	0xC314: "the action does not fit the object", 0xC315: "the archive reports no events",
	0xB304: "the step is canceled already", 0xB306: "the step is completed already", 0xB301: "deletion lock is not granted",
}

// words say what a status means and what the peer remarked.
func words(status uint16, comment string) string {
	w, ok := statusWords[status]
	switch {
	case ok:
	case status&0xFF00 == 0xA700:
		w = "out of resources"
	case status&0xFF00 == 0xA900:
		w = "the data set does not fit the SOP class"
	case status&0xF000 == 0xC000:
		w = "it could not process what was asked"
	}
	switch {
	case w == "":
		return comment
	case comment == "":
		return w
	}
	return w + ": " + comment
}

// refusal is the error of a response that refuses.
func refusal(op string, c Command) error {
	return &pacs.StatusError{Code: int(c.Status), Warning: words(c.Status, c.Comment), Op: op}
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) }

// counter gives numbers of two bytes, never 0.
type counter struct{ n atomic.Uint32 }

func (c *counter) next() uint16 {
	for {
		if n := uint16(c.n.Add(1)); n != 0 {
			return n
		}
	}
}
