package desk

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/derive"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func rough(col, row, slice int) int { return (col*37+row*53+slice*11)%200 - 50 }

func TestEnhancementIsSaidIsNotMeasuredAndEndsByOneKey(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), vt.Series{HU: rough}.Write(t, t.TempDir()))
	raw := r.d.Scene().Tiles[0]
	measure := func() viewer.Mark {
		r.d.Do(viewer.ToolEllipse)
		r.drag(0, [2]float64{8, 8}, [2]float64{24, 24})
		m := r.mark()
		r.press("esc", "u") // the next one begins on an empty image
		return m
	}
	before := measure()
	keys := map[string]bool{raw.Key: true}
	for _, word := range []string{"SHARPENED", "DENOISED", "CLAHE"} {
		r.press("$")
		s := r.d.Scene()
		if s.Tiles[0].Image == raw.Image || keys[s.Tiles[0].Key] {
			t.Errorf("%s: the same picture under key %s", word, s.Tiles[0].Key)
		}
		keys[s.Tiles[0].Key] = true
		if w := written(s); !strings.Contains(w, word) || !strings.Contains(w, "raw: _") {
			t.Errorf("%s is not said: %q", word, w)
		}
		m := measure()
		for i, v := range m.Values {
			if v.Number != before.Values[i].Number {
				t.Errorf("%s: %s is %v, of the raw image %v", word, v.Name, v.Number, before.Values[i].Number)
			}
		}
		if r.d.Scene().Tiles[0].Image != s.Tiles[0].Image {
			t.Error("the picture was made anew for nothing")
		}
	}
	r.press("_")
	if s := r.d.Scene(); s.Tiles[0].Image != raw.Image || s.Tiles[0].Key != raw.Key || strings.Contains(written(s), "raw:") {
		t.Error("not back to the raw image")
	}
}

func TestAnEnhancedSliceIsNotSeen(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), vt.Series{HU: rough}.Write(t, t.TempDir()))
	was := r.d.State().Unseen
	r.d.Do(viewer.EnhanceSharpen)
	r.press("j")
	if got := r.d.State().Unseen; got != was {
		t.Errorf("%d slices unseen, %d before an enhanced one was shown", got, was)
	}
	r.press("_")
	if got := r.d.State().Unseen; got != was-1 {
		t.Errorf("%d slices unseen after the raw one was shown, want %d", got, was-1)
	}
}

func TestEnhancementStaysWithItsStackAndLeavesWithTheCase(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), vt.Series{HU: rough}.Write(t, t.TempDir()))
	r.d.Do(viewer.EnhanceDenoise)
	r.press("j")
	if r.d.at().look.enhanced != pixel.Denoised || !strings.Contains(written(r.d.Scene()), "DENOISED") {
		t.Error("the next slice is not denoised")
	}
	r.press("R")
	if r.d.at().look.enhanced != pixel.Raw {
		t.Error("R does not show the image as it came")
	}
	r.d.Do(viewer.EnhanceDenoise)
	r.open(vt.Case(2, current()), vt.Series{HU: rough}.Write(t, t.TempDir()))
	if r.d.at().look.enhanced != pixel.Raw || r.d.photons.made != (derive.Enhanced{}) {
		t.Error("enhancement, or its pictures, came along into another case")
	}
}
