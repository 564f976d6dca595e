package calc

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// TestWhatACalculatorWritesRaisesNoAlarm: the sentence of every rule goes into an
// impression, with its inputs remembered; the check of categories (rule 13) and all that
// stops a signature are silent about it. Another category typed behind it is told.
func TestWhatACalculatorWritesRaisesNoAlarm(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for _, x := range []struct{ id, in, other string }{
		{"fleischner", "type=solid size=7 risk=high", ""},
		{"lung-rads", "type=none", "Lung-RADS 3."}, {"lung-rads", "type=solid size=7", "Lung-RADS 2."}, {"lung-rads", "type=solid size=9", "Lung-RADS 2."},
		{"lung-rads", "type=solid size=19 suspicious=yes", "Lung-RADS 2."}, {"lung-rads", "type=solid size=9 other=yes", "Lung-RADS 3."},
		{"li-rads", "at-risk=yes aphe=nonrim size=25 washout=yes", "LR-3."}, {"li-rads", "at-risk=yes vein=yes", "LR-5."}, {"li-rads", "at-risk=yes size=15", "LR-5."},
		{"ti-rads", "size=12 composition=solid echogenicity=hypoechoic", "TR5."}, {"ti-rads", "size=30 composition=spongiform", "TR4."},
		{"ti-rads", "size=26 composition=solid echogenicity=isoechoic", "TR2."},
		{"bosniak", "modality=ct content=simple", "Bosniak IV."}, {"bosniak", "modality=ct content=simple wall=3 enhancing=yes", "Bosniak II."},
		{"bosniak", "modality=ct content=simple protrusion=5 margins=acute", "Bosniak II."},
		{"pi-rads", "zone=peripheral dwi=4", "PI-RADS 2."}, {"pi-rads", "zone=transition t2=2 dwi=2", "PI-RADS 4."},
		{"cad-rads", "stenosis=30 calcium=120", "CAD-RADS 4A."}, {"cad-rads", "stenosis=75 vessels=1 segments=6 stent=yes", "CAD-RADS 1."}, {"cad-rads", "stenosis=0", "CAD-RADS 3."},
		{"bi-rads", "category=2", "BI-RADS 4."}, {"bi-rads", "category=4A", "BI-RADS 2."}, {"bi-rads", "category=3", "BI-RADS 5."},
		{"adrenal", "unenhanced=20 enhanced=120 delayed=60", ""}, {"volume", "a=30 b=20 c=10", ""}, {"doubling", "size=8 prior=5.5 days=365", ""},
		{"recist", "baseline=60 sum=42", ""},
	} {
		c, _ := Find(x.id)
		r, err := c.Run(values(t, x.in))
		if err != nil {
			t.Fatal(err)
		}
		d := report.New("1.2", "A1", "NORTH", now)
		for _, s := range []report.Section{report.Indication, report.Technique, report.Comparison, report.Findings} {
			d.Set(s, "As before.", now)
		}
		d.Set(report.Impression, r.Sentence(), now)
		d.Calculate(r.Note(now), now)
		facts := report.Facts{Reader: report.Reader{Name: "READER^ONE"}, Have: 1}
		for _, f := range report.Check(d, facts) {
			if f.Severity != report.Info || f.Rule == "typed-number" {
				t.Errorf("%s: %q: %s %v: %s", x.id, r.Sentence(), f.Rule, f.Evidence, f.Hint)
			}
		}
		if x.other == "" {
			continue
		}
		d.Set(report.Impression, x.other, now)
		told := false
		for _, f := range report.Check(d, facts) {
			told = told || f.Rule == "category"
		}
		if !told {
			t.Errorf("%s: %q was calculated and %q written, and nothing is told", x.id, r.Category, x.other)
		}
	}
}
