package lesion

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/calc"
)

var studies = []Study{{"1.1", "20250520", true}, {"1.2", "20251120", true}, {"1.3", "20261122", false}}

func mark(id, study, name string, long, short float64) report.Measurement {
	m := report.Measurement{MarkID: id, StudyUID: study, Label: name, Kind: "bidirectional", Values: []report.Value{{Name: "long", Number: long, Unit: "mm", Uncertainty: 0.5}}}
	if short > 0 {
		m.Values = append(m.Values, report.Value{Name: "short", Number: short, Unit: "mm", Uncertainty: 0.5})
	}
	return m
}

// three studies: 50, 25 and 31 mm of one lesion, 20, 15 and 9 mm short axis of a node.
func followed() []report.Measurement {
	return []report.Measurement{
		mark("a1", "1.1", "Liver VI", 50, 30), mark("a2", "1.2", "liver vi", 25, 20), mark("a3", "1.3", " Liver  VI ", 31, 22),
		mark("b1", "1.1", "Node", 30, 20), mark("b2", "1.2", "node", 20, 15), mark("b3", "1.3", "node", 14, 9),
		mark("c3", "1.3", "", 99, 9), mark("d", "1.9", "Liver VI", 99, 9),
	}
}

func targets(ls []Lesion) []Lesion {
	for i := range ls {
		ls[i].Target, ls[i].Node = true, Key(ls[i].Name) == "node"
	}
	return ls
}

func TestMarksOfOneNameAreOneLesionOverTime(t *testing.T) {
	ls := Gather(studies, followed(), nil)
	if len(ls) != 2 || ls[0].Name != "Liver VI" || len(ls[0].Points) != 3 || len(ls[1].Points) != 3 {
		t.Fatalf("%+v", ls)
	}
	if p := ls[0].Points; !p[0].Measured.Prior || p[2].Measured.Prior || p[0].Measured.StudyDate != "20250520" {
		t.Errorf("priors are not said to be priors: %+v", p)
	}
	if b, ok := ls[0].Before("1.3"); !ok || b.Measured.MarkID != "a2" {
		t.Errorf("before is %+v", b)
	}
	if c, ok := ls[0].Change("1.3"); !ok || report.MeasurementText(c) != "+6.0 mm, +24 %" {
		t.Errorf("changed by %q", report.MeasurementText(c))
	}
}

func TestWhatWasKeptStandsUntilItIsMeasuredAgain(t *testing.T) {
	kept := []Lesion{{Name: "Liver VI", Target: true, Organ: "liver", Points: []Point{{StudyUID: "1.0", Date: "20250101", Measured: mark("a0", "1.0", "Liver VI", 60, 0)},
		{StudyUID: "1.3", Date: "20261122", Gone: true}}}, {Name: "Lung", Points: []Point{{StudyUID: "1.1", Date: "20250520", TooSmall: true}}}}
	ls := Gather(studies, followed(), kept)
	if len(ls) != 3 || !ls[0].Target || ls[0].Organ != "liver" || len(ls[0].Points) != 4 || ls[0].Points[0].Measured.MarkID != "a0" {
		t.Fatalf("%+v", ls)
	}
	if p, _ := ls[0].Point("1.3"); p.Gone || p.Measured.MarkID != "a3" {
		t.Errorf("measured, and yet gone: %+v", p)
	}
	if ls[1].Cell("1.1") != "too small" || ls[1].Cell("1.3") != "" {
		t.Errorf("%q %q", ls[1].Cell("1.1"), ls[1].Cell("1.3"))
	}
}

func TestSumsAndResponseByRECIST(t *testing.T) {
	a := Assess(targets(Gather(studies, followed(), nil)), studies, "1.3", Answers{Other: calc.NonCRNonPD})
	// 50+20 = 70 at the baseline, 25+15 = 40 the nadir, 31+9 = 40 now: 43 % less, none more
	if a.Sums[0].MM != 70 || a.Sums[1].MM != 40 || a.Sums[2].MM != 40 || a.Baseline != "1.1" || a.Nadir != 40 || a.Response != calc.Partial {
		t.Fatalf("%+v", a)
	}
	grown := append(followed(), mark("a4", "1.3", "Liver VI", 39, 22)) // 48: 20 % and 8 mm more than the nadir
	if a = Assess(targets(Gather(studies, grown, nil)), studies, "1.3", Answers{}); a.Response != calc.Progressive {
		t.Errorf("%+v", a)
	}
	ls := targets(Gather(studies, followed(), nil))
	ls = append(ls, Lesion{Name: "Brain", New: true, Points: []Point{{StudyUID: "1.3", Date: "20261122", Measured: mark("n", "1.3", "Brain", 6, 0)}}})
	if a = Assess(ls, studies, "1.3", Answers{}); a.Response != calc.Progressive {
		t.Errorf("a new lesion: %+v", a)
	}
	if a = Assess(targets(Gather(studies, followed(), nil)), studies, "1.3", Answers{Baseline: "1.2"}); a.Baseline != "1.2" || a.Response != calc.Stable {
		t.Errorf("another baseline: %+v", a)
	}
}

