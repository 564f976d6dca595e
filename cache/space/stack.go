package space

import (
	"math"
	"sort"
)

// Stack is a series of parallel planes in viewing order: going down it is going
// to the feet, to the left or to the back, whatever the acquisition order
// (night.md, Habits).
type Stack struct {
	Order    []int     // index into the planes given, in viewing order
	Position []float64 // mm along Along of each, ascending
	Along    Vec3      // unit normal, pointing down the stack
	Spacing  float64   // median distance of neighbours, mm; 0 when all lie in one place
	// Uneven is the largest departure of a neighbour distance from Spacing, mm,
	// duplicates and gaps left out.
	Uneven     float64
	Gaps       []Gap
	Duplicates [][2]int // positions in Order of neighbours in one place
	// Tilt is the angle in degrees between the line of the origins and Along: a
	// sheared stack, as a tilted gantry makes. 0 for fewer than two places.
	Tilt float64
	// Apart are the planes, by index, that are not parallel to the first: they
	// are in no other field.
	Apart []int
}

// Gap is a hole in a stack.
type Gap struct {
	After   int     // position in Order of the slice before the hole
	MM      float64 // distance across it
	Missing int     // slices that would fill it
}

const (
	samePlace   = 1e-3 // mm: two slices closer than this are in one place
	evenWithin  = 0.01 // of the spacing (display.md D4)
	tiltWithin  = 0.1  // degrees; below, it is rounding of the positions
	gapFrom     = 1.5  // spacings
	degreesEach = 180 / math.Pi
)

// Sort puts planes into viewing order by their origin along the normal, never
// by number or thickness. Planes in one place keep the order given.
func Sort(planes []Plane) Stack {
	var s Stack
	if len(planes) == 0 {
		return s
	}
	s.Along = Down(planes[0].Normal())
	at := make([]float64, len(planes))
	for i, p := range planes {
		if !p.Parallel(planes[0]) {
			s.Apart = append(s.Apart, i)
			continue
		}
		at[i] = p.Origin.Dot(s.Along)
		s.Order = append(s.Order, i)
	}
	key := func(i int) float64 { return math.Round(at[s.Order[i]] * 1e6) } // nanometres: float noise is no order
	sort.SliceStable(s.Order, func(i, k int) bool { return key(i) < key(k) })
	for _, i := range s.Order {
		s.Position = append(s.Position, at[i])
	}
	s.spaces()
	s.tilt(planes)
	return s
}

// Down turns a normal so that it points down a stack: to the feet, left or back
// by its largest component.
func Down(n Vec3) Vec3 {
	down := Vec3{1, 1, -1} // LPS: left, back, feet
	if a := n.axis(); n[a]*down[a] < 0 {
		return n.Scale(-1)
	}
	return n
}

func (s *Stack) spaces() {
	var steps []float64
	for i := 1; i < len(s.Position); i++ {
		if d := s.Position[i] - s.Position[i-1]; d > samePlace {
			steps = append(steps, d)
		} else {
			s.Duplicates = append(s.Duplicates, [2]int{i - 1, i})
		}
	}
	if len(steps) == 0 {
		return
	}
	sort.Float64s(steps)
	s.Spacing = steps[(len(steps)-1)/2]
	for i := 1; i < len(s.Position); i++ {
		d := s.Position[i] - s.Position[i-1]
		switch {
		case d <= samePlace:
		case d >= gapFrom*s.Spacing:
			s.Gaps = append(s.Gaps, Gap{After: i - 1, MM: d, Missing: int(math.Round(d/s.Spacing)) - 1})
		default:
			s.Uneven = max(s.Uneven, math.Abs(d-s.Spacing))
		}
	}
}

func (s *Stack) tilt(planes []Plane) {
	if s.Spacing == 0 {
		return
	}
	first, last := planes[s.Order[0]], planes[s.Order[len(s.Order)-1]]
	line := last.Origin.Sub(first.Origin)
	s.Tilt = math.Atan2(line.Cross(s.Along).Len(), line.Dot(s.Along)) * degreesEach
}

// Even reports whether the distances of neighbours are equal within 1 % and
// there is neither gap nor duplicate: what a volume needs.
func (s Stack) Even() bool {
	return len(s.Gaps) == 0 && len(s.Duplicates) == 0 && s.Uneven <= evenWithin*s.Spacing
}

// Tilted reports whether the stack is sheared by more than a tenth of a degree.
func (s Stack) Tilted() bool { return s.Tilt > tiltWithin }

// Nearest is the position in Order of the slice closest to a patient point, the
// upper of two equally close, and its distance in mm; -1 in an empty stack.
func (s Stack) Nearest(q Vec3) (position int, mm float64) {
	if len(s.Position) == 0 {
		return -1, math.Inf(1)
	}
	at := q.Dot(s.Along)
	i := sort.SearchFloat64s(s.Position, at)
	if i == len(s.Position) || i > 0 && at-s.Position[i-1] <= s.Position[i]-at {
		i--
	}
	for i > 0 && s.Position[i] == s.Position[i-1] {
		i--
	}
	return i, math.Abs(at - s.Position[i])
}

// Expected is how many slices would fill the stack without holes: its length
// plus what is missing in gaps.
func (s Stack) Expected() int {
	n := len(s.Order)
	for _, g := range s.Gaps {
		n += g.Missing
	}
	return n
}
