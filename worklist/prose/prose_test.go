package prose

import (
	"slices"
	"strings"
	"testing"
)

func TestSentencesEndWhereTheyEndAndNotInNumbersOrTitles(t *testing.T) {
	for text, want := range map[string]int{
		"No effusion. No pneumothorax.":                  2,
		"The nodule measures 8.0 mm, previously 5.5 mm.": 1,
		"Called to Dr. Lindqvist at 03:12.":              1,
		"Comparison with 01.10.2025 shows no change.":    1,
		"Lines wrapped\nin the middle go on.":            1,
		"LUNGS: Clear.\nHEART: Normal.":                  2,
		"One\n\nTwo":                                     2,
		"Is it a nodule? It is.":                         2,
		"V. a. Fraktur der Hand.":                        1,
		"approx. 4 cm, fig. 3":                           1,
	} {
		if got := Parse(text).Sentences(); got != want {
			t.Errorf("%q has %d sentences, not %d", text, got, want)
		}
	}
}

// What is said of a thing, by examples from many reports.
func TestClaimsSayWhetherAThingIsThere(t *testing.T) {
	for _, c := range []struct {
		text, term string
		want       State
	}{
		{"Small left apical pneumothorax.", "pneumothorax", Affirmed},
		{"No focal consolidation, pleural effusion or pneumothorax.", "pneumothorax", Denied},
		{"No pneumothorax is seen and the pleural effusion is small.", "pleural effusion", Affirmed},
		{"No pneumothorax, small pleural effusion.", "pleural effusion", Affirmed},
		{"No change of the pneumothorax.", "pneumothorax", Affirmed},
		{"The pneumothorax has not changed.", "pneumothorax", Affirmed},
		{"A pneumothorax is not seen.", "pneumothorax", Denied},
		{"A pneumothorax cannot be excluded.", "pneumothorax", Unsure},
		{"Pneumothorax excluded.", "pneumothorax", Denied},
		{"Pneumothorax is not excluded.", "pneumothorax", Unsure},
		{"? pneumothorax", "pneumothorax", Unsure},
		{"Possible pneumothorax.", "pneumothorax", Unsure},
		{"The pneumothorax has resolved.", "pneumothorax", Denied},
		{"Fracture without dislocation.", "fracture", Affirmed},
		{"Fracture without dislocation.", "dislocation", Denied},
		{"Negative for fracture.", "fracture", Denied},
		{"Nothing to suggest dissection, but an aneurysm.", "aneurysm", Affirmed},
		{"Pneumothorax: None.", "pneumothorax", Denied},
		{"Kein Pneumothorax.", "pneumothorax", Denied},
		{"Edema rather than pneumonia.", "consolidation", Denied},
	} {
		got := State(99)
		for _, x := range Parse(c.text).Claims(Things) {
			if x.Term.Name == c.term {
				got = x.State
			}
		}
		if got != c.want {
			t.Errorf("%q: %s is %d, not %d", c.text, c.term, got, c.want)
		}
	}
}

func TestOnlyTheSameThingInTheSamePlaceContradicts(t *testing.T) {
	for _, c := range []struct {
		yes, no string
		want    bool
	}{
		{"Fracture of the left ninth rib.", "No rib fracture.", true},
		{"Fracture of the left ninth rib.", "No fracture of the pelvis.", false},
		{"Fracture of the left ninth rib.", "No further rib fracture.", false},
		{"Left pneumothorax.", "No right pneumothorax.", false},
		{"Left pneumothorax.", "No pneumothorax.", true},
		{"Old healed rib fracture.", "No rib fracture.", false},
		{"Fracture of the posterior malleolus.", "No fracture of the medial or posterior malleolus.", true},
		{"Subarachnoid haemorrhage.", "No intracranial haemorrhage.", true},
		{"Small pleural effusion.", "No large pleural effusion.", false},
	} {
		yes, no := Parse(c.yes).Claims(Things), Parse(c.no).Claims(Things)
		if len(yes) == 0 || len(no) == 0 || Contradicts(yes[0], no[0]) != c.want {
			t.Errorf("%q against %q: %+v %+v", c.yes, c.no, yes, no)
		}
	}
}

