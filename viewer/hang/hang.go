// Package hang decides what is shown first and where: the first display set of
// the current study, the four views of a mammogram back to back, the prior that
// is most like what is on screen. It is basic on purpose: hanging protocols as
// text files come on top of it.
package hang

import (
	"strings"

	"github.com/nocturne/nocturne/cache/space"
)

// Set is a display set as far as hanging needs to know it.
type Set struct {
	Study       string
	Number      int // Series Number
	Modality    string
	Description string
	BodyPart    string
	Kernel      string
	Part        string  // what tells it from other sets of its series, in words
	Phase       string  // of contrast, "portal: +70 s"
	B           float64 // s/mm²; −1 unknown
	Thickness   float64 // mm; 0 unknown
	Slices      int
	Localiser   bool
	Normal      space.Vec3 // of the planes; zero when they have no position
	Images      []View     // projections: one for each slice; nil otherwise
	Tomo        bool       // projections reconstructed into slices: a tomosynthesis
	Raw         bool       // meant for processing, not for the eye (0008,0068)
	Derived     bool       // made of other images
}

// View is how one projection was taken.
type View struct {
	Side     string // R, L, or "" (Image Laterality)
	Position string // View Position: PA, AP, LL, CC, MLO …
	Right    string // patient direction of the right edge, from Patient Orientation
	Special  string // of a mammogram: "spot", "magnification", or both
}

// Plan is a layout and what stands in its tiles, by reading order.
type Plan struct {
	Layout string
	Tiles  []Place
	// OneScale asks for the same screen size per mm in all tiles.
	OneScale bool
}

// Place is one tile. Anchor −1 or +1 keeps a fitted image to the left or right
// edge of its tile.
type Place struct {
	Set, Slice int
	Anchor     int
}

// Initial is what a study opens with. ok is false while there is nothing but
// localisers.
func Initial(sets []Set) (p Plan, ok bool) {
	if p, ok := mammogram(sets); ok {
		return p, true
	}
	best := -1
	for i, s := range sets {
		if !s.Localiser && !s.Raw && (best < 0 || before(s, sets[best])) {
			best = i
		}
	}
	if best < 0 {
		return Plan{}, false
	}
	return Plan{Layout: "1x1", Tiles: []Place{{Set: best, Slice: frontal(sets[best])}}}, true
}

// before says whether a is to be shown rather than b: for cross-sections the
// thinner, for radiographs the frontal view, then the lower series number, then the
// longer set.
func before(a, b Set) bool {
	if a.Modality == b.Modality && a.Modality == "CT" && a.Thickness > 0 && b.Thickness > 0 && a.Thickness != b.Thickness {
		return a.Thickness < b.Thickness
	}
	fa, fb := hasFrontal(a), hasFrontal(b)
	if fa != fb {
		return fa
	}
	if a.Number != b.Number {
		return a.Number < b.Number
	}
	return a.Slices > b.Slices
}

func isFrontal(v View) bool { return v.Position == "PA" || v.Position == "AP" }

func hasFrontal(s Set) bool {
	for _, v := range s.Images {
		if isFrontal(v) {
			return true
		}
	}
	return false
}

func frontal(s Set) int {
	for i, v := range s.Images {
		if isFrontal(v) {
			return i
		}
	}
	return 0
}

// mammogram hangs R CC | L CC over R MLO | L MLO, chest walls together, when all
// four are there. Which edge is the chest wall comes from Patient Orientation; a
// view that does not say is not moved.
func mammogram(sets []Set) (Plan, bool) {
	want := []View{{Side: "R", Position: "CC"}, {Side: "L", Position: "CC"}, {Side: "R", Position: "MLO"}, {Side: "L", Position: "MLO"}}
	p := Plan{Layout: "2x2", OneScale: true, Tiles: make([]Place, len(want))}
	for k, w := range want {
		found := false
		for i, s := range sets {
			for j, v := range s.Images {
				if s.Modality == "MG" && !s.Raw && !s.Tomo && v.Special == "" && !found && v.Side == w.Side && v.Position == w.Position {
					p.Tiles[k], found = Place{Set: i, Slice: j, Anchor: v.ChestWall()}, true
				}
			}
		}
		if !found {
			return Plan{}, false
		}
	}
	return p, true
}

// ChestWall is the edge where the chest wall of a mammogram is: −1 left, +1 right, the
// posterior one; 0 where Patient Orientation does not say.
func (v View) ChestWall() int {
	switch {
	case strings.HasPrefix(v.Right, "P"):
		return 1
	case strings.HasPrefix(v.Right, "A"):
		return -1
	}
	return 0
}

// Like is how well a prior set stands beside a current one; 0 or less means not
// at all. Localisers compare with nothing.
func Like(current, prior Set) float64 {
	if prior.Localiser || current.Modality != prior.Modality {
		return 0
	}
	score := 1.0
	zero := space.Vec3{}
	if current.Normal != zero && prior.Normal != zero {
		if d := current.Normal.Dot(prior.Normal); d*d < 0.8 {
			return 0.1
		}
		score += 2
	}
	score += 2 * words(current.Description, prior.Description)
	if current.BodyPart != "" && strings.EqualFold(current.BodyPart, prior.BodyPart) {
		score++
	}
	if current.Kernel != "" && strings.EqualFold(current.Kernel, prior.Kernel) {
		score++
	}
	if current.Thickness > 0 && prior.Thickness > 0 {
		score += min(current.Thickness, prior.Thickness) / max(current.Thickness, prior.Thickness)
	}
	return score + sameView(current, prior)
}

// words is the share of words that two descriptions have in common, 0 to 1.
func words(a, b string) float64 {
	x, y := strings.Fields(strings.ToLower(a)), strings.Fields(strings.ToLower(b))
	in := map[string]bool{}
	for _, w := range x {
		in[w] = true
	}
	n := 0
	for _, w := range y {
		if in[w] {
			n++
			delete(in, w)
		}
	}
	if len(x)+len(y) == 0 {
		return 0
	}
	return 2 * float64(n) / float64(len(x)+len(y))
}

func sameView(a, b Set) float64 {
	if len(a.Images) == 0 || len(b.Images) == 0 {
		return 0
	}
	if a.Images[0].Position == b.Images[0].Position && a.Images[0].Side == b.Images[0].Side {
		return 2
	}
	return 0
}

// Prior is the set that stands best beside current: of the nearest study that
// has any like it. Studies come nearest first. −1 when there is none.
func Prior(current Set, studies []string, sets []Set) int {
	for _, study := range studies {
		best, score := -1, 0.0
		for i, s := range sets {
			if v := Like(current, s); s.Study == study && v > score {
				best, score = i, v
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

// Twin is the slice of a prior set whose view is the same as that of a
// projection; 0 when none is.
func Twin(v View, prior Set) int {
	for i, w := range prior.Images {
		if w.Position == v.Position && w.Side == v.Side {
			return i
		}
	}
	return 0
}
