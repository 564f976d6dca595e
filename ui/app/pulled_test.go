package app

import (
	"bytes"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

// reported puts a report of the prior A0 on disk, under a patient's name.
func (n *night) reported(name string) {
	n.Helper()
	p := patients[3]
	header := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{dicom.StudyInstanceUID: uid("A0"), dicom.PatientName: name, dicom.PatientID: p.id,
		dicom.PatientBirthDate: p.birth, dicom.PatientSex: p.sex, dicom.StudyDate: p.date} {
		header.SetStr(tag, v)
	}
	d, err := sr.BasicText(sr.Document{Study: header, SOPUID: dicom.UID(uid("A0", 9, 1)), SeriesUID: dicom.UID(uid("A0", 9)), Content: dusk.AddDate(-1, 0, 0),
		Observer: sr.Observer{Name: "OTHER^OLGA", Organization: "Test Hospital"}, Verified: true, VerifiedAt: dusk.AddDate(-1, 0, 0),
		Current:  []sr.InstanceRef{{Study: dicom.UID(uid("A0")), Series: dicom.UID(uid("A0", 1)), Instance: dicom.UID(uid("A0", 1, 1)), Class: dicom.CTImageStorage}},
		Sections: []sr.Section{{Key: "findings", Text: "Solid nodule of 5.5 mm in the right upper lobe. No pleural effusion."}, {Key: "impression", Text: "Nodule, follow-up in 12 months."}}})
	if err != nil {
		n.Fatal(err)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, nil); err != nil {
		n.Fatal(err)
	}
	if _, _, err := n.m.Room.Store.Put(b.Bytes()); err != nil {
		n.Fatal(err)
	}
}

func TestThePriorsSectionIsPulledAndMarkedUntilAccepted(t *testing.T) {
	n := newNight(t)
	n.reported("PHANTOM^ANNA")
	n.read("A1")
	n.key("f3", "f9")
	n.until("the prior's report", func() bool { return n.m.open.page.Beside != nil })
	n.key("f9")
	n.says("not accepted")
	n.key("f9")
	n.says("stands in the text already")
	n.m.status = status{}
	n.settle(0)
	n.m.open.page.Report = "draft"
	n.golden("case-pulled")
	want := "Solid nodule of 5.5 mm (prior, 2025-11-20) in the right upper lobe. No pleural effusion."
	if got := n.section(report.Findings); got != want {
		t.Errorf("reads %q", got)
	}
	if u := n.m.open.draft.Unconfirmed(); len(u) != 1 || u[0].Span.From.StudyUID != uid("A0") {
		t.Errorf("unconfirmed: %+v", u)
	}
	n.key("ctrl+k", "esc")
	if u := n.m.open.draft.Unconfirmed(); len(u) != 0 || n.m.open.page.Beside != nil {
		t.Errorf("accepted, and still unconfirmed: %+v", u)
	}
	n.key("ctrl+z")
	if got := n.section(report.Findings); got != "" {
		t.Errorf("undo left %q", got)
	}
}

func TestNothingIsPulledFromAnotherPatientsReport(t *testing.T) {
	n := newNight(t)
	n.reported("SOMEONE^ELSE")
	n.read("A1")
	n.key("f3", "f9")
	n.until("the prior's report", func() bool { return n.m.open.page.Beside != nil })
	n.key("f9")
	n.says("ANOTHER PATIENT'S")
	if got := n.section(report.Findings); got != "" || !strings.Contains(n.frame(), "ANOTHER PATIENT'S") {
		t.Errorf("pulled %q:\n%s", got, n.frame())
	}
}

func TestWithoutAPriorsReportItIsSaid(t *testing.T) {
	n := newNight(t)
	n.read("B1")
	n.key("f3", "f9")
	n.until("the answer", func() bool { return strings.Contains(n.m.status.text, "Nothing to show") })
	n.says("no prior found")
}