func TestQuantitiesHaveTheirUnit(t *testing.T) {
	for text, want := range map[string][]float64{
		"8 mm":                      {8},
		"2.7 x 2.2 cm":              {27, 22},
		"29 × 22 × 18 mm":           {29, 22, 18},
		"4-5 mm":                    {4, 5},
		"1,5 cm groß":               {15},
		"8mm":                       {8},
		"12.04.2026":                nil,
		"96 cm/s, 145 mm Hg, 5 mm²": nil,
		"65 mm3":                    nil,
		"series 3, image 22":        nil,
	} {
		var got []float64
		for _, q := range Parse(text).Quantities() {
			if q.Length {
				got = append(got, q.MM)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, not %v", text, got, want)
		}
	}
}

func TestDatesAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]string{
		"2025-02-20": "20250220", "20 February 2025": "20250220", "Feb 20, 2025": "20250220", "20.02.2025": "20250220",
		"2/20/2025": "20250220", "20/02/25": "20250220", "5/6/2025": "20250605 20250506", "1. März 2026": "20260301",
		"Im 3/120": "", "L4/5": "", "12/13/2025 x": "20251213", "99.99.2025": "", "8.5 x 2025": "",
	} {
		var got []string
		for _, d := range Parse(text).Dates() {
			for _, r := range d.Readings {
				got = append(got, Day(r))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, not %q", text, got, want)
		}
	}
	if d := Parse("CT of March 2026").Dates(); len(d) != 1 || Month(d[0].Readings[0]) != "202603" || Day(d[0].Readings[0]) != "" {
		t.Errorf("a month: %+v", d)
	}
}

func TestSlipsAreFoundAndWordsAreLeftAlone(t *testing.T) {
	for text, meant := range map[string]string{
		"pnuemothorax": "pneumothorax", "consoldiation": "consolidation", "hemorrage": "hemorrhage", "the the": "the", "recieved": "received",
		"osteoarthrits": "osteoarthritis", "is intact is intact": "is intact",
	} {
		got := Parse(text).Slips()
		if meant == "" && len(got) == 0 || meant != "" && (len(got) != 1 || got[0].Meant != meant) {
			t.Errorf("%q: %+v", text, got)
		}
	}
	for _, text := range []string{"haemorrhage and hemorrhage", "oesophagus, esophagus", "tumour tumor", "had had", "1) left 2) right", "a) one b) two", "(see above)",
		"perianal perinatal", "ureteral urethral", "abduction adduction", "medical medial", "Fraktur der linken Hand"} {
		if got := Parse(text).Slips(); len(got) > 0 {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if got := Parse("nodule (see image 4").Slips(); len(got) != 1 || got[0].Kind != "bracket" {
		t.Errorf("an open bracket: %+v", got)
	}
}

// FuzzProse: whatever is pasted, nothing panics and every place lies in the text.
func FuzzProse(f *testing.F) {
	for _, s := range []string{"", "\x00\xff", "No 3 x 4 x 5 mm.\n\n(", "1. 2. 3.", "x x x", "ÄÖÜ ß 12,5cm", "5/6/2025 99/99", strings.Repeat("no ", 300), "((((", "a:\nb:\nc:", "-95 HU %°"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x := Parse(s)
		inside := func(from, to int) {
			if from < 0 || to < from || to > len(s) {
				t.Fatalf("[%d, %d) of %d bytes", from, to, len(s))
			}
		}
		for i, w := range x.Words {
			inside(w.From, w.To)
			if a, b := x.Clause(i); a > i || b <= i || b > len(x.Words) {
				t.Fatalf("clause [%d, %d) of word %d", a, b, i)
			}
		}
		for _, q := range x.Quantities() {
			inside(q.From, q.To)
		}
		for _, d := range x.Dates() {
			inside(d.From, d.To)
		}
		for _, p := range x.Slips() {
			inside(p.From, p.To)
		}
		for _, c := range append(x.Claims(Things), x.Claims(Critical)...) {
			inside(x.Words[c.At].From, x.Words[c.To-1].To)
		}
	})
}
