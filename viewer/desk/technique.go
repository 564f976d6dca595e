package desk

import (
	"fmt"
	"strconv"

	"github.com/nocturne/nocturne/cache/dicom"
)

// said is an attribute of a frame: of a functional group macro, else of the object.
func said(in *instance, frame int, macro, of, t dicom.Tag) (float64, bool) {
	if v, ok := in.d.FrameGroup(frame, macro).Float(of); ok {
		return v, true
	}
	return in.d.Float(t)
}

// technique is how a frame was made, basically.
func technique(in *instance, frame int) string {
	h := in.d
	var parts []string
	if v, ok := said(in, frame, dicom.PixelMeasuresSequence, dicom.SliceThickness, dicom.SliceThickness); ok && v > 0 {
		parts = append(parts, strconv.FormatFloat(v, 'g', 4, 64)+" mm")
	}
	if v, ok := said(in, frame, dicom.CTXRayDetailsSequence, dicom.KVP, dicom.KVP); ok && v > 0 {
		parts = append(parts, strconv.FormatFloat(v, 'g', -1, 64)+" kV")
	}
	kernel := in.d.FrameGroup(frame, dicom.CTReconstructionSequence).Str(dicom.ConvolutionKernel)
	if kernel == "" {
		kernel = h.Str(dicom.ConvolutionKernel)
	}
	parts = append(parts, dicom.Clean(kernel), dicom.Clean(h.Str(dicom.ViewPosition)))
	if v, ok := said(in, frame, dicom.MREchoSequence, dicom.EffectiveEchoTime, dicom.EchoTime); ok {
		parts = append(parts, fmt.Sprintf("TE %.4g", v))
	}
	if v, ok := said(in, frame, dicom.MRDiffusionSequence, dicom.DiffusionBValue, dicom.DiffusionBValue); ok {
		parts = append(parts, fmt.Sprintf("b %g", v))
	}
	return join(" · ", parts...)
}
