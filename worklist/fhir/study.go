package fhir

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

// study is the imaging study that is reported, with what of it was in evidence.
func (m maker) study() *imagingStudy {
	r := m.r
	s := &imagingStudy{ResourceType: "ImagingStudy", Meta: meta{Profile: []string{profileBase + "imr-imagingstudy"}},
		Identifier: []identifier{ofUID(r.Signed.StudyUID)}, Status: "available",
		Modality: []coding{m.modality()}, Subject: m.patient(), Started: dicom.ISODay(r.StudyDate), Description: first(r.Exam),
	}
	if a := m.accession(); a != "" {
		s.Identifier = append(s.Identifier, typed("ACSN", m.o.AccessionSystem, clean(a)))
	}
	if r.Requester != "" {
		p := m.person("", name(r.Requester))
		s.Referrer = &p
	}
	if m.o.DICOMweb != "" {
		s.Endpoint = []reference{{Type: "Endpoint", Identifier: &identifier{System: uuidSystem, Value: m.o.DICOMweb}, Display: "DICOMweb of " + first(r.Site, "the archive")}}
	}
	if c := codeConcept(r.Request.Procedure, r.Request.Description); c != nil {
		s.Procedure = []concept{*c}
	}
	s.Series, s.NumInstances = m.series()
	s.NumSeries = len(s.Series)
	return s
}

func (m maker) modality() coding { return coding{System: dicomCodes, Code: first(m.r.Modality, "OT")} }

// series lists the evidence of this study by series, in its order.
func (m maker) series() (out []series, instances int) {
	at := map[dicom.UID]int{}
	for _, e := range m.r.Evidence {
		if e.Study != "" && string(e.Study) != m.r.Signed.StudyUID {
			continue
		}
		i, ok := at[e.Series]
		if !ok {
			i = len(out)
			at[e.Series] = i
			out = append(out, series{UID: string(e.Series), Modality: m.modality()})
		}
		out[i].NumInstances++
		instances++
	}
	return out, instances
}

// order is what was asked for; nil where it has no number.
func (m maker) order() *serviceRequest {
	r, a := m.r, clean(m.accession())
	if a == "" {
		return nil
	}
	s := &serviceRequest{ResourceType: "ServiceRequest", Meta: meta{Profile: []string{profileBase + "imr-servicerequest"}},
		Identifier: []identifier{typed("ACSN", m.o.AccessionSystem, a)}, Status: "completed", Intent: "order",
		Category: []concept{{Coding: []coding{{snomed, "363679005", "Imaging"}}}},
		Priority: priorities[r.Priority], Code: codeConcept(r.Request.Procedure, first(r.Request.Description, r.Exam)), Subject: m.patient(),
	}
	if r.Kind == report.Preliminary || r.Kind == report.Withdrawn {
		s.Status = "active"
	}
	for _, n := range []struct{ code, value string }{{"PLAC", r.Request.PlacerOrder}, {"FILL", r.Request.FillerOrder}} {
		if v := clean(n.value); v != "" {
			s.Identifier = append(s.Identifier, typed(n.code, "", v))
		}
	}
	if r.Requester != "" {
		p := m.person("", name(r.Requester))
		s.Requester = &p
	}
	if why := first(r.Indication); why != "" {
		s.Reason = []concept{{Text: why}}
	}
	return s
}

// priorities are those of request-priority.
var priorities = map[string]string{"stat": "stat", "urgent": "urgent", "routine": "routine"}
