package calc

import (
	"fmt"
	"testing"
)

// The table of LI-RADS CT/MRI v2018, cell by cell: rows are the additional major
// features, columns hyperenhancement and size.
func TestEveryCellOfLIRADS2018(t *testing.T) {
	var cells []cell
	none, one, two := []string{""}, []string{"washout=yes", "growth=yes", "capsule=yes"}, []string{"washout=yes capsule=yes", "washout=yes growth=yes", "capsule=yes growth=yes", "washout=yes capsule=yes growth=yes"}
	add := func(aphe string, sizes []string, features []string, want string) {
		for _, s := range sizes {
			for _, f := range features {
				cells = append(cells, cell{"at-risk=yes aphe=" + aphe + " size=" + s + " " + f, want})
			}
		}
	}
	add("none", []string{"5", "9", "10", "19"}, none, "LR-3")
	add("none", []string{"5", "9", "10", "19"}, one, "LR-3")
	add("none", []string{"5", "9", "10", "19"}, two, "LR-4")
	add("none", []string{"20", "60"}, none, "LR-3")
	add("none", []string{"20", "60"}, one, "LR-4")
	add("none", []string{"20", "60"}, two, "LR-4")
	add("nonrim", []string{"5", "9"}, none, "LR-3")
	add("nonrim", []string{"5", "9"}, one, "LR-4")
	add("nonrim", []string{"5", "9"}, two, "LR-4")
	add("nonrim", []string{"10", "19"}, none, "LR-3")
	add("nonrim", []string{"10", "19"}, []string{"capsule=yes"}, "LR-4")
	add("nonrim", []string{"10", "19"}, []string{"washout=yes", "growth=yes"}, "LR-5")
	add("nonrim", []string{"10", "19"}, two, "LR-5")
	add("nonrim", []string{"20", "60"}, none, "LR-4")
	add("nonrim", []string{"20", "60"}, one, "LR-5")
	add("nonrim", []string{"20", "60"}, two, "LR-5")
	holds(t, liRADS, cells, category)
}

func TestLIRADSGoesThroughItsStepsInOrder(t *testing.T) {
	holds(t, liRADS, []cell{
		{"at-risk=no size=25", "error: only for patients at risk"},
		{"at-risk=yes degraded=yes vein=yes", "LR-NC"},
		{"at-risk=yes vein=yes targetoid=yes", "LR-TIV"},
		{"at-risk=yes benign=definitely", "LR-1"}, {"at-risk=yes benign=probably", "LR-2"},
		{"at-risk=yes targetoid=yes", "LR-M"}, {"at-risk=yes aphe=rim size=30 washout=yes", "LR-M"},
		{"at-risk=yes benign=definitely targetoid=yes", "error: not benign and targetoid"},
		{"at-risk=yes benign=definitely ancillary=malignant", "error: favour malignancy"},
		{"at-risk=yes", "error: Largest diameter is needed"},
		// a feature that is not stated is absent: unsure
		{"at-risk=yes aphe=nonrim size=15", "LR-3"},
		// ancillary: by one, never up to LR-5
		{"at-risk=yes size=15 ancillary=malignant", "LR-4"}, {"at-risk=yes aphe=nonrim size=25 ancillary=malignant", "LR-4"},
		{"at-risk=yes aphe=nonrim size=25 washout=yes ancillary=malignant", "LR-5"},
		{"at-risk=yes aphe=nonrim size=25 washout=yes ancillary=benign", "LR-4"}, {"at-risk=yes size=15 ancillary=benign", "LR-2"},
		{"at-risk=yes benign=probably ancillary=malignant", "LR-3"}, {"at-risk=yes size=15 ancillary=both", "LR-3"},
		// growth: at least 50 % in at most 6 months
		{"at-risk=yes aphe=nonrim size=15 prior=10 months=6", "LR-5"}, {"at-risk=yes aphe=nonrim size=14.9 prior=10 months=6", "LR-3"},
		{"at-risk=yes aphe=nonrim size=15 prior=10 months=6.1", "LR-3"}, {"at-risk=yes aphe=nonrim size=15 prior=10 months=7 growth=yes", "error: disagree"},
		{"at-risk=yes aphe=nonrim size=15 prior=10 months=6 growth=no", "error: disagree"},
	}, category)
}

func TestALargerObservationNeverGetsALowerLIRADS(t *testing.T) {
	for _, aphe := range []string{"none", "nonrim"} {
		for f := range 8 {
			last := ""
			for size := 3; size < 80; size++ {
				yn := func(bit int) string { return map[bool]string{true: "yes", false: "no"}[f&bit != 0] }
				r, err := liRADS.Run(values(t, fmt.Sprintf("at-risk=yes aphe=%s size=%d washout=%s capsule=%s growth=%s", aphe, size, yn(1), yn(2), yn(4))))
				if err != nil || r.Category < last {
					t.Fatalf("%d mm, %s, features %03b: %s after %s, %v", size, aphe, f, r.Category, last, err)
				}
				last = r.Category
			}
		}
	}
}
