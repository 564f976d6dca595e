package load

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/suv"
	"github.com/nocturne/nocturne/viewer"
)

// decode gives a frame; of a large one that is to be seen at once, and can be read in
// part, first a preview. A file that is not open is opened: of one with many frames
// only those asked for are ever read.
func decode(from viewer.Object, index int, o *opened, first bool) (*opened, *pixel.Image, error) {
	if o == nil {
		file, err := from.Open()
		if err != nil {
			return nil, nil, err
		}
		o = &opened{path: from.Path, file: file, users: 1}
	}
	if first && previewed(o.file) {
		if image, err := pixel.DecodeReduced(o.file, index, previewLevels); err == nil {
			return o, uptake(o.file, image), nil
		}
	}
	image, err := pixel.Decode(o.file, index)
	if err == nil {
		image = uptake(o.file, image)
	}
	return o, image, err
}

// A preview is made of frames of more than 4 megapixels, an eighth as wide and high: a
// mammogram in JPEG 2000 is seen within 50 ms.
const largeFrame, previewLevels = 4 << 20, 3

// previewed reports whether a preview of a file's frames is worth making: they are
// large and come in a codestream that holds smaller ones.
func previewed(f *dicom.File) bool {
	_, inPart := pixel.Decoders[f.TransferSyntax].(pixel.Reducer)
	return inPart && f.Dataset.IntOr(dicom.Rows, 0)*f.Dataset.IntOr(dicom.Columns, 0) > largeFrame
}

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
		return out.In(suv.Unit, by.BodyWeight, usualSUV)
	}
	return &out
}

// size is what a decoded frame takes in memory.
func size(im *pixel.Image) int64 {
	n := int64(2*len(im.Stored)+len(im.RGB)) + 256
	for _, l := range im.Layers {
		n += l.Bytes()
	}
	return n
}
