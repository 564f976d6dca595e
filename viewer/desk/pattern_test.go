package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func TestAPatternSaysSoAndAnyKeyGoesBack(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	before := r.d.Scene()
	slice, unseen := r.tile(0).Slice, r.d.State().Unseen
	for _, back := range []func(){func() { r.press("j") }, func() { r.press("f5") }, func() { r.d.Mouse(MouseDown, LeftButton, 400, 300) }} {
		r.d.Do(viewer.PatternToggle)
		s := r.d.Scene()
		if len(s.Tiles) != 1 || !strings.HasPrefix(s.Tiles[0].Key, "pattern") || !strings.Contains(written(s), "TEST PATTERN, not an image") {
			t.Fatalf("%d tiles, %q", len(s.Tiles), written(s))
		}
		if im := s.Tiles[0].Image; im.Cols != s.Tiles[0].Rect.Dx() || im.Rows != s.Tiles[0].Rect.Dy() {
			t.Errorf("%d by %d pixels in %v", im.Cols, im.Rows, s.Tiles[0].Rect)
		}
		back()
		if s := r.d.Scene(); s.Tiles[0].Image != before.Tiles[0].Image {
			t.Error("the images are not back")
		}
	}
	if r.tile(0).Slice != slice || r.d.State().Unseen != unseen {
		t.Error("the key that ended the pattern did something else, or the pattern counts as seen")
	}
}

func TestTheMammographyBarGoesOnlyWithACheckOfThisMonth(t *testing.T) {
	for days, bar := range map[int]bool{29: false, 31: true} {
		r := newReader(t)
		c := vt.Case(1, current())
		c.Display = viewer.Display{Monitor: "LEFT", Checked: start.Add(-time.Duration(days) * 24 * time.Hour), Megapixels: 5.8, Passed: []string{"mammography"}}
		r.open(c, vt.Series{Modality: "MG"}.Write(t, t.TempDir()))
		if got := strings.Contains(written(r.d.Scene()), "NOT FOR PRIMARY MAMMOGRAPHY"); got != bar {
			t.Errorf("checked %d days ago: bar %v", days, got)
		}
	}
}
