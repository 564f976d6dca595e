package calc

import (
	"math/rand/v2"
	"testing"
)

// RECIST 1.1 (Eur J Cancer 2009;45:228–247), targets: sections 4.3.1 and 4.3.2.
func TestTargetsByRECIST(t *testing.T) {
	at := func(mm ...float64) (out []Target) {
		for _, m := range mm {
			out = append(out, Target{MM: m})
		}
		return out
	}
	for _, x := range []struct {
		name        string
		base, nadir float64
		now         []Target
		want        Response
	}{
		{"all gone", 60, 60, at(0, 0), Complete},
		{"a node of 9 mm is normal", 60, 60, []Target{{MM: 0}, {Node: true, MM: 9.9}}, Complete},
		{"a node of 10 mm is not", 60, 60, []Target{{MM: 0}, {Node: true, MM: 10}}, Partial},
		{"a node grown within normal is no progression", 60, 4, []Target{{MM: 0}, {Node: true, MM: 9.5}}, Complete},
		{"too small to measure is 5 mm, and there", 60, 60, []Target{{MM: 0}, {TooSmall: true}}, Partial},
		{"30 % less than baseline", 100, 100, at(70), Partial},
		{"29.9 % less", 100, 100, at(70.1), Stable},
		{"20 % and 10 mm more than the nadir", 100, 50, at(60), Progressive},
		{"20 % more than the nadir but only 4.9 mm", 30, 24.5, at(29.4), Stable},
		{"20 % and 5 mm more than the nadir", 30, 25, at(30), Progressive},
		{"5 mm more than the nadir but below 20 %", 100, 100, at(105), Stable},
		{"19.9 % more", 100, 100, at(119.9), Stable},
		{"20 % more than the baseline", 100, 100, at(120), Progressive},
		{"progression goes before response: 70 % less than baseline, 20 % more than nadir", 100, 25, at(30), Progressive},
		{"a target not measured", 100, 100, []Target{{MM: 50}, {Missing: true}}, NotEvaluable},
		{"a target not measured, the others progressed", 100, 40, []Target{{MM: 50}, {Missing: true}}, Progressive},
		{"reappeared after all were gone", 100, 0, at(6), Progressive},
	} {
		if got := TargetResponse(x.base, x.nadir, x.now); got != x.want {
			t.Errorf("%s: %s, not %s", x.name, got, x.want)
		}
	}
}

// Tables 1 and 2 of RECIST 1.1.
func TestEveryRowOfTheOverallResponse(t *testing.T) {
	for _, x := range []struct {
		target, other Response
		new           bool
		want          Response
	}{
		{Complete, Complete, false, Complete}, {Complete, "", false, Complete},
		{Complete, NonCRNonPD, false, Partial}, {Complete, NotEvaluable, false, Partial},
		{Partial, Complete, false, Partial}, {Partial, NonCRNonPD, false, Partial}, {Partial, NotEvaluable, false, Partial}, {Partial, "", false, Partial},
		{Stable, Complete, false, Stable}, {Stable, NonCRNonPD, false, Stable}, {Stable, NotEvaluable, false, Stable}, {Stable, "", false, Stable},
		{NotEvaluable, NonCRNonPD, false, NotEvaluable}, {NotEvaluable, Complete, false, NotEvaluable},
		{Progressive, Complete, false, Progressive}, {Progressive, NonCRNonPD, true, Progressive}, {Progressive, "", false, Progressive},
		{Complete, Progressive, false, Progressive}, {Partial, Progressive, false, Progressive}, {Stable, Progressive, true, Progressive}, {NotEvaluable, Progressive, false, Progressive},
		{Complete, Complete, true, Progressive}, {Partial, NonCRNonPD, true, Progressive}, {Stable, "", true, Progressive}, {NotEvaluable, "", true, Progressive},
		{"", Complete, false, Complete}, {"", NonCRNonPD, false, NonCRNonPD}, {"", NotEvaluable, false, NotEvaluable},
		{"", Progressive, false, Progressive}, {"", Complete, true, Progressive},
	} {
		if got := Overall(x.target, x.other, x.new); got != x.want {
			t.Errorf("targets %q, others %q, new %v: %s, not %s", x.target, x.other, x.new, got, x.want)
		}
	}
}

