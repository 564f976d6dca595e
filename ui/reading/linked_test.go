package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// another is a second order of the same patient, half an hour later.
func another() feed.Row {
	o := aRow()
	o.StudyUID, o.WorkitemUID, o.Accession, o.Study, o.StudyTime = "1.3", "9.2", "A2", "CT forearm right", "024500"
	return o
}

func TestOnlyOpenOrdersOfThisPatientBelongTogether(t *testing.T) {
	row := aRow()
	for name, c := range map[string]struct {
		edit func(*feed.Row)
		want bool
	}{
		"the same":           {func(*feed.Row) {}, true},
		"mine":               {func(o *feed.Row) { who := "READER^DEMO"; o.ClaimedBy, o.Mine = &who, true }, true},
		"two hours later":    {func(o *feed.Row) { o.StudyTime = "041500" }, true},
		"a second more":      {func(o *feed.Row) { o.StudyTime = "041501" }, false},
		"another's name":     {func(o *feed.Row) { o.PatientName = "PHANTOM^ANNE" }, false},
		"another's ID":       {func(o *feed.Row) { o.PatientID = "P10" }, false},
		"another birth date": {func(o *feed.Row) { o.BirthDate = "19540203" }, false},
		"no birth date":      {func(o *feed.Row) { o.BirthDate = "" }, false},
		"another sex":        {func(o *feed.Row) { o.Sex = "M" }, false},
		"another site":       {func(o *feed.Row) { o.Site = "SOUTH" }, false},
		"finished":           {func(o *feed.Row) { o.State = feed.Final }, false},
		"held by another":    {func(o *feed.Row) { who := "OTHER^ONE"; o.ClaimedBy = &who }, false},
		"no time":            {func(o *feed.Row) { o.StudyTime, o.StudyDate = "", "" }, false},
		"itself":             {func(o *feed.Row) { *o = aRow() }, false},
	} {
		o := another()
		c.edit(&o)
		if got := len(Together(row, []feed.Row{row, o})) == 1; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// linkedNight is a draft of two orders, both claimed, with images of both.
func linkedNight(t *testing.T) (*Room, *report.Draft, report.Facts) {
	t.Helper()
	r, _ := newRoom(t)
	for i := range 3 {
		keep(t, r, "1.2.1", fmt.Sprint("1.2.1.", i+1), nil)
	}
	for i := range 3 {
		keep(t, r, "1.3.1", fmt.Sprint("1.3.1.", i+1), func(d *dicom.Dataset) {
			d.SetStr(dicom.StudyInstanceUID, "1.3")
			d.SetStr(dicom.AccessionNumber, "A2")
		})
	}
	for _, c := range []ledger.Claim{{WorkitemUID: "9.1", TransactionUID: "2.25.77", StudyUID: "1.2", Accession: "A1"}, {WorkitemUID: "9.2", TransactionUID: "2.25.78", StudyUID: "1.3", Accession: "A2"}} {
		c.Site, c.State, c.Since = "NORTH", ledger.Held, night
		if _, _, err := r.Ledger.PutClaim(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	r.Compose = func(_ context.Context, row feed.Row, rel report.Release) []Parcel {
		return []Parcel{{Channel: ledger.HL7, Address: "mllp://127.0.0.1:1", Kind: ledger.KindORU, Control: "M" + rel.Accession, Required: true,
			Bytes: []byte(rel.Accession + " " + row.StudyUID + " " + string(rel.Study.Str(dicom.StudyInstanceUID)))}}
	}
	d := draftOn(t, r)
	if !d.Link(report.LinkedOrder{StudyUID: "1.3", Accession: "A2", Exam: "CT forearm right"}, night) {
		t.Fatal("not linked")
	}
	var err error
	if d.Revision, err = r.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return r, d, r.Facts(t.Context(), aRow(), Context{Linked: LinkedRows(d, []feed.Row{another()})})
}

// PS3.3 C.17.2: a document for several studies is stored in each, with references to
// its duplicates; each order has its own message and its own workitem.
func TestEveryLinkedOrderGetsItsOwnReportInOneSigning(t *testing.T) {
	r, d, f := linkedNight(t)
	out, err := r.Sign(t.Context(), aRow(), d, f, true)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := r.Ledger.RowsOf(t.Context(), out.Signed.SOPUID)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var docs []sr.Document
	for i, want := range []struct{ accession, study, workitem, txn, kind string }{
		{"A1", "1.2", "9.1", "2.25.77", ledger.KindSR}, {"A1", "1.2", "", "", ledger.KindORU},
		{"A2", "1.3", "9.2", "2.25.78", ledger.KindSR}, {"A2", "1.3", "", "", ledger.KindORU}} {
		o, err := r.Ledger.Row(t.Context(), rows[i].ID)
		if err != nil || o.Accession != want.accession || o.StudyUID != want.study || o.WorkitemUID != want.workitem || o.TransactionUID != want.txn || o.Kind != want.kind {
			t.Errorf("row %d: %+v, %v", i, o, err)
		}
		if want.kind == ledger.KindORU && string(o.Object) != want.accession+" "+want.study+" "+want.study {
			t.Errorf("the message says %s", o.Object)
		}
		if want.kind != ledger.KindSR {
			continue
		}
		file, err := dicom.Parse(o.Object)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := sr.Read(file.Dataset)
		if err != nil || file.Dataset.Str(dicom.StudyInstanceUID) != want.study || file.Dataset.Str(dicom.AccessionNumber) != want.accession || o.Control != string(doc.SOPUID) || !doc.Verified {
			t.Errorf("%s: %v", want.accession, err)
		}
		for _, e := range doc.Current {
			if string(e.Study) != want.study {
				t.Errorf("%s has current evidence of %s", want.accession, e.Study)
			}
		}
		if len(doc.Current) != 3 || len(doc.Priors) != 3 || len(doc.Identical) != 1 || doc.Section("impression") != "No fracture." {
			t.Errorf("%s: %d current, %d other, %d identical", want.accession, len(doc.Current), len(doc.Priors), len(doc.Identical))
		}
		docs = append(docs, doc)
	}
	if docs[0].Identical[0].Instance != docs[1].SOPUID || docs[1].Identical[0].Instance != docs[0].SOPUID || docs[0].SOPUID == docs[1].SOPUID || docs[0].SeriesUID == docs[1].SeriesUID {
		t.Errorf("%s names %v, %s names %v", docs[0].SOPUID, docs[0].Identical, docs[1].SOPUID, docs[1].Identical)
	}
	for _, row := range []feed.Row{aRow(), another()} {
		if _, signed, err := r.Draft(t.Context(), row); err != nil || !signed {
			t.Errorf("%s is not signed: %v", row.Accession, err)
		}
	}
	if next, err := r.Amend(t.Context(), another(), report.Added, ""); err != nil || next.Before.SOPUID != string(docs[1].SOPUID) {
		t.Errorf("the addendum to the second follows %+v, %v", next, err)
	}
}

func TestTakingALinkedReportBackTakesAllOfItBack(t *testing.T) {
	r, d, f := linkedNight(t)
	out, err := r.Sign(t.Context(), aRow(), d, f, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ledger.Recall(t.Context(), out.ID, night); err != nil {
		t.Fatal(err)
	}
	if left, err := r.Ledger.Outbox(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("%d rows are left, %v", len(left), err)
	}
	again, signed, err := r.Draft(t.Context(), aRow())
	if err != nil || signed || len(again.Linked) != 1 {
		t.Fatalf("signed %v, %v", signed, err)
	}
	if _, ok, _ := r.Ledger.Draft(t.Context(), "1.3"); ok {
		t.Error("the second order keeps a draft that was never its own")
	}
	r.Now = func() time.Time { return night.Add(time.Second) }
	if _, err := r.Sign(t.Context(), aRow(), again, f, true); err != nil {
		t.Errorf("it cannot be signed again: %v", err)
	}
}

func TestNothingIsSignedForAnOrderOfAnotherPatient(t *testing.T) {
	for name, edit := range map[string]func(*feed.Row){
		"name": func(o *feed.Row) { o.PatientName = "OTHER^ANNA" }, "ID": func(o *feed.Row) { o.PatientID = "P2" },
		"birth date": func(o *feed.Row) { o.BirthDate = "19540203" }, "sex": func(o *feed.Row) { o.Sex = "M" },
		"not open in the list": func(o *feed.Row) { o.State = feed.Final },
	} {
		r, d, _ := linkedNight(t)
		o := another()
		edit(&o)
		f := r.Facts(t.Context(), aRow(), Context{Linked: LinkedRows(d, []feed.Row{o})})
		var blocked *report.BlockedError
		_, err := r.Sign(t.Context(), aRow(), d, f, true)
		if !asBlocked(err, &blocked) || !slices.ContainsFunc(blocked.Findings, func(x report.Finding) bool {
			return x.Rule == "linked-order" && x.Final && strings.Contains(x.Hint, name)
		}) {
			t.Errorf("%s: %v", name, err)
		}
		if rows, _ := r.Ledger.Outbox(t.Context()); len(rows) > 0 {
			t.Errorf("%s: %d rows", name, len(rows))
		}
	}
}

// The images of every linked order are compared with it, too, and counted.
func TestALinkedOrdersImagesAreCheckedAsItsOwn(t *testing.T) {
	r, d, _ := linkedNight(t)
	keep(t, r, "1.3.1", "1.3.1.9", func(h *dicom.Dataset) {
		h.SetStr(dicom.StudyInstanceUID, "1.3")
		h.SetStr(dicom.AccessionNumber, "A2")
		h.SetStr(dicom.PatientID, "P9")
	})
	f := r.Facts(t.Context(), aRow(), Context{Linked: []feed.Row{another()}})
	var rules []string
	for _, x := range report.Check(d, f) {
		if slices.Contains(x.Evidence, "order A2") {
			rules = append(rules, x.Rule)
		}
	}
	if !slices.Contains(rules, "wrong-patient-instance") || !slices.Contains(rules, "unseen-images") {
		t.Errorf("found %v", rules)
	}
	if _, err := r.Sign(t.Context(), aRow(), d, f, true); err == nil {
		t.Error("signed with another patient's image in a linked order")
	}
	for _, x := range report.Stopping(report.Check(d, f)) {
		d.OverrideWith(x, "looked at", f.Reader, night)
	}
	if left := report.Stopping(report.Check(d, f)); len(left) > 0 {
		t.Errorf("not overridden: %+v", left)
	}
}

// An order in whose own report somebody wrote is not linked, and one written meanwhile
// keeps the signing back.
func TestNothingWrittenIsPutAsideByALink(t *testing.T) {
	r, d, f := linkedNight(t)
	own := report.New("1.3", "A2", "NORTH", night)
	own.Set(report.Findings, "Own words.", night)
	if _, err := r.Save(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Link(t.Context(), aRow(), another()); err == nil || !strings.Contains(err.Error(), "report of its own") {
		t.Errorf("linked: %v", err)
	}
	if _, err := r.Sign(t.Context(), aRow(), d, f, true); err == nil || !strings.Contains(err.Error(), "A2") {
		t.Errorf("signed: %v", err)
	}
	if kept, signed, err := r.Draft(t.Context(), another()); err != nil || signed || kept.Plain(report.Findings) != "Own words." {
		t.Errorf("%v %v", signed, err)
	}
}

func asBlocked(err error, b **report.BlockedError) bool { return errors.As(err, b) }
