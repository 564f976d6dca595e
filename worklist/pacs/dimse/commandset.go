package dimse

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// mostCommand is the most bytes that a command set may have; the largest of use is
// an N-GET of a few hundred attributes.
const mostCommand = 64 << 10

// Elements of the command set (PS3.7 E.1): group 0000.
const (
	elGroupLength  = 0x0000
	elAffected     = 0x0002
	elRequested    = 0x0003
	elField        = 0x0100
	elID           = 0x0110
	elResponded    = 0x0120
	elDestination  = 0x0600
	elPriority     = 0x0700
	elDataset      = 0x0800
	elStatus       = 0x0900
	elOffending    = 0x0901
	elComment      = 0x0902
	elErrorID      = 0x0903
	elInstance     = 0x1000
	elRequestedUID = 0x1001
	elEventType    = 0x1002
	elAttributes   = 0x1005
	elActionType   = 0x1008
	elRemaining    = 0x1020
	elCompleted    = 0x1021
	elFailed       = 0x1022
	elWarning      = 0x1023
	elOriginator   = 0x1030
	elOriginatorID = 0x1031
)

// commandSet appends elements of Implicit VR Little Endian (PS3.7 6.3.1), in
// ascending order, after the group length.
type commandSet []byte

func (s *commandSet) value(element uint16, v []byte, pad byte) {
	b := append(*s, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, element)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(v)+len(v)%2))
	b = append(b, v...)
	if len(v)%2 != 0 {
		b = append(b, pad)
	}
	*s = b
}

func (s *commandSet) us(element, v uint16) {
	s.value(element, binary.LittleEndian.AppendUint16(nil, v), 0)
}

func (s *commandSet) uid(element uint16, v dicom.UID) {
	if v != "" {
		s.value(element, []byte(v), 0)
	}
}

// text writes what the command set's default repertoire has (PS3.5 6.1.1).
func (s *commandSet) text(element uint16, v string, most int) {
	v = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, v)
	if v != "" {
		s.value(element, []byte(v[:min(len(v), most)]), ' ')
	}
}

func (s *commandSet) tags(element uint16, list []dicom.Tag) {
	var v []byte
	for _, t := range list {
		v = binary.LittleEndian.AppendUint16(v, t.Group())
		v = binary.LittleEndian.AppendUint16(v, t.Element())
	}
	if len(list) > 0 {
		s.value(element, v, 0)
	}
}

// Encode writes the command set.
func (c Command) Encode() []byte {
	s := make(commandSet, 12, 256)
	copy(s, "\x00\x00\x00\x00\x04\x00\x00\x00")
	if c.Field.requested() {
		s.uid(elRequested, c.Class)
	} else {
		s.uid(elAffected, c.Class)
	}
	s.us(elField, uint16(c.Field))
	switch {
	case c.Field == CCancel || c.Field.IsResponse():
		s.us(elResponded, c.Responded)
	default:
		s.us(elID, c.ID)
	}
	s.text(elDestination, c.Destination, 16)
	switch c.Field {
	case CStore, CFind, CGet, CMove:
		s.us(elPriority, c.Priority)
	}
	if c.HasData {
		s.us(elDataset, someDataset)
	} else {
		s.us(elDataset, noDataset)
	}
	if c.Field.IsResponse() {
		s.outcome(c)
	}
	s.object(c)
	binary.LittleEndian.PutUint32(s[8:], uint32(len(s)-12))
	return s
}

// outcome writes the status and what explains it.
func (s *commandSet) outcome(c Command) {
	s.us(elStatus, c.Status)
	s.tags(elOffending, c.Offending)
	s.text(elComment, c.Comment, 64)
	if c.ErrorID != 0 {
		s.us(elErrorID, c.ErrorID)
	}
}

// object writes what the message is about.
func (s *commandSet) object(c Command) {
	if c.Field.requested() {
		s.uid(elRequestedUID, c.Instance)
	} else {
		s.uid(elInstance, c.Instance)
	}
	if c.Field&^Response == NEventReport && (c.EventType != 0 || !c.Field.IsResponse()) {
		s.us(elEventType, c.EventType)
	}
	s.tags(elAttributes, c.Attributes)
	if c.Field&^Response == NAction && (c.ActionType != 0 || !c.Field.IsResponse()) {
		s.us(elActionType, c.ActionType)
	}
	if c.Field == CGet|Response || c.Field == CMove|Response {
		s.counts(c)
	}
	if c.Originator != "" {
		s.text(elOriginator, c.Originator, 16)
		s.us(elOriginatorID, c.OriginatorID)
	}
}

// counts writes the sub-operations. How many remain is told as long as they do: in
// pending and canceled responses (PS3.7 9.3.3.2, C.4.2.1.6).
func (s *commandSet) counts(c Command) {
	if IsPending(c.Status) || c.Status == Canceled {
		s.us(elRemaining, uint16(min(c.Remaining, 0xFFFF)))
	}
	s.us(elCompleted, uint16(min(c.Completed, 0xFFFF)))
	s.us(elFailed, uint16(min(c.Failed, 0xFFFF)))
	s.us(elWarning, uint16(min(c.Warning, 0xFFFF)))
}

