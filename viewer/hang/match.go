package hang

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// Facts are what of a case decides which protocol it takes.
type Facts struct {
	Modality  string
	Words     []string // what was ordered, the study description, body parts: free text
	BodyParts []string // Body Part Examined of the series
	Side      string   // R, L or ""
	Prior     bool     // a prior of this modality is known, be it here or not
	Sets      []string // modalities of the current study's display sets
}

// Match is which cases a protocol is for: everything that is given must hold. Words
// are looked for in any case, whole or up to a star, in what was ordered, the study
// description and the body part.
type Match struct {
	Modality []string `toml:"modality"`
	Words    []string `toml:"words,omitempty"`      // one of them
	Without  []string `toml:"without,omitempty"`    // none of them
	BodyPart []string `toml:"body_part,omitempty"`  // one of them, as Body Part Examined says it
	Side     string   `toml:"laterality,omitempty"` // R or L
	Prior    *bool    `toml:"prior,omitempty"`      // a prior of this modality is known, or none is
	Has      []string `toml:"has,omitempty"`        // display sets of all these modalities
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

// Fits reports whether a protocol is for a case.
func (p Protocol) Fits(f Facts) bool {
	_, ok := p.Match.fits(f, wordsOf(f.Words...))
	return ok
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
	if len(m.BodyPart) > 0 {
		at := slices.IndexFunc(m.BodyPart, func(p string) bool { return holdsFold(f.BodyParts, p) })
		if at < 0 {
			return "", false
		}
		why += ", body part " + m.BodyPart[at]
	}
	return m.fitsRest(f, why)
}

func (m Match) fitsRest(f Facts, why string) (string, bool) {
	if m.Side != "" {
		if m.Side != f.Side {
			return "", false
		}
		why += ", side " + m.Side
	}
	if m.Prior != nil {
		if *m.Prior != f.Prior {
			return "", false
		}
		why += map[bool]string{true: ", with a prior", false: ", without a prior"}[f.Prior]
	}
	for _, has := range m.Has {
		if !holdsFold(f.Sets, has) {
			return "", false
		}
	}
	if len(m.Has) > 0 {
		why += ", with " + strings.Join(m.Has, " and ")
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

func holdsFold(in []string, s string) bool {
	return slices.ContainsFunc(in, func(o string) bool { return strings.EqualFold(o, s) })
}

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

// Shows reports whether a stage with these seats is worth hanging: as many tiles have a
// set as it asks for, or its first where it asks for none. Of a comparison one of the
// priors must be there.
func (s Stage) Shows(seats []Seat) bool {
	prior, here := false, false
	for _, seat := range seats {
		if seat.Want.Study == "prior" {
			prior, here = true, here || seat.Set >= 0
		}
	}
	switch {
	case s.Least > 0:
		return Found(seats) >= s.Least && (here || !prior)
	case len(seats) == 0 || seats[0].Set < 0:
		return false
	}
	return true
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
