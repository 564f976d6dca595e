package calc

import (
	"fmt"
	"testing"
)

// points of every feature, by the white paper (J Am Coll Radiol 2017;14:587–595).
var tiPointsPublished = map[string]map[string]int{
	"composition":  {"mixed": 1, "solid": 2, "unclear": 2},
	"echogenicity": {"hyperechoic": 1, "isoechoic": 1, "hypoechoic": 2, "very-hypoechoic": 3, "unclear": 1},
	"shape":        {"wider": 0, "taller": 3},
	"margin":       {"smooth": 0, "ill-defined": 0, "unclear": 0, "irregular": 2, "extrathyroidal": 3},
	"foci":         {"none": 0, "comet": 0, "macro": 1, "rim": 2, "punctate": 3, "macro,rim": 3, "macro,punctate": 4, "rim,punctate": 5, "comet,punctate": 3, "macro,rim,punctate": 6},
}

// levelOf is the published scale: 2, 3, 4–6, 7 and more points. No sum is 1.
func levelOf(points int) string {
	return map[bool]string{true: "TR5"}[points >= 7] + map[int]string{2: "TR2", 3: "TR3", 4: "TR4", 5: "TR4", 6: "TR4"}[points]
}

func TestEveryCombinationOfTIRADS2017(t *testing.T) {
	p := tiPointsPublished
	n := 0
	for c := range p["composition"] {
		for e := range p["echogenicity"] {
			for s := range p["shape"] {
				for m := range p["margin"] {
					for f := range p["foci"] {
						points := p["composition"][c] + p["echogenicity"][e] + p["shape"][s] + p["margin"][m] + p["foci"][f]
						r, err := tiRADS.Run(Values{"size": "8", "composition": c, "echogenicity": e, "shape": s, "margin": m, "foci": f})
						if err != nil || r.Category != levelOf(points) || r.Numbers[0].Value != float64(points) {
							t.Fatalf("%s %s %s %s %s: %s %v, %v; %d points", c, e, s, m, f, r.Category, r.Numbers, err, points)
						}
						n++
					}
				}
			}
		}
	}
	if n != 3*5*2*5*10 {
		t.Fatalf("%d combinations", n)
	}
}

func TestTIRADSAdviceBySizeAtEveryThreshold(t *testing.T) {
	tr := map[int]string{
		3: "composition=solid echogenicity=isoechoic",                              // 3
		4: "composition=solid echogenicity=hypoechoic",                             // 4
		5: "composition=solid echogenicity=hypoechoic shape=taller",                // 7
		2: "composition=mixed echogenicity=isoechoic", 1: "composition=spongiform"} // 2, 0
	const (
		needle = "Fine-needle aspiration."
		small  = "No biopsy and no follow-up at this size."
	)
	var cells []cell
	for _, x := range []struct {
		level      int
		size, want string
	}{
		{3, "14.9", small}, {3, "15", "Ultrasound at 1, 3 and 5 years."}, {3, "24.9", "Ultrasound at 1, 3 and 5 years."}, {3, "25", needle},
		{4, "9.9", small}, {4, "10", "Ultrasound at 1, 2, 3 and 5 years."}, {4, "14.9", "Ultrasound at 1, 2, 3 and 5 years."}, {4, "15", needle},
		{5, "4.9", small}, {5, "5", "Ultrasound every year for 5 years."}, {5, "9.9", "Ultrasound every year for 5 years."}, {5, "10", needle},
		{2, "60", "No biopsy."}, {1, "60", "No biopsy."},
	} {
		cells = append(cells, cell{"size=" + x.size + " " + tr[x.level], x.want})
	}
	holds(t, tiRADS, cells, advice)
}

func TestACysticOrSpongiformNoduleIsTR1(t *testing.T) {
	holds(t, tiRADS, []cell{
		{"size=30 composition=cystic", "TR1"}, {"size=30 composition=cystic echogenicity=anechoic", "TR1"},
		{"size=30 composition=spongiform shape=taller margin=irregular foci=punctate", "TR1"},
		{"size=30 composition=solid echogenicity=anechoic", "error: cystic nodules only"},
		{"size=30 composition=solid", "error: Echogenicity is needed"},
		{"size=30 composition=solid echogenicity=hypoechoic foci=none,punctate", "error: not both"},
	}, category)
	r, err := tiRADS.Run(values(t, "size=30 composition=spongiform foci=punctate"))
	if err != nil || len(r.Notes) != 1 {
		t.Errorf("that a feature was left out is said: %v, %v", r.Notes, err)
	}
}

func TestALargerThyroidNoduleIsNeverFollowedLess(t *testing.T) {
	rank := func(r Result) int {
		switch {
		case r.Advice == "Fine-needle aspiration.":
			return 2
		case len(r.Follow) > 0:
			return 1
		}
		return 0
	}
	for _, rest := range []string{"composition=solid echogenicity=isoechoic", "composition=solid echogenicity=hypoechoic", "composition=solid echogenicity=hypoechoic shape=taller"} {
		last := 0
		for size := 1; size < 100; size++ {
			r, err := tiRADS.Run(values(t, fmt.Sprintf("size=%d %s", size, rest)))
			if err != nil || rank(r) < last {
				t.Fatalf("%d mm %s: %s, %v", size, rest, r.Advice, err)
			}
			last = rank(r)
		}
	}
}
