package quality

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

var study = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestARecommendationWithATimeBecomesADatedTask(t *testing.T) {
	for text, want := range map[string]string{
		"CT chest in 6–12 months.":                                    "CT chest 2027-05-22 2027-11-22",
		"Recommend low-dose CT of the chest in 3 months":              "low-dose CT of the chest 2027-02-22 2027-02-22",
		"Follow-up ultrasound after two weeks, then clinical review.": "Follow-up ultrasound 2026-12-06 2026-12-06",
		"In 6 to 12 months repeat CT chest.":                          "repeat CT chest 2027-05-22 2027-11-22",
		"MRI brain within 10 days":                                    "MRI brain 2026-12-02 2026-12-02",
		"Follow-up in 1 year.":                                        "Follow-up 2027-11-22 2027-11-22",
		"X-ray of the knee in 6 weeks":                                "X-ray of the knee 2027-01-03 2027-01-03",
		"12-month CT":                                                 "",
		"No follow-up in 12 months is needed.":                        "",
		"If symptoms persist, MRI in 4 weeks.":                        "",
		"Clinical correlation.":                                       "",
		"":                                                            "",
	} {
		got := ""
		for _, f := range Recommended(text, study) {
			got += f.What + " " + f.From.Format(time.DateOnly) + " " + f.By.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := Recommended("CT chest in 3 months. MRI liver in 6 months.", study); len(got) != 2 {
		t.Errorf("two sentences made %+v", got)
	}
}

// signed is a release of a nodule's report.
func signed(kind report.Kind) report.Release {
	return report.Release{Kind: kind, Signed: report.Signed{StudyUID: "1.2", SOPUID: "1.2.9", At: study.Add(4 * time.Hour)}, Began: study.Add(3 * time.Hour),
		Site: "NORTH", Patient: report.Patient{Name: "PHANTOM^ANNA", ID: "P1"}, Accession: "A1", Modality: "CT", Priority: "stat", StudyDate: "20261122", StudyTime: "020000",
		Parts: []report.Part{{Section: report.Recommendation, Text: "CT chest in 6–12 months."}}}
}

func TestASigningLeavesItsFiguresAndItsTasksOnce(t *testing.T) {
	r := signed(report.Final)
	r.FollowUp = []report.FollowUp{{ID: "f1", What: "CT chest", By: study.AddDate(1, 0, 3), Why: "Fleischner 2017"}}
	recs := Records(r)
	if len(recs) != 2 || recs[0].Kind != "signed" || recs[1].Kind != "follow-up" || recs[1].ID != "f1" {
		t.Fatalf("with a calculator's task: %+v", recs)
	}
	r.FollowUp = nil
	again := Records(r)
	r.Kind = report.Corrected
	if corrected := Records(r); len(again) != 2 || len(corrected) != 2 || again[1].ID != corrected[1].ID || again[1].ID == "f1" {
		t.Errorf("the correction made another task: %s, %s", again[1].ID, corrected[1].ID)
	}
	task, err := ReadTask(again[1])
	if err != nil || task.What != "CT chest" || task.PatientID != "P1" || task.Overdue(task.By) || !task.Overdue(task.By.AddDate(0, 0, 2)) || !again[1].Due.Equal(task.By) {
		t.Errorf("the task is %+v, %v", task, err)
	}
	if recs := Records(signed(report.Preliminary)); len(recs) != 1 {
		t.Errorf("a wet read left %d records", len(recs))
	}
	if strings.Contains(string(recs[0].Body), "PHANTOM") || strings.Contains(string(recs[0].Body), "P1") {
		t.Errorf("the figures name the patient: %s", recs[0].Body)
	}
}

func TestALaterStudyClosesTheTaskItWasRecommendedBy(t *testing.T) {
	task := Task{FollowUp: report.FollowUp{What: "low-dose CT of the chest"}, StudyUID: "1.2", Site: "NORTH", PatientID: "P1", StudyDate: "20261122"}
	fits := Later{StudyUID: "1.3", Site: "NORTH", PatientID: "P1", StudyDate: "20270601", Modality: "CT", Study: "CT Chest without contrast"}
	if !task.DoneBy(fits) {
		t.Error("the study that fits does not close it")
	}
	for name, change := range map[string]func(*Later){
		"another patient": func(l *Later) { l.PatientID = "P2" }, "nobody": func(l *Later) { l.PatientID = "" }, "another site": func(l *Later) { l.Site = "SOUTH" },
		"the same day": func(l *Later) { l.StudyDate = "20261122" }, "the study itself": func(l *Later) { l.StudyUID = "1.2" },
		"another modality": func(l *Later) { l.Modality = "MR" }, "another part": func(l *Later) { l.Study = "CT head" },
	} {
		l := fits
		if change(&l); task.DoneBy(l) {
			t.Errorf("%s closes it", name)
		}
	}
	task.What = "X-ray of the knee"
	fits.Modality, fits.Study = "DX", "Knee left 2 views"
	if !task.DoneBy(fits) {
		t.Error("a DX of the knee is not the X-ray")
	}
}

func TestOnesOwnReportIsNotReviewedAndNoNameIsKept(t *testing.T) {
	for name, c := range map[string]struct{ author, id string }{"the same name": {"reader^rita^^Dr", ""}, "the same login": {"OTHER^OLGA", "rr"}} {
		if _, err := NewReview("1", "", c.author, c.id, "READER^RITA", "rr"); !errors.Is(err, ErrOwn) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, score := range []string{"", "2", "4", "1a"} {
		if _, err := NewReview(score, "", "OTHER^OLGA", "", "READER^RITA", ""); err == nil {
			t.Errorf("score %q was taken", score)
		}
	}
	if _, err := NewReview("1", "", "", "", "READER^RITA", ""); err == nil {
		t.Error("a report of nobody was reviewed")
	}
	r, err := NewReview("2A", "small  effusion", "OTHER^OLGA", "", "READER^RITA", "rr")
	rec, err2 := r.Record(study)
	if err != nil || err2 != nil || r.Score != "2a" || strings.Contains(strings.ToUpper(string(rec.Body)), "OLGA") || r.Author != Blinded("Other^Olga") {
		t.Errorf("%+v, %v, %v", r, err, err2)
	}
}

func TestWhatChangedFromOneTextToAnotherIsShownWordByWord(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"no acute  bleed", "no acute bleed", ""}, {"No acute bleed.", "Acute bleed.", "[-No acute-] {+Acute+} bleed."},
		{"", "Acute bleed.", "{+Acute bleed.+}"}, {"one two three", "one three", "one [-two-] three"}, {"one three", "one two three", "one {+two+} three"},
	} {
		if got := Diff(c.before, c.after); got != c.want {
			t.Errorf("%q to %q: %q, want %q", c.before, c.after, got, c.want)
		}
	}
	for in, want := range map[string]Grade{"agree": Agree, "min": Minor, "MAJOR": Major, "m": "", "x": ""} {
		if g, ok := ParseGrade(in); g != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", in, g, ok)
		}
	}
}

