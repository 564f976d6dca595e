package desk

import (
	"sort"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// slot is one place of a stack; inst is nil where a slice is missing.
type slot struct {
	inst  *instance
	frame int
	pos   float64 // mm along the stack; only in spatial stacks
}

func (s slot) sop() string {
	if s.inst == nil {
		return ""
	}
	return s.inst.obj.SOPUID
}

// stack is a display set in viewing order.
type stack struct {
	study, series string
	split         string // what tells it from other stacks of its series
	number        int
	description   string
	modality      string
	localiser     bool
	slots         []slot
	spatial       bool
	along         space.Vec3 // down the stack
	spacing       float64
	frameOfRef    dicom.UID
	lie           spacing
	first         *instance // for what all share
	source        *stack    // what a reformat is made of
	cuts          []told    // what tells it from others in the same places
	part          string    // what tells it from its siblings, in words
	phase         string    // of contrast or heart, with where that comes from
}

// key is the same for a stack while slices are still coming in.
func (s *stack) key() string { return s.series + "/" + s.split }

// root is the acquired stack: s itself, or what a reformat is made of.
func (s *stack) root() *stack {
	if s.source != nil {
		return s.source
	}
	return s
}

// found is the slot of a frame, −1 when it is not there.
func (s *stack) found(sop string, frame int) int {
	for i, sl := range s.slots {
		if sl.inst != nil && sl.frame == frame && sl.inst.obj.SOPUID == sop {
			return i
		}
	}
	return -1
}

// nearest is the slot closest to a position along the stack.
func (s *stack) nearest(pos float64) int {
	i := sort.Search(len(s.slots), func(k int) bool { return s.slots[k].pos >= pos })
	if i == len(s.slots) || i > 0 && pos-s.slots[i-1].pos <= s.slots[i].pos-pos {
		i--
	}
	return max(i, 0)
}

// stacksOf cuts a series into display sets. Objects without pixels and headers
// that could not be read are in none.
func stacksOf(study, series string, instances []*instance) []*stack {
	groups, order := map[string][]slot{}, []string{}
	for _, in := range byNumber(instances) {
		if !in.image {
			continue
		}
		for f := range in.frames {
			k := in.split(f)
			if groups[k] == nil {
				order = append(order, k)
			}
			groups[k] = append(groups[k], slot{inst: in, frame: f})
		}
	}
	var out []*stack
	for _, k := range order {
		out = append(out, sorted(study, series, k, groups[k])...)
	}
	tellApart(out)
	return out
}

func byNumber(in []*instance) []*instance {
	out := append([]*instance(nil), in...)
	sort.SliceStable(out, func(a, b int) bool {
		if out[a].number() != out[b].number() {
			return out[a].number() < out[b].number()
		}
		return out[a].obj.SOPUID < out[b].obj.SOPUID
	})
	return out
}

// sorted puts one group into viewing order: by position where every frame has
// one, else by instance number. Planes that face another way stand apart in
// stacks of their own, and so do slices that lie in the same places a second time.
func sorted(study, series, split string, slots []slot) []*stack {
	var planes []space.Plane
	for _, sl := range slots {
		if p, ok := sl.inst.plane(sl.frame); ok {
			planes = append(planes, p)
		}
	}
	if len(planes) != len(slots) || len(slots) == 0 {
		return []*stack{newStack(study, series, split, slots)}
	}
	if radial(planes) {
		return []*stack{newStack(study, series, split+"*", slots)}
	}
	var out []*stack
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
func placed(study, series, split string, slots []slot, planes []space.Plane) *stack {
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

func newStack(study, series, split string, slots []slot) *stack {
	first := slots[0].inst
	return &stack{
		study: study, series: series, split: split, slots: slots, first: first,
		number: first.d.IntOr(dicom.SeriesNumber, 0), modality: first.d.Str(dicom.Modality),
		description: dicom.Clean(first.d.Str(dicom.SeriesDescription)), localiser: first.localiser(),
		phase: phaseOf(first, slots[0].frame),
	}
}

// maxMissing bounds the black slices made for a hole: positions that are wrong by
// a metre must not make a stack of a million.
const maxMissing = 2000

// place notes positions and fills the holes with missing slices (N8).
func (s *stack) place(sp space.Stack, frameOfRef dicom.UID) {
	s.spatial = len(sp.Order) > 1 && sp.Spacing > 0 || len(sp.Order) == 1
	s.along, s.spacing, s.frameOfRef, s.lie = sp.Along, sp.Spacing, frameOfRef, spacingOf(sp)
	for i := range s.slots {
		s.slots[i].pos = sp.Position[i]
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
		hole := make([]slot, g.Missing)
		for i := range hole {
			hole[i].pos = s.slots[g.After].pos + g.MM*float64(i+1)/float64(g.Missing+1)
		}
		s.slots = append(s.slots[:g.After+1:g.After+1], append(hole, s.slots[g.After+1:]...)...)
	}
}

// tidy orders stacks as a reader expects them: by series number, the longer first
// of one series, localisers last.
func tidy(stacks []*stack) {
	sort.SliceStable(stacks, func(a, b int) bool {
		x, y := stacks[a], stacks[b]
		if x.localiser != y.localiser {
			return y.localiser
		}
		if x.number != y.number {
			return x.number < y.number
		}
		return x.series == y.series && len(x.cuts)+len(y.cuts) == 0 && len(x.slots) > len(y.slots)
	})
}
