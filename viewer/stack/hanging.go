package stack

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer/hang"
)

// Hanging describes a stack as hanging protocols look at it.
func (s *Stack) Hanging() hang.Set {
	h := s.First.Header
	out := hang.Set{
		Study: s.Study, Number: s.Number, Modality: s.Modality, Description: s.Description,
		BodyPart: h.Str(dicom.BodyPartExamined), Kernel: h.Str(dicom.ConvolutionKernel), Localiser: s.Localiser, Slices: len(s.Slots),
	}
	out.Thickness, _ = h.Float(dicom.SliceThickness)
	out.Part, out.Phase, out.B = s.Part, s.Phase, s.B()
	out.Tomo = s.Modality == "MG" && (len(s.Slots) > 1 && s.First.Frames > 1 || h.Str(dicom.SOPClassUID) == string(dicom.BreastTomosynthesisStorage))
	out.Raw = h.Str(dicom.PresentationIntentType) == "FOR PROCESSING"
	out.Derived = h.Str(dicom.ImageType) == "DERIVED"
	if s.Spatial {
		out.Normal = s.Along
	}
	if s.Spatial && s.Modality != "MG" {
		return out
	}
	for _, sl := range s.Slots {
		out.Images = append(out.Images, sl.Projection())
	}
	return out
}
