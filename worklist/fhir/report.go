package fhir

import (
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

// Options is what a bundle needs besides its report.
type Options struct {
	// PatientSystem and AccessionSystem are the URIs of who assigns these numbers; empty:
	// made of the site's name, so that two sites' equal numbers are never taken for one.
	PatientSystem, AccessionSystem string
	ReaderSystem                   string // of the reader's ID; empty: of the site, too
	DICOMweb                       string // where the study can be retrieved; may be empty
	PDF                            []byte // the report as a referrer sees it; may be nil
}

// Document is a transaction as it is posted. Control is the value of Bundle.identifier.
type Document struct {
	Control string
	Bytes   []byte
}

// ErrNoPatientID says that the resources could not name their patient.
var ErrNoPatientID = errors.New("the order has no patient ID: no FHIR bundle can be made of its report")

// maker is one release being written.
type maker struct {
	r report.Release
	o Options
}

// Report makes the IMR bundle of a signed report; see the package comment.
func Report(r report.Release, o Options) (Document, error) {
	m, err := newMaker(r, o)
	if err != nil {
		return Document{}, err
	}
	dr, study := m.diagnosticReport(), m.study()
	se := m.create("ImagingStudy", r.Signed.StudyUID, study.Identifier[0], study)
	dr.ImagingStudy = []reference{{Reference: se.FullURL, Type: "ImagingStudy"}}
	entries := []entry{m.create("DiagnosticReport", r.Signed.SOPUID, dr.Identifier[0], dr)}
	if order := m.order(); order != nil {
		oe := m.create("ServiceRequest", m.accession(), order.Identifier[0], order)
		based := []reference{{Reference: oe.FullURL, Type: "ServiceRequest"}}
		study.BasedOn, dr.BasedOn = based, based
		entries = append(entries, oe)
	}
	entries = append(entries, se)
	return m.document(&meta{Profile: []string{bundleProfile}}, entries)
}

func newMaker(r report.Release, o Options) (maker, error) {
	if strings.TrimSpace(r.Patient.ID) == "" {
		return maker{}, ErrNoPatientID
	}
	for _, s := range []struct {
		system *string
		what   string
	}{{&o.PatientSystem, "patient"}, {&o.AccessionSystem, "accession"}, {&o.ReaderSystem, "reader"}} {
		if *s.system == "" {
			*s.system = "urn:nocturne:" + escapeURN(r.Site) + ":" + s.what
		}
	}
	return maker{r, o}, nil
}

// document writes the bundle, whose identifier is a digest of what is in it.
func (m maker) document(profile *meta, entries []entry) (Document, error) {
	b := bundle{ResourceType: "Bundle", Meta: profile, Type: "transaction", Timestamp: m.issued(), Entry: entries}
	body, err := json.Marshal(b)
	if err != nil {
		return Document{}, fmt.Errorf("write FHIR bundle: %w", err)
	}
	control := uuid("bundle", string(body))
	b.Identifier = identifier{System: uuidSystem, Value: control}
	if body, err = json.Marshal(b); err != nil {
		return Document{}, fmt.Errorf("write FHIR bundle: %w", err)
	}
	return Document{Control: control, Bytes: body}, nil
}

// create is an entry that makes the resource unless the server has one with that
// identifier (R4 3.1.0.8.1): sent twice it is there once.
func (m maker) create(kind, id string, by identifier, resource any) entry {
	return entry{FullURL: uuid(kind, by.System, id), Resource: resource,
		Request: request{Method: "POST", URL: kind, IfNoneExist: "identifier=" + by.System + "|" + escapeURN(by.Value)}}
}

// status is the report's (table of the package comment).
func status(k report.Kind) string {
	switch k {
	case report.Preliminary:
		return "preliminary"
	case report.Added:
		return "appended"
	case report.Corrected:
		return "corrected"
	case report.Withdrawn:
		return "entered-in-error"
	}
	return "final"
}

func (m maker) diagnosticReport() *diagnosticReport {
	r := m.r
	page := page(r)
	d := &diagnosticReport{ResourceType: "DiagnosticReport", Meta: meta{Profile: []string{profileBase + "imr-diagnosticreport"}},
		Text: narrative{Status: "generated", Div: div(r)}, Extension: m.before(),
		Identifier: []identifier{ofUID(r.Signed.SOPUID)}, Status: status(r.Kind),
		Category: []concept{{Coding: []coding{{services, "RAD", "Radiology"}}}},
		Code:     m.code(), Subject: m.patient(), Effective: dicom.ISODay(r.StudyDate), Issued: m.issued(),
		Performer:          []reference{{Type: "Organization", Display: first(r.Facility, r.Reader.Organization, "Unknown organization")}},
		ResultsInterpreter: []reference{m.reader(r.Reader)},
		Conclusion:         strings.TrimSpace(r.Part(report.Impression)),
		PresentedForm:      []attachment{m.form("text/html", page)},
	}
	for _, a := range r.Others {
		d.ResultsInterpreter = append(d.ResultsInterpreter, m.reader(a))
	}
	if len(m.o.PDF) > 0 {
		d.PresentedForm = append(d.PresentedForm, m.form("application/pdf", m.o.PDF))
	}
	return d
}

func (m maker) form(kind string, data []byte) attachment {
	sum := sha1.Sum(data)
	return attachment{ContentType: kind, Data: data, Size: len(data), Hash: sum[:], Title: title(m.r), Creation: m.issued()}
}

// before names the document that this one adds to or takes the place of.
func (m maker) before() []extension {
	if m.r.Before == nil || m.r.Before.SOPUID == "" {
		return nil
	}
	id := ofUID(m.r.Before.SOPUID)
	what := "diagnosticReport-replaces"
	if m.r.Kind == report.Added {
		what = "diagnosticReport-addendumOf"
	}
	return []extension{{URL: extensionBase + what, Value: &reference{Type: "DiagnosticReport", Identifier: &id}}}
}

// code is the document's title (CID 7000), and the exam in words.
func (m maker) code() concept {
	t := sr.Title(m.r.Modality, "")
	return concept{Coding: []coding{codingOf(t)}, Text: first(m.r.Exam, m.r.Request.Description)}
}

func (m maker) accession() string { return first(m.r.Request.Accession, m.r.Accession) }