// TestFiguresAreCountedByHand: three reports after 60, 120 and 600 minutes, an addendum,
// a critical result in time and one late, interruptions in one of the two hours.
func TestFiguresAreCountedByHand(t *testing.T) {
	var recs []ledger.Record
	add := func(kind string, at time.Time, body any) {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, ledger.Record{ID: string(rune('a' + len(recs))), Kind: kind, At: at, Closed: at, Body: b})
	}
	sign := func(kind report.Kind, modality string, minutes int) {
		add(SignedKind, study.Add(10*time.Hour), signature{Kind: kind, Modality: modality, Priority: "stat", Acquired: study.Add(10*time.Hour - time.Duration(minutes)*time.Minute)})
	}
	sign(report.Final, "CT", 60)
	sign(report.Final, "CT", 120)
	sign(report.Final, "MR", 600)
	sign(report.Added, "CT", 5)
	for i, told := range []int{30, 90} {
		c := critical.New(string(rune('x'+i)), "f", critical.Minutes, nil, "R", study)
		c.Try(report.Attempt{At: study.Add(time.Duration(told) * time.Minute), To: "S", Result: critical.Reached})
		rec, err := c.Record()
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, rec)
	}
	for range 3 {
		add("call", study.Add(11*time.Hour), struct{}{})
	}
	add(PeerKind, study, Review{Score: "2a"})
	add(DiscrepancyKind, study, Discrepancy{Grade: Major})
	add(DiscrepancyKind, study, Discrepancy{Grade: Agree})
	add(SignedKind, study.AddDate(0, 0, -1), signature{Kind: report.Final}) // before since
	s := Figures(recs, study, study.Add(24*time.Hour), time.UTC)
	if s.Reports != 3 || s.ByModality["CT"] != 2 || s.ByModality["MR"] != 1 || s.ByDay["2026-11-22"] != 3 || s.ByPriority["stat"] != 3 || s.Addenda != 1 {
		t.Errorf("reports %+v", s)
	}
	if s.TATMedian != 120 || s.TATP90 != 600 || s.Critical != 2 || s.CriticalInTime != 1 || s.Interruptions != 3 || s.PerHour != 1.5 || s.Peer["2a"] != 1 || s.Discrepancies["major"] != 1 {
		t.Errorf("figures %+v", s)
	}
	var b bytes.Buffer
	if err := s.CSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	values := map[string]string{}
	for _, r := range rows {
		values[r[0]+"|"+r[1]] = r[2]
	}
	for key, want := range map[string]string{"reports|": "3", "reports by modality|MR": "1", "addenda, % of reports|": "33.3",
		"critical results told in time, %|": "50.0", "major discrepancies, %|": "50.0", "interruptions per hour|": "1.50"} {
		if values[key] != want {
			t.Errorf("%s is %q in the CSV, want %s (%v)", key, values[key], want, err)
		}
	}
	if got := Figures(nil, study, study, time.UTC); got.TATMedian != 0 || got.PerHour != 0 || len(got.Lines()) == 0 {
		t.Errorf("of nothing: %+v", got)
	}
}

// FuzzRecommended: any text makes dates that are not before the study's, and no panic.
func FuzzRecommended(f *testing.F) {
	for _, s := range []string{"CT chest in 6–12 months.", "follow-up in 999 years", "MRI in 3 to two weeks; US of the neck in 1 day"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range Recommended(text, study) {
			if r.By.Before(study) || r.What == "" {
				t.Errorf("%q made %+v", text, r)
			}
		}
	})
}
