package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

var signedBefore = Document{SeriesUID: "1.3", SOPUID: "1.4", SOPClass: string(dicom.BasicTextSRStorage)}

func rulesOf(fs []Finding) (out []string) {
	for _, f := range fs {
		out = append(out, f.Rule)
	}
	return out
}

// signedAs signs a draft and reads the document back.
func signedAs(t *testing.T, d *Draft, f Facts) (Signed, sr.Document) {
	t.Helper()
	for _, found := range Stopping(Check(d, f)) {
		d.OverrideWith(found, "test", f.Reader, t0)
	}
	s, err := Sign(d, f, t0.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	file, err := dicom.Parse(s.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := sr.Read(file.Dataset)
	if err != nil {
		t.Fatal(err)
	}
	return s, doc
}

func TestEachKindSaysWhatItIsToTheReportBefore(t *testing.T) {
	f := Facts{Reader: Reader{Name: "NIGHT^RITA"}, Study: &dicom.Dataset{}, Critical: []Communication{{Identified: t0.Add(time.Second)}}}
	text := map[Section]string{Findings: "Nodule in the right upper lobe.", Impression: "Nodule."}
	final := draft(text)
	prelim := draft(text).WetRead("Nodule, more to follow.", t0)
	after := draft(text)
	after.Follows(signedBefore, map[Section]string{Impression: "Nodule, more to follow."}, t0)
	correct := final.Correct(signedBefore, "wrong lobe", t0)
	correct.Set(Findings, "Nodule in the right lower lobe.", t0)
	added := final.Addend(signedBefore, "", t0)
	added.Set(Addendum, "Seen by the surgeon.", t0)
	for _, c := range []struct {
		name              string
		d                 *Draft
		kind              Kind
		verified, prelim  bool
		purpose           sr.Code
		wantImpressionHas string
	}{
		{"final", final, Final, true, false, sr.Code{}, "Nodule."},
		{"wet read", prelim, Preliminary, false, true, sr.Code{}, "more to follow"},
		{"final after it", after, Final, true, false, sr.Preliminary, "Nodule."},
		{"correction", correct, Corrected, true, false, sr.Replaced, "Nodule."},
		{"addendum", added, Added, true, false, sr.Addended, "Nodule."},
		{"withdrawal", final.Withdraw(signedBefore, "dictated on the wrong patient", t0), Withdrawn, true, false, sr.Replaced, "WITHDRAWN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, doc := signedAs(t, c.d, f)
			if c.d.What() != c.kind || doc.Verified != c.verified || doc.Preliminary != c.prelim || doc.Partial {
				t.Errorf("%s: verified %v, preliminary %v, partial %v", c.d.What(), doc.Verified, doc.Preliminary, doc.Partial)
			}
			if (doc.Predecessor != nil) != (c.purpose != sr.Code{}) || doc.PredecessorPurpose != c.purpose {
				t.Errorf("predecessor %v, purpose %v, want %v", doc.Predecessor, doc.PredecessorPurpose, c.purpose)
			}
			if got := doc.Section("impression"); !strings.Contains(got, c.wantImpressionHas) {
				t.Errorf("impression %q", got)
			}
		})
	}
}

func TestAWithdrawalQuotesNothingOfTheReport(t *testing.T) {
	d := draft(map[Section]string{Findings: "Secret finding.", Impression: "Secret conclusion."})
	w := d.Withdraw(signedBefore, "wrong\n patient", t0)
	_, doc := signedAs(t, w, Facts{Reader: Reader{Name: "R"}, Critical: []Communication{{Identified: t0}}})
	for _, s := range doc.Sections {
		if strings.Contains(s.Text, "Secret") {
			t.Errorf("it says %q", s.Text)
		}
	}
	if w.Reason != "wrong patient" {
		t.Errorf("reason %q", w.Reason)
	}
}

func TestWhoActedOnAnotherImpressionIsCalled(t *testing.T) {
	f := Facts{Reader: Reader{Name: "R"}}
	d := draft(map[Section]string{Findings: "Nodule.", Impression: "Nodule."})
	same := d.Correct(signedBefore, "typing error", t0)
	same.Set(Findings, "A nodule.", t0)
	other := d.Correct(signedBefore, "overlooked", t0)
	other.Set(Impression, "No nodule.", t0)
	silent := d.Correct(signedBefore, " ", t0)
	for name, c := range map[string]struct {
		d     *Draft
		rules []string
	}{
		"findings only": {same, nil}, "impression": {other, []string{"call-required"}}, "no reason": {silent, []string{"reason-missing"}},
		"withdrawal": {d.Withdraw(signedBefore, "wrong patient", t0), []string{"call-required"}},
	} {
		got := slices.DeleteFunc(rulesOf(Stopping(Check(c.d, f))), func(r string) bool { return r != "call-required" && r != "reason-missing" })
		if !slices.Equal(got, c.rules) {
			t.Errorf("%s: %v, want %v", name, got, c.rules)
		}
	}
	early, told := f, f
	early.Critical = []Communication{{Identified: t0.Add(-time.Hour)}} // of the report before
	told.Critical = []Communication{{Identified: t0.Add(time.Minute)}}
	if got := rulesOf(Stopping(Check(other, early))); !slices.Contains(got, "call-required") {
		t.Errorf("an old call counts: %v", got)
	}
	if got := rulesOf(Stopping(Check(other, told))); slices.Contains(got, "call-required") {
		t.Errorf("the call does not count: %v", got)
	}
}

func TestAWetReadIsHeldBackOnlyByWhatMixesPatientsUp(t *testing.T) {
	w := draft(nil).WetRead("Bleed left.", t0)
	f := Facts{Reader: Reader{Name: "R"}, Have: 3, Expected: 9, Unseen: 3, LateUnseen: 1}
	if got := rulesOf(Check(w, f)); len(got) != 0 {
		t.Errorf("held back by %v", got)
	}
	f.Foreign = []string{"1 instance with another patient ID than the order's"}
	if got := rulesOf(Stopping(Check(w, f))); !slices.Equal(got, []string{"wrong-patient-instance"}) {
		t.Errorf("stopped by %v", got)
	}
}

func TestAnAddendumTouchesNothingOfTheSignedText(t *testing.T) {
	a := draft(map[Section]string{Findings: "Nodule.", Impression: "Nodule."}).Addend(signedBefore, "asked by the ward", t0)
	a.Set(Addendum, "Seen by the surgeon.", t0)
	f := Facts{Reader: Reader{Name: "R"}, Have: 3, Expected: 9, Unseen: 3, LateUnseen: 1}
	if got := rulesOf(Check(a, f)); len(got) != 0 {
		t.Fatalf("an addendum reads no images, and is held back by %v", got)
	}
	a.Set(Findings, "No nodule.", t0)
	if got := rulesOf(Stopping(Check(a, f))); !slices.Equal(got, []string{"signed-text"}) {
		t.Errorf("stopped by %v", got)
	}
}

func TestADraftOfAnOlderProgramIsAnAddendum(t *testing.T) {
	d, err := Decode([]byte(`{"study_instance_uid":"1.2","accession_number":"A","site":"N","sections":{},"adds":{"series_instance_uid":"1.3","sop_instance_uid":"1.4","sop_class_uid":"1.5"}}`))
	if err != nil || d.What() != Added || d.Before.SOPUID != "1.4" {
		t.Errorf("%v %+v", err, d)
	}
}

func TestAReleaseSaysWhatWasSigned(t *testing.T) {
	d := draft(map[Section]string{Findings: " Nodule. ", Impression: "Nodule."})
	d.Authors = []Reader{{Name: "TRAINEE^TOM"}}
	f := Facts{Patient: Patient{Name: "DOE^JANE"}, Accession: "A1", Exam: "CT chest", Requester: "WARD^A", Reader: Reader{Name: "NIGHT^RITA", Organization: "House"},
		Lossy: []string{"JPEG 10:1"}}
	s, doc := signedAs(t, d, f)
	r := d.Release(f, s)
	if r.Kind != Final || r.Signed.SOPUID != s.SOPUID || r.Part(Findings) != "Nodule." || r.Part(Critical) != "" || r.Footer == "" ||
		r.Facility != "House" || r.Requester != "WARD^A" || len(r.Others) != 1 {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(doc.Section("technique"), r.Footer) {
		t.Errorf("the SR says %q, the release %q", doc.Section("technique"), r.Footer)
	}
}
