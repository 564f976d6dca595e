package calc

import (
	"strings"
	"testing"
	"time"
)

// values reads "size=7 risk=high".
func values(t *testing.T, line string) Values {
	t.Helper()
	v := Values{}
	for _, w := range strings.Fields(line) {
		k, x, ok := strings.Cut(w, "=")
		if !ok {
			t.Fatalf("no value in %q", w)
		}
		v[k] = x
	}
	return v
}

// cell is one cell of a published table.
type cell struct {
	in   string
	want string // the category, the advice, or "error: words"
}

// holds runs cells; got picks what of the result they name.
func holds(t *testing.T, c Calculator, cells []cell, got func(Result) string) {
	t.Helper()
	for _, x := range cells {
		r, err := c.Run(values(t, x.in))
		if words, refused := strings.CutPrefix(x.want, "error: "); refused {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %s: %v, %v; refused with %q by the rule", c.ID, x.in, got(r), err, words)
			}
			continue
		}
		if err != nil || got(r) != x.want {
			t.Errorf("%s: %s: %q, %v; %q by the rule", c.ID, x.in, got(r), err, x.want)
		}
		if err == nil && (r.Rule != c.Version || r.Caveat != Caveat || len(r.Inputs) != len(strings.Fields(x.in))) {
			t.Errorf("%s: %s: rule %q, caveat %q, %d inputs", c.ID, x.in, r.Rule, r.Caveat, len(r.Inputs))
		}
	}
}

func category(r Result) string { return r.Category }
func advice(r Result) string   { return r.Advice }

func TestEveryCalculatorDescribesItselfSoThatAFormCanBeDrawn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range All() {
		if c.ID == "" || c.Title == "" || c.Version == "" || seen[c.ID] || len(c.Fields) == 0 {
			t.Errorf("%+v", c)
		}
		seen[c.ID] = true
		names := map[string]bool{}
		for _, f := range c.Fields {
			if f.Name == "" || f.Title == "" || names[f.Name] || len([]rune(f.Title)) > 52 {
				t.Errorf("%s: field %q %q", c.ID, f.Name, f.Title)
			}
			names[f.Name] = true
			switch f.Kind {
			case Number:
				if f.Min >= f.Max {
					t.Errorf("%s: %s has no range", c.ID, f.Name)
				}
			case Choice, Choices:
				if len(f.Options) < 2 {
					t.Errorf("%s: %s has nothing to choose", c.ID, f.Name)
				}
			case YesNo:
			default:
				t.Errorf("%s: %s is of no kind", c.ID, f.Name)
			}
			if f.Default != "" && f.Kind != Number {
				if w, err := f.normal(f.Default); err != nil || w != f.Default {
					t.Errorf("%s: %s means %q when empty, which is none of its words", c.ID, f.Name, f.Default)
				}
			}
		}
		if found, ok := Find(c.ID); !ok || found.ID != c.ID {
			t.Errorf("%s is not found by its name", c.ID)
		}
	}
	if c, ok := Find("fleisch"); !ok || c.ID != "fleischner" {
		t.Error("a unique beginning does not find it")
	}
	if c, ok := Find("LUNGRADS"); !ok || c.ID != "lung-rads" {
		t.Error("a name without its hyphen does not find it")
	}
	if _, ok := Find("b"); ok {
		t.Error("a beginning of two finds one")
	}
}

