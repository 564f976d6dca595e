package report

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func ruler(id string, mm float64) Measurement {
	return Measurement{MarkID: id, Kind: "length", Values: []Value{{Name: "length", Number: mm, Unit: "mm", Uncertainty: 0.5}}}
}

func written1(t *testing.T, section Section, text string) *Draft {
	t.Helper()
	d := New("1.2.3", "A1", "NORTH", time.Unix(0, 0))
	d.Set(section, text, time.Unix(0, 0))
	return d
}

func TestMeasurementsTypedByHandAreFoundAndThresholdsAreNot(t *testing.T) {
	for text, want := range map[string]string{
		"Nodule of 8 mm in the right upper lobe.":             "8 mm",
		"Nodule 12 x 9 mm.":                                   "12 x 9 mm",
		"Mass 3.1×2.2×1.8 cm.":                                "3.1×2.2×1.8 cm",
		"Density 62 HU, angle 34°, volume 12 mL.":             "62 HU|34°|12 mL",
		"Fat at -90 HU.":                                      "-90 HU",
		"SUVmax 8.4 in the node":                              "SUVmax 8.4",
		"SUVmax of 8.4.":                                      "SUVmax of 8.4",
		"Nodule 8,5 mm.":                                      "8,5 mm",
		"Grew from 5 mm to 8 mm.":                             "5 mm|8 mm",
		"Follow up if >6 mm, < 8 mm or ≥ 10 mm.":              "",
		"Slices of 6-8 mm, 6–8 mm, 6 to 8 mm and 6 - 8 mm.":   "",
		"No node larger than 10 mm, none of at least 15 mm.":  "",
		"Area 12 mm², 3 cm2, 5 mm/s, 4 mmHg.":                 "",
		"Segment 4, 3 lesions, T12, 2026, 120 kV, 5 years.":   "",
		"Normal between 5 and 8 mm, below 3 mm, up to 12 mm.": "",
	} {
		var got []string
		for _, n := range written1(t, Findings, text).Typed() {
			got = append(got, n.Text)
			if string([]rune(text)[n.From:n.To]) != n.Text {
				t.Errorf("%q: place %d–%d is %q", text, n.From, n.To, string([]rune(text)[n.From:n.To]))
			}
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: found %q, not %q", text, strings.Join(got, "|"), want)
		}
	}
}

func TestOnlyWhatTheReaderTypedIntoFindingsAndImpressionIsFlagged(t *testing.T) {
	now := time.Unix(0, 0)
	d := New("1.2.3", "A1", "NORTH", now)
	d.Set(Technique, "CT slices of 1 mm.", now)
	d.Set(Recommendation, "CT if it grows by 2 mm.", now)
	if got := d.Typed(); len(got) != 0 {
		t.Errorf("flagged %+v", got)
	}
	d.Insert(Findings, 0, ruler("2.25.1", 8), now)
	d.Set(Impression, "Solid nodule, 8 mm (Fleischner Society 2017). And 9 mm.", now)
	d.Calculate(Calculated{ID: "fleischner", Text: "Solid nodule, 8 mm (Fleischner Society 2017)."}, now)
	got := d.Typed()
	if len(got) != 1 || got[0].Text != "9 mm" {
		t.Errorf("flagged %+v: a token and what a calculator wrote are not typed", got)
	}
	pulled, _ := d.Frame(Span{Kind: Pulled}, "Nodule 5 mm.")
	d.Edit(Findings, pulled, now)
	if got := d.Typed(); len(got) != 1 {
		t.Errorf("flagged %+v: pulled text is the prior's", got)
	}
}

func TestATypedNumberMatchesAMarkWithinItsOwnDigits(t *testing.T) {
	long := Measurement{MarkID: "2", Kind: "bidirectional", Values: []Value{{"long", 12.34, "mm", 0.5}, {"short", 9.06, "mm", 0.5}}}
	hu := Measurement{MarkID: "3", Kind: "ellipse", Values: []Value{{"mean", 61.6, "HU", 0}, {"area", 120, "mm2", 0}}}
	for _, x := range []struct {
		text string
		m    Measurement
		want bool
	}{
		{"8 mm", ruler("1", 8.4), true}, {"8 mm", ruler("1", 8.5), false}, {"8.0 mm", ruler("1", 8.04), true}, {"8.0 mm", ruler("1", 8.06), false},
		{"0.8 cm", ruler("1", 8.4), true}, {"0.84 cm", ruler("1", 8.4), true}, {"0.8 cm", ruler("1", 8.6), false}, {"1 cm", ruler("1", 8), true},
		{"12 x 9 mm", long, true}, {"12.3 × 9.1 mm", long, true}, {"12 x 10 mm", long, false}, {"12 mm", long, true}, {"9 mm", long, false},
		{"62 HU", hu, true}, {"61 HU", hu, false}, {"62 mm", hu, false},
	} {
		got := written1(t, Findings, x.text).Typed()
		if len(got) != 1 || got[0].Matches(x.m) != x.want {
			t.Errorf("%q against %s: %+v, wanted %v", x.text, MeasurementText(x.m), got, x.want)
		}
	}
}

