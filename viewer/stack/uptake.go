package stack

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel/suv"
)

// uptakeOf notes what a PET object's SUV is made with, or why there is none.
func (i *Instance) uptakeOf(d *dicom.Dataset) {
	if d.Str(dicom.Modality) != "PT" {
		return
	}
	by, err := suv.Of(d)
	if i.SUV = by; err != nil {
		i.NoSUV = err.Error()
	}
}

// UptakeWords are on the tile of a PET: why its values are no SUV, or what of it was
// taken for something else.
func (i *Instance) UptakeWords() string {
	if i.NoSUV != "" {
		return "no SUV: " + i.NoSUV
	}
	return i.SUV.Note
}
