package picture

import "testing"

func TestTheLargestValueIsInTheLastBinOfAHistogram(t *testing.T) {
	if got := Histogram([]float64{0, 0, 47, 48}, 0, 48); got[0] != 2 || got[47] != 2 {
		t.Errorf("%v", got)
	}
}
