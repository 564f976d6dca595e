package calculator

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/calc"
)

var update = flag.Bool("update", false, "write the golden frames anew")

var study = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func nodule(mm float64, prior bool) report.Measurement {
	m := report.Measurement{MarkID: "2.25.1", Kind: "bidirectional", Slice: 57, Values: []report.Value{
		{Name: "long", Number: mm, Unit: "mm"}, {Name: "short", Number: mm - 1, Unit: "mm"}}}
	if prior {
		m.MarkID, m.Prior, m.StudyDate = "2.25.2", true, "20251122"
	}
	return m
}

func open(t *testing.T, id string, with Filled) *Page {
	t.Helper()
	c, ok := calc.Find(id)
	if !ok {
		t.Fatal(id)
	}
	p := &Page{Who: "PHANTOM, BORIS · PID-0001", Exam: "CT chest"}
	p.Open(c, with)
	return p
}

func TestAMeasurementAndItsPriorFillTheFieldsWithTheirSource(t *testing.T) {
	c, _ := calc.Find("lung-rads")
	f := Fill(c, nodule(8.04, false), nodule(5.5, true), study)
	for name, want := range map[string]string{"size": "8", "short": "7", "prior": "5", "months": "12"} {
		if f.Values[name] != want {
			t.Errorf("%s is %q, not %q", name, f.Values[name], want)
		}
	}
	if f.From["size"] != "bidirectional, slice 57" || f.From["prior"] != "prior, 2025-11-22" || strings.Join(f.Marks, " ") != "2.25.1 2.25.2" {
		t.Errorf("from %v, marks %v", f.From, f.Marks)
	}
	if f := Fill(c, nodule(5.5, true), report.Measurement{}, study); f.Values["size"] != "" || f.Values["prior"] != "5" {
		t.Errorf("a prior's number fills a field of now: %v", f.Values)
	}
	px := nodule(80, false)
	for i := range px.Values {
		px.Values[i].Unit = "px"
	}
	if f := Fill(c, px, report.Measurement{}, study); len(f.Values) != 0 {
		t.Errorf("pixels fill %v", f.Values)
	}
	a, _ := calc.Find("adrenal")
	hu := report.Measurement{MarkID: "3", Kind: "ellipse", Values: []report.Value{{Name: "mean", Number: 8.4, Unit: "HU"}}}
	if f := Fill(a, hu, report.Measurement{}, study); len(f.Values) != 1 || f.Values["unenhanced"] != "8.4" {
		t.Errorf("a density fills %v", f.Values)
	}
	v, _ := calc.Find("volume")
	vol := report.Measurement{MarkID: "4", Kind: "volume", Values: []report.Value{{Name: "axis a", Number: 30, Unit: "mm"}, {Name: "axis b", Number: 20, Unit: "mm"}, {Name: "axis c", Number: 10, Unit: "mm"}}}
	if f := Fill(v, vol, report.Measurement{}, study); f.Values["a"] != "30" || f.Values["b"] != "20" || f.Values["c"] != "10" {
		t.Errorf("axes fill %v", f.Values)
	}
}

func TestAFormIsFilledInByKeyboard(t *testing.T) {
	p := open(t, "fleischner", Filled{})
	f := p.Form
	if f.Err == nil {
		t.Fatal("an empty form has a result")
	}
	f.Key("s")
	f.Key("down")
	for _, k := range []string{"7", ",", "5", "0", "backspace"} {
		f.Key(k)
	}
	f.Go("risk")
	f.Key("h")
	if f.Err != nil || f.Values["type"] != "solid" || f.Values["size"] != "7.5" || f.Values["risk"] != "high" {
		t.Fatalf("%v, %v", f.Values, f.Err)
	}
	if !strings.Contains(f.Result.Sentence(), "CT at 6–12 months") {
		t.Errorf("the result does not follow: %s", f.Result.Sentence())
	}
	f.Key("right")
	if f.Values["risk"] != "low" {
		t.Errorf("→ after the last choice is the first: %q", f.Values["risk"])
	}
	f.Key("delete")
	if f.Values["risk"] != "" || f.Err == nil {
		t.Error("Delete does not empty the field")
	}
	f.Go("size")
	f.Key("9")
	if f.Values["size"] != "9" {
		t.Errorf("the first digit typed onto a value leaves %q", f.Values["size"])
	}
}

func TestSeveralChoicesAreTakenAndLeftBySpace(t *testing.T) {
	f := open(t, "ti-rads", Filled{}).Form
	f.Go("foci")
	for _, k := range []string{"p", "space", "m", "space", "r", "space", "r", "space"} {
		f.Key(k)
	}
	if f.Values["foci"] != "punctate,macro" {
		t.Errorf("chosen %q", f.Values["foci"])
	}
}

func TestWhatTheReaderTypesIsNoLongerSaidToBeMeasured(t *testing.T) {
	c, _ := calc.Find("lung-rads")
	f := open(t, "lung-rads", Fill(c, nodule(8, false), report.Measurement{}, study)).Form
	f.Go("size")
	f.Key("9")
	if f.From["size"] != "" || f.From["short"] == "" {
		t.Errorf("from %v", f.From)
	}
}

func TestFramesOfTheCalculators(t *testing.T) {
	c, _ := calc.Find("lung-rads")
	list := &Page{Who: "PHANTOM, BORIS · PID-0001", Exam: "CT chest"}
	filled := open(t, "lung-rads", Fill(c, nodule(8, false), nodule(5.5, true), study))
	filled.Form.Key("s")
	filled.Form.Key("down")
	filled.Form.Key("g")
	for name, p := range map[string]*Page{"list": list, "lung-rads": filled, "ti-rads": open(t, "ti-rads", Filled{})} {
		for _, size := range [][2]int{{80, 22}, {140, 48}} {
			rows := p.View(size[0], size[1])
			for _, r := range rows {
				if ansi.StringWidth(r) != size[0] {
					t.Fatalf("%s: a row of %d cells: %q", name, ansi.StringWidth(r), ansi.Strip(r))
				}
			}
			golden(t, name, size, ansi.Strip(strings.Join(rows, "\n"))+"\n")
		}
	}
}

func golden(t *testing.T, name string, size [2]int, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+map[int]string{80: "-80x22", 140: "-140x48"}[size[0]]+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s changed (go test -update writes it anew): %v\n%s", file, err, got)
	}
}
