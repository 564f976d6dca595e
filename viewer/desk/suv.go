package desk

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/suv"
)

// alsoSUV is what the probe says of a SUV besides: the same by lean body mass, and
// the activity.
func (p picture) alsoSUV(v float64) string {
	by := p.slot.Instance.SUV
	if p.image.Unit() != suv.Unit || by.BodyWeight == 0 {
		return ""
	}
	words := ""
	if by.Lean > 0 {
		words = fmt.Sprintf("SUL %.2f", v*by.Lean/by.BodyWeight)
	}
	if p.slot.Instance.Header.Str(dicom.Units) == "BQML" {
		words = join(", ", words, fmt.Sprintf("%.0f Bq/ml", v/by.BodyWeight))
	}
	if words == "" {
		return ""
	}
	return " (" + words + ")"
}

// fine is how much finer the windows of an image's values are set by hand than those
// of whole numbers: a hundredth of an SUV counts.
func fine(im *pixel.Image) float64 {
	if im.Unit() == suv.Unit {
		return 100
	}
	return 1
}
