package stack

import "math"

// Comparable reports whether positions of two stacks mean the same: parallel,
// and either of one frame of reference or overlapping by half of the shorter
// one. Two studies never share a frame of reference, but a table is usually
// zeroed at the same landmark; where it was not, X sets the offset.
func Comparable(a, b *Stack) bool {
	if !a.Spatial || !b.Spatial || a.Along.Dot(b.Along) < Alike {
		return false
	}
	if a.FrameOfReference != "" && a.FrameOfReference == b.FrameOfReference {
		return true
	}
	lowA, highA := a.extent()
	lowB, highB := b.extent()
	overlap := math.Min(highA, highB) - math.Max(lowA, lowB)
	shorter := math.Min(highA-lowA, highB-lowB)
	return overlap >= shorter/2 && overlap >= 0
}

// Together reports whether a patient point of one stack means anything in another.
func Together(a, b *Stack) bool {
	return a.Root() == b.Root() || a.FrameOfReference != "" && a.FrameOfReference == b.FrameOfReference || Comparable(a, b)
}

// extent is the first and last position, mm.
func (s *Stack) extent() (low, high float64) {
	return s.Slots[0].Position, s.Slots[len(s.Slots)-1].Position
}

// Registered reports whether two stacks share a frame of reference.
func Registered(a, b *Stack) bool {
	return a.FrameOfReference != "" && a.FrameOfReference == b.FrameOfReference
}

// Alike is how parallel two stacks must be to scroll by position: a cosine of
// 0.94, 20°, as a head laid differently a year later.
const Alike = 0.94