// ProtocolError says that a peer's message is none of the standard's.
type ProtocolError struct{ What string }

func (e *ProtocolError) Error() string { return "the archive broke the protocol: " + e.What }

func broken(format string, args ...any) error {
	return &ProtocolError{What: fmt.Sprintf(format, args...)}
}

// DecodeCommand reads a command set. What the standard requires of every message
// must be there, else there is a *ProtocolError; unknown elements are passed over, those
// of other groups too (Orthanc 1.10.1 puts the list of failed objects there), the order
// does not matter, and of an element that comes twice the first counts.
func DecodeCommand(b []byte) (Command, error) {
	if len(b) > mostCommand {
		return Command{}, broken("a command set of more than %d bytes", mostCommand)
	}
	var c Command
	seen := map[uint16]bool{}
	for len(b) > 0 {
		if len(b) < 8 {
			return Command{}, broken("a command set ends within an element")
		}
		element, n := binary.LittleEndian.Uint16(b[2:]), binary.LittleEndian.Uint32(b[4:])
		if uint64(n) > uint64(len(b)-8) {
			return Command{}, broken("a command element is longer than its command set")
		}
		if v := b[8 : 8+n]; b[0] == 0 && b[1] == 0 && !seen[element] {
			if err := c.set(element, v); err != nil {
				return Command{}, err
			}
			seen[element] = true
		}
		b = b[8+n:]
	}
	return c, c.complete(seen)
}

// complete holds c to what every message must have (PS3.7 6.3.1, 9.3, 10.3).
func (c *Command) complete(seen map[uint16]bool) error {
	switch {
	case !seen[elField]:
		return broken("a command set without a command field")
	case fieldNames[c.Field&^Response] == "" || c.Field == CCancel|Response:
		return broken("an unknown command field (%04X)", uint16(c.Field))
	case !seen[elDataset]:
		return broken("a %s that does not say whether data follow", c.Field)
	case (c.Field.IsResponse() || c.Field == CCancel) && !seen[elResponded]:
		return broken("a %s that answers nothing", c.Field)
	case !c.Field.IsResponse() && c.Field != CCancel && !seen[elID]:
		return broken("a %s without a message ID", c.Field)
	case c.Field.IsResponse() && !seen[elStatus]:
		return broken("a %s without a status", c.Field)
	}
	c.HasCounts = seen[elCompleted] || seen[elFailed] || seen[elWarning]
	c.HasRemaining = seen[elRemaining]
	return nil
}

// set takes one element.
func (c *Command) set(element uint16, v []byte) error {
	if to := c.number(element); to != nil {
		if len(v) < 2 {
			return broken("a number of no length in a command set")
		}
		to(binary.LittleEndian.Uint16(v))
		return nil
	}
	switch element {
	case elAffected, elRequested:
		if u := uid(v); u != "" {
			c.Class = u
		}
	case elInstance, elRequestedUID:
		if u := uid(v); u != "" {
			c.Instance = u
		}
	case elDestination:
		c.Destination = text(v)
	case elOriginator:
		c.Originator = text(v)
	case elComment:
		c.Comment = clean(string(v))
	case elAttributes:
		c.Attributes = tags(v)
	case elOffending:
		c.Offending = tags(v)
	}
	return nil
}

// number says where a number of two bytes belongs; nil for what is none.
func (c *Command) number(element uint16) func(uint16) {
	into := func(p *uint16) func(uint16) { return func(v uint16) { *p = v } }
	count := func(p *int) func(uint16) { return func(v uint16) { *p = int(v) } }
	switch element {
	case elField:
		return func(v uint16) { c.Field = Field(v) }
	case elID:
		return into(&c.ID)
	case elResponded:
		return into(&c.Responded)
	case elPriority:
		return into(&c.Priority)
	case elDataset:
		return func(v uint16) { c.HasData = v != noDataset }
	case elStatus:
		return into(&c.Status)
	case elErrorID:
		return into(&c.ErrorID)
	case elEventType:
		return into(&c.EventType)
	case elActionType:
		return into(&c.ActionType)
	case elOriginatorID:
		return into(&c.OriginatorID)
	case elRemaining:
		return count(&c.Remaining)
	case elCompleted:
		return count(&c.Completed)
	case elFailed:
		return count(&c.Failed)
	case elWarning:
		return count(&c.Warning)
	}
	return nil
}

func text(v []byte) string { return strings.Trim(string(v), " \x00") }

func uid(v []byte) dicom.UID { return dicom.UID(text(v)) }

func tags(v []byte) []dicom.Tag {
	var out []dicom.Tag
	for ; len(v) >= 4; v = v[4:] {
		out = append(out, dicom.Tag(binary.LittleEndian.Uint16(v))<<16|dicom.Tag(binary.LittleEndian.Uint16(v[2:])))
	}
	return out
}
