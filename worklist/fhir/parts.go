package fhir

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

// uuid is a version 8 UUID (RFC 9562 5.8) of a hash, as a URN.
func uuid(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0F | 0x80
	u[8] = u[8]&0x3F | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// ofUID identifies what DICOM names by a UID (R4 10.7.2).
func ofUID(uid string) identifier { return identifier{System: dicomUID, Value: "urn:oid:" + uid} }

// typed is an identifier of table 0203.
func typed(code, system, value string) identifier {
	return identifier{Type: &concept{Coding: []coding{{System: identifiers, Code: code}}}, System: system, Value: value}
}

// escapeURN leaves what can stand in a URI, or in a query, as it is.
func escapeURN(s string) string {
	return strings.NewReplacer("+", "%20", "%3A", ":").Replace(url.QueryEscape(s))
}

// systemOf is a coding scheme's URI; "" for a site's own.
var systemOf = map[string]string{"LN": loinc, "SCT": snomed, "SRT": "", "DCM": dicomCodes, "RADLEX": radlex}

func codingOf(c sr.Code) coding {
	return coding{System: systemOf[c.Scheme], Code: clean(c.Value), Display: clean(c.Meaning)}
}

// codeConcept is a code with its words, or nil where there is neither.
func codeConcept(c sr.Code, words string) *concept {
	words = clean(words)
	switch {
	case c.Value != "":
		return &concept{Coding: []coding{codingOf(c)}, Text: words}
	case words != "" || c.Meaning != "":
		return &concept{Text: first(words, clean(c.Meaning))}
	}
	return nil
}

// clean: a string or code of FHIR has no control characters and no blanks at its ends
// (R4 2.24.0.1).
func clean(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r <= 0x9F {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))), " ")
}

func first(values ...string) string {
	for _, v := range values {
		if v = clean(v); v != "" {
			return v
		}
	}
	return ""
}

// instant has a zone always (R4 2.24.0.1).
func instant(t time.Time) string { return t.Format(time.RFC3339) }

func (m maker) issued() string { return instant(m.r.Signed.At) }

// patient is named by identifier: never created, never guessed.
func (m maker) patient() reference {
	id := typed("MR", m.o.PatientSystem, clean(m.r.Patient.ID))
	return reference{Type: "Patient", Identifier: &id, Display: name(m.r.Patient.Name)}
}

func (m maker) reader(a report.Reader) reference {
	return m.person(a.ID, name(a.Name))
}

func (m maker) person(id, display string) reference {
	p := reference{Type: "Practitioner", Display: first(display, "Unknown")}
	if id = clean(id); id != "" {
		p.Identifier = &identifier{System: m.o.ReaderSystem, Value: id}
	}
	return p
}

func name(pn string) string { return clean(dicom.ParsePN(pn).Display()) }

// thisReport refers to the DiagnosticReport from another transaction.
func (m maker) thisReport() reference {
	id := ofUID(m.r.Signed.SOPUID)
	return reference{Type: "DiagnosticReport", Identifier: &id}
}
