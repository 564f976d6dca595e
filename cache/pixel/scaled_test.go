package pixel

import (
	"math"
	"testing"
)

func TestAnImageInAnotherUnitIsTheSameLight(t *testing.T) {
	im := &Image{Rows: 1, Cols: 4, Samples: 1, Bits: 16, Slope: 2, Intercept: -10, Stored: []uint16{0, 50, 400, 1000}, Aspect: 1}
	im.windows = []Window{{Center: 400, Width: 901, Function: Linear}, {Center: 500, Width: 800, Function: Sigmoid}, {Function: VOILUT, LUT: &LUT{}}}
	suv := im.In("SUVbw", 0.01, Window{Center: 3.5, Width: 7, Function: LinearExact})
	if v, ok := suv.At(2, 0); !ok || math.Abs(v-7.9) > 1e-12 || suv.Unit() != "SUVbw" || im.Unit() != "" {
		t.Errorf("%v %s; the image itself is %q", v, suv.Unit(), im.Unit())
	}
	own := suv.Windows()
	if len(own) != 3 || own[0].Width != 7 {
		t.Fatalf("%+v", own)
	}
	for i, w := range im.windows[:2] {
		for _, stored := range im.Stored {
			a, b := w.VOI().At(im.Modality(stored)), own[i+1].VOI().At(suv.Modality(stored))
			if math.Abs(a-b) > 1e-9 {
				t.Errorf("%s, stored %d: light %v and %v", w.Function, stored, a, b)
			}
		}
	}
}
