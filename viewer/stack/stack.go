// Package stack says what the objects of a series are to a reader: display sets, each
// in viewing order with its positions and gaps, its name, its frame rate and what it
// is to hanging protocols. It knows headers, and nothing of tiles or pixels.
package stack

import (
	"sort"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// Stack is a display set in viewing order.
type Stack struct {
	Study, Series    string
	Split            string // what tells it from other stacks of its series
	Number           int
	Description      string
	Modality         string
	Localiser        bool
	Slots            []Slot
	Spatial          bool       // the slots lie one after the other, at their Position
	Along            space.Vec3 // down the stack
	Spacing          float64    // mm
	FrameOfReference dicom.UID
	Lie              Lie
	First            *Instance // for what all share
	Source           *Stack    // what a reformat is made of
	cuts             []told    // what tells it from others in the same places
	Part             string    // what tells it from its siblings, in words
	Phase            string    // of contrast or heart, with where that comes from
}

// Key is the same for a stack while slices are still coming in.
func (s *Stack) Key() string { return s.Series + "/" + s.Split }

// Root is the acquired stack: s itself, or what a reformat is made of.
func (s *Stack) Root() *Stack {
	if s.Source != nil {
		return s.Source
	}
	return s
}

// Find is the slot of a frame, −1 when it is not there.
func (s *Stack) Find(sop string, frame int) int {
	for i, sl := range s.Slots {
		if sl.Instance != nil && sl.Frame == frame && sl.Instance.Object.SOPUID == sop {
			return i
		}
	}
	return -1
}

// Nearest is the slot closest to a position along the stack.
func (s *Stack) Nearest(pos float64) int {
	i := sort.Search(len(s.Slots), func(k int) bool { return s.Slots[k].Position >= pos })
	if i == len(s.Slots) || i > 0 && pos-s.Slots[i-1].Position <= s.Slots[i].Position-pos {
		i--
	}
	return max(i, 0)
}

// Of cuts a series into display sets. Objects without pixels and headers
// that could not be read are in none.
func Of(study, series string, instances []*Instance) []*Stack {
	groups, order := map[string][]Slot{}, []string{}
	for _, in := range byNumber(instances) {
		if !in.Image {
			continue
		}
		for f := range in.Frames {
			k := in.split(f)
			if groups[k] == nil {
				order = append(order, k)
			}
			groups[k] = append(groups[k], Slot{Instance: in, Frame: f})
		}
	}
	var out []*Stack
	for _, k := range order {
		out = append(out, sorted(study, series, k, groups[k])...)
	}
	tellApart(out)
	return out
}

func byNumber(in []*Instance) []*Instance {
	out := append([]*Instance(nil), in...)
	sort.SliceStable(out, func(a, b int) bool {
		if out[a].Number() != out[b].Number() {
			return out[a].Number() < out[b].Number()
		}
		return out[a].Object.SOPUID < out[b].Object.SOPUID
	})
	return out
}

// sorted puts one group into viewing order: by position where every frame has
// one, else by instance number. Planes that face another way stand apart in
// stacks of their own, and so do slices that lie in the same places a second time.
func sorted(study, series, split string, slots []Slot) []*Stack {
	var planes []space.Plane
	for _, sl := range slots {
		if p, ok := sl.Instance.Plane(sl.Frame); ok {
			planes = append(planes, p)
		}
	}
	if len(planes) != len(slots) || len(slots) == 0 {
		return []*Stack{newStack(study, series, split, slots)}
	}
	if radial(planes) {
		return []*Stack{newStack(study, series, split+"*", slots)}
	}
	var out []*Stack
	for n := 0; len(slots) > 0; n++ {
		if n == maxDirections {
			return append(out, newStack(study, series, split+"*", slots))
		}
		sp := space.Sort(planes)
		facing := split + strings.Repeat("'", n)
		for _, c := range divide(pick(slots, sp.Order), sp.Position) {
			of := pick(sp.Order, c.index)
			s := placed(study, series, facing+c.mark(), pick(slots, of), pick(planes, of))
			s.cuts = c.told
			out = append(out, s)
		}
		slots, planes = pick(slots, sp.Apart), pick(planes, sp.Apart)
	}
	return out
}

// placed is a stack of parallel planes.
func placed(study, series, split string, slots []Slot, planes []space.Plane) *Stack {
	sp := space.Sort(planes)
	s := newStack(study, series, split, pick(slots, sp.Order))
	s.place(sp, planes[0].FrameOfReference)
	return s
}

// maxDirections is how many ways the planes of one group may face before the rest
// is shown in the order of its numbers.
const maxDirections = 64

func pick[T any](from []T, index []int) []T {
	out := make([]T, len(index))
	for i, k := range index {
		out[i] = from[k]
	}
	return out
}

func newStack(study, series, split string, slots []Slot) *Stack {
	first := slots[0].Instance
	return &Stack{
		Study: study, Series: series, Split: split, Slots: slots, First: first,
		Number: first.Header.IntOr(dicom.SeriesNumber, 0), Modality: first.Header.Str(dicom.Modality),
		Description: dicom.Clean(first.Header.Str(dicom.SeriesDescription)), Localiser: first.localiser(),
		Phase: phaseOf(first, slots[0].Frame),
	}
}

// maxMissing bounds the black slices made for a hole: positions that are wrong by
// a metre must not make a stack of a million.
const maxMissing = 2000

// place notes positions and fills the holes with missing slices (N8).
func (s *Stack) place(sp space.Stack, frameOfRef dicom.UID) {
	s.Spatial = len(sp.Order) > 1 && sp.Spacing > 0 || len(sp.Order) == 1
	s.Along, s.Spacing, s.FrameOfReference, s.Lie = sp.Along, sp.Spacing, frameOfRef, spacingOf(sp)
	for i := range s.Slots {
		s.Slots[i].Position = sp.Position[i]
	}
	for _, g := range sp.Gaps { // one by one: a position of 1e300 mm overflows the sum
		if g.Missing < 0 || g.Missing > maxMissing {
			return
		}
	}
	if sp.Expected()-len(sp.Order) > maxMissing {
		return
	}
	for k := len(sp.Gaps) - 1; k >= 0; k-- {
		g := sp.Gaps[k]
		hole := make([]Slot, g.Missing)
		for i := range hole {
			hole[i].Position = s.Slots[g.After].Position + g.MM*float64(i+1)/float64(g.Missing+1)
		}
		s.Slots = append(s.Slots[:g.After+1:g.After+1], append(hole, s.Slots[g.After+1:]...)...)
	}
}

// Tidy orders stacks as a reader expects them: by series number, the longer first
// of one series, localisers last.
func Tidy(stacks []*Stack) {
	sort.SliceStable(stacks, func(a, b int) bool {
		x, y := stacks[a], stacks[b]
		if x.Localiser != y.Localiser {
			return y.Localiser
		}
		if x.Number != y.Number {
			return x.Number < y.Number
		}
		return x.Series == y.Series && len(x.cuts)+len(y.cuts) == 0 && len(x.Slots) > len(y.Slots)
	})
}

// Emission reports whether a stack shows where a tracer is, not anatomy.
func (s *Stack) Emission() bool { return s.Modality == "PT" || s.Modality == "NM" }