func TestTargetsAreChosenByRECIST(t *testing.T) {
	l := func(mm float64, organ string) Target { return Target{Name: "lesion", MM: mm, Organ: organ} }
	for name, x := range map[string]struct {
		targets []Target
		ok      bool
	}{
		"10 mm":                   {[]Target{l(10, "liver")}, true},
		"9.9 mm":                  {[]Target{l(9.9, "liver")}, false},
		"a node of 15 mm":         {[]Target{{Node: true, MM: 15}}, true},
		"a node of 14.9 mm":       {[]Target{{Node: true, MM: 14.9}}, false},
		"three in one organ":      {[]Target{l(20, "liver"), l(20, "liver"), l(20, "liver")}, false},
		"five":                    {[]Target{l(20, "a"), l(20, "a"), l(20, "b"), l(20, "b"), l(20, "c")}, true},
		"six":                     {[]Target{l(20, "a"), l(20, "a"), l(20, "b"), l(20, "b"), l(20, "c"), l(20, "d")}, false},
		"too small at baseline":   {[]Target{{TooSmall: true}}, false},
		"not measured at all yet": {[]Target{{Missing: true, MM: 20}}, false},
	} {
		if err := Baseline(x.targets); (err == nil) != x.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if mm, ok := Sum([]Target{{MM: 20}, {TooSmall: true}, {MM: 0}}); mm != 25 || !ok {
		t.Errorf("sum %g %v", mm, ok)
	}
}

func TestRECISTBySums(t *testing.T) {
	holds(t, recist, []cell{
		{"baseline=60 sum=42", "PR"}, {"baseline=60 sum=42.1", "SD"}, {"baseline=60 sum=72", "PD"}, {"baseline=60 sum=71.9", "SD"},
		{"baseline=60 nadir=30 sum=36", "PD"}, {"baseline=60 nadir=30 sum=35.9", "PR"}, {"baseline=60 sum=0", "CR"}, {"baseline=60 sum=18 gone=yes", "CR"},
		{"baseline=60 sum=42 other=non-CR/non-PD", "PR"}, {"baseline=60 sum=0 other=NE", "PR"}, {"baseline=60 sum=42 new=yes", "PD"}, {"baseline=60 sum=42 other=PD", "PD"},
		{"baseline=60 sum=42 missing=yes", "NE"}, {"other=CR", "CR"}, {"other=non-CR/non-PD", "non-CR/non-PD"}, {"new=yes", "PD"},
		{"baseline=60 nadir=61 sum=42", "error: not more than that at baseline"}, {"baseline=9 sum=9", "error: at least 10 mm"}, {"sum=42", "error: Sum at baseline is needed"},
		{"gone=no", "error: are needed"}, {"baseline=60 sum=0 gone=no", "error: means that all targets are gone"}, {"baseline=60 sum=0 gone=yes missing=yes", "error: not both"},
	}, category)
	r, err := recist.Run(values(t, "baseline=60 nadir=40 sum=50 other=non-CR/non-PD"))
	if want := "Sum of diameters 50.0 mm (baseline 60.0 mm, −17 %; nadir 40.0 mm, +10.0 mm, +25 %), targets PD"; err != nil || r.Finding != want {
		t.Errorf("%q, %v", r.Finding, err)
	}
}

func TestALargerSumIsNeverABetterResponse(t *testing.T) {
	rank := map[Response]int{Complete: 0, Partial: 1, Stable: 2, Progressive: 3}
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		base := 10 + 200*r.Float64()
		nadir := base * r.Float64()
		last := 0
		for _, f := range []float64{0, 0.1, 0.3, 0.5, 0.69, 0.7, 0.71, 0.9, 1, 1.1, 1.19, 1.2, 1.21, 1.5, 3} {
			got := TargetResponse(base, nadir, []Target{{MM: base * f}})
			if rank[got] < last {
				t.Fatalf("baseline %g, nadir %g, now %g: %s", base, nadir, base*f, got)
			}
			last = rank[got]
		}
	}
}
