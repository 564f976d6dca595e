package hang

import "testing"

func TestAnyGridUpToFourByFiveIsALayoutAndNothingElse(t *testing.T) {
	for r := 1; r <= 4; r++ {
		for c := 1; c <= 5; c++ {
			if rows, cols, ok := Grid(Name(r, c)); !ok || rows != r || cols != c {
				t.Errorf("%s: %d %d %v", Name(r, c), rows, cols, ok)
			}
		}
	}
	for _, no := range []string{"", "1", "x", "0x1", "1x0", "5x1", "4x6", "10x1", "-1x1", "1×2", "2X2", "2x3 ", "aab", "/x1"} {
		if _, _, ok := Grid(no); ok {
			t.Errorf("%q is taken for a layout", no)
		}
	}
}

func TestTheKeyGoesThroughTheGridsAndBack(t *testing.T) {
	at := "1x1"
	for i := range Grids {
		if want := Grids[(i+1)%len(Grids)]; Next(at, 1) != want || Next(want, -1) != at {
			t.Errorf("after %s comes %s, before %s %s", at, Next(at, 1), want, Next(want, -1))
		}
		at = Next(at, 1)
	}
	for _, c := range [][3]string{{"1x3", "2x2", "1x2"}, {"2x1", "1x2", "1x1"}, {"3x5", "4x5", "3x4"}, {"1x5", "2x3", "2x2"}, {"4x4", "4x5", "3x4"}} {
		if Next(c[0], 1) != c[1] || Next(c[0], -1) != c[2] {
			t.Errorf("%s: %s and %s, want %s and %s", c[0], Next(c[0], 1), Next(c[0], -1), c[1], c[2])
		}
	}
}
