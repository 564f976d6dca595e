package ups

import (
	"os"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Reader is who performs: the names that other readers see.
type Reader struct {
	Name         string // PN form
	ID           string
	Organization string
}

// Performer is a reader at the worklist of one site. It keeps nothing but what
// is in the ledger: any number of programs of one home may act at once.
type Performer struct {
	Ledger    *ledger.Ledger
	Workitems pacs.Workitems // nil: the site keeps no worklist
	Site      string
	UPSURL    string
	Reader    Reader
	Now       func() time.Time // nil: time.Now
}

func (p *Performer) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

// dcm is a code of coding scheme DCM (PS3.16 D).
func dcm(value, meaning string) *dicom.Dataset { return code(value, "DCM", meaning) }

// local is a code of this place alone (PS3.16 8: designator 99…).
func local(value, meaning string) *dicom.Dataset { return code(value, "99NOCTURNE", meaning) }

func code(value, scheme, meaning string) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.CodeValue, value)
	d.SetStr(dicom.CodingSchemeDesignator, scheme)
	d.SetStr(dicom.CodeMeaning, cut(meaning, 64))
	return d
}

// cut keeps at most n characters, as SH (16) and LO (64) do.
func cut(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// humanPerformer is one item of the Actual Human Performers Sequence (PS3.3 C.30.3).
func (r Reader) humanPerformer() *dicom.Dataset {
	d := &dicom.Dataset{}
	if r.ID != "" && len([]rune(r.ID)) <= 16 {
		d.SetSeq(dicom.HumanPerformerCodeSequence, local(r.ID, r.Name))
	}
	d.SetStr(dicom.HumanPerformerName, r.Name)
	if r.Organization != "" {
		d.SetStr(dicom.HumanPerformerOrganization, cut(r.Organization, 64))
	}
	return d
}

// performed is one item of the Performed Procedure Sequence (0074,1216) with who
// started it and when, and what a step needs in the end (PS3.4 Table CC.2.5-3).
func (r Reader) performed(start time.Time) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetSeq(dicom.ActualHumanPerformersSequence, r.humanPerformer())
	d.SetSeq(dicom.PerformedStationNameCodeSequence, station())
	d.SetStr(dicom.PerformedProcedureStepStartDateTime, dicom.FormatDT(start))
	d.SetSeq(dicom.PerformedWorkitemCodeSequence, dcm("110005", "Interpretation"))
	return d
}

func station() *dicom.Dataset {
	h, err := os.Hostname()
	if err != nil || h == "" {
		h = "NOCTURNE"
	}
	return local(cut(h, 16), h)
}

// progress is a change of the Procedure Step Progress Information Sequence.
func progress(description string) *dicom.Dataset {
	item, d := &dicom.Dataset{}, &dicom.Dataset{}
	item.SetStr(dicom.ProcedureStepProgress, "0")
	if description != "" {
		item.SetStr(dicom.ProcedureStepProgressDescription, description)
	}
	d.SetSeq(dicom.ProcedureStepProgressInformationSequence, item)
	return d
}
