package hl7

import (
	"cmp"
	"errors"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

// Party is a sender or receiver: MSH-3 and MSH-4, or MSH-5 and MSH-6.
type Party struct{ Application, Facility string }

// Options is what a message needs besides its report.
type Options struct {
	From, To Party
	// Authority is the namespace that assigns the Patient ID (PID-3.4).
	Authority string
	// PDF is the report as a referrer sees it; nil: text only.
	PDF []byte
}

// ErrNoPatientID says that the message could not name its patient (PID-3 is required).
var ErrNoPatientID = errors.New("the order has no patient ID: no HL7 message can be made of its report")

// ORU makes the unsolicited result of a signed report: ORU^R01 of HL7 2.5.1 (7.3.1)
// with the fields of IHE RAD-128. One release gives the same bytes every time, and any
// other bytes another control id: it is a digest of the message.
//
//	Kind         OBR-25  OBX-11  ORC-5
//	preliminary  P       P       A
//	final        F       F       CM
//	addendum     C       F       CM     the whole report again, its addendum at the end
//	correction   C       C       CM
//	withdrawal   X       W       IP     the order waits for a report again
//
// An addendum alone, without the report it adds to, is F: nothing is replaced by it.
func ORU(r report.Release, o Options) (message []byte, controlID string, err error) {
	if strings.TrimSpace(r.Patient.ID) == "" {
		return nil, "", ErrNoPatientID
	}
	controlID = digest(string(oru(r, o, "")))
	return oru(r, o, controlID), controlID, nil
}

func oru(r report.Release, o Options, id string) []byte {
	var w writer
	st := states(r)
	w.segment("MSH", put([]wire{text(o.From.Application), text(o.From.Facility), text(o.To.Application), text(o.To.Facility),
		stamp(r.Signed.At), "", parts("ORU", "R01", "ORU_R01"), text(id), "P", "2.5.1"}, 18-2, utf8Name)...)
	w.segment("PID", "1", "", join('^', []wire{text(r.Patient.ID), "", "", text(o.Authority), "MR"}), "",
		names(r.Patient.Name), "", text(r.Patient.Birth), text(sex(r.Patient.Sex)))
	placer, filler := text(r.Request.PlacerOrder), text(cmp.Or(r.Request.FillerOrder, accession(r)))
	w.segment("ORC", "RE", placer, filler, "", wire(st.order))
	obr := []wire{"1", placer, filler, code(procedure(r))}
	obr = put(obr, 7, observed(r))
	obr = put(obr, 16, xcn("", r.Requester))
	obr = put(obr, 18, text(accession(r)))
	obr = put(obr, 19, text(r.Request.ProcedureID))
	obr = put(obr, 22, stamp(r.Signed.At))
	obr = put(obr, 24, "RAD")
	obr = put(obr, 25, wire(st.report))
	if r.Indication != "" {
		obr = put(obr, 31, parts("", r.Indication))
	}
	obr = put(obr, 32, interpreter(r.Reader))
	var others []wire
	for _, a := range r.Others {
		others = append(others, interpreter(a))
	}
	obr = put(obr, 33, join('~', others))
	if c := r.Request.Procedure; c.Value != "" {
		obr = put(obr, 44, code(c))
	}
	w.segment("OBR", obr...)
	if p, ok := priorities[r.Priority]; ok {
		w.segment("TQ1", put(nil, 9, p)...)
	}
	observations(&w, r, o, st)
	return []byte(w.b.String())
}

// priorities are those of table 0485.
var priorities = map[string]wire{"stat": "S^Stat^HL70485", "urgent": "A^ASAP^HL70485", "routine": "R^Routine^HL70485"}

// status is what a kind of report is in tables 0123, 0085 and 0038.
type status struct{ report, result, order string }

func states(r report.Release) status {
	switch r.Kind {
	case report.Preliminary:
		return status{"P", "P", "A"}
	case report.Corrected:
		return status{"C", "C", "CM"}
	case report.Withdrawn:
		return status{"X", "W", "IP"}
	case report.Added:
		for _, p := range r.Body() {
			if p.Section != report.Addendum && p.Section != report.Critical {
				return status{"C", "F", "CM"}
			}
		}
	}
	return status{"F", "F", "CM"}
}

func accession(r report.Release) string { return cmp.Or(r.Request.Accession, r.Accession) }

// procedure is what was ordered, coded or in words; OBR-4 must say something.
func procedure(r report.Release) sr.Code {
	c := r.Request.Procedure
	if c.Value != "" {
		return c
	}
	if words := cmp.Or(r.Request.Description, r.Exam); words != "" {
		return sr.Code{Meaning: words}
	}
	return sr.Code{Value: "18748-4", Scheme: "LN", Meaning: "Diagnostic imaging report"}
}

func code(c sr.Code) wire { return parts(c.Value, c.Meaning, c.Scheme) }

// observed is when the images were made, or the report, where that is not known.
func observed(r report.Release) wire {
	if r.StudyDate == "" {
		return stamp(r.Signed.At)
	}
	clock := strings.ReplaceAll(strings.SplitN(r.StudyTime, ".", 2)[0], ":", "")
	return text(strings.ReplaceAll(r.StudyDate, ".", "") + clock)
}

// sex is table 0001.
func sex(s string) string {
	switch s {
	case "M", "F", "O":
		return s
	}
	return "U"
}

// names are a PN's writings as XPN, each once: alphabetic, ideographic, phonetic. The
// suffix goes before the prefix there.
func names(pn string) wire {
	p := dicom.ParsePN(pn)
	var out []wire
	for _, g := range []struct {
		name dicom.PNGroup
		form string
	}{{p.Alphabetic, "A"}, {p.Ideographic, "I"}, {p.Phonetic, "P"}} {
		if g.name != (dicom.PNGroup{}) {
			n := g.name
			out = append(out, parts(n.Family, n.Given, n.Middle, n.Suffix, n.Prefix, "", "L", g.form))
		}
	}
	return join('~', out)
}

// xcn is a person with an identifier.
func xcn(id, pn string) wire {
	n := person(pn)
	return parts(id, n.Family, n.Given, n.Middle, n.Suffix, n.Prefix)
}

// interpreter is the person of an NDL, whose components are subcomponents there.
func interpreter(a report.Reader) wire {
	n := person(a.Name)
	return subs(a.ID, n.Family, n.Given, n.Middle, n.Suffix, n.Prefix)
}

// person is the first writing that there is.
func person(pn string) dicom.PNGroup {
	p := dicom.ParsePN(pn)
	for _, g := range []dicom.PNGroup{p.Alphabetic, p.Ideographic, p.Phonetic} {
		if g != (dicom.PNGroup{}) {
			return g
		}
	}
	return dicom.PNGroup{}
}
