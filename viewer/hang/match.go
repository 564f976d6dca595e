package hang

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Facts are what of a case decides which protocol it takes.
type Facts struct {
	Modality string
	Words    []string // what was ordered, the study description, body parts: free text
	Side     string   // R, L or ""
}

// Choose is the first protocol that is for the case, the reader's own before those
// that come with the program, and why; −1 when none is.
func Choose(protocols []Protocol, f Facts) (at int, why string) {
	said := wordsOf(f.Words...)
	for i, p := range protocols {
		if why, ok := p.Match.fits(f, said); ok {
			return i, p.Name + ": " + why
		}
	}
	return -1, ""
}

func (m Match) fits(f Facts, said []string) (why string, ok bool) {
	if !slices.ContainsFunc(m.Modality, func(s string) bool { return strings.EqualFold(s, f.Modality) }) {
		return "", false
	}
	why = "modality " + f.Modality
	if word := anyOf(m.Without, said); word != "" {
		return "", false
	}
	if len(m.Words) > 0 {
		word := anyOf(m.Words, said)
		if word == "" {
			return "", false
		}
		why += ", “" + word + "”"
	}
	if m.Side != "" && m.Side != f.Side {
		return "", false
	}
	return why, true
}

// wordsOf are the words of free text in small letters.
func wordsOf(text ...string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.Join(text, " ")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+'
	})
}

// anyOf is the first of the words looked for that is said, "" when none is. One that
// ends in a star is the beginning of a word.
func anyOf(look, said []string) string {
	for _, w := range look {
		begin, star := strings.CutSuffix(strings.ToLower(w), "*")
		if slices.ContainsFunc(said, func(s string) bool { return s == begin || star && strings.HasPrefix(s, begin) }) {
			return w
		}
	}
	return ""
}

func holds(in []string, s string) bool { return slices.Contains(in, s) }

// Seat is a tile of a Plan that a Want took: which set, and how it is shown.
type Seat struct {
	Want Want
	Set  int // −1: there is none
}

// Seats puts the sets of a case into the tiles of a stage. Priors count from the
// nearest study, which Studies lists first.
func (s Stage) Seats(current string, studies []string, sets []Set) []Seat {
	out := make([]Seat, len(s.Tiles))
	for i, w := range s.Tiles {
		out[i] = Seat{Want: w, Set: w.best(current, studies, sets)}
	}
	return out
}

// Found is how many tiles have a set.
func Found(seats []Seat) (n int) {
	for _, s := range seats {
		if s.Set >= 0 {
			n++
		}
	}
	return n
}

func (w Want) best(current string, studies []string, sets []Set) int {
	of := []string{current}
	if w.Study == "prior" {
		of = slices.DeleteFunc(slices.Clone(studies), func(s string) bool { return s == current })
	}
	for _, study := range of {
		best := -1
		for i, s := range sets {
			if s.Study == study && w.takes(s) && (best < 0 || w.rather(s, sets[best])) {
				best = i
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

func (w Want) takes(s Set) bool {
	said := wordsOf(s.Description)
	switch {
	case s.Localiser:
		return false
	case len(w.Words) > 0 && anyOf(w.Words, said) == "", anyOf(w.Without, said) != "":
		return false
	case w.Kernel != "" && (sharp(s.Kernel) != (w.Kernel == "sharp") || s.Kernel == ""):
		return false
	case w.Plane != "" && s.Plane() != w.Plane:
		return false
	case len(w.View) > 0 || w.Side != "":
		return w.Slice(s) >= 0
	}
	return true
}

// Slice is which image of a set a tile begins with: of projections the view that is
// asked for, −1 where there is none of them.
func (w Want) Slice(s Set) int {
	if len(w.View) == 0 && w.Side == "" {
		return frontal(s)
	}
	for i, v := range s.Images {
		if (len(w.View) == 0 || holds(w.View, v.Position)) && (w.Side == "" || w.Side == v.Side) {
			return i
		}
	}
	return -1
}

// rather says whether a is taken before b: by thickness as it is asked for, else as
// an unasked hang would.
func (w Want) rather(a, b Set) bool {
	if w.Thickness != "" && a.Thickness > 0 && b.Thickness > 0 && a.Thickness != b.Thickness {
		return (a.Thickness < b.Thickness) == (w.Thickness == "thin")
	}
	return before(a, b)
}

// Plane names how a set's images face, "" for one without positions.
func (s Set) Plane() string {
	names := [3]string{"sagittal", "coronal", "axial"}
	for i, n := range s.Normal {
		if math.Abs(n) > math.Cos(math.Pi/4) {
			return names[i]
		}
	}
	return ""
}

// sharp reports whether a convolution kernel is one for bone or lung: by name, or for
// kernels with a number (H60s, Br64, B70f, FC52) by that. Canon counts its own way:
// FC30 is bone, FC50 and up lung and bone.
func sharp(kernel string) bool {
	k := strings.ToUpper(kernel)
	for _, word := range []string{"BONE", "LUNG", "EDGE", "SHARP", "DETAIL", "YA", "YB", "YC", "YD"} {
		if strings.Contains(k, word) {
			return true
		}
	}
	first := strings.IndexFunc(k, unicode.IsDigit)
	if first < 0 {
		return false
	}
	last := first
	for last < len(k) && unicode.IsDigit(rune(k[last])) {
		last++
	}
	n, err := strconv.Atoi(k[first:last])
	if strings.HasPrefix(k, "FC") {
		return err == nil && (n >= 30 && n < 40 || n >= 50 && n < 60 || n >= 80)
	}
	return err == nil && n >= 50
}
