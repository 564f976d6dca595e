package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"
)

var t0 = time.Date(2026, 3, 1, 3, 12, 0, 0, time.UTC)

func length(id string, mm float64) Measurement {
	return Measurement{MarkID: id, Kind: "length", Values: []Value{{Name: "length", Number: mm, Unit: "mm"}}, Calibration: "Pixel Spacing"}
}

func draft(text map[Section]string) *Draft {
	d := New("1.2", "A1", "NORTH", t0)
	for s, v := range text {
		d.Set(s, v, t0)
	}
	return d
}

func TestTextFromOutsideCanForgeNoNumberAndHarmNoTerminal(t *testing.T) {
	d := draft(nil)
	tok, ok := d.Bind(length("m1", 8))
	if !ok {
		t.Fatal("no token")
	}
	d.Set(Findings, "a\r\nb\tc"+string(tok.Rune)+"\x1b[31m\u202e", t0)
	if got := d.Plain(Findings); got != "a\nb    c\uFFFD[31m\uFFFD" {
		t.Errorf("Plain = %q", got)
	}
	if len(d.Used()) != 0 {
		t.Error("pasted text became a token")
	}
	d.Edit(Findings, "nodule "+string(tok.Rune)+" \uE123\x07", t0)
	if got := d.Plain(Findings); got != "nodule 8.0 mm \uFFFD" {
		t.Errorf("Plain = %q", got)
	}
}

func TestInsertingKeepsWordsApartAndCountsRunes(t *testing.T) {
	d := draft(map[Section]string{Findings: "Knötchen von in Segment 6"})
	at := d.Insert(Findings, len([]rune("Knötchen von")), length("m1", 7.96), t0)
	if got := d.Plain(Findings); got != "Knötchen von 8.0 mm in Segment 6" {
		t.Errorf("Plain = %q", got)
	}
	if want := len([]rune("Knötchen von ")) + 1; at != want {
		t.Errorf("caret at %d, want %d", at, want)
	}
	d.Set(Impression, "x", t0)
	d.Insert(Impression, 0, length("m2", 5), t0)
	d.Insert(Impression, 99, length("m1", 7.96), t0)
	if got := d.Plain(Impression); got != "5.0 mm x 8.0 mm" {
		t.Errorf("Plain = %q", got)
	}
	if len(d.Tokens) != 2 {
		t.Errorf("%d tokens for two marks", len(d.Tokens))
	}
}

func TestANumberThatChangedUnseenIsListedUntilItIsSeen(t *testing.T) {
	d := draft(nil)
	d.Insert(Findings, 0, length("m1", 8), t0)
	d.Insert(Findings, 99, length("m2", 5), t0)
	if stale := d.Refresh([]Measurement{length("m1", 8.04)}); len(stale) != 0 {
		t.Fatalf("8.04 still reads 8.0 mm: %+v", stale)
	}
	stale := d.Refresh([]Measurement{length("m1", 9)})
	if len(stale) != 1 || stale[0].SeenText != "8.0 mm" || stale[0].Text != "9.0 mm" {
		t.Fatalf("stale = %+v", stale)
	}
	if got := d.Plain(Findings); got != "9.0 mm 5.0 mm" {
		t.Errorf("Plain = %q", got)
	}
	d.Saw(d.Tokens[1].Rune)
	if len(d.stale()) != 1 {
		t.Error("seeing another number settled this one")
	}
	d.Saw()
	if len(d.stale()) != 0 {
		t.Error("still stale after it was seen")
	}
	d.Refresh([]Measurement{length("m1", 10)})
	d.Set(Findings, "", t0)
	if len(d.stale()) != 0 {
		t.Error("a number that is not in the text is listed")
	}
}

