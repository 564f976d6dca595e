package desk

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// The bounds of what a cine shows, images a second.
const slowest, fastest = 0.5, 60.0

// hold is how long a cine shows a slot before the next: by the reader's rate; else
// by the object's Recommended Display Frame Rate or Cine Rate; else for as long as
// the frames were apart (PS3.3 C.7.6.5).
func (t *tile) hold(sl stack.Slot) time.Duration {
	rate, in := t.look.fps, sl.Instance
	if in == nil {
		in = t.stack.First
	}
	for _, tag := range []dicom.Tag{dicom.RecommendedDisplayFrameRate, dicom.CineRate} {
		if v, ok := in.Header.Float(tag); ok && v > 0 && rate == 0 {
			rate = v
		}
	}
	if rate == 0 {
		rate = in.Pace(sl.Frame)
	}
	return time.Duration(float64(time.Second) / max(slowest, min(fastest, rate)))
}

// follows is the slot a cine shows next, and whether it runs backwards from there:
// within the trim of a multi-frame, in a loop or to and fro as Preferred Playback
// Sequencing says (PS3.3 C.7.6.5).
func (t *tile) follows() (next int, back bool) {
	from, to := t.span()
	sweep := t.stack.First.Header.IntOr(dicom.PreferredPlaybackSequencing, 0) == 1
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
	n := len(t.stack.Slots)
	first := t.stack.First
	from, to = first.Header.IntOr(dicom.StartTrim, 1)-1, first.Header.IntOr(dicom.StopTrim, n)-1
	if first.Frames != n || from < 0 || to >= n || from >= to {
		return 0, n - 1
	}
	return from, to
}

// timeWords say when a picture's frame was taken.
func (t *tile) timeWords(p picture.Picture) string {
	if t.stack == nil || p.Slot.Instance == nil || !t.stack.Timed() {
		return ""
	}
	s, ok := p.Slot.Instance.Moment(p.Slot.Frame)
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
	case t.stack == nil || len(t.stack.Slots) < 2:
		d.notice("There is nothing to play: one image.")
	default:
		t.look.fps, t.since = v[0], d.opt.Now()
		d.touch()
	}
}