func TestWhatIsOutOfRangeUnknownOrNoNumberIsRefusedWithASentence(t *testing.T) {
	holds(t, fleischner, []cell{
		{"type=solid size=0 risk=low", "error: lies between 0.1 and 500 mm"},
		{"type=solid size=-3 risk=low", "error: lies between"},
		{"type=solid size=501 risk=low", "error: lies between"},
		{"type=solid size=NaN risk=low", "error: is a number in mm"},
		{"type=solid size=Inf risk=low", "error: is a number"},
		{"type=solid size=seven risk=low", "error: is a number"},
		{"type=solid siez=7 risk=low", `error: no field "siez"`},
		{"type=squishy size=7", "error: is one of: solid, ground-glass, part-solid"},
		{"type=solid size=7", "error: Risk of the patient is needed"},
		{"size=7 risk=low", "error: Type is needed"},
		{"type=solid risk=low", "error: A diameter"},
		{"type=solid size=5 short=7 risk=low", "error: longer than the long diameter"},
		{"type=solid short=7 risk=low", "error: needed"},
	}, category)
	for _, c := range All() {
		if _, err := c.Run(nil); err == nil || !strings.HasSuffix(err.Error(), ".") {
			t.Errorf("%s: without any value: %v", c.ID, err)
		}
	}
}

func TestNumbersAreTakenAsTheyAreTyped(t *testing.T) {
	for text, want := range map[string]string{"7": "7", "7,5": "7.5", " 7.50 mm": "7.5", "7mm": "7", "1e1": "10"} {
		r, err := fleischner.Run(Values{"type": "solid", "size": text, "risk": "high"})
		if err != nil || r.Inputs[1].Value != want {
			t.Errorf("%q: %+v, %v", text, r.Inputs, err)
		}
	}
	r, err := adrenal.Run(Values{"unenhanced": "−5"})
	if err != nil || r.Category != "lipid-rich adenoma" {
		t.Errorf("a minus sign: %q, %v", r.Category, err)
	}
}

func TestTheSentenceNamesRuleAndVersion(t *testing.T) {
	for id, x := range map[string][2]string{
		"fleischner": {"type=solid size=7 risk=high", "Single solid nodule, 7 mm, high risk (Fleischner Society 2017). CT at 6–12 months, then CT at 18–24 months."},
		"lung-rads":  {"type=solid size=9 short=8", "Solid nodule, mean diameter 8.5 mm. Lung-RADS 4A (Lung-RADS v2022). Low-dose CT in 3 months; PET/CT may be considered."},
		"ti-rads":    {"size=12 composition=solid echogenicity=hypoechoic", "Thyroid nodule of 12 mm, 4 points. TR4 (ACR TI-RADS 2017). Ultrasound at 1, 2, 3 and 5 years."},
	} {
		c, _ := Find(id)
		r, err := c.Run(values(t, x[0]))
		if err != nil || r.Sentence() != x[1] {
			t.Errorf("%q, %v", r.Sentence(), err)
		}
	}
}

func TestFollowUpBecomesDatesCountedFromTheStudy(t *testing.T) {
	study := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	r, err := fleischner.Run(Values{"type": "solid", "size": "7", "risk": "low"})
	if err != nil {
		t.Fatal(err)
	}
	f := r.FollowUps(study)
	if len(f) != 1 || f[0].What != "CT chest" || f[0].Why != "Fleischner Society 2017" ||
		!f[0].From.Equal(time.Date(2027, 5, 22, 0, 0, 0, 0, time.UTC)) || !f[0].By.Equal(time.Date(2027, 11, 22, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("low risk: %+v; what is only to be considered is no task", f)
	}
	r, _ = fleischner.Run(Values{"type": "solid", "size": "7", "risk": "high"})
	if f = r.FollowUps(study); len(f) != 2 || f[0].ID == f[1].ID || !f[1].By.Equal(time.Date(2028, 11, 22, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("high risk: %+v", f)
	}
}

func TestADraftRemembersTheInputs(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	r, err := lungRADS.Run(Values{"type": "sol", "size": "7.0"})
	if err != nil {
		t.Fatal(err)
	}
	n := r.Note(at, "2.25.1")
	if n.ID != "lung-rads" || n.Category != "Lung-RADS 3" || n.Inputs["type"] != "solid" || n.Inputs["size"] != "7" || n.Text != r.Sentence() || n.Marks[0] != "2.25.1" {
		t.Errorf("%+v", n)
	}
}
