package calc

import (
	"fmt"
	"math"
	"testing"
)

// Final categories of PI-RADS v2.1: peripheral by diffusion, transition by T2.
func TestEveryCellOfPIRADS21(t *testing.T) {
	var cells []cell
	for dwi := 1; dwi <= 5; dwi++ {
		for t2 := 1; t2 <= 5; t2++ {
			for dce, up := range map[string]int{"negative": 0, "positive": 1, "X": 0} {
				want := dwi
				if dwi == 3 {
					want += up
				}
				cells = append(cells, cell{fmt.Sprintf("zone=peripheral t2=%d dwi=%d dce=%s", t2, dwi, dce), fmt.Sprintf("PI-RADS %d", want)})
				want = t2
				if t2 == 2 && dwi >= 4 || t2 == 3 && dwi == 5 {
					want++
				}
				cells = append(cells, cell{fmt.Sprintf("zone=transition t2=%d dwi=%d dce=%s", t2, dwi, dce), fmt.Sprintf("PI-RADS %d", want)})
			}
		}
	}
	for t2, want := range map[int]string{1: "PI-RADS 1", 2: "PI-RADS 2", 4: "PI-RADS 4", 5: "PI-RADS 5"} {
		cells = append(cells, cell{fmt.Sprintf("zone=peripheral t2=%d dwi=X", t2), want})
	}
	holds(t, piRADS, append(cells, []cell{
		{"zone=peripheral t2=3 dwi=X dce=negative", "PI-RADS 3"}, {"zone=peripheral t2=3 dwi=X dce=positive", "PI-RADS 4"},
		{"zone=peripheral t2=3 dwi=X dce=X", "error: PI-RADS X"}, {"zone=transition t2=3 dwi=X", "error: no table"},
		{"zone=peripheral dwi=3", "error: Early enhancement is needed"}, {"zone=peripheral dwi=2", "PI-RADS 2"}, {"zone=transition t2=3", "error: Diffusion"},
		{"zone=peripheral dwi=4 size=14.9", "PI-RADS 4"}, {"zone=peripheral dwi=4 size=15", "error: larger ones are 5"}, {"zone=peripheral dwi=4 beyond=yes", "error: larger ones are 5"},
		{"zone=peripheral dwi=5 size=14.9", "error: this one is 4"}, {"zone=peripheral dwi=5 size=15", "PI-RADS 5"}, {"zone=peripheral dwi=5 size=9 beyond=yes", "PI-RADS 5"},
		{"zone=transition t2=4 dwi=4 size=16", "error: larger ones are 5"}, {"zone=peripheral dwi=6", "error: is one of"},
	}...), category)
}

