package stack

import (
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Vectors of nuclear medicine: an entry a frame (PS3.3 C.8.4.8).
const (
	energyVector   dicom.Tag = 0x00540010
	detectorVector dicom.Tag = 0x00540020
	phaseVector    dicom.Tag = 0x00540030
	rotationVector dicom.Tag = 0x00540050
	intervalVector dicom.Tag = 0x00540060
	slotVector     dicom.Tag = 0x00540070
)

// sets are the vectors that cut a nuclear medicine object into display sets. Time
// slots do not: they are its cine.
var nuclear = []dicom.Tag{energyVector, detectorVector, phaseVector, rotationVector, intervalVector}

// vectors are a frame's entries in them.
func (i *Instance) vectors(frame int) string {
	var out []string
	for _, t := range nuclear {
		if v := i.Header.Floats(t); frame < len(v) {
			out = append(out, strconv.FormatFloat(v[frame], 'g', -1, 64))
		}
	}
	return strings.Join(out, ",")
}

// alongStack are dimensions that lie along a stack.
var alongStack = map[dicom.Tag]bool{
	dicom.StackID: true, dicom.InStackPositionNumber: true, dicom.ImagePositionPatient: true, dicom.ImageOrientationPatient: true,
}

// dimensions are a frame's indices in what the object itself says it runs through,
// places left out (PS3.3 C.7.6.17).
func dimensions(s Slot) string {
	var out []string
	values := s.Instance.Header.FrameGroup(s.Frame, dicom.FrameContentSequence).Strs(dicom.DimensionIndexValues)
	for k, it := range s.Instance.Header.Seq(dicom.DimensionIndexSequence) {
		if k < len(values) && !alongStack[dicom.Tag(it.IntOr(dicom.DimensionIndexPointer, 0))] {
			out = append(out, values[k])
		}
	}
	return strings.Join(out, "/")
}
