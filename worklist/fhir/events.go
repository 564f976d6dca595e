package fhir

import (
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// Events makes the bundle of what else is to be known: critical results as they were
// told (X1) and follow-ups that are recommended (X6). ok is false where there is
// nothing of either. A result that nobody was told, one still open or a slip that was
// closed, is no communication.
func Events(r report.Release, o Options) (d Document, ok bool, err error) {
	m, err := newMaker(r, o)
	if err != nil {
		return Document{}, false, err
	}
	var entries []entry
	for _, c := range r.Critical {
		if c.Told.IsZero() {
			continue
		}
		e := m.communication(c)
		entries = append(entries, m.create(e.ResourceType, c.ID, e.Identifier[0], e))
	}
	for _, f := range r.FollowUp {
		e := m.task(f)
		entries = append(entries, m.create(e.ResourceType, f.ID, e.Identifier[0], e))
	}
	if len(entries) == 0 {
		return Document{}, false, nil
	}
	d, err = m.document(nil, entries)
	return d, err == nil, err
}

// categories are the ACR's (DICOM CID 7035), with the priority that each has.
var categories = map[int]struct {
	code     coding
	priority string
}{
	1: {coding{radlex, "RID49480", "ACR Category 1 Actionable Finding"}, "stat"},
	2: {coding{radlex, "RID49481", "ACR Category 2 Actionable Finding"}, "urgent"},
	3: {coding{radlex, "RID49482", "ACR Category 3 Actionable Finding"}, "routine"},
}

func (m maker) communication(c report.Communication) communication {
	out := communication{ResourceType: "Communication", Identifier: []identifier{m.own("communication", c.ID)},
		PartOf: []reference{m.thisReport()}, About: []reference{m.thisReport()}, Status: "completed", Priority: "routine", Subject: m.patient(), Sent: instant(c.Told),
		Category: []concept{{Coding: []coding{{"http://terminology.hl7.org/CodeSystem/communication-category", "alert", "Alert"}}}},
		Topic:    &concept{Coding: []coding{{loinc, "73568-8", "Communication of critical results"}}, Text: first(c.Finding, "Critical result")},
		Payload:  []payload{{clean(c.Text(m.r.Signed.At.Location()))}},
	}
	if k, ok := categories[c.Category]; ok {
		out.Category = append(out.Category, concept{Coding: []coding{k.code}})
		out.Priority = k.priority
	}
	if c.By != "" {
		p := m.person("", name(c.By))
		out.Sender = &p
	}
	if to := first(c.To, c.Role); to != "" {
		if role := clean(c.Role); role != "" && role != to {
			to += " (" + role + ")"
		}
		out.Recipient = []reference{m.person("", to)}
	}
	if c.Method != "" {
		out.Medium = []concept{medium(c.Method)}
	}
	if !c.Acknowledged.IsZero() {
		out.Received = instant(c.Acknowledged)
	}
	return out
}

// medium is v3-ParticipationMode.
func medium(method string) concept {
	const system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
	words := clean(method)
	switch lower := strings.ToLower(words); {
	case strings.Contains(lower, "phone"):
		return concept{Coding: []coding{{system, "PHONE", "telephone"}}, Text: words}
	case strings.Contains(lower, "person"):
		return concept{Coding: []coding{{system, "FACE", "face-to-face"}}, Text: words}
	case strings.Contains(lower, "message"):
		return concept{Coding: []coding{{system, "ELECTRONIC", "electronic data"}}, Text: words}
	}
	return concept{Text: words}
}

func (m maker) task(f report.FollowUp) task {
	reader := m.reader(m.r.Reader)
	t := task{ResourceType: "Task", Identifier: []identifier{m.own("follow-up", f.ID)}, Status: "requested", Intent: "proposal", Priority: "routine",
		Description: first(f.What, "Follow-up"), Focus: m.thisReport(), For: m.patient(), AuthoredOn: m.issued(), Requester: &reader}
	if !f.From.IsZero() {
		t.Restriction.Period.Start = f.From.Format("2006-01-02")
	}
	t.Restriction.Period.End = f.By.Format("2006-01-02")
	if why := first(f.Why); why != "" {
		t.Reason = &concept{Text: why}
	}
	return t
}

// own identifies what this program gave a name to.
func (m maker) own(what, id string) identifier {
	return identifier{System: "urn:nocturne:" + what, Value: first(id, uuid(what, m.r.Signed.SOPUID))}
}