// CAD-RADS 2.0: grade, amount of plaque, modifiers in their order.
func TestEveryGradeOfCADRADS2(t *testing.T) {
	holds(t, cadRADS, []cell{
		{"stenosis=0", "CAD-RADS 0"}, {"stenosis=0 plaque=no", "CAD-RADS 0"}, {"stenosis=0 plaque=yes", "CAD-RADS 1"}, {"stenosis=0 calcium=20", "CAD-RADS 1/P1"},
		{"stenosis=1", "CAD-RADS 1"}, {"stenosis=24", "CAD-RADS 1"}, {"stenosis=24.9", "CAD-RADS 1"}, {"stenosis=25", "CAD-RADS 2"}, {"stenosis=49", "CAD-RADS 2"},
		{"stenosis=50", "CAD-RADS 3"}, {"stenosis=69", "CAD-RADS 3"}, {"stenosis=70 vessels=1", "CAD-RADS 4A"}, {"stenosis=99 vessels=2", "CAD-RADS 4A"},
		{"stenosis=70 vessels=3", "CAD-RADS 4B"}, {"stenosis=50 left-main=50", "CAD-RADS 4B"}, {"stenosis=69 left-main=49", "CAD-RADS 3"},
		{"stenosis=80 left-main=50 vessels=1", "CAD-RADS 4B"}, {"stenosis=100", "CAD-RADS 5"}, {"stenosis=100 left-main=60 vessels=3", "CAD-RADS 5"},
		// plaque by calcium: 1–100, 101–300, 301–999, 1000 and more; by segments: 1–2, 3–4, 5–7, 8 and more
		{"stenosis=30 calcium=1", "CAD-RADS 2/P1"}, {"stenosis=30 calcium=100", "CAD-RADS 2/P1"}, {"stenosis=30 calcium=101", "CAD-RADS 2/P2"}, {"stenosis=30 calcium=300", "CAD-RADS 2/P2"},
		{"stenosis=30 calcium=301", "CAD-RADS 2/P3"}, {"stenosis=30 calcium=999", "CAD-RADS 2/P3"}, {"stenosis=30 calcium=1000", "CAD-RADS 2/P4"},
		{"stenosis=30 segments=2", "CAD-RADS 2/P1"}, {"stenosis=30 segments=3", "CAD-RADS 2/P2"}, {"stenosis=30 segments=4", "CAD-RADS 2/P2"}, {"stenosis=30 segments=5", "CAD-RADS 2/P3"},
		{"stenosis=30 segments=7", "CAD-RADS 2/P3"}, {"stenosis=30 segments=8", "CAD-RADS 2/P4"}, {"stenosis=30 segments=8 calcium=50", "error: different amounts"},
		{"stenosis=30 segments=2 calcium=50", "CAD-RADS 2/P1"},
		// N: alone below 50 %, as a modifier from there on
		{"stenosis=0 non-diagnostic=yes", "CAD-RADS N"}, {"stenosis=49 non-diagnostic=yes", "CAD-RADS N"}, {"stenosis=50 non-diagnostic=yes", "CAD-RADS 3/N"},
		{"stenosis=75 vessels=1 segments=6 non-diagnostic=yes high-risk-plaque=yes ischemia=positive stent=yes graft=yes exception=yes", "CAD-RADS 4A/P3/N/HRP/I+/S/G/E"},
		{"stenosis=60 ischemia=negative", "CAD-RADS 3/I-"}, {"stenosis=60 ischemia=borderline", "CAD-RADS 3/I±"},
		// contradictions
		{"stenosis=101", "error: lies between"}, {"stenosis=75", "error: Vessels with 70 % and more is needed"}, {"stenosis=75 vessels=0", "error: is in a vessel"},
		{"stenosis=60 vessels=1", "error: No vessel has 70 %"}, {"stenosis=40 left-main=50", "error: more than the worst"}, {"stenosis=30 plaque=no", "error: no plaque"},
		{"stenosis=30 plaque=no exception=yes", "CAD-RADS 2/E"},
	}, category)
}

func TestAWorseStenosisNeverGetsALowerCADRADS(t *testing.T) {
	last := ""
	for s := 0; s <= 100; s++ {
		in := fmt.Sprintf("stenosis=%d", s)
		if s >= 70 {
			in += " vessels=1"
		}
		r, err := cadRADS.Run(values(t, in))
		if err != nil || r.Category < last {
			t.Fatalf("%d %%: %s after %s, %v", s, r.Category, last, err)
		}
		last = r.Category
	}
}

func TestEveryBIRADSCategoryWithEveryRecommendation(t *testing.T) {
	goes := map[string]string{"0": "imaging", "1": "routine", "2": "routine", "3": "short-interval", "4": "biopsy", "4A": "biopsy", "4B": "biopsy", "4C": "biopsy", "5": "biopsy", "6": "treatment"}
	for c, ok := range goes {
		for _, rec := range []string{"imaging", "routine", "short-interval", "biopsy", "treatment"} {
			r, err := biRADS.Run(Values{"category": c, "recommendation": rec})
			if err != nil || (r.Conflict == "") != (rec == ok) || r.Category != "BI-RADS "+c {
				t.Errorf("%s with %s: %q, %v", c, rec, r.Conflict, err)
			}
		}
	}
	if r, err := biRADS.Run(Values{"category": "3"}); err != nil || r.Conflict != "" || r.Follow[0].To != 6 {
		t.Errorf("without a recommendation: %+v, %v", r, err)
	}
	if _, err := biRADS.Run(Values{"category": "7"}); err == nil {
		t.Error("there is a category 7")
	}
}

