package pacs

import (
	"errors"
	"fmt"
	"strings"
)

// Link errors: what came is not what a server meant to say. An implementation
// wraps one of them with what it was doing.
var (
	// ErrTruncated: the stream ended before its end was marked.
	ErrTruncated = errors.New("the answer was cut off")
	// ErrStalled: the server stopped sending, or sends too slowly to wait for.
	ErrStalled = errors.New("the server stopped sending")
	// ErrTooLarge: the answer exceeds what we are ready to hold.
	ErrTooLarge = errors.New("the answer is larger than allowed")
	// ErrPartial: the list is usable, and known not to be the whole one.
	ErrPartial = errors.New("only part of the answer could be had")
	// ErrNoWorkitems: the archive keeps no worklist (no UPS).
	ErrNoWorkitems = errors.New("this archive keeps no worklist")
	// ErrNoWatch: the server tells of no changes; it has to be asked.
	ErrNoWatch = errors.New("this archive does not tell of changes")
)

// NotArchiveError says that something else answered in the archive's place: a
// captive portal, a proxy's error page, a redirect to another host.
type NotArchiveError struct {
	Op  string // what was asked
	Got string // media type or host that answered, cleaned
}

func (e *NotArchiveError) Error() string {
	return fmt.Sprintf("%s: the answer is not an archive's (%s)", e.Op, e.Got)
}

// Portal reports whether what answered looks like a network that wants a login in a
// browser before it lets anybody through: a page, or a redirect to another place.
func (e *NotArchiveError) Portal() bool {
	return e.Got == "text/html" || strings.HasPrefix(e.Got, "redirect")
}

// Reason sorts the refusals that a caller treats differently.
type Reason int

// The reasons. Refused is every other one.
const (
	Refused          Reason = iota
	Unauthorized            // 401, 403, DIMSE 0124
	NotFound                // 404, 410, 0112, C307
	Busy                    // 429, 503, 0213, A7xx: come back later
	AlreadyThere            // the step is in the requested state already (B304, B306)
	WrongTransaction        // the Transaction UID is missing or another one (C301)
	StateConflict           // the step's state forbids it (C300, C302, C303, C310, C311), or it exists (0111)
)

// Reason classifies the refusal by the codes and the Warning texts of PS3.18
// 11.4–11.8; DIMSE statuses likewise. Servers disagree between 400 and 409, so
// the text goes before the code.
func (e *StatusError) Reason() Reason {
	if r, ok := reasonByText(e.Warning); ok {
		return r
	}
	switch e.Code {
	case 401, 403, 0x0124:
		return Unauthorized
	case 404, 410, 0x0112, 0xC307:
		return NotFound
	case 429, 503, 0x0213:
		return Busy
	case 0xB304, 0xB306:
		return AlreadyThere
	case 0xC301:
		return WrongTransaction
	case 409, 0x0111, 0xC300, 0xC302, 0xC303, 0xC310, 0xC311:
		return StateConflict
	}
	if e.Code&^0xFF == 0xA700 { // out of resources (PS3.4 B.2.3, C.4.1.1.4)
		return Busy
	}
	return Refused
}

var warningTexts = []struct {
	text   string
	reason Reason
}{
	{"already in the requested state", AlreadyThere},
	{"transaction uid is missing", WrongTransaction},
	{"transaction uid is incorrect", WrongTransaction},
	{"inconsistent with the state", StateConflict},
	{"did not reference a claimed workitem", StateConflict},
	{"already in progress", StateConflict},
}

func reasonByText(warning string) (Reason, bool) {
	w := strings.ToLower(warning)
	for _, t := range warningTexts {
		if strings.Contains(w, t.text) {
			return t.reason, true
		}
	}
	return Refused, false
}

// ReasonOf is the Reason of the *StatusError in err's chain. ok is false when
// no server refused anything.
func ReasonOf(err error) (r Reason, ok bool) {
	var s *StatusError
	if !errors.As(err, &s) {
		return Refused, false
	}
	return s.Reason(), true
}