func TestADeletedMeasurementIsSaidUntilItComesBackOrLeaves(t *testing.T) {
	d := draft(nil)
	d.Insert(Findings, 0, length("m1", 8), t0)
	d.Drop("m1")
	if fs := d.Used(); len(fs) != 1 || !fs[0].Stale() || d.Plain(Findings) != "8.0 mm" {
		t.Fatalf("after deletion: %+v, %q", fs, d.Plain(Findings))
	}
	d.Saw()
	if !d.Used()[0].Gone {
		t.Error("looking at it settled a deleted measurement")
	}
	d.Refresh([]Measurement{length("m1", 8)})
	if d.Used()[0].Stale() {
		t.Error("undo did not bring it back")
	}
}

func TestMeasurementsReadAsTheyAreSpoken(t *testing.T) {
	ellipse := []Value{{"mean", 61.6, "HU", 0}, {"sd", 4.2, "HU", 0}, {"area", 118, "mm2", 0}, {"min", 50, "HU", 0}}
	for _, c := range []struct {
		m    Measurement
		want string
	}{
		{length("a", 8), "8.0 mm"},
		{length("a", 120.25), "120.2 mm"},
		{Measurement{Values: []Value{{"length", 8, "mm", 0.3}}}, "8.0 mm"},
		{Measurement{Values: []Value{{"length", 8, "mm", 0.3}}, PlusMinus: true}, "8.0 ± 0.3 mm"},
		{Measurement{Values: []Value{{"length", 8, "mm", 0}}, Calibration: "detector plane"}, "8.0 mm at the detector"},
		{Measurement{Values: []Value{{"long", 18.24, "mm", 0.4}, {"short", 9.1, "mm", 0.4}}}, "18.2 × 9.1 mm"},
		{Measurement{Values: []Value{{"value", 62, "HU", 0}}, Calibration: "coronal reformat, MIP 10 mm, lossy image"}, "62 HU on MIP 10 mm"},
		{Measurement{Values: []Value{{"length", 8, "mm", 0}}, Calibration: "coronal reformat"}, "8.0 mm"},
		{Measurement{Values: []Value{{"length", 120.4, "px", 0}}}, "120 px (not calibrated)"},
		{Measurement{Values: []Value{{"angle", 33.6, "deg", 0}}}, "34°"},
		{Measurement{Values: ellipse}, "mean 62 HU (SD 4, 1.2 cm²)"},
		{Measurement{Values: []Value{{"mean", -0.4, "HU", 0}, {"area", 8.25, "mm2", 0}}}, "mean 0 HU (8.2 mm²)"},
		{Measurement{Values: []Value{{"mean", 512.4, "", 0}, {"sd", 3.3, "", 0}}}, "mean 512 (SD 3)"},
		{Measurement{Values: []Value{{"value", -812, "HU", 0}}}, "-812 HU"},
		{Measurement{Values: []Value{{"value", 3.14159, "SUVbw", 0}}}, "3.14 SUVbw"},
		{Measurement{Kind: "arrow", Label: " free air\x1b"}, "free air\uFFFD"},
		{Measurement{Values: []Value{{"mean", 5.104, "SUVbw", 0}, {"sd", 1.2, "SUVbw", 0}, {"max", 8.41, "SUVbw", 0}}}, "SUVmax 8.41, mean 5.10 SUVbw (SD 1.20)"},
		{Measurement{Values: []Value{{"mean", 41, "HU", 0}, {"max", 90, "HU", 0}, {"over max", 8.41, "SUVbw", 0}}}, "mean 41 HU, SUVmax 8.41"},
		{Measurement{Values: []Value{{"value", 35, "HU", 0}, {"over", 6.6, "SUVbw", 0}}}, "35 HU, 6.60 SUVbw"},
		{Measurement{Kind: "arrow"}, "marked"},
		{Measurement{Values: []Value{{"length", 5.5, "mm", 0}}, Prior: true, StudyDate: "20251120"}, "5.5 mm (prior, 2025-11-20)"},
		{Measurement{Values: []Value{{"length", 5.5, "mm", 0}}, Prior: true}, "5.5 mm (prior, date unknown)"},
	} {
		if got := MeasurementText(c.m); got != c.want {
			t.Errorf("%+v reads %q, want %q", c.m, got, c.want)
		}
	}
}