func TestAdrenalWashoutAtItsThresholds(t *testing.T) {
	holds(t, adrenal, []cell{
		{"unenhanced=10", "lipid-rich adenoma"}, {"unenhanced=10.1", "indeterminate without contrast"}, {"unenhanced=-12 enhanced=60 delayed=50", "lipid-rich adenoma"},
		// absolute (E−D)/(E−U): (120−60)/(120−20) = 60 %; (120−61)/100 = 59 %
		{"unenhanced=20 enhanced=120 delayed=60", "washout of an adenoma"}, {"unenhanced=20 enhanced=120 delayed=61", "indeterminate by density and washout"},
		// relative (E−D)/E without an unenhanced value: 40 % and 39 %
		{"enhanced=100 delayed=60", "washout of an adenoma"}, {"enhanced=100 delayed=61", "indeterminate by density and washout"},
		{"unenhanced=20 enhanced=120 delayed=60 delay=15", "washout of an adenoma"}, {"unenhanced=20 enhanced=120 delayed=60 delay=10", "error: hold at 15 minutes"},
		{"unenhanced=20 enhanced=30 delayed=25", "error: does not enhance"}, {"unenhanced=20 enhanced=31 delayed=25", "indeterminate by density and washout"},
		{"enhanced=100", "error: Delayed is needed"}, {"delayed=60", "error: Enhanced"}, {"enhanced=-5 delayed=-9", "error: above 0 HU"}, {"enhanced=100 delayed=130", "indeterminate by density and washout"},
	}, category)
	r, err := adrenal.Run(values(t, "unenhanced=20 enhanced=120 delayed=50"))
	if err != nil || math.Abs(r.Numbers[0].Value-70) > 1e-9 || math.Abs(r.Numbers[1].Value-100*70.0/120) > 1e-9 {
		t.Errorf("%+v, %v", r.Numbers, err)
	}
}

func TestVolumesByTheFormula(t *testing.T) {
	r, err := ellipsoid.Run(values(t, "a=30 b=20 c=10 uncertainty=1"))
	if err != nil || math.Abs(r.Numbers[0].Value-3.14159265) > 1e-6 || r.Finding != "Volume 3.14 ± 0.367 mL (30 × 20 × 10 mm)" {
		t.Errorf("%+v, %q, %v", r.Numbers, r.Finding, err)
	}
	// 5.5 to 8.0 mm in 365 days: 365·ln2 ÷ (3·ln(8/5.5)) = 225.07
	r, err = doubling.Run(values(t, "size=8 prior=5.5 days=365"))
	if err != nil || math.Abs(r.Numbers[1].Value-225.07) > 0.01 {
		t.Errorf("%+v, %v", r.Numbers, err)
	}
	// a volume that doubled in 100 days doubles in 100 days
	r, err = doubling.Run(values(t, "volume=2 prior-volume=1 days=100"))
	if err != nil || math.Abs(r.Numbers[1].Value-100) > 1e-9 {
		t.Errorf("%+v, %v", r.Numbers, err)
	}
	r, err = doubling.Run(values(t, "size=5 prior=5.5 days=100"))
	if err != nil || len(r.Numbers) != 1 || r.Finding != "No growth in 100 days (volume −25 %, by diameters)" {
		t.Errorf("%+v, %q, %v", r.Numbers, r.Finding, err)
	}
	if _, err := doubling.Run(values(t, "size=5 days=100")); err == nil {
		t.Error("a doubling time of one diameter")
	}
}
