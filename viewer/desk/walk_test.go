package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// Two mammograms larger than the window: PgDn shows every part of both pixel on pixel,
// nothing is left out, and the layout is there again in the end.
func TestAMammogramIsWalkedPartByPartAtOneToOne(t *testing.T) {
	for _, turn := range []viewer.Action{viewer.ViewReset, viewer.ViewRight, viewer.ViewFlipH} {
		r := newReader(t)
		r.d.Resize(300, 320, 1)
		r.openAs("MG", "Mammography", false, mammogram(1, "R", "CC", 700, 500), mammogram(2, "L", "CC", 700, 500))
		r.d.Do(turn)
		seen, parts := map[string]bool{}, 0
		for range 60 {
			r.press("pgdown")
			r.wait(20 * time.Millisecond)
			s := r.d.State()
			if !s.OneUp {
				break
			}
			parts++
			if s.Tiles[s.Active].Zoom != 1 || len(r.d.Scene().Tiles) != 1 {
				t.Fatalf("part %d at %v", parts, s.Tiles[s.Active].Zoom)
			}
			seen[s.Tiles[s.Active].SOPUID] = true
			if parts == 1 && (s.Unseen == 0 || !strings.Contains(strings.Join(s.UnseenIn, " "), "% seen at 1:1") || !hasText(r.d.Scene(), "seen at 1:1")) {
				t.Errorf("after one part: %d, %v", s.Unseen, s.UnseenIn)
			}
		}
		s := r.d.State()
		if s.OneUp || s.Layout != "2x2" || len(seen) != 2 || parts < 12 || parts > 24 || s.Tiles[0].Zoom != 0 {
			t.Errorf("%s: %d parts of %d images, then %s", turn, parts, len(seen), s.Layout)
		}
		if strings.Contains(strings.Join(s.UnseenIn, " "), "1:1") {
			t.Errorf("%s: after the walk: %v", turn, s.UnseenIn)
		}
		for k, w := range r.d.walks {
			if w.share() != 1 {
				t.Errorf("%s: of %s %v was seen", turn, k, w.share())
			}
		}
	}
}

func TestPgDnIsTenSlicesWhereThereAreSlices(t *testing.T) {
	r := newReader(t)
	r.openCT(30)
	r.press("pgdown")
	r.slice(10)
	if r.d.walk != nil || len(r.d.walks) != 0 {
		t.Error("a CT is walked")
	}
	r.open(vt.Case(2, current()))
	if len(r.d.walks) != 0 {
		t.Error("it carries over")
	}
}
