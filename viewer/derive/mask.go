// Package derive makes pictures of acquired ones to be seen in their place: subtracted,
// fused, enhanced, under a presentation state, small. None of them is measured; what
// each is, is in words beside it.
package derive

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// Mask is what a tile subtracts from each image of its stack.
type Mask struct {
	Slots  []int // of the stack; with a TID, none
	TID    int   // frames between an image and its mask; 0 is none
	DX, DY float64
	Before picture.Choice // the window without subtraction
	from   int            // first frame it is meant for, from 1; with to 0: all
	to     int
}

// MaskOf is the object's own subtraction for a frame, 1-based: AVG_SUB or TID of Mask
// Subtraction Sequence (PS3.3 C.7.6.10), the one whose range has the frame, else the
// first. ok is false where it names none.
//
// Mask Sub-pixel Shift is rows, columns: to lower rows, and to the left.
func MaskOf(s *stack.Stack, frame int) (m Mask, ok bool) {
	for _, it := range s.First.Header.Seq(dicom.MaskSubtractionSequence) {
		one, good := operation(s, it)
		within := one.to == 0 || frame >= one.from && frame <= one.to
		if good && (!ok || within && !(m.to == 0 || frame >= m.from && frame <= m.to)) {
			m, ok = one, true
		}
	}
	return m, ok
}

func operation(s *stack.Stack, it *dicom.Dataset) (m Mask, ok bool) {
	if r := it.Floats(dicom.ApplicableFrameRange); len(r) >= 2 {
		m.from, m.to = int(r[0]), int(r[len(r)-1])
	}
	if shift := it.Floats(dicom.MaskSubPixelShift); len(shift) == 2 {
		m.DX, m.DY = withinShift(-shift[1]), withinShift(shift[0])
	}
	switch it.Str(dicom.MaskOperation) {
	case "AVG_SUB":
		for _, n := range it.Floats(dicom.MaskFrameNumbers) {
			if i := s.Find(s.First.Object.SOPUID, int(n)-1); i >= 0 {
				m.Slots = append(m.Slots, i)
			}
		}
		return m, len(m.Slots) > 0
	case "TID":
		m.TID = it.IntOr(dicom.TIDOffset, 1)
		return m, m.TID != 0
	}
	return m, false
}

// MaxShift is how far a mask may be moved, pixels.
const MaxShift = 64

func withinShift(v float64) float64 {
	if !(math.Abs(v) <= MaxShift) {
		return 0
	}
	return v
}

// Masks are the slots subtracted from the one at a place in the stack; nil where there
// is nothing to subtract yet.
func (m *Mask) Masks(s *stack.Stack, at int) (out []stack.Slot) {
	from := m.Slots
	if m.TID != 0 {
		from = []int{at - m.TID}
	}
	for _, i := range from {
		if i >= 0 && i < len(s.Slots) && s.Slots[i].Instance != nil {
			out = append(out, s.Slots[i])
		}
	}
	return out
}

// Words label a picture as made: "DSA mask 1–2, shift 1.5, −0.5 px".
func (m *Mask) Words() string {
	w := "DSA mask "
	if m.TID != 0 {
		w = fmt.Sprintf("DSA TID %d", m.TID)
	}
	for i, s := range m.Slots {
		if i > 0 {
			w += ", "
		}
		w += strconv.Itoa(s + 1)
	}
	if m.DX != 0 || m.DY != 0 {
		w += strings.ReplaceAll(fmt.Sprintf(", shift %g, %g px", m.DX, m.DY), "-", "−")
	}
	return w
}

// Logarithmic reports whether logarithms are to be subtracted: the values follow the
// X-rays (Pixel Intensity Relationship LIN, PS3.3 C.8.7.1.1.2).
func Logarithmic(in *stack.Instance) bool {
	return in.Header.Str(dicom.PixelIntensityRelationship) == "LIN"
}
