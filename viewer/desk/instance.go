package desk

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

// instance is what is known of one object: its header or why there is none.
type instance struct {
	obj    viewer.Object
	d      *dicom.Dataset
	frames int
	image  bool
	failed string             // why it cannot be read, in words; "" when it was
	suv    suv.Factor         // of a PET
	noSUV  string             // why a PET has none
	sets   []string           // what split says of each frame, as far as it was asked
	seg    *seg.Segmentation  // of a segmentation
	rt     *rt.Structures     // of a structure set
	manual *space.Calibration // of its series, by the reader's hand
	clocks *clock             // the Frame Time Vector added up, once asked for
	made   *volume.Plane      // a reformat: its frames are slices of this plane; nil for what was acquired
}

func newInstance(o viewer.Object, f *dicom.File) *instance {
	i := &instance{obj: o, d: &dicom.Dataset{}}
	for _, t := range kept {
		if e, ok := f.Dataset.Get(t); ok {
			i.d.Set(e)
		}
	}
	i.uptakeOf(f.Dataset)
	i.knowB(f.Dataset)
	i.image = f.Pixel.Present()
	i.outlined(f.Dataset)
	i.frames = dicom.Frames(f)
	i.frames = min(i.frames, maxFrames)
	return i
}

// maxFrames bounds what a file's claim may allocate; the longest cines and
// tomographies have some thousand.
const maxFrames = 1 << 16

func (i *instance) plane(frame int) (space.Plane, bool) {
	if i.made != nil {
		return i.made.At(frame), true
	}
	p, err := space.PlaneOf(i.d, frame)
	return p, err == nil
}

func (i *instance) number() int { return i.d.IntOr(dicom.InstanceNumber, 0) }

func (i *instance) localiser() bool { return dicom.IsLocaliser(i.d) }

// aspect is Pixel Aspect Ratio, height to width; 0 when there is none.
func (i *instance) aspect() float64 {
	if r := i.d.Floats(dicom.PixelAspectRatio); len(r) == 2 && r[0] > 0 && r[1] > 0 {
		return r[0] / r[1]
	}
	return 0
}

func (i *instance) geometry(frame int) geometry {
	return geometryOf(i, frame, max(1, i.d.IntOr(dicom.Rows, 1)), max(1, i.d.IntOr(dicom.Columns, 1)))
}

// side is which side of the body a frame shows, R, L, B or "": of the frame, of
// the image, of the series.
func (i *instance) side(frame int) string {
	for _, s := range []string{
		i.d.FrameGroup(frame, dicom.FrameAnatomySequence).Str(dicom.FrameLaterality),
		i.d.Str(dicom.ImageLaterality), i.d.Str(dicom.Laterality),
	} {
		if s != "" && s != "U" {
			return s
		}
	}
	return ""
}
