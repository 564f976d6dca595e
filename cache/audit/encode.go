package audit

import (
	"encoding/base64"
	"encoding/xml"
	"strconv"
	"strings"
	"time"
)

// XML is the event as the AuditMessage of PS3.15 A.5.1: UTF-8, one line, no document type,
// elements in the schema's order. What XML cannot hold is U+FFFD in it. At is written to
// the microsecond, with its zone.
func (e Event) XML() []byte {
	w := &writer{}
	w.b.WriteString(xml.Header[:len(xml.Header)-1])
	w.open("AuditMessage")
	w.event(e)
	for _, p := range e.Active {
		w.participant(p)
	}
	w.source(e.Source)
	for _, o := range e.Objects {
		w.object(o)
	}
	w.close("AuditMessage")
	return []byte(w.b.String())
}

// writer writes elements; attributes come as names and values in turn.
type writer struct{ b strings.Builder }

func (w *writer) start(name string, attrs []string) {
	w.b.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		w.b.WriteString(" " + attrs[i] + `="`)
		w.text(attrs[i+1])
		w.b.WriteByte('"')
	}
}

func (w *writer) open(name string, attrs ...string) {
	w.start(name, attrs)
	w.b.WriteByte('>')
}

func (w *writer) empty(name string, attrs ...string) {
	w.start(name, attrs)
	w.b.WriteString("/>")
}

func (w *writer) close(name string) { w.b.WriteString("</" + name + ">") }

func (w *writer) text(s string) { xml.EscapeText(&w.b, []byte(s)) }

func (w *writer) leaf(name, text string) {
	w.open(name)
	w.text(text)
	w.close(name)
}

func (w *writer) code(name string, c Code) {
	w.empty(name, "csd-code", c.Value, "codeSystemName", c.System, "displayName", c.Meaning, "originalText", c.Meaning)
}

func (w *writer) event(e Event) {
	at := []string{"EventActionCode", string(e.Action)}
	if e.Action == "" {
		at = nil
	}
	w.open("EventIdentification", append(at, "EventDateTime", e.At.Format("2006-01-02T15:04:05.000000Z07:00"),
		"EventOutcomeIndicator", strconv.Itoa(int(e.Outcome)))...)
	w.code("EventID", e.ID)
	for _, c := range e.Type {
		w.code("EventTypeCode", c)
	}
	if e.Why != "" {
		w.leaf("EventOutcomeDescription", e.Why)
	}
	w.close("EventIdentification")
}

func (w *writer) participant(p Participant) {
	at := []string{"UserID", p.UserID}
	if p.Alternative != "" {
		at = append(at, "AlternativeUserID", p.Alternative)
	}
	if p.Name != "" {
		at = append(at, "UserName", p.Name)
	}
	at = append(at, "UserIsRequestor", strconv.FormatBool(p.Requestor))
	if p.AddressType != 0 {
		at = append(at, "NetworkAccessPointID", p.Address, "NetworkAccessPointTypeCode", strconv.Itoa(p.AddressType))
	}
	w.open("ActiveParticipant", at...)
	for _, c := range p.Role {
		w.code("RoleIDCode", c)
	}
	if p.Media != (Code{}) {
		w.open("MediaIdentifier")
		w.code("MediaType", p.Media)
		w.close("MediaIdentifier")
	}
	w.close("ActiveParticipant")
}

// source: we are an end-user's display (A.5.1.2.1).
func (w *writer) source(s Source) {
	var at []string
	if s.Site != "" {
		at = []string{"AuditEnterpriseSiteID", s.Site}
	}
	w.open("AuditSourceIdentification", append(at, "AuditSourceID", s.ID)...)
	w.empty("AuditSourceTypeCode", "csd-code", "1")
	w.close("AuditSourceIdentification")
}

func (w *writer) object(o Object) {
	at := []string{"ParticipantObjectID", o.ID}
	for _, n := range []struct {
		name string
		v    int
	}{{"ParticipantObjectTypeCode", o.Type}, {"ParticipantObjectTypeCodeRole", o.Role}, {"ParticipantObjectDataLifeCycle", int(o.Life)}} {
		if n.v != 0 {
			at = append(at, n.name, strconv.Itoa(n.v))
		}
	}
	w.open("ParticipantObjectIdentification", at...)
	w.code("ParticipantObjectIDTypeCode", o.IDType)
	if o.Query != nil {
		w.leaf("ParticipantObjectQuery", base64.StdEncoding.EncodeToString(o.Query))
	} else {
		w.leaf("ParticipantObjectName", o.Name)
	}
	for _, d := range o.Detail {
		w.empty("ParticipantObjectDetail", "type", d.Type, "value", base64.StdEncoding.EncodeToString([]byte(d.Value)))
	}
	w.describe(o)
	w.close("ParticipantObjectIdentification")
}

// describe writes DICOMObjectDescriptionContents where there is something to say.
func (w *writer) describe(o Object) {
	if len(o.Accession)+len(o.Classes)+len(o.Contains) == 0 {
		return
	}
	w.open("ParticipantObjectDescription")
	for _, a := range o.Accession {
		w.empty("Accession", "Number", a)
	}
	for _, c := range o.Classes {
		w.empty("SOPClass", "UID", c.UID, "NumberOfInstances", strconv.Itoa(c.N))
	}
	if len(o.Contains) > 0 {
		w.open("ParticipantObjectContainsStudy")
		for _, uid := range o.Contains {
			w.empty("StudyIDs", "UID", uid)
		}
		w.close("ParticipantObjectContainsStudy")
	}
	w.close("ParticipantObjectDescription")
}

// stamp is a time as XML reads it back.
func stamp(s string) (time.Time, error) { return time.Parse(time.RFC3339Nano, s) }
