package calc

import (
	"fmt"
	"strings"
	"testing"
)

// The cells of ACR Lung-RADS v2022.
func TestEveryCellOfLungRADS2022(t *testing.T) {
	holds(t, lungRADS, []cell{
		{"type=incomplete", "Lung-RADS 0"},
		{"type=solid size=12 infection=yes", "Lung-RADS 0"},
		{"type=none", "Lung-RADS 1"}, {"type=benign", "Lung-RADS 1"},
		// juxtapleural: < 10 mm at baseline or new
		{"type=juxtapleural size=9.9", "Lung-RADS 2"}, {"type=juxtapleural size=9.9 status=new", "Lung-RADS 2"},
		{"type=juxtapleural size=10", "Lung-RADS 4A"}, {"type=juxtapleural size=7 status=growing", "Lung-RADS 4A"},
		// solid at baseline
		{"type=solid size=5.9", "Lung-RADS 2"}, {"type=solid size=5.94", "Lung-RADS 2"}, {"type=solid size=5.95", "Lung-RADS 3"},
		{"type=solid size=6.0", "Lung-RADS 3"}, {"type=solid size=7.9", "Lung-RADS 3"}, {"type=solid size=8.0", "Lung-RADS 4A"},
		{"type=solid size=14.9", "Lung-RADS 4A"}, {"type=solid size=15.0", "Lung-RADS 4B"},
		// the mean of the axes to 0.1 mm: (6.0+5.8)/2 = 5.9; (6.1+5.8)/2 = 5.95 → 6.0
		{"type=solid size=6.0 short=5.8", "Lung-RADS 2"}, {"type=solid size=6.1 short=5.8", "Lung-RADS 3"},
		// solid, new
		{"type=solid status=new size=3.9", "Lung-RADS 2"}, {"type=solid status=new size=4.0", "Lung-RADS 3"}, {"type=solid status=new size=5.9", "Lung-RADS 3"},
		{"type=solid status=new size=6.0", "Lung-RADS 4A"}, {"type=solid status=new size=7.9", "Lung-RADS 4A"}, {"type=solid status=new size=8.0", "Lung-RADS 4B"},
		// solid, growing or slowly growing
		{"type=solid status=growing size=4.5", "Lung-RADS 4A"}, {"type=solid status=growing size=7.9", "Lung-RADS 4A"}, {"type=solid status=growing size=8.0", "Lung-RADS 4B"},
		{"type=solid status=slow size=7.0", "Lung-RADS 4B"},
		// part-solid at baseline
		{"type=part-solid size=5.9", "Lung-RADS 2"}, {"type=part-solid size=5.9 solid-long=3", "Lung-RADS 2"},
		{"type=part-solid size=6.0 solid-long=5.9", "Lung-RADS 3"}, {"type=part-solid size=12 solid-long=6.0", "Lung-RADS 4A"},
		{"type=part-solid size=12 solid-long=7.9", "Lung-RADS 4A"}, {"type=part-solid size=12 solid-long=8.0", "Lung-RADS 4B"},
		// part-solid, new or growing
		{"type=part-solid status=new size=5.9 solid-long=3.9", "Lung-RADS 3"}, {"type=part-solid status=new size=6.0 solid-long=3.9", "Lung-RADS 4A"},
		{"type=part-solid status=new size=9 solid-long=4.0", "Lung-RADS 4B"}, {"type=part-solid status=growing size=9 solid-long=3.9", "Lung-RADS 4A"},
		{"type=part-solid status=growing size=9 solid-long=4.0", "Lung-RADS 4B"}, {"type=part-solid status=slow size=9 solid-long=2", "Lung-RADS 4B"},
		{"type=part-solid size=9", "error: Solid part, long is needed"}, {"type=part-solid size=9 solid-long=10", "error: larger than the nodule"},
		// non-solid
		{"type=ground-glass size=29.9", "Lung-RADS 2"}, {"type=ground-glass size=29.9 status=new", "Lung-RADS 2"}, {"type=ground-glass size=29.9 status=growing", "Lung-RADS 2"},
		{"type=ground-glass size=30.0", "Lung-RADS 3"}, {"type=ground-glass size=30.0 status=new", "Lung-RADS 3"},
		{"type=ground-glass size=30.0 status=stable", "Lung-RADS 2"}, {"type=ground-glass size=30.0 status=slow", "Lung-RADS 2"},
		// airway
		{"type=airway airway=subsegmental", "Lung-RADS 2"}, {"type=airway airway=subsegmental status=new", "Lung-RADS 2"}, {"type=airway airway=subsegmental status=stable", "Lung-RADS 2"},
		{"type=airway airway=proximal", "Lung-RADS 4A"}, {"type=airway airway=proximal status=new", "Lung-RADS 4A"},
		{"type=airway airway=proximal status=stable", "Lung-RADS 4B"}, {"type=airway airway=proximal status=growing", "Lung-RADS 4B"},
		{"type=airway airway=proximal status=smaller", "error: has no category"}, {"type=airway", "error: Airway is needed"},
		// cysts
		{"type=cyst cyst=thick", "Lung-RADS 4A"}, {"type=cyst cyst=multilocular", "Lung-RADS 4A"}, {"type=cyst cyst=became-multilocular", "Lung-RADS 4A"},
		{"type=cyst cyst=thick cyst-change=cavity", "Lung-RADS 3"}, {"type=cyst cyst=thick cyst-change=wall", "Lung-RADS 4B"},
		{"type=cyst cyst=multilocular cyst-change=cavity", "Lung-RADS 4B"}, {"type=cyst cyst=multilocular cyst-change=opacity", "Lung-RADS 4B"},
		{"type=cyst cyst=thick status=growing", "error: What grew of the cyst is needed"},
		// steps down
		{"type=solid size=7 status=stable before=3", "Lung-RADS 2"}, {"type=solid size=7 status=smaller before=3", "Lung-RADS 2"},
		{"type=solid size=9 status=stable before=4A", "Lung-RADS 3"}, {"type=part-solid size=9 solid-long=6 status=smaller before=4A", "Lung-RADS 3"},
		{"type=solid size=9 status=stable before=2", "Lung-RADS 2"}, {"type=cyst cyst=thick status=stable before=4A", "Lung-RADS 3"},
		{"type=solid size=20 status=stable before=4B", "error: proven benign"}, {"type=solid size=20 status=stable before=4B proven-benign=yes", "Lung-RADS 2"},
		{"type=solid size=9 status=stable", "error: Category before is needed"},
		// growth: more than 1.5 mm within 12 months; a threshold crossed counts as first seen
		{"type=solid size=7 prior=5.5 months=12 status=growing", "error: no growth by Lung-RADS"},
		{"type=solid size=7.1 prior=5.5 months=12 status=growing", "Lung-RADS 4A"},
		{"type=solid size=7.1 prior=5.5 months=12 status=stable before=2", "error: is growth by Lung-RADS"},
		{"type=solid size=7.1 prior=5.5 months=13 status=growing", "error: that is slow growth"},
		{"type=solid size=8 prior=5.5 months=14 status=growing", "Lung-RADS 4B"},
		{"type=solid size=6.2 prior=5.5 months=12 status=stable before=2", "Lung-RADS 3"},
		{"type=solid size=6.9 prior=6.5 months=6 status=stable before=3", "Lung-RADS 2"},
		{"type=solid size=7 prior=5.5 months=12", "error: neither at baseline nor new"},
		{"type=solid size=7 prior=7 months=12 status=smaller before=3", "error: not smaller"},
		// 4X and S
		{"type=solid size=7 suspicious=yes", "Lung-RADS 4X"}, {"type=solid size=9 suspicious=yes", "Lung-RADS 4X"}, {"type=solid size=19 suspicious=yes other=yes", "Lung-RADS 4XS"},
		{"type=solid size=5 suspicious=yes", "Lung-RADS 2"}, {"type=none other=yes", "Lung-RADS 1S"},
		{"type=none size=5", "error: does not go with this type"}, {"type=solid size=5 solid-long=3", "error: does not go with a solid nodule"},
	}, category)
}

