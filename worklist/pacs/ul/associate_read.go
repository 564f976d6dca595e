package ul

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// associated is an A-ASSOCIATE-RQ or -AC as it came: an AC has results by
// context and no abstract syntaxes.
type associated struct {
	Request
	protocol    bool // version 1 is among those supported
	application string
	results     map[byte]Result
	roles       map[dicom.UID][2]bool
}

// items calls each for every item; a length that leads outside is an error.
func items(b []byte, each func(kind byte, body []byte) *ProtocolError) *ProtocolError {
	for len(b) > 0 {
		if len(b) < 4 {
			return invalid("an item of the association is cut")
		}
		n := 4 + int(binary.BigEndian.Uint16(b[2:]))
		if n > len(b) {
			return invalid("an item of the association is longer than what holds it")
		}
		if err := each(b[0], b[4:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// parseAssociate reads the body of an A-ASSOCIATE-RQ or -AC. Unknown items are
// skipped. Nothing of b is kept.
func parseAssociate(kind byte, b []byte) (*associated, *ProtocolError) {
	if len(b) < associateBytes {
		return nil, invalid("an associate PDU is cut")
	}
	a := &associated{results: map[byte]Result{}, roles: map[dicom.UID][2]bool{}}
	a.protocol = b[1]&1 != 0
	a.CalledAE, a.CallingAE = title(b[4:20]), title(b[20:36])
	a.Invoked, a.Performed = 1, 1
	err := items(b[associateBytes:], func(item byte, body []byte) *ProtocolError {
		switch {
		case item == itemApplication:
			a.application = strings.TrimRight(string(body), "\x00 ")
		case item == itemContextRQ && kind == pduRQ:
			return a.proposed(body)
		case item == itemContextAC && kind == pduAC:
			return a.answered(body)
		case item == itemUser:
			return items(body, a.user)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, c := range a.Contexts {
		if r, ok := a.roles[c.Abstract]; ok {
			a.Contexts[i].SCU, a.Contexts[i].SCP = r[0], r[1]
		}
	}
	return a, nil
}

// title is an AE title as it came; leading and trailing blanks mean nothing.
func title(b []byte) string {
	return dicom.OneLine(strings.Trim(string(b), "\x00 "))
}

// uid reads a UID, padded or not. Components with leading zeros are let pass:
// they are only compared.
func uid(b []byte) (dicom.UID, *ProtocolError) {
	s := strings.TrimRight(string(b), "\x00 ")
	if s == "" || len(s) > 64 || strings.Trim(s, "0123456789.") != "" {
		return "", invalid("a UID of the association is none")
	}
	return dicom.UID(s), nil
}

// context reads what both kinds of presentation context have in common.
func (a *associated) context(b []byte) (c Context, err *ProtocolError) {
	if len(b) < 4 {
		return c, invalid("a presentation context is cut")
	}
	c.ID = b[0]
	if slices.ContainsFunc(a.Contexts, func(o Context) bool { return o.ID == c.ID }) {
		return c, invalid("two presentation contexts have one number")
	}
	if len(a.Contexts) >= 256 {
		return c, invalid("there are too many presentation contexts")
	}
	return c, items(b[4:], func(item byte, body []byte) *ProtocolError {
		u, err := dicom.UID(""), (*ProtocolError)(nil)
		switch item {
		case itemAbstract:
			c.Abstract, err = uid(body)
		case itemTransfer:
			if len(bytes.Trim(body, "\x00 ")) == 0 {
				return nil // some leave it empty where it means nothing
			}
			u, err = uid(body)
			c.Transfers = append(c.Transfers, u)
		}
		return err
	})
}

func (a *associated) proposed(b []byte) *ProtocolError {
	c, err := a.context(b)
	if err == nil && (c.Abstract == "" || len(c.Transfers) == 0) {
		err = invalid("a presentation context proposes nothing")
	}
	a.Contexts = append(a.Contexts, c)
	return err
}

func (a *associated) answered(b []byte) *ProtocolError {
	c, err := a.context(b)
	if err != nil {
		return err
	}
	r := Result(b[2])
	if r == Acceptance && len(c.Transfers) != 1 {
		return invalid("a presentation context is accepted without its transfer syntax")
	}
	a.results[c.ID] = r
	a.Contexts = append(a.Contexts, c)
	return nil
}

// user reads a sub-item of the user information.
func (a *associated) user(item byte, b []byte) (err *ProtocolError) {
	switch item {
	case itemMaximum:
		if len(b) != 4 {
			return invalid("the maximum length is no number")
		}
		a.MaxPDU = binary.BigEndian.Uint32(b)
	case itemImplementation:
		if len(bytes.Trim(b, "\x00 ")) > 0 {
			a.Implementation, err = uid(b)
		}
	case itemVersion:
		a.Version = dicom.OneLine(strings.Trim(string(b[:min(len(b), 16)]), "\x00 "))
	case itemAsync:
		if len(b) != 4 {
			return invalid("the asynchronous operations window is no pair of numbers")
		}
		a.Invoked, a.Performed = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	case itemRole:
		return a.role(b)
	case itemExtended:
		return a.extend(b)
	case itemIdentity:
		return a.identify(b)
	case itemIdentityAnswers:
		response, _, ok := field(b)
		if !ok {
			return invalid("the answer to an identity is cut")
		}
		a.Identity = &Identity{Primary: bytes.Clone(response)}
	}
	return err
}

// field cuts off bytes whose length stands before them.
func field(b []byte) (value, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	if n > len(b) {
		return nil, nil, false
	}
	return b[2:n], b[n:], true
}

func (a *associated) role(b []byte) *ProtocolError {
	name, rest, ok := field(b)
	if !ok || len(rest) < 2 {
		return invalid("a role selection is cut")
	}
	class, err := uid(name)
	if err == nil {
		a.roles[class] = [2]bool{rest[0] != 0, rest[1] != 0}
	}
	return err
}

func (a *associated) extend(b []byte) *ProtocolError {
	name, rest, ok := field(b)
	if !ok {
		return invalid("an extended negotiation is cut")
	}
	class, err := uid(name)
	if err == nil {
		if a.Extended == nil {
			a.Extended = map[dicom.UID][]byte{}
		}
		a.Extended[class] = bytes.Clone(rest)
	}
	return err
}

func (a *associated) identify(b []byte) *ProtocolError {
	if len(b) < 2 {
		return invalid("an identity is cut")
	}
	id := &Identity{Type: b[0], WantResponse: b[1] != 0}
	primary, rest, ok := field(b[2:])
	if !ok {
		return invalid("an identity is cut")
	}
	secondary, _, ok := field(rest)
	if !ok {
		return invalid("an identity is cut")
	}
	id.Primary, id.Secondary = bytes.Clone(primary), bytes.Clone(secondary)
	a.Identity = id
	return nil
}
