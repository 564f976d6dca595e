package stack

import (
	"math"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Moment is when a frame was taken, in seconds after the first of its object: by
// Frame Time Vector or Frame Time (PS3.3 C.7.6.5), else by what the functional
// groups say of it. ok is false where nothing is said.
func (i *Instance) Moment(frame int) (seconds float64, ok bool) {
	if i.Frames < 2 || frame < 0 || frame >= i.Frames {
		return 0, false
	}
	if v := i.clock(); v != nil {
		if frame >= len(v) {
			return 0, false
		}
		return v[frame], true
	}
	if v, ok := i.Header.Float(dicom.FrameTime); ok && v > 0 && !math.IsInf(v, 0) {
		return float64(frame) * v / 1000, true
	}
	at, ok := i.said(frame)
	zero, also := i.said(0)
	return at - zero, ok && also
}

// clock is when frames were taken by a Frame Time Vector, in seconds; nil times where
// there is none.
type clock struct{ at []float64 }

// clock adds up the Frame Time Vector: increments in ms, that of the first frame not
// counted. None when it is not what frames increment by, or goes back.
func (i *Instance) clock() []float64 {
	if i.clocks != nil {
		return i.clocks.at
	}
	i.clocks = &clock{}
	v := i.Header.Floats(dicom.FrameTimeVector)
	if len(v) < 2 || dicom.Tag(i.Header.IntOr(dicom.FrameIncrementPointer, 0)) == dicom.FrameTime {
		return nil
	}
	sum, out := 0.0, make([]float64, len(v))
	for k := 1; k < len(v); k++ {
		if !(v[k] >= 0) || math.IsInf(v[k], 0) {
			return nil
		}
		sum += v[k] / 1000
		out[k] = sum
	}
	if sum > 0 {
		i.clocks.at = out
	}
	return i.clocks.at
}

// said is a frame's time by its functional groups, in seconds from any origin.
func (i *Instance) said(frame int) (float64, bool) {
	if v, ok := i.Header.FrameGroup(frame, dicom.TemporalPositionSequence).Float(dicom.TemporalPositionTimeOffset); ok {
		return v, true
	}
	if v, ok := i.Header.FrameGroup(frame, dicom.CardiacSynchronizationSequence).Float(dicom.NominalCardiacTriggerDelayTime); ok {
		return v / 1000, true
	}
	content := i.Header.FrameGroup(frame, dicom.FrameContentSequence)
	for _, t := range []dicom.Tag{dicom.FrameReferenceDateTime, dicom.FrameAcquisitionDateTime} {
		if at, ok := dicom.ParseDTIn(content.Str(t), time.UTC); ok {
			return float64(at.UnixNano()) / 1e9, true
		}
	}
	return 0, false
}

// usualRate is the pace of a cine whose object says nothing, images a second.
const usualRate = 15.0

// Pace is the rate by the time from a frame to the next; of the last, from the one
// before.
func (i *Instance) Pace(frame int) float64 {
	if frame >= i.Frames-1 {
		frame = i.Frames - 2
	}
	a, ok := i.Moment(frame)
	b, also := i.Moment(frame + 1)
	if !ok || !also || !(b > a) || b-a > 10 {
		return usualRate
	}
	return 1 / (b - a)
}

// Timed reports whether a stack is frames in time: of one object, in one place or
// in none.
func (s *Stack) Timed() bool {
	return s.First.Frames > 1 && s.First.Made == nil && (!s.Spatial || s.Spacing == 0)
}
