package overlay

import (
	"flag"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/sfnt"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// dump writes a list as text: fills and texts with their places, lines counted.
func dump(l List) string {
	var b strings.Builder
	for _, f := range l.Fills {
		fmt.Fprintf(&b, "fill %v %v\n", f.Rect, f.Color)
	}
	fmt.Fprintf(&b, "lines %d\n", len(l.Lines))
	for _, t := range l.Texts {
		fmt.Fprintf(&b, "text %4.0f,%4.0f size %.0f align %d %v %q\n", t.X, t.Y, t.Size, t.Align, t.Color, t.S)
	}
	return b.String()
}

// drawable fails for characters that the house font does not have.
func drawable(t *testing.T, s string) {
	t.Helper()
	f, err := sfnt.Parse(FontTTF())
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	for _, r := range s {
		if g, err := f.GlyphIndex(&buf, r); r != '\n' && (err != nil || g == 0) {
			t.Errorf("the house font has no %q", r)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	drawable(t, got)
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", name, got)
	}
}

func fullTile(r image.Rectangle) Tile {
	return Tile{
		Rect: r, Active: true, Many: true, Prior: "PRIOR 12 mo · 2025-03-01",
		Patient: "PHANTOM, Test · T-1", Study: "CT · 2025-03-01 · CT chest", Series: "Se 2: lung 1.0", Technique: "1 mm · 120 kV · B70f",
		Edges: space.Edges{Top: "A", Right: "L", Bottom: "P", Left: "R"}, Badge: Badge(true, 1, true), Position: "prone", Side: "L",
		Conflict: "LATERALITY: image L, order R", Window: "W 1500 L −600 lung", Zoom: "zoom 1.25×", Slice: 57, Slices: 120,
		Level: "+12.5 mm", Short: "113/120 here", Cine: "► cine 20/s", Linked: "linked +6.0 mm", MM: 0.6,
	}
}

func TestATileSaysAllThatItMust(t *testing.T) {
	golden(t, "tile_full", dump(Style{Scale: 1}.Tile(fullTile(image.Rect(400, 23, 800, 600)))))
}

func TestASmallTileKeepsLettersWindowAndSlice(t *testing.T) {
	golden(t, "tile_brief", dump(Style{Scale: 1}.Tile(fullTile(image.Rect(0, 0, 240, 180)))))
}

func TestATinyTileKeepsItsBandOnly(t *testing.T) {
	l := Style{Scale: 1}.Tile(fullTile(image.Rect(0, 0, 80, 60)))
	if len(l.Texts) != 0 || len(l.Fills) == 0 || l.Fills[0].Color != Amber {
		t.Errorf("%s", dump(l))
	}
}

// Every grid up to the largest, in a small window and a large one: words get smaller,
// and what keeps a patient safe is the last to go.
func TestSafetyWordsAreTheLastToGo(t *testing.T) {
	must := []string{"PRIOR", "LATERALITY", "LEFT", "flipped", "113/120 here"}
	for _, window := range []image.Point{{640, 480}, {800, 600}, {1280, 960}, {1920, 1080}, {3840, 2160}} {
		for rows := 1; rows <= 4; rows++ {
			for cols := 1; cols <= 5; cols++ {
				r := image.Rect(0, 0, window.X/cols, window.Y/rows)
				l := Style{Scale: 1}.Tile(fullTile(r))
				said := dump(l)
				for _, words := range must {
					if !strings.Contains(said, words) {
						t.Errorf("%d×%d tiles of %v say no %q", rows, cols, r.Size(), words)
					}
				}
				for _, x := range l.Texts {
					if x.Size < 10 {
						t.Errorf("%q is %v pixels high in %v", x.S, x.Size, r.Size())
					}
				}
				if r.Dx() >= 200 && r.Dy() >= 120 && !strings.Contains(said, "Im 57/120") {
					t.Errorf("a tile of %v says no slice", r.Size())
				}
			}
		}
	}
}

func head() Head {
	return Head{
		Order: viewer.Order{PatientName: "PHANTOM^TEST", PatientID: "T-1", BirthDate: "19600102", Sex: "F", Accession: "A-1", Exam: "CT chest"},
		Site:  viewer.SiteLine{Name: "NORTH", Due: now.Add(12 * time.Minute)}, Now: now, Tool: "ruler", Owner: "images",
	}
}

func TestTheHeadNamesThePatientTheToolAndTheOwnerOfTheKeys(t *testing.T) {
	l, bottom := Style{Scale: 1}.Header(1200, 800, head())
	golden(t, "head", dump(l)+fmt.Sprintln("bottom", bottom))
}

func TestBarsAreStackedAndSaidToTheTiles(t *testing.T) {
	d := head()
	d.Mismatch = []string{"patient ID (1 of 120 instances)"}
	d.ReadOnly = "held by READER^OTHER since 03:12"
	d.Site.Stale = "NORTH 2 min old"
	d.Site.Banner = "STAT at NORTH: CT head"
	d.Owner, d.Typing, d.Label = "text", true, "rib 7"
	l, bottom := Style{Scale: 2}.Header(1200, 800, d)
	golden(t, "bars", dump(l)+fmt.Sprintln("bottom", bottom))
}

func TestTheRedBarIsSeenWhereThereIsNoRoomForWords(t *testing.T) {
	d := head()
	d.Mismatch = []string{"patient ID"}
	l, bottom := Style{Scale: 1}.Header(160, 90, d)
	if len(l.Fills) != 1 || l.Fills[0].Color != Red || bottom == 0 || len(l.Texts) != 0 {
		t.Errorf("%s", dump(l))
	}
}

func TestTheAgeOfAPriorInWords(t *testing.T) {
	for _, c := range [][3]string{
		{"20250301", "20260301", "PRIOR 12 mo"}, {"20250302", "20260301", "PRIOR 12 mo"}, {"20260215", "20260301", "PRIOR 14 d"},
		{"20230301", "20260301", "PRIOR 3 y"}, {"20260301", "20260301", "PRIOR same day"}, {"20260303", "20260301", "NEWER 2 d"},
		{"", "20260301", "PRIOR, date unknown"}, {"20260101", "20260301", "PRIOR 59 d"}, {"20251231", "20260301", "PRIOR 2 mo"},
	} {
		if got := Age(c[0], c[1]); got != c[2] {
			t.Errorf("%s before %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestTheDueClockTurnsAmberThenRed(t *testing.T) {
	for left, want := range map[time.Duration]struct {
		words string
		ink   any
	}{
		2 * time.Hour: {"due 05:00 (in 2 h 00)", Grey}, 12 * time.Minute: {"due 03:12 (in 12 min)", Amber}, -5 * time.Minute: {"due 02:55 (5 min late)", Red},
	} {
		if words, ink := due(now.Add(left), now); words != want.words || ink != want.ink {
			t.Errorf("%v: %q %v", left, words, ink)
		}
	}
}

func TestValuesAreSaidWithUnitUncertaintyAndSource(t *testing.T) {
	for want, m := range map[string]viewer.Mark{
		"8.0 ± 0.3 mm":                {Kind: viewer.Length, Calibration: "Pixel Spacing", Values: []viewer.Value{{Name: "length", Number: 8.04, Unit: "mm", Uncertainty: 0.29}}},
		"8.0 ± 0.1 mm|detector plane": {Kind: viewer.Length, Calibration: "detector plane", Values: []viewer.Value{{Name: "length", Number: 8.04, Unit: "mm", Uncertainty: 0.02}}},
		"12.0 ± 0.4 px":               {Kind: viewer.Length, Calibration: "px", Values: []viewer.Value{{Name: "length", Number: 12, Unit: "px", Uncertainty: 0.4}}},
		"45.0 ± 1.2°":                 {Kind: viewer.Angle, Values: []viewer.Value{{Name: "angle", Number: 45, Unit: "deg", Uncertainty: 1.2}}},
		"−12.5 HU":                    {Kind: viewer.Probe, Values: []viewer.Value{{Name: "value", Number: -12.5, Unit: "HU"}}},
		"0.0 HU":                      {Kind: viewer.Probe, Values: []viewer.Value{{Name: "value", Number: -0.01, Unit: "HU"}}},
		"rib 7":                       {Kind: viewer.Text, Label: "rib 7"},
		"mean 62.1 HU  SD 4.0|min 51  max 74  n 123|80.1 ± 4.0 mm²": {Kind: viewer.Ellipse, Values: []viewer.Value{
			{Name: "area", Number: 80.1, Unit: "mm2", Uncertainty: 4}, {Name: "mean", Number: 62.1, Unit: "HU"}, {Name: "sd", Number: 4, Unit: "HU"},
			{Name: "min", Number: 51, Unit: "HU"}, {Name: "max", Number: 74, Unit: "HU"}, {Name: "n", Number: 123}}},
	} {
		if got := strings.Join(Words(m), "|"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWidthComesBeforeLevel(t *testing.T) {
	for want, w := range map[string][2]float64{"W 400 L 40": {40, 400}, "W 1500 L −600": {-600, 1500}, "W 0.80 L 1.25": {1.25, 0.8}} {
		if got := WindowLevel(w[0], w[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheScaleBarIsTrue(t *testing.T) {
	var l List
	Style{Scale: 1}.scaleBar(&l, image.Rect(0, 0, 900, 600), 0.5)
	if len(l.Lines) != 3 || l.Lines[0].X1-l.Lines[0].X0 != 200 || l.Texts[0].S != "10 cm" {
		t.Errorf("%s %+v", dump(l), l.Lines[0])
	}
	var none List
	Style{Scale: 1}.scaleBar(&none, image.Rect(0, 0, 900, 600), 0)
	if len(none.Lines) != 0 {
		t.Error("a scale bar without millimetres")
	}
}

func TestOneMissingSliceOfAThousandIsSeenInTheBar(t *testing.T) {
	slots := make([]SlotState, 1000)
	for i := range slots {
		slots[i] = Seen
	}
	slots[500] = Missing
	l := Style{Scale: 1}.SliceBar(image.Rect(0, 0, 400, 300), slots, 10)
	last := Fill{}
	for _, f := range l.Fills {
		if f.Color == slotColors[Missing] {
			last = f
		}
	}
	if last.Rect.Dy() < 1 || last.Rect.Empty() {
		t.Errorf("%+v", l.Fills)
	}
}

func TestWordsOfMarksDoNotCoverEachOther(t *testing.T) {
	clip := image.Rect(0, 0, 800, 600)
	var marks []Shape
	for range 5 {
		marks = append(marks, Shape{Clip: clip, Points: [][2]float64{{100, 100}}, Words: []string{"one", "two"}})
	}
	seen := map[float64]bool{}
	for _, x := range (Style{Scale: 1}).Shapes(marks).Texts {
		if seen[x.Y] {
			t.Fatalf("two lines at %v", x.Y)
		}
		seen[x.Y] = true
	}
	if len(seen) != 10 {
		t.Errorf("%d lines", len(seen))
	}
}

func TestForeignTextIsMadeSafeAndFits(t *testing.T) {
	o := head().Order
	o.Exam = "CT\x1b[2J\u202Egnol " + strings.Repeat("very ", 80)
	l, _ := Style{Scale: 1}.Header(700, 600, Head{Order: o, Now: now, Owner: "images"})
	for _, x := range l.Texts {
		if strings.ContainsAny(x.S, "\x1b\u202E") {
			t.Errorf("%q", x.S)
		}
		if Width(x.S, x.Size) > 700 {
			t.Errorf("%q is wider than the window", x.S)
		}
	}
	if Fit("PHANTOM^TEST", 13, 5) != "" || Fit("ab", 13, 500) != "ab" {
		t.Error("Fit")
	}
}
