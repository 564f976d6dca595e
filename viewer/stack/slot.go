package stack

import "github.com/nocturne/nocturne/viewer/load"

// Slot is one place of a stack; Instance is nil where a slice is missing.
type Slot struct {
	Instance *Instance
	Frame    int
	Position float64 // mm along the stack; only in spatial stacks
}

// SOP is the SOP Instance UID, "" of a missing slice.
func (s Slot) SOP() string {
	if s.Instance == nil {
		return ""
	}
	return s.Instance.Object.SOPUID
}

// Wanted is what to ask a Loader for; ok is false for a missing slice.
func (s Slot) Wanted() (load.Frame, bool) {
	if s.Instance == nil {
		return load.Frame{}, false
	}
	return load.Frame{Object: s.Instance.Object, Index: s.Frame}, true
}

// Middle is the image a display set is known by: the middle one that is here.
func (s *Stack) Middle() (Slot, bool) {
	for n := range s.Slots {
		for _, i := range []int{len(s.Slots)/2 + n, len(s.Slots)/2 - n} {
			if i >= 0 && i < len(s.Slots) && s.Slots[i].Instance != nil {
				return s.Slots[i], true
			}
		}
	}
	return Slot{}, false
}

// MiddleKey is the Key of that image's frame.
func (s *Stack) MiddleKey() string {
	sl, _ := s.Middle()
	f, _ := sl.Wanted()
	return f.Key()
}
