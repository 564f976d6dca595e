package desk

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/suv"
)

// suvUnit is the unit of PET values by body weight, g/ml.
const suvUnit = "SUVbw"

// usualSUV is what PET is first shown with: SUV 0 to 7.
var usualSUV = pixel.Window{Center: 3.5, Width: 7, Function: pixel.LinearExact, Explanation: "0–7"}

// uptake makes SUV of a PET frame's values where the file allows it (display.md D6).
// PET is shown dark on white, as it is read.
func uptake(f *dicom.File, im *pixel.Image) *pixel.Image {
	if f.Dataset.Str(dicom.Modality) != "PT" || im.Stored == nil {
		return im
	}
	out := *im
	out.Inverse = true
	if by, err := suv.Of(f.Dataset); err == nil {
		return out.In(suvUnit, by.BodyWeight, usualSUV)
	}
	return &out
}

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
	if p.image.Unit() != suvUnit || by.BodyWeight == 0 {
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
	if im.Unit() == suvUnit {
		return 100
	}
	return 1
}
