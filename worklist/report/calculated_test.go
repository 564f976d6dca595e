package report

import (
	"testing"
	"time"
)

func TestADatedFollowUpIsTheReportsAsLongAsItsWordsStand(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	d := New("1.2.3", "A1", "NORTH", now)
	c := Calculated{ID: "fleischner", Rule: "Fleischner Society 2017", Text: "CT at 3 months.", Inputs: map[string]string{"size": "9"},
		FollowUp: []FollowUp{{What: "CT chest", By: now.AddDate(0, 3, 0), Why: "Fleischner Society 2017"}}}
	d.Calculate(c, now)
	d.Calculate(c, now) // the same again is kept once
	if len(d.Calculated) != 1 || len(d.FollowUps()) != 0 {
		t.Errorf("%d kept, %d due before the words are in the report", len(d.Calculated), len(d.FollowUps()))
	}
	d.Set(Recommendation, "Nodule. CT at 3 months. Thank you.", now)
	f := d.FollowUps()
	if len(f) != 1 || f[0].What != "CT chest" || f[0].ID == "" || d.Release(Facts{}, Signed{}).FollowUp[0].ID != f[0].ID {
		t.Errorf("%+v", f)
	}
	other := New("1.2.4", "A2", "NORTH", now)
	other.Calculate(c, now)
	other.Set(Recommendation, "CT at 3 months.", now)
	if other.FollowUps()[0].ID == f[0].ID {
		t.Error("two patients' follow-ups have one ID")
	}
	d.Set(Recommendation, "Nothing to do.", now)
	if len(d.FollowUps()) != 0 {
		t.Error("a follow-up whose words were taken out is still due")
	}
	b, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Decode(b); err != nil || len(back.Calculated) != 1 || back.Calculated[0].Inputs["size"] != "9" {
		t.Errorf("the inputs are lost on disk: %v", err)
	}
}
