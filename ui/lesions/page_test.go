package lesions

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/lesion"
)

var update = flag.Bool("update", false, "write the golden frames anew")

func mark(id, study, name string, long, short float64) report.Measurement {
	return report.Measurement{MarkID: id, StudyUID: study, Label: name, Kind: "bidirectional", SOPUID: study + ".1", Values: []report.Value{
		{Name: "long", Number: long, Unit: "mm", Uncertainty: 0.5}, {Name: "short", Number: short, Unit: "mm", Uncertainty: 0.5}}}
}

func followed() reading.Followed {
	f := reading.Followed{Current: "1.3", Unnamed: 1, Studies: []lesion.Study{{UID: "1.1", Date: "20250520", Prior: true}, {UID: "1.2", Date: "20251120", Prior: true}, {UID: "1.3", Date: "20261122"}}}
	f.Lesions = lesion.Gather(f.Studies, []report.Measurement{mark("a1", "1.1", "Liver VI", 50, 30), mark("a2", "1.2", "Liver VI", 25, 20), mark("a3", "1.3", "Liver VI", 31, 22),
		mark("b1", "1.1", "Paratracheal node", 30, 20), mark("b2", "1.2", "Paratracheal node", 20, 15), mark("b3", "1.3", "Paratracheal node", 14, 9), mark("c", "1.1", "Lung RLL", 12, 9)}, nil)
	f.Lesions[0].Target, f.Lesions[1].Target, f.Lesions[1].Node = true, true, true
	return f
}

func TestFramesOfTheLesions(t *testing.T) {
	full := &Page{Who: "PHANTOM, BORIS · PID-0001", Exam: "CT chest"}
	full.Set(followed())
	empty := &Page{Who: "PHANTOM, BORIS · PID-0001", Exam: "CT chest"}
	empty.Set(reading.Followed{Unnamed: 2})
	for name, p := range map[string]*Page{"lesions": full, "empty": empty} {
		for _, size := range [][2]int{{80, 22}, {140, 48}} {
			rows := p.View(size[0], size[1])
			for _, r := range rows {
				if ansi.StringWidth(r) != size[0] {
					t.Fatalf("%s: a row of %d cells", name, ansi.StringWidth(r))
				}
			}
			file := filepath.Join("testdata", name+map[int]string{80: "-80x22", 140: "-140x48"}[size[0]]+".golden")
			got := ansi.Strip(strings.Join(rows, "\n")) + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(file); err != nil || string(want) != got {
				t.Errorf("%s changed (go test -update writes it anew): %v\n%s", file, err, got)
			}
		}
	}
}

func TestGoneIsSaidOnlyOfWhatIsNotMeasuredAndTakenBack(t *testing.T) {
	p := &Page{}
	p.Set(followed())
	if p.Say(true) {
		t.Error("a lesion that is measured was said to be gone")
	}
	p.Move(2)
	if !p.Say(true) || p.Lesions[2].Cell("1.3") != "gone" {
		t.Errorf("%q", p.Lesions[2].Cell("1.3"))
	}
	if !p.Say(false) || p.Lesions[2].Cell("1.3") != "too small" {
		t.Errorf("%q", p.Lesions[2].Cell("1.3"))
	}
	if !p.Say(false) || p.Lesions[2].Cell("1.3") != "" {
		t.Errorf("not taken back: %q", p.Lesions[2].Cell("1.3"))
	}
}
