package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func TestTheMIPOfAWholePETSeesEveryDepth(t *testing.T) {
	r := newReader(t)
	// two foci, one far in front and one far behind, of 30,000 and 20,000 by 1 and 3
	s := pet(vt.Series{Slices: 5, Rows: 24, Cols: 24, RowMM: 4, ColMM: 4, Step: 4, HU: func(col, row, slice int) int {
		switch [3]int{col, row, slice} {
		case [3]int{5, 1, 1}:
			return 30000 - 1024
		case [3]int{18, 22, 3}:
			return 20000 - 1024
		}
		return -1024
	}})
	r.open(vt.Case(1, petStudy()), s.Write(t, t.TempDir()))
	r.d.Do(viewer.MIPWhole)
	r.wait(500 * time.Millisecond)
	sc := r.d.Scene()
	im := r.d.at().shown.Image
	if len(sc.Tiles) != 1 || !hasText(sc, "coronal, MIP") || im == nil {
		t.Fatalf("%d tiles; %q", len(sc.Tiles), r.last(viewer.Noticed).Text)
	}
	for _, c := range []struct {
		col, row int
		want     float64
	}{{5, 1, 30000 * 2 / 5000.}, {18, 3, 20000 * 4 / 5000.}} {
		if v, ok := im.At(c.col, c.row); !ok || v < c.want*0.999 || v > c.want*1.001 {
			t.Errorf("focus at %d, %d: SUV %v, want %v", c.col, c.row, v, c.want)
		}
	}
	r.press("m")
	if r.d.State().Layout != "1x1" || r.d.oneUp {
		t.Error("m does not lead back")
	}
	big := newReader(t)
	big.open(vt.Case(1, current()), vt.Series{Slices: 40, Rows: 512, Cols: 512, Step: 5}.Write(t, t.TempDir()))
	if big.d.Do(viewer.MIPWhole); !strings.Contains(big.last(viewer.Noticed).Text, "would take too long") {
		t.Errorf("%q", big.last(viewer.Noticed).Text)
	}
}