func TestLungRADSAdviceIsDueAfter12_6_3Months(t *testing.T) {
	for _, x := range []struct {
		in       string
		from, to int
	}{{"type=none", 12, 12}, {"type=solid size=5", 12, 12}, {"type=solid size=7", 6, 6}, {"type=solid size=9", 3, 3}, {"type=solid size=9 infection=yes", 1, 3}} {
		r, err := lungRADS.Run(values(t, x.in))
		if err != nil || len(r.Follow) != 1 || r.Follow[0].From != x.from || r.Follow[0].To != x.to {
			t.Errorf("%s: %+v, %v", x.in, r.Follow, err)
		}
	}
	for _, in := range []string{"type=solid size=19", "type=solid size=7 suspicious=yes", "type=incomplete"} {
		if r, err := lungRADS.Run(values(t, in)); err != nil || len(r.Follow) != 0 || r.Advice == "" {
			t.Errorf("%s: %+v, %v", in, r, err)
		}
	}
	if r, _ := lungRADS.Run(values(t, "type=solid status=new size=6.5")); strings.Contains(r.Advice, "PET") {
		t.Errorf("PET/CT below 8 mm: %s", r.Advice)
	}
}

func TestALargerNoduleNeverGetsALowerLungRADS(t *testing.T) {
	rank := map[string]int{"Lung-RADS 2": 2, "Lung-RADS 3": 3, "Lung-RADS 4A": 4, "Lung-RADS 4B": 5}
	for _, rest := range []string{"type=solid", "type=solid status=new", "type=solid status=growing", "type=ground-glass", "type=ground-glass status=new",
		"type=juxtapleural", "type=part-solid solid-long=1", "type=part-solid status=new solid-long=1"} {
		last := 0
		for tenths := 10; tenths < 400; tenths++ {
			r, err := lungRADS.Run(values(t, fmt.Sprintf("%s size=%g", rest, float64(tenths)/10)))
			if err != nil {
				t.Fatal(err)
			}
			if rank[r.Category] == 0 || rank[r.Category] < last {
				t.Fatalf("%s: at %g mm %s", rest, float64(tenths)/10, r.Category)
			}
			last = rank[r.Category]
		}
	}
	last := 0
	for tenths := 1; tenths <= 300; tenths++ { // the solid part, in a nodule of 30 mm
		r, err := lungRADS.Run(values(t, fmt.Sprintf("type=part-solid size=30 solid-long=%g", float64(tenths)/10)))
		if err != nil || rank[r.Category] < last {
			t.Fatalf("solid part %g mm: %s, %v", float64(tenths)/10, r.Category, err)
		}
		last = rank[r.Category]
	}
}
