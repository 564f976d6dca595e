package widget

import (
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/viewer"
)

var texts = []string{"", "a", "PHANTOM, Anna", "日本語 山田^太郎", "e\u0301e\u0301", "≈↔ − ² ±", strings.Repeat("word ", 40),
	lipgloss.NewStyle().Bold(true).Render("bold and long enough to be cut somewhere"), "日", "👩‍⚕️ dr"}

func TestFitAndEndsAreExactlyAsWideAsAsked(t *testing.T) {
	for _, s := range texts {
		for width := range 60 {
			for name, got := range map[string]string{"Fit": Fit(s, width), "FitRight": FitRight(s, width), "Ends": Ends(s, "due 12 min", width),
				"Ends both": Ends(s, s, width)} {
				if w := ansi.StringWidth(got); w != width {
					t.Errorf("%s(%q, %d) is %d cells: %q", name, s, width, w, got)
				}
			}
		}
	}
}

func TestWhatIsCutSaysSo(t *testing.T) {
	if got := Fit("PHANTOM, Anna", 8); got != "PHANTOM…" {
		t.Errorf("got %q", got)
	}
	if got := Ends("PHANTOM, Anna", "due 3", 12); got != "PHANTO…due 3" {
		t.Errorf("got %q", got)
	}
}

func TestRowsAreExactlyAsManyAndAsWide(t *testing.T) {
	for _, height := range []int{-1, 0, 1, 3, 20} {
		rows := Rows(texts, 17, height)
		if len(rows) != max(0, height) {
			t.Errorf("%d rows for height %d", len(rows), height)
		}
		for _, r := range rows {
			if ansi.StringWidth(r) != 17 {
				t.Errorf("row %q is %d cells", r, ansi.StringWidth(r))
			}
		}
	}
}

func TestWrapLosesNoWordAndNeverExceedsTheWidth(t *testing.T) {
	text := "Solid nodule of 8.0 mm in the right upper lobe, 5.5 mm in the prior, pneumonoultramicroscopicsilicovolcanoconiosis."
	for width := 1; width < 60; width++ {
		lines := Wrap(text, width)
		for _, l := range lines {
			if ansi.StringWidth(l) > width {
				t.Errorf("width %d: %q", width, l)
			}
		}
		if squeeze(strings.Join(lines, "")) != squeeze(text) {
			t.Errorf("width %d changed the text: %q", width, lines)
		}
	}
}

func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }

func TestWindowKeepsTheCursorInSightAndMovesNoMoreThanNeeded(t *testing.T) {
	for _, c := range []struct{ first, cursor, height, total, want int }{
		{0, 0, 5, 20, 0}, {0, 4, 5, 20, 0}, {0, 5, 5, 20, 1}, {10, 9, 5, 20, 9}, {10, 12, 5, 20, 10}, {18, 19, 5, 20, 15}, {3, 1, 5, 2, 0}, {0, 0, 5, 0, 0},
	} {
		if got := Window(c.first, c.cursor, c.height, c.total); got != c.want {
			t.Errorf("%+v: got %d", c, got)
		}
	}
}

func TestHelpShowsEveryKeyOfItsPlacesWithoutCuttingAWord(t *testing.T) {
	m := viewer.DefaultKeymap()
	for _, places := range [][]viewer.Place{{viewer.InList}, {viewer.InImages, viewer.InTool}, {viewer.InText}} {
		for _, size := range [][2]int{{80, 21}, {140, 47}} {
			var rows []string
			for _, page := range Help(m, places, []string{":wl WIDTH LEVEL  window and level"}, size[0], size[1]) {
				if len(page) != size[1] {
					t.Errorf("%v %v: %d rows", places, size, len(page))
				}
				rows = append(rows, page...)
			}
			page := ansi.Strip(strings.Join(rows, "\n"))
			if !strings.Contains(page, ":wl WIDTH LEVEL") {
				t.Errorf("%v %v: the commands are missing", places, size)
			}
			for _, r := range rows {
				if ansi.StringWidth(r) > size[0] {
					t.Errorf("%v %v: %d cells: %q", places, size, ansi.StringWidth(r), ansi.Strip(r))
				}
			}
			if strings.Contains(page, "…") {
				t.Errorf("%v %v: something is cut:\n%s", places, size, page)
			}
			for _, p := range places {
				for _, b := range m.Bindings(p) {
					if first := strings.Fields(b.Help); !strings.Contains(page, b.Keys[len(b.Keys)-1].Label()+"  "+first[0]) || !strings.Contains(page, first[len(first)-1]) {
						t.Errorf("%v %v: %q is missing", places, size, b.Help)
					}
				}
			}
		}
	}
}

func TestHintsNeverExceedTheirWidth(t *testing.T) {
	all := []viewer.Action{viewer.Help, viewer.CaseOpen, viewer.CaseLook, viewer.Filter, viewer.ListDetails, viewer.ListNextView}
	for width := range 160 {
		if w := ansi.StringWidth(Hints(viewer.DefaultKeymap(), viewer.InList, all, width)); w > width {
			t.Errorf("%d cells of %d", w, width)
		}
	}
}

func TestThePromptTakesTextAndNothingElse(t *testing.T) {
	var p Prompt
	p.Ask("filter: ", "c")
	for _, k := range []string{"t", "space", "ü", "enter", "f5", "ctrl+a", "\x1b", "x", "backspace"} {
		p.Key(k)
	}
	if p.Value() != "ct ü" {
		t.Errorf("holds %q", p.Value())
	}
	p.Key("ctrl+u")
	if p.Key("backspace"); p.Value() != "" || !p.Open {
		t.Errorf("after ctrl+u %q, open %v", p.Value(), p.Open)
	}
}
