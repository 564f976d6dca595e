package stack

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/rt"
	"github.com/nocturne/nocturne/cache/dicom/seg"
	"github.com/nocturne/nocturne/cache/pixel/suv"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer"
)

// kept lists what of a header is of use after reading: a thousand slices hold
// about 4 KB each instead of whatever the scanner wrote.
var kept = []dicom.Tag{
	dicom.SOPClassUID, dicom.SOPInstanceUID, dicom.StudyInstanceUID, dicom.SeriesInstanceUID,
	dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.PatientAge,
	dicom.AccessionNumber, dicom.Modality, dicom.StudyDate, dicom.SeriesDescription, dicom.SeriesNumber,
	dicom.InstanceNumber, dicom.AcquisitionNumber, dicom.ImageType, dicom.FrameOfReferenceUID,
	dicom.ImagePositionPatient, dicom.ImageOrientationPatient, dicom.PatientOrientation, dicom.PatientPosition,
	dicom.PixelSpacing, dicom.ImagerPixelSpacing, dicom.EstimatedRadiographicMagnificationFactor,
	dicom.PixelSpacingCalibrationType, dicom.PixelAspectRatio, dicom.SequenceOfUltrasoundRegions,
	dicom.SharedFunctionalGroupsSequence, dicom.PerFrameFunctionalGroupsSequence,
	dicom.Rows, dicom.Columns, dicom.SamplesPerPixel, dicom.NumberOfFrames,
	dicom.Laterality, dicom.ImageLaterality, dicom.ViewPosition, dicom.FrameTime, dicom.CineRate,
	dicom.FrameTimeVector, dicom.FrameIncrementPointer, dicom.PreferredPlaybackSequencing, dicom.StartTrim, dicom.StopTrim,
	dicom.DimensionIndexSequence, dicom.GridFrameOffsetVector, energyVector, detectorVector, phaseVector, rotationVector,
	intervalVector, slotVector,
	dicom.MaskSubtractionSequence, dicom.RecommendedViewingMode, dicom.PixelIntensityRelationship,
	dicom.RecommendedDisplayFrameRate, dicom.SliceThickness, dicom.ConvolutionKernel, dicom.KVP,
	dicom.EchoNumbers, dicom.EchoTime, dicom.RepetitionTime, dicom.DiffusionBValue,
	dicom.TemporalPositionIdentifier, dicom.BodyPartExamined, dicom.LossyImageCompression, dicom.Units,
	dicom.AcquisitionDate, dicom.AcquisitionTime, dicom.AcquisitionDateTime, dicom.TriggerTime, dicom.ContrastBolusStartTime,
	dicom.ContrastBolusAgent, dicom.NominalPercentageOfCardiacPhase, dicom.InversionTime, dicom.FlipAngle, dicom.StackID,
	dicom.DiffusionGradientOrientation, dicom.ViewCodeSequence, dicom.ViewModifierCodeSequence, dicom.PresentationIntentType,
}

// Instance is what is known of one object: its header or why there is none.
type Instance struct {
	Object viewer.Object
	Header *dicom.Dataset // what is kept of it; empty until it is read
	Frames int
	Image  bool               // it has pixels to be shown
	Failed string             // why it cannot be read, in words; "" when it was
	SUV    suv.Factor         // of a PET
	NoSUV  string             // why a PET has none
	sets   []string           // what split says of each frame, as far as it was asked
	Seg    *seg.Segmentation  // of a segmentation
	RT     *rt.Structures     // of a structure set
	Manual *space.Calibration // of its series, by the reader's hand
	clocks *clock             // the Frame Time Vector added up, once asked for
	Made   *volume.Plane      // a reformat: its frames are slices of this plane; nil for what was acquired
}

// NewInstance keeps what is of use of a file that was read.
func NewInstance(o viewer.Object, f *dicom.File) *Instance {
	i := &Instance{Object: o, Header: &dicom.Dataset{}}
	for _, t := range kept {
		if e, ok := f.Dataset.Get(t); ok {
			i.Header.Set(e)
		}
	}
	i.uptakeOf(f.Dataset)
	i.knowB(f.Dataset)
	i.Image = f.Pixel.Present()
	i.outlined(f.Dataset)
	i.Frames = dicom.Frames(f)
	i.Frames = min(i.Frames, maxFrames)
	return i
}

// maxFrames bounds what a file's claim may allocate; the longest cines and
// tomographies have some thousand.
const maxFrames = 1 << 16

// Plane is where a frame lies in the patient; ok is false where that is not said.
func (i *Instance) Plane(frame int) (space.Plane, bool) {
	if i.Made != nil {
		return i.Made.At(frame), true
	}
	p, err := space.PlaneOf(i.Header, frame)
	return p, err == nil
}

// Number is Instance Number, 0 where there is none.
func (i *Instance) Number() int { return i.Header.IntOr(dicom.InstanceNumber, 0) }

func (i *Instance) localiser() bool { return dicom.IsLocaliser(i.Header) }

// Side is which side of the body a frame shows, R, L, B or "": of the frame, of
// the image, of the series.
func (i *Instance) Side(frame int) string {
	for _, s := range []string{
		i.Header.FrameGroup(frame, dicom.FrameAnatomySequence).Str(dicom.FrameLaterality),
		i.Header.Str(dicom.ImageLaterality), i.Header.Str(dicom.Laterality),
	} {
		if s != "" && s != "U" {
			return s
		}
	}
	return ""
}

// outlined reads what is drawn over other images: segmentations and structure sets. They
// are no display sets themselves.
func (i *Instance) outlined(d *dicom.Dataset) {
	if s, err := seg.Read(d); err == nil {
		i.Seg, i.Image = s, false
	} else if s, err := rt.Read(d); err == nil {
		i.RT = s
	}
}
