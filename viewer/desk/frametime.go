package desk

import (
	"fmt"
	"math"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// moment is when a frame was taken, in seconds after the first of its object: by
// Frame Time Vector or Frame Time (PS3.3 C.7.6.5), else by what the functional
// groups say of it. ok is false where nothing is said.
func (i *instance) moment(frame int) (seconds float64, ok bool) {
	if i.frames < 2 || frame < 0 || frame >= i.frames {
		return 0, false
	}
	if v := i.clock(); v != nil {
		if frame >= len(v) {
			return 0, false
		}
		return v[frame], true
	}
	if v, ok := i.d.Float(dicom.FrameTime); ok && v > 0 && !math.IsInf(v, 0) {
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
func (i *instance) clock() []float64 {
	if i.clocks != nil {
		return i.clocks.at
	}
	i.clocks = &clock{}
	v := i.d.Floats(dicom.FrameTimeVector)
	if len(v) < 2 || dicom.Tag(i.d.IntOr(dicom.FrameIncrementPointer, 0)) == dicom.FrameTime {
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
func (i *instance) said(frame int) (float64, bool) {
	if v, ok := i.d.FrameGroup(frame, dicom.TemporalPositionSequence).Float(dicom.TemporalPositionTimeOffset); ok {
		return v, true
	}
	if v, ok := i.d.FrameGroup(frame, dicom.CardiacSynchronizationSequence).Float(dicom.NominalCardiacTriggerDelayTime); ok {
		return v / 1000, true
	}
	content := i.d.FrameGroup(frame, dicom.FrameContentSequence)
	for _, t := range []dicom.Tag{dicom.FrameReferenceDateTime, dicom.FrameAcquisitionDateTime} {
		if at, ok := dicom.ParseDTIn(content.Str(t), time.UTC); ok {
			return float64(at.UnixNano()) / 1e9, true
		}
	}
	return 0, false
}

// pace of a cine whose object says nothing, and the bounds of what is shown.
const (
	usualRate        = 15.0
	slowest, fastest = 0.5, 60.0
)

// hold is how long a cine shows a slot before the next: by the reader's rate; else
// by the object's Recommended Display Frame Rate or Cine Rate; else for as long as
// the frames were apart (PS3.3 C.7.6.5).
func (t *tile) hold(sl slot) time.Duration {
	rate, in := t.look.fps, sl.inst
	if in == nil {
		in = t.stack.first
	}
	for _, tag := range []dicom.Tag{dicom.RecommendedDisplayFrameRate, dicom.CineRate} {
		if v, ok := in.d.Float(tag); ok && v > 0 && rate == 0 {
			rate = v
		}
	}
	if rate == 0 {
		rate = in.pace(sl.frame)
	}
	return time.Duration(float64(time.Second) / max(slowest, min(fastest, rate)))
}

// pace is the rate by the time from a frame to the next; of the last, from the one
// before.
func (i *instance) pace(frame int) float64 {
	if frame >= i.frames-1 {
		frame = i.frames - 2
	}
	a, ok := i.moment(frame)
	b, also := i.moment(frame + 1)
	if !ok || !also || !(b > a) || b-a > 10 {
		return usualRate
	}
	return 1 / (b - a)
}

// follows is the slot a cine shows next, and whether it runs backwards from there:
// within the trim of a multi-frame, in a loop or to and fro as Preferred Playback
// Sequencing says (PS3.3 C.7.6.5).
func (t *tile) follows() (next int, back bool) {
	from, to := t.span()
	sweep := t.stack.first.d.IntOr(dicom.PreferredPlaybackSequencing, 0) == 1
	switch at := t.look.slice; {
	case sweep && t.back && at > from:
		return at - 1, true
	case sweep && t.back:
		return min(from+1, to), false
	case at >= from && at < to:
		return at + 1, false
	case sweep && at >= to && to > from:
		return to - 1, true
	}
	return from, false
}

// span is the first and last slot that a cine plays.
func (t *tile) span() (from, to int) {
	n := len(t.stack.slots)
	first := t.stack.first
	from, to = first.d.IntOr(dicom.StartTrim, 1)-1, first.d.IntOr(dicom.StopTrim, n)-1
	if first.frames != n || from < 0 || to >= n || from >= to {
		return 0, n - 1
	}
	return from, to
}

// timed reports whether a stack is frames in time: of one object, in one place or
// in none.
func (s *stack) timed() bool {
	return s.first.frames > 1 && s.first.made == nil && (!s.spatial || s.spacing == 0)
}

// timeWords say when a picture's frame was taken.
func (t *tile) timeWords(p picture) string {
	if t.stack == nil || p.slot.inst == nil || !t.stack.timed() {
		return ""
	}
	s, ok := p.slot.inst.moment(p.slot.frame)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.2f s", s)
}

// cineWords say how fast a cine runs.
func (t *tile) cineWords() string {
	if !t.cine || t.stack == nil {
		return ""
	}
	sl, _ := t.slot()
	words := fmt.Sprintf("► cine %.3g/s", float64(time.Second)/float64(t.hold(sl)))
	if t.look.fps > 0 {
		words += " (set)"
	}
	return words
}

// setRate is the reader's speed for the cines of the active tile; 0 goes back to
// the images' own.
func (d *Desk) setRate(v []float64) {
	t := d.at()
	switch {
	case len(v) != 1 || v[0] != 0 && !(v[0] >= slowest && v[0] <= fastest):
		d.notice("A cine runs at 0.5 to 60 images a second; 0 is the images' own rate: :fps 30.")
	case t.stack == nil || len(t.stack.slots) < 2:
		d.notice("There is nothing to play: one image.")
	default:
		t.look.fps, t.since = v[0], d.opt.Now()
		d.touch()
	}
}