func TestATypedNumberIsAnInfoWithItsWordsAndTheMarkThatSaysTheSame(t *testing.T) {
	d := written1(t, Findings, "There is a nodule of 8 mm in the lung.")
	find := func(f Facts) (out []Finding) {
		for _, x := range Check(d, f) {
			if x.Rule == "typed-number" {
				out = append(out, x)
			}
		}
		return out
	}
	got := find(Facts{Have: 1})
	if len(got) != 1 || got[0].Severity != Info || got[0].Stops || got[0].Section != Findings || got[0].Evidence[0] != "There is a nodule of 8 mm in the lung." {
		t.Fatalf("%+v", got)
	}
	if strings.Contains(got[0].Hint, "says") {
		t.Errorf("offered a mark that is not there: %s", got[0].Hint)
	}
	if got = find(Facts{Measured: []Measurement{ruler("1", 20), ruler("2", 8.2)}}); !strings.Contains(got[0].Hint, "a mark says 8.2 mm as “8 mm” does (F4") {
		t.Errorf("%s", got[0].Hint)
	}
	if n, ok := d.TypedAt(Findings, 22); !ok || n.Text != "8 mm" {
		t.Errorf("the caret on it finds %+v, %v", n, ok)
	}
	if _, ok := d.TypedAt(Findings, 3); ok {
		t.Error("the caret elsewhere finds a number")
	}
}

func TestAChangeIsSaidWithSignPercentAndUncertainty(t *testing.T) {
	prior := ruler("2.25.1", 5.5)
	prior.Prior, prior.StudyDate = true, "20251120"
	for _, x := range []struct {
		now, before Measurement
		pm          bool
		want        string
	}{
		{ruler("2.25.2", 8), prior, false, "+2.5 mm, +45 %"},
		{ruler("2.25.2", 8), prior, true, "+2.5 mm ± 0.7 mm, +45 %"}, // √(0.5² + 0.5²) = 0.71
		{ruler("2.25.2", 5.2), prior, false, "−0.3 mm, −5 %, within measurement error (± 0.7 mm)"},
		{ruler("2.25.2", 5.5), prior, false, "0.0 mm, 0 %, within measurement error (± 0.7 mm)"},
		{ruler("2.25.2", 4), prior, false, "−1.5 mm, −27 %"},
		{ruler("2.25.2", 8.04), ruler("2.25.1", 5.46), false, "+2.5 mm, +45 %"}, // of 8.0 and 5.5, as they are written
	} {
		c, ok := Change(x.now, x.before)
		c.PlusMinus = x.pm
		if got := MeasurementText(c); !ok || got != x.want {
			t.Errorf("%q, %v; wanted %q", got, ok, x.want)
		}
	}
	px := ruler("2.25.3", 20)
	px.Values[0].Unit = "px"
	hu := Measurement{MarkID: "2.25.4", Values: []Value{{"mean", 40, "HU", 0}}}
	for name, other := range map[string]Measurement{"pixels": px, "density": hu, "nothing": {MarkID: "2.25.5"}} {
		if c, ok := Change(ruler("2.25.2", 8), other); ok {
			t.Errorf("a change from %s: %q", name, MeasurementText(c))
		}
	}
}

func TestAChangeInTheTextFollowsBothMarks(t *testing.T) {
	now := time.Unix(0, 0)
	d := New("1.2.3", "A1", "NORTH", now)
	c, _ := Change(ruler("2.25.2", 8), ruler("2.25.1", 5.5))
	d.Insert(Findings, 0, c, now)
	if got := d.Plain(Findings); got != "+2.5 mm, +45 %" {
		t.Fatal(got)
	}
	stale := d.Refresh([]Measurement{ruler("2.25.2", 9), ruler("2.25.1", 5.5)})
	if got := d.Plain(Findings); got != "+3.5 mm, +64 %" || len(stale) != 1 {
		t.Errorf("%q, %d said to have changed", got, len(stale))
	}
	d.Refresh([]Measurement{ruler("2.25.2", 9)})
	if got := d.Plain(Findings); got != "+3.5 mm, +64 %" {
		t.Errorf("with one mark out of sight it reads %q", got)
	}
	d.Drop("2.25.1")
	if u := d.Used(); len(u) != 1 || !u[0].Gone {
		t.Errorf("%+v: the change of a deleted mark is not gone", u)
	}
}

func TestTheDraftsStyleWritesItsNumbers(t *testing.T) {
	now := time.Unix(0, 0)
	for style, want := range map[Style]string{{}: "8.0 mm", {PlusMinus: true}: "8.0 ± 0.5 mm", {Centimetres: true}: "0.80 cm", {Centimetres: true, PlusMinus: true}: "0.80 ± 0.05 cm"} {
		d := New("1.2.3", "A1", "NORTH", now)
		d.Style = style
		d.Insert(Findings, 0, ruler("1", 8), now)
		d.Refresh([]Measurement{ruler("1", 8)})
		if got := d.Plain(Findings); got != want {
			t.Errorf("%+v: %q, not %q", style, got, want)
		}
		b, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Decode(b); err != nil || back.Style != style {
			t.Errorf("%+v came back as %+v, %v", style, back.Style, err)
		}
	}
}

func TestAReaderWhoSubtractsFindsTheChange(t *testing.T) {
	for hundredths := 100; hundredths < 2000; hundredths += 7 {
		now, before := ruler("2", float64(hundredths)/100), ruler("1", 6.25)
		c, ok := Change(now, before)
		a, b := 0.0, 0.0
		if _, err := fmt.Sscanf(MeasurementText(now)+" "+MeasurementText(before), "%f mm %f mm", &a, &b); err != nil || !ok {
			t.Fatal(err)
		}
		want := fmt.Sprintf("%.1f mm", math.Abs(a-b))
		if got := strings.TrimLeft(MeasurementText(c), "+−"); !strings.HasPrefix(got, want) {
			t.Fatalf("%s after %s is said to be %s", MeasurementText(now), MeasurementText(before), MeasurementText(c))
		}
	}
}
