package report

import (
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

func trainees(t *testing.T) (*Draft, Facts, time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)
	d := New("1.2", "A1", "NORTH", now)
	d.Set(Findings, "Clear lungs.", now)
	d.Set(Impression, "No pneumonia.", now)
	return d, Facts{Patient: Patient{Name: "PHANTOM^ANNA", ID: "P1"}, Reader: Reader{Name: "TRAINEE^ONE", ID: "t1", Trainee: true}}, now
}

// PS3.3 C.17.2: an unverified, preliminary document that is complete; the attending's
// names it as its predecessor and the trainee as an author.
func TestATraineesReportIsPreliminaryUntilAnAttendingSigns(t *testing.T) {
	d, f, now := trainees(t)
	if s := SignSheet(d, f); s.Kind != Preliminary || !s.Ready {
		t.Fatalf("the sheet: %s, %+v", s.Kind, s.Findings)
	}
	s, err := Sign(d, f, now)
	if err != nil {
		t.Fatal(err)
	}
	file, err := dicom.Parse(s.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[dicom.Tag]string{dicom.CompletionFlag: "COMPLETE", dicom.VerificationFlag: "UNVERIFIED", dicom.PreliminaryFlag: "PRELIMINARY"} {
		if got := file.Dataset.Str(tag); got != want {
			t.Errorf("%v is %s", tag, got)
		}
	}
	after := New("1.2", "A1", "NORTH", now)
	if !after.Adopt(&Earlier{Document: Document{SOPUID: s.SOPUID, SeriesUID: s.SeriesUID, SOPClass: s.SOPClass}, Preliminary: true,
		By: Reader{Name: "TRAINEE^ONE", ID: "t1"}, Sections: map[Section]string{Findings: "Clear lungs.", Impression: "No pneumonia."}}, now) {
		t.Fatal("the attending does not go on from it")
	}
	f.Reader = Reader{Name: "ATTENDING^TWO", ID: "a2"}
	final, err := Sign(after, f, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if file, err = dicom.Parse(final.Bytes); err != nil {
		t.Fatal(err)
	}
	doc, err := sr.Read(file.Dataset)
	if err != nil || !doc.Verified || doc.Preliminary || doc.Observer.Name != "ATTENDING^TWO" || len(doc.Authors) != 1 || doc.Authors[0].Name != "TRAINEE^ONE" {
		t.Errorf("%v: %+v by %+v", err, doc.Observer, doc.Authors)
	}
	if doc.Predecessor == nil || string(doc.Predecessor.Instance) != s.SOPUID {
		t.Errorf("it follows %+v", doc.Predecessor)
	}
}

func TestEveryRuleHoldsForATraineesReport(t *testing.T) {
	d, f, now := trainees(t)
	f.Foreign = []string{"1 instance with another patient ID than the order's"}
	f.Expected, f.Have = 9, 3
	d.Set(Impression, "No pneumonia. [ ] mm.", now)
	var rules []string
	for _, s := range Stopping(Check(d, f)) {
		rules = append(rules, s.Rule)
	}
	for _, want := range []string{"wrong-patient-instance", "missing-images", "unfilled-field"} {
		if !slices.Contains(rules, want) {
			t.Errorf("%s does not stop it: %v", want, rules)
		}
	}
}

func TestOnlyAnAttendingSignsWhatFollowsAReport(t *testing.T) {
	d, f, now := trainees(t)
	signed := Document{SOPUID: "1.9"}
	for _, next := range []*Draft{d.Addend(signed, "typo", now), d.Correct(signed, "side", now), d.Withdraw(signed, "patient", now)} {
		next.Set(Addendum, "More.", now)
		has := func(f Facts) bool {
			return slices.ContainsFunc(Stopping(Check(next, f)), func(x Finding) bool { return x.Rule == "attending-only" && x.Final })
		}
		if !has(f) {
			t.Errorf("a trainee signs a %s", next.What())
		}
		attending := f
		attending.Reader.Trainee = false
		if has(attending) {
			t.Errorf("an attending does not sign a %s", next.What())
		}
	}
}

// Whoever signs is no co-author of the report, and nobody is named twice.
func TestCoauthorsAreNamedOnce(t *testing.T) {
	d, f, now := trainees(t)
	if !d.Coauthor(Reader{Name: "FELLOW^THREE"}, now) || d.Coauthor(Reader{Name: "FELLOW^THREE"}, now) || d.Coauthor(Reader{Name: " "}, now) {
		t.Errorf("%+v", d.Authors)
	}
	d.Coauthor(Reader{Name: "TRAINEE^ONE", ID: "t1"}, now)
	if got := d.Release(f, Signed{}).Others; len(got) != 1 || got[0].Name != "FELLOW^THREE" {
		t.Errorf("beside the reader: %+v", got)
	}
}

// What a site's policy bars is signed in no form: a whole report, one line, an addendum, a
// correction, a withdrawal.
func TestWhatThePolicyBarsIsSignedInNoForm(t *testing.T) {
	f := facts()
	whole := draft(full())
	wet := whole.WetRead("Normal.", t0)
	forms := map[Kind]*Draft{Final: whole, Preliminary: wet}
	for _, k := range []Kind{Added, Corrected, Withdrawn} {
		d := draft(full())
		d.Kind = k
		forms[k] = d
	}
	for kind, d := range forms {
		for _, barred := range []bool{true, false} {
			f.Barred = map[Kind]string{}
			if barred {
				f.Barred[kind] = "ask an attending"
			}
			found := slices.ContainsFunc(Stopping(Check(d, f)), func(x Finding) bool { return x.Rule == "site-policy" && x.Final })
			if found != barred {
				t.Errorf("%s barred %v: stopped %v", kind, barred, found)
			}
		}
	}
}