func TestAllGoneIsCompleteAndAMissingTargetCannotBeEvaluated(t *testing.T) {
	ls := targets(Gather(studies, followed()[:4], nil)) // the liver lesion at three studies, the node at the first
	if a := Assess(ls, studies, "1.3", Answers{}); a.Response != calc.NotEvaluable {
		t.Errorf("a target was not measured: %+v", a)
	}
	ls[0].Points[2] = Point{StudyUID: "1.3", Date: "20261122", Gone: true}
	ls[1].Points = append(ls[1].Points, Point{StudyUID: "1.3", Date: "20261122", Measured: mark("b3", "1.3", "node", 12, 8)})
	if a := Assess(ls, studies, "1.3", Answers{}); a.Response != calc.Complete {
		t.Errorf("gone, and the node is normal: %+v", a)
	}
}

func TestWithoutTargetsOrBaselineTheReaderIsToldWhy(t *testing.T) {
	for name, x := range map[string]struct {
		ls   []Lesion
		want string
	}{
		"no targets":  {Gather(studies, followed(), nil), "No lesion is a target"},
		"no baseline": {targets(Gather(studies, followed()[2:3], nil)), "no baseline"},
		"too small":   {targets(Gather(studies, []report.Measurement{mark("a", "1.1", "x", 9, 0), mark("b", "1.3", "x", 9, 0)}, nil)), "at least 10 mm"},
	} {
		if a := Assess(x.ls, studies, "1.3", Answers{}); !strings.Contains(a.Why, x.want) || a.Response != "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestTheTableIsAlignedAndItsNumbersFollowTheirMarks(t *testing.T) {
	now := time.Unix(0, 0)
	d := report.New("1.3", "A1", "NORTH", now)
	d.Set(report.Findings, "Lesions:", now)
	ls := targets(Gather(studies, followed(), nil))
	a := Assess(ls, studies, "1.3", Answers{})
	d.Edit(report.Findings, Table(d, report.Findings, 8, ls, "1.3", a), now)
	want := `Lesions:
Liver VI (target)    31.0 × 22.0 mm  25.0 × 20.0 mm (prior, 2025-11-20)  +6.0 mm, +24 %
Node (target, node)  14.0 × 9.0 mm   20.0 × 15.0 mm (prior, 2025-11-20)  −6.0 mm, −40 %
Sum of diameters 40.0 mm (baseline 70.0 mm, −43 %; nadir 40.0 mm, 0.0 mm, 0 %), targets PR. PR (RECIST 1.1).
`
	if got := d.Plain(report.Findings); got != want {
		t.Fatalf("%s", got)
	}
	d.Refresh([]report.Measurement{mark("a3", "1.3", "Liver VI", 33, 22), func() report.Measurement {
		m := mark("a2", "1.2", "Liver VI", 25, 20)
		m.Prior, m.StudyDate = true, "20251120"
		return m
	}()})
	if got := d.Plain(report.Findings); !strings.Contains(got, "33.0 × 22.0 mm") || !strings.Contains(got, "+8.0 mm, +32 %") {
		t.Errorf("the table does not follow:\n%s", got)
	}
	for _, tk := range d.Used() {
		if strings.HasPrefix(tk.MarkID, "a2") && !strings.Contains(tk.MarkID, "<") && !tk.Prior {
			t.Error("a prior's number is bound as a current one")
		}
	}
}

func TestALesionInWordsNamesPriorDateAndChange(t *testing.T) {
	now := time.Unix(0, 0)
	d := report.New("1.3", "A1", "NORTH", now)
	d.Set(report.Findings, "Lung clear.", now)
	ls := Gather(studies, followed(), nil)
	text, ok := Sentence(d, report.Findings, 11, ls[0], "1.3")
	d.Edit(report.Findings, text, now)
	if got, want := d.Plain(report.Findings), "Lung clear. Liver VI: 31.0 × 22.0 mm, previously 25.0 × 20.0 mm (prior, 2025-11-20), +6.0 mm, +24 %."; !ok || got != want {
		t.Errorf("%q, not %q", got, want)
	}
	if len(d.Typed()) != 0 {
		t.Errorf("its numbers are said to be typed by hand: %+v", d.Typed())
	}
	if _, ok := Sentence(d, report.Findings, 0, Lesion{Name: "x"}, "1.3"); ok {
		t.Error("a lesion that was not measured has a sentence")
	}
}
