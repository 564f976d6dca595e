// Package paper is a report as its referrer sees it: pages of a PDF, and the same words
// as plain text for a terminal. Nothing is on paper that the release does not say, and
// everything that its structured report says is on paper.
package paper

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

// words are what stands on the pages, in order.
type words struct {
	bar, title, facility string
	facts                [][2]string // label, what is known
	parts                []report.Part
	signed               []string // who answers for it
	footer               string   // what the images are and were read on
	document             string   // which object this is the paper of
}

// bars say of a kind, on every page, what no reader may miss.
var bars = map[report.Kind]string{
	report.Preliminary: "PRELIMINARY REPORT - NOT VERIFIED, A FINAL REPORT FOLLOWS",
	report.Added:       "ADDENDUM TO A SIGNED REPORT",
	report.Corrected:   "CORRECTED REPORT - REPLACES THE ONE SIGNED BEFORE",
	report.Withdrawn:   "REPORT WITHDRAWN - MUST NOT BE USED",
}

// draftBar is of what nobody signed.
const draftBar = "DRAFT, NOT SIGNED"

func wordsOf(r report.Release) words {
	w := words{title: "Diagnostic imaging report", facility: dicom.OneLine(r.Facility), bar: bars[r.Kind], parts: r.Body(), footer: dicom.OneLine(r.Footer)}
	if draft(r) {
		w.bar = draftBar
		if what := bars[r.Kind]; what != "" {
			w.bar += " - " + what
		}
	} else {
		w.signed = signatures(r)
		w.document = "Document " + r.Signed.SOPUID + follows(r)
	}
	known := func(label string, what ...string) {
		var said []string
		for _, s := range what {
			if s = dicom.OneLine(s); s != "" {
				said = append(said, s)
			}
		}
		if said != nil {
			w.facts = append(w.facts, [2]string{label, strings.Join(said, " ")})
		}
	}
	known("Patient", name(r.Patient.Name))
	known("Patient ID", r.Patient.ID)
	known("Born", date(r.Patient.Birth))
	known("Sex", r.Patient.Sex)
	known("Accession", r.Accession)
	known("Examination", r.Exam)
	known("Performed", date(r.StudyDate), clock(r.StudyTime))
	known("Requested by", name(r.Requester))
	return w
}

// follows names the document before, and what this one does to it.
func follows(r report.Release) string {
	if r.Before == nil {
		return ""
	}
	how := map[report.Kind]string{report.Added: "added to ", report.Withdrawn: "withdraws "}[r.Kind]
	return ", " + cmp.Or(how, "replaces ") + r.Before.SOPUID
}

// draft reports whether nobody signed it.
func draft(r report.Release) bool { return r.Signed.At.IsZero() }

func signatures(r report.Release) []string {
	by := name(r.Reader.Name)
	if org := dicom.OneLine(r.Reader.Organization); org != "" {
		by += ", " + org
	}
	how := "Verified and signed by "
	if r.Kind == report.Preliminary {
		how = "Preliminary, not verified; given out by "
	}
	out := []string{how + by + ", " + r.Signed.At.Format("2006-01-02 15:04:05 -0700")}
	var with []string
	for _, o := range r.Others {
		with = append(with, name(o.Name))
	}
	if with != nil {
		out = append(out, "With "+strings.Join(with, "; "))
	}
	return out
}

// who names the patient on every page.
func (w words) who() string {
	var out []string
	for _, f := range w.facts {
		switch f[0] {
		case "Patient", "Patient ID", "Born", "Accession":
			out = append(out, f[1])
		}
	}
	return strings.Join(out, " · ")
}

// Text is the report as it is on paper, in lines for a terminal.
func Text(r report.Release) string {
	w := wordsOf(r)
	var b strings.Builder
	for _, s := range []string{w.bar, w.facility, w.title} {
		if s != "" {
			b.WriteString(s + "\n")
		}
	}
	b.WriteString("\n")
	for _, f := range w.facts {
		fmt.Fprintf(&b, "%-13s %s\n", f[0], f[1])
	}
	for _, p := range w.parts {
		fmt.Fprintf(&b, "\n%s\n%s\n", strings.ToUpper(p.Title), strings.TrimRight(p.Text, "\n "))
	}
	if w.signed != nil {
		b.WriteString("\n" + strings.Join(w.signed, "\n") + "\n")
	}
	for _, s := range []string{w.footer, w.document} {
		if s != "" {
			b.WriteString("\n" + s + "\n")
		}
	}
	return dicom.Clean(b.String())
}

func name(pn string) string { return dicom.OneLine(dicom.ParsePN(pn).Display()) }

// date and clock write DA and TM as people read them; what is none stays as it is.
func date(da string) string {
	return cmp.Or(dicom.ISODay(da), da)
}

func clock(tm string) string {
	if t, ok := dicom.ParseTM(tm); ok {
		return t.Format("15:04")
	}
	return ""
}
