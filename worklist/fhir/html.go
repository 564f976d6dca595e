package fhir

import (
	"html"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

// title is the page's: what the reader of it must know first.
func title(r report.Release) string {
	what := "Radiology report"
	switch r.Kind {
	case report.Preliminary:
		what = "PRELIMINARY radiology report"
	case report.Added:
		what = "Radiology report with addendum"
	case report.Corrected:
		what = "CORRECTED radiology report"
	case report.Withdrawn:
		what = "WITHDRAWN radiology report: do not use"
	}
	if exam := first(r.Exam); exam != "" {
		what += ", " + exam
	}
	return what
}

// page is the report as an HTML document of its own: no script, no link, nothing is
// loaded (IHE RAD-141 2:4.141.4.1.2.2.2).
func page(r report.Release) []byte {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>` + html.EscapeString(title(r)) + `</title></head><body>`)
	body(&b, r)
	b.WriteString("</body></html>")
	return []byte(b.String())
}

// div is the same as a narrative: XHTML without head (R4 2.4).
func div(r report.Release) string {
	var b strings.Builder
	b.WriteString(`<div xmlns="http://www.w3.org/1999/xhtml">`)
	body(&b, r)
	b.WriteString("</div>")
	return b.String()
}

// body writes only elements that HTML and XHTML read alike.
func body(b *strings.Builder, r report.Release) {
	line := func(tag, text string) { b.WriteString("<" + tag + ">" + html.EscapeString(text) + "</" + tag + ">") }
	line("h1", title(r))
	for _, row := range [][2]string{
		{"Patient", name(r.Patient.Name)}, {"Patient ID", first(r.Patient.ID)}, {"Born", dicom.ISODay(r.Patient.Birth)}, {"Sex", first(r.Patient.Sex)},
		{"Accession", first(r.Request.Accession, r.Accession)}, {"Study date", dicom.ISODay(r.StudyDate)}, {"Requested by", name(r.Requester)},
	} {
		if row[1] != "" {
			line("p", row[0]+": "+row[1])
		}
	}
	for _, p := range r.Body() {
		line("h2", p.Title)
		for text := range strings.SplitSeq(p.Text, "\n") {
			if text = clean(text); text != "" {
				line("p", text)
			}
		}
	}
	line("p", signature(r))
}

func signature(r report.Release) string {
	who := first(name(r.Reader.Name), "Unknown")
	if org := first(r.Facility, r.Reader.Organization); org != "" {
		who += ", " + org
	}
	said := "Signed by "
	if r.Kind == report.Preliminary {
		said = "Preliminary, not verified; given out by "
	}
	s := said + who + ", " + r.Signed.At.Format("2006-01-02 15:04 -0700")
	for _, a := range r.Others {
		s += ", with " + name(a.Name)
	}
	return s + "."
}
