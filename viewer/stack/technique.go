package stack

import (
	"fmt"
	"strconv"

	"github.com/nocturne/nocturne/cache/dicom"
)

// said is an attribute of a frame: of a functional group macro, else of the object.
func said(in *Instance, frame int, macro, of, t dicom.Tag) (float64, bool) {
	if v, ok := in.Header.FrameGroup(frame, macro).Float(of); ok {
		return v, true
	}
	return in.Header.Float(t)
}

// Technique is how a frame was made, basically.
func (i *Instance) Technique(frame int) string {
	h := i.Header
	var parts []string
	if v, ok := said(i, frame, dicom.PixelMeasuresSequence, dicom.SliceThickness, dicom.SliceThickness); ok && v > 0 {
		parts = append(parts, strconv.FormatFloat(v, 'g', 4, 64)+" mm")
	}
	if v, ok := said(i, frame, dicom.CTXRayDetailsSequence, dicom.KVP, dicom.KVP); ok && v > 0 {
		parts = append(parts, strconv.FormatFloat(v, 'g', -1, 64)+" kV")
	}
	kernel := i.Header.FrameGroup(frame, dicom.CTReconstructionSequence).Str(dicom.ConvolutionKernel)
	if kernel == "" {
		kernel = h.Str(dicom.ConvolutionKernel)
	}
	parts = append(parts, dicom.Clean(kernel), dicom.Clean(h.Str(dicom.ViewPosition)))
	if v, ok := said(i, frame, dicom.MREchoSequence, dicom.EffectiveEchoTime, dicom.EchoTime); ok {
		parts = append(parts, fmt.Sprintf("TE %.4g", v))
	}
	if v, ok := said(i, frame, dicom.MRDiffusionSequence, dicom.DiffusionBValue, dicom.DiffusionBValue); ok {
		parts = append(parts, fmt.Sprintf("b %g", v))
	}
	return join(" · ", parts...)
}
