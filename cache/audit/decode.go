package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// ErrMessage says that bytes are no AuditMessage of PS3.15 A.5.1.
var ErrMessage = errors.New("this is no audit message")

// MaxMessage is the longest message that is read or kept, in bytes.
const MaxMessage = 256 << 10

// ParseXML reads an AuditMessage of ours or of another's. It takes no document type and
// no character set but UTF-8; attributes and elements that it does not know are left out.
// Errors wrap ErrMessage and quote nothing.
func ParseXML(b []byte) (Event, error) {
	if len(b) > MaxMessage {
		return Event{}, fmt.Errorf("%w: it is too long", ErrMessage)
	}
	if err := plain(b); err != nil {
		return Event{}, err
	}
	var m xmlMessage
	if err := xml.Unmarshal(b, &m); err != nil {
		return Event{}, fmt.Errorf("%w: it is not well formed", ErrMessage)
	}
	return m.event()
}

// plain refuses what no audit message has: a document type, elements without end or
// deeper than the schema's five.
func plain(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Entity = map[string]string{}
	for depth := 0; ; {
		t, err := d.RawToken()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("%w: it is not well formed", ErrMessage)
		}
		switch t.(type) {
		case xml.Directive:
			return fmt.Errorf("%w: it has a document type", ErrMessage)
		case xml.StartElement:
			if depth++; depth > 8 {
				return fmt.Errorf("%w: it is too deep", ErrMessage)
			}
		case xml.EndElement:
			depth--
		}
	}
}

type xmlCode struct {
	Value   string `xml:"csd-code,attr"`
	System  string `xml:"codeSystemName,attr"`
	Meaning string `xml:"originalText,attr"`
	Display string `xml:"displayName,attr"`
}

func (c xmlCode) code() Code {
	if c.Meaning == "" {
		c.Meaning = c.Display
	}
	return Code{c.Value, c.System, c.Meaning}
}

func codes(of []xmlCode) (out []Code) {
	for _, c := range of {
		out = append(out, c.code())
	}
	return out
}

type xmlMessage struct {
	XMLName xml.Name `xml:"AuditMessage"`
	Event   struct {
		Action  string    `xml:"EventActionCode,attr"`
		At      string    `xml:"EventDateTime,attr"`
		Outcome string    `xml:"EventOutcomeIndicator,attr"`
		ID      xmlCode   `xml:"EventID"`
		Type    []xmlCode `xml:"EventTypeCode"`
		Why     string    `xml:"EventOutcomeDescription"`
	} `xml:"EventIdentification"`
	Active []struct {
		UserID      string    `xml:"UserID,attr"`
		Alternative string    `xml:"AlternativeUserID,attr"`
		Name        string    `xml:"UserName,attr"`
		Requestor   bool      `xml:"UserIsRequestor,attr"`
		Address     string    `xml:"NetworkAccessPointID,attr"`
		AddressType int       `xml:"NetworkAccessPointTypeCode,attr"`
		Role        []xmlCode `xml:"RoleIDCode"`
		Media       xmlCode   `xml:"MediaIdentifier>MediaType"`
	} `xml:"ActiveParticipant"`
	Source struct {
		ID   string `xml:"AuditSourceID,attr"`
		Site string `xml:"AuditEnterpriseSiteID,attr"`
	} `xml:"AuditSourceIdentification"`
	Objects []xmlObject `xml:"ParticipantObjectIdentification"`
}

type xmlObject struct {
	ID     string  `xml:"ParticipantObjectID,attr"`
	Type   int     `xml:"ParticipantObjectTypeCode,attr"`
	Role   int     `xml:"ParticipantObjectTypeCodeRole,attr"`
	Life   int     `xml:"ParticipantObjectDataLifeCycle,attr"`
	IDType xmlCode `xml:"ParticipantObjectIDTypeCode"`
	Name   string  `xml:"ParticipantObjectName"`
	Query  *string `xml:"ParticipantObjectQuery"`
	Detail []struct {
		Type  string `xml:"type,attr"`
		Value string `xml:"value,attr"`
	} `xml:"ParticipantObjectDetail"`
	Accession []struct {
		Number string `xml:"Number,attr"`
	} `xml:"ParticipantObjectDescription>Accession"`
	Classes []struct {
		UID string `xml:"UID,attr"`
		N   int    `xml:"NumberOfInstances,attr"`
	} `xml:"ParticipantObjectDescription>SOPClass"`
	Contains []struct {
		UID string `xml:"UID,attr"`
	} `xml:"ParticipantObjectDescription>ParticipantObjectContainsStudy>StudyIDs"`
}

func (m *xmlMessage) event() (e Event, err error) {
	e = Event{ID: m.Event.ID.code(), Action: Action(m.Event.Action), Why: m.Event.Why, Type: codes(m.Event.Type),
		Source: Source{ID: m.Source.ID, Site: m.Source.Site}}
	if e.At, err = stamp(m.Event.At); err != nil {
		return Event{}, fmt.Errorf("%w: it has no time", ErrMessage)
	}
	switch m.Event.Outcome {
	case "0", "4", "8", "12":
		fmt.Sscan(m.Event.Outcome, &e.Outcome)
	default:
		return Event{}, fmt.Errorf("%w: it has no outcome", ErrMessage)
	}
	if e.ID.Value == "" || len(m.Active) == 0 {
		return Event{}, fmt.Errorf("%w: nothing happened, or nobody did it", ErrMessage)
	}
	for _, p := range m.Active {
		e.Active = append(e.Active, Participant{UserID: p.UserID, Alternative: p.Alternative, Name: p.Name, Requestor: p.Requestor,
			Role: codes(p.Role), Media: p.Media.code(), Address: p.Address, AddressType: p.AddressType})
	}
	for _, x := range m.Objects {
		o, err := x.object()
		if err != nil {
			return Event{}, err
		}
		e.Objects = append(e.Objects, o)
	}
	return e, nil
}

func (x xmlObject) object() (o Object, err error) {
	o = Object{Type: x.Type, Role: x.Role, Life: LifeCycle(x.Life), IDType: x.IDType.code(), ID: x.ID, Name: x.Name}
	if x.Query != nil {
		if o.Query, err = unbase(*x.Query); err != nil {
			return o, err
		}
	}
	for _, d := range x.Detail {
		v, err := unbase(d.Value)
		if err != nil {
			return o, err
		}
		o.Detail = append(o.Detail, Detail{d.Type, string(v)})
	}
	for _, a := range x.Accession {
		o.Accession = append(o.Accession, a.Number)
	}
	for _, c := range x.Classes {
		o.Classes = append(o.Classes, Class{c.UID, c.N})
	}
	for _, c := range x.Contains {
		o.Contains = append(o.Contains, c.UID)
	}
	return o, nil
}

func unbase(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("%w: a value is not base64", ErrMessage)
	}
	return append([]byte{}, b...), nil
}
