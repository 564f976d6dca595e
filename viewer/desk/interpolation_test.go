package desk

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func TestInterpolationIsChosenByKeyAndSaidWhereItIsNotTheUsual(t *testing.T) {
	r := newReader(t)
	r.openCT(2) // 32 pixels in 600: enlarged 17 times
	r.d.Do(viewer.ZoomSet(4))
	for _, want := range []struct {
		how   pixel.Interpolation
		words string
	}{{pixel.Bilinear, ""}, {pixel.Bicubic, "bicubic"}, {pixel.Nearest, "nearest pixel"}, {pixel.Bilinear, ""}} {
		s := r.d.Scene()
		said := ""
		for _, w := range []string{"bicubic", "nearest pixel"} {
			if strings.Contains(written(s), w) {
				said = w
			}
		}
		if s.Tiles[0].How != want.how || said != want.words {
			t.Errorf("interpolated by %d, said %q, want %d and %q", s.Tiles[0].How, said, want.how, want.words)
		}
		r.press(";")
	}
	r.d.Do(viewer.ZoomSet(0.5))
	if s := r.d.Scene(); s.Tiles[0].How != pixel.Area || strings.Contains(written(s), "bicubic") {
		t.Errorf("made smaller it is interpolated by %d", s.Tiles[0].How)
	}
	r.open(vt.Case(2, current()), vt.Series{}.Write(t, t.TempDir()))
	r.d.Do(viewer.ZoomSet(4))
	if r.d.Scene().Tiles[0].How != pixel.Bilinear {
		t.Error("the choice came along into another case")
	}
}

func TestDitheringIsSaidAndStaysWithTheWindow(t *testing.T) {
	r := newReader(t)
	r.openCT(2)
	r.d.Do(viewer.DitherToggle)
	if s := r.d.Scene(); s.Tiles[0].How&pixel.Dithered == 0 || !strings.Contains(written(s), "dithered") {
		t.Errorf("interpolated by %d, written %q", s.Tiles[0].How, written(s))
	}
	r.open(vt.Case(2, current()), vt.Series{}.Write(t, t.TempDir()))
	if s := r.d.Scene(); s.Tiles[0].How&pixel.Dithered == 0 {
		t.Error("the setting went with the case")
	}
	r.d.Do(viewer.DitherToggle)
	if s := r.d.Scene(); s.Tiles[0].How&pixel.Dithered != 0 || strings.Contains(written(s), "dithered") {
		t.Error("still dithered")
	}
}
