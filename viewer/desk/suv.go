package desk

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/suv"
)

// uptakeOf notes what a PET object's SUV is made with, or why there is none.
func (i *instance) uptakeOf(d *dicom.Dataset) {
	if d.Str(dicom.Modality) != "PT" {
		return
	}
	by, err := suv.Of(d)
	if i.suv = by; err != nil {
		i.noSUV = err.Error()
	}
}

// uptakeWords are on the tile of a PET: why its values are no SUV, or what of it was
// taken for something else.
func (i *instance) uptakeWords() string {
	if i.noSUV != "" {
		return "no SUV: " + i.noSUV
	}
	return i.suv.Note
}

// alsoSUV is what the probe says of a SUV besides: the same by lean body mass, and
// the activity.
func (p picture) alsoSUV(v float64) string {
	by := p.slot.inst.suv
	if p.image.Unit() != suv.Unit || by.BodyWeight == 0 {
		return ""
	}
	words := ""
	if by.Lean > 0 {
		words = fmt.Sprintf("SUL %.2f", v*by.Lean/by.BodyWeight)
	}
	if p.slot.inst.d.Str(dicom.Units) == "BQML" {
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