func TestADraftComesBackFromItsJSON(t *testing.T) {
	d := draft(map[Section]string{Findings: "a\nb", Impression: "Ödem, 肺"})
	d.Insert(Findings, 99, length("m1", 8), t0)
	d.Refresh([]Measurement{length("m1", 9)})
	d.OverrideWith(Finding{Rule: "side-conflict", Stops: true, Evidence: []string{"x"}}, "ordered wrongly", Reader{Name: "R"}, t0)
	b, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Encode()
	if err != nil || !bytes.Equal(b, again) {
		t.Fatalf("%s\n%s\n%v", b, again, err)
	}
	if back.Text() != d.Text() || len(back.stale()) != 1 || back.Overrides[0].Reason != "ordered wrongly" {
		t.Errorf("%+v", back)
	}
}

func TestForgedDraftsAreRefused(t *testing.T) {
	for _, s := range []string{``, `[]`, `{"sections":{"summary":"x"}}`, `{"tokens":[{"rune":65}]}`,
		`{"tokens":[{"rune":57344},{"rune":57344}]}`, `{"sections":{"findings":7}}`} {
		if d, err := Decode([]byte(s)); err == nil {
			t.Errorf("%s: %+v", s, d)
		}
	}
}

func FuzzDecodeDraft(f *testing.F) {
	d := draft(map[Section]string{Findings: "a"})
	d.Insert(Findings, 1, length("m1", 8), t0)
	b, _ := d.Encode()
	f.Add(b)
	f.Add([]byte(`{"sections":{"findings":"\ue000\u0007"},"tokens":[{"rune":57344,"text":"\u001b"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Decode(b)
		if err != nil {
			return
		}
		for _, s := range Order {
			for _, r := range d.Plain(s) {
				if unicode.Is(unicode.Co, r) || r < ' ' && r != '\n' {
					t.Fatalf("%q in the text", r)
				}
			}
		}
		Check(d, Facts{Exam: d.Plain(Findings), Others: []Other{{Name: d.Accession, ID: d.Site}}})
		once, err := d.Encode()
		if err != nil {
			t.Skip("times that JSON cannot write")
		}
		back, err := Decode(once)
		if err != nil {
			t.Fatalf("its own JSON: %v", err)
		}
		twice, _ := back.Encode()
		if !bytes.Equal(once, twice) {
			t.Fatalf("%s\n%s", once, twice)
		}
	})
}

func TestPrefillComesFromFactsAndLeavesTheReadersWords(t *testing.T) {
	f := Facts{Indication: "72 f, fall on apixaban", Exam: "CT chest", Asked: true, Series: []Series{
		{Modality: "CT", Thickness: 5}, {Modality: "CT", Thickness: 1}, {Modality: "CT", Thickness: 5, Localizer: true}}}
	d := New("1.2", "A1", "NORTH", t0)
	if !d.Prefill(f, t0) || d.Prefill(f, t0) {
		t.Error("Prefill does not tell when it changed something")
	}
	for s, want := range map[Section]string{
		Indication: "72 f, fall on apixaban",
		Technique:  "CT chest. CT slices of 1 mm, 5 mm. No contrast agent recorded.",
		Comparison: "No prior found.",
		Findings:   "",
	} {
		if got := d.Plain(s); got != want {
			t.Errorf("%s = %q, want %q", s, got, want)
		}
	}
	d.Set(Technique, "My own.", t0)
	d.Set(Indication, "", t0)
	f.Priors = []Prior{{Date: "20251120", Modality: "CT", Description: "CT chest", Loaded: true}}
	d.Prefill(f, t0)
	if d.Plain(Comparison) != "CT chest 2025-11-20." || d.Plain(Technique) != "My own." || d.Plain(Indication) != "" {
		t.Errorf("after a prior came: %q, %q", d.Plain(Comparison), d.Plain(Technique))
	}
}

func TestComparisonSaysWhatIsNotKnown(t *testing.T) {
	old := Prior{Date: "20251120", Modality: "CT", Description: "chest"}
	seen := Prior{Date: "20240102", Modality: "CR", Description: "Thorax PA", Loaded: true}
	silent := []Silence{{Site: "NORTH", At: t0}}
	for _, c := range []struct {
		f    Facts
		want string
	}{
		{Facts{}, ""},
		{Facts{Asked: true}, "No prior found."},
		{Facts{Asked: true, Silent: silent}, "Prior search not completed (NORTH not answering 03:12)."},
		{Facts{Asked: true, Priors: []Prior{old}}, "Not compared; on file: CT chest 2025-11-20."},
		{Facts{Asked: true, Priors: []Prior{old, seen}}, "CR Thorax PA 2024-01-02."},
		{Facts{Asked: true, Priors: []Prior{seen}, Silent: silent}, "CR Thorax PA 2024-01-02. Prior search not completed (NORTH not answering 03:12)."},
		{Facts{Asked: true, Priors: []Prior{{Loaded: true}}}, "Study of unknown date."},
	} {
		if got := c.f.comparison(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestTechniqueIsWhatTheImagesSay(t *testing.T) {
	for _, c := range []struct {
		series []Series
		want   string
	}{
		{nil, "Exam."},
		{[]Series{{Modality: "CT", Thickness: 1.25, Contrast: "IOMERON 400"}}, "Exam. CT slices of 1.25 mm. Contrast agent: IOMERON 400."},
		{[]Series{{Modality: "MR", Description: "T1 sag", Field: 1.5}, {Modality: "MR", Description: "FLAIR"}}, "Exam. MR at 1.5 T: T1 sag, FLAIR. No contrast agent recorded."},
		{[]Series{{Modality: "DX", View: "PA"}, {Modality: "DX", View: "LL"}}, "Exam. Views: PA, LL."},
		{[]Series{{Modality: "MG", View: "CC", Side: "R"}, {Modality: "MG", View: "CC", Side: "L"}}, "Exam. Views: R CC, L CC."},
		{[]Series{{Modality: "PT", Tracer: "FDG"}, {Modality: "CT", Thickness: 3}}, "Exam. PET with FDG. CT slices of 3 mm. No contrast agent recorded."},
		{[]Series{{Modality: "US"}}, "Exam."},
	} {
		if got := (Facts{Exam: "Exam", Series: c.series}).technique(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAnAddendumKeepsTheSignedTextAndAsksForItsOwn(t *testing.T) {
	d := draft(map[Section]string{Impression: "Nodule"})
	d.Insert(Impression, 99, length("m1", 8), t0)
	a := d.Addend(Document{SeriesUID: "1.3", SOPUID: "1.4", SOPClass: "1.5"}, "", t0)
	if a.Plain(Impression) != "Nodule 8.0 mm" || len(a.Tokens) != 0 || a.Prefill(Facts{Indication: "x"}, t0) {
		t.Fatalf("addendum begins as %+v", a)
	}
	if fs := Check(a, Facts{Reader: Reader{Name: "R"}}); len(fs) != 1 || fs[0].Section != Addendum || !fs[0].Final {
		t.Errorf("an empty addendum: %+v", fs)
	}
	a.Set(Addendum, "Discussed with Dr Who.", t0)
	if fs := Check(a, Facts{Reader: Reader{Name: "R"}}); len(fs) != 0 {
		t.Errorf("a full addendum: %+v", fs)
	}
	if !strings.HasSuffix(a.Text(), "ADDENDUM\nDiscussed with Dr Who.\n") {
		t.Errorf("%q", a.Text())
	}
}
