package hang

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/pelletier/go-toml/v2"
)

// own begins the name of a protocol that was made of what a reader had on screen.
const own = "Own: "

// Kept reports whether a protocol was made of what a reader had on screen.
func (p Protocol) Kept() bool { return strings.HasPrefix(p.Name, own) }

// keptStage is what the stage is called that was on screen.
const keptStage = "as kept"

// Keep makes a protocol that opens with a stage: for the cases that base is for, whose
// other stages follow; without a base for cases of these facts. Replaced is the stage of
// base that it stands for, −1 none. The name is the same for the same cases, so that
// keeping again replaces.
func Keep(base *Protocol, replaced int, f Facts, s Stage) Protocol {
	s.Name = keptStage
	if base == nil {
		return Protocol{Name: own + strings.TrimSpace(f.Modality+" "+subject(f)), Match: matchOf(f), Stages: []Stage{s}}
	}
	p := Protocol{Name: own + strings.TrimPrefix(base.Name, own), Match: base.Match, Stages: []Stage{s}}
	for i, o := range base.Stages {
		if i != replaced && o.Name != keptStage {
			p.Stages = append(p.Stages, o)
		}
	}
	return p
}

// subject is what a case is about, in a word: the body part, else the first word of the
// order that means something.
func subject(f Facts) string {
	for _, p := range f.BodyParts {
		if p != "" {
			return p
		}
	}
	if w := telling(wordsOf(f.Words...)); len(w) > 0 {
		return w[0]
	}
	return ""
}

// telling are the words that tell one examination from another.
func telling(words []string) []string {
	return slices.DeleteFunc(words, func(w string) bool {
		return len([]rune(w)) < 3 || slices.Contains(usualWords, w) || strings.IndexFunc(w, unicode.IsDigit) >= 0
	})
}

// usualWords say little of what was examined.
var usualWords = []string{
	"with", "without", "contrast", "and", "the", "left", "right", "both", "plain", "native", "nativ", "mit", "ohne", "kontrastmittel", "und",
	"links", "rechts", "radiograph", "röntgen", "ultrasound", "sonographie", "mrt", "mri", "computed", "tomography", "two", "planes", "views",
}

func matchOf(f Facts) Match {
	m := Match{Modality: []string{f.Modality}}
	for _, p := range f.BodyParts {
		if p != "" {
			m.BodyPart = []string{p}
			return m
		}
	}
	if w := telling(wordsOf(f.Words...)); len(w) > 0 {
		m.Words = w[:1]
	}
	return m
}

// WantOf describes a display set so that of the sets of a case it takes this one; sure is
// false where no description does.
func WantOf(at int, current string, studies []string, sets []Set, image int) (w Want, sure bool) {
	s := sets[at]
	if s.Study != current {
		w.Study = "prior"
	}
	if slices.ContainsFunc(sets, func(o Set) bool { return o.Modality != s.Modality && o.Study == s.Study }) {
		w.Modality = s.Modality
	}
	if image >= 0 && image < len(s.Images) && (s.Images[image].Position != "" || s.Images[image].Side != "") {
		v := s.Images[image]
		if s.Modality == "MG" { // of a limb the next case may be of the other side
			w.Side, w.Special, w.Tomo = v.Side, v.Special != "", s.Tomo
		}
		if v.Position != "" {
			w.View = []string{v.Position}
		}
		if w.Side != "R" && w.Side != "L" {
			w.Side = ""
		}
	} else {
		w.Plane = s.Plane()
		w.describe(s, sets)
	}
	takes := func(w Want) bool { return w.best(current, studies, sets) == at }
	if word := sequence(wordsOf(s.Description)); s.Modality == "MR" && word != "" && w.B == "" {
		w.Words = []string{word}
	}
	return w.told(s, sets, takes)
}

// describe takes what is known of a set of slices.
func (w *Want) describe(s Set, sets []Set) {
	if s.Kernel != "" {
		w.Kernel = map[bool]string{true: "sharp", false: "soft"}[sharp(s.Kernel)]
	}
	if phase, _, ok := strings.Cut(s.Phase, ":"); ok {
		w.Phase = phase
	}
	switch {
	case s.B >= 0 && s.B < 100 && s.Modality == "MR":
		w.B = "low"
	case s.B >= 500:
		w.B = "high"
	}
	for _, o := range sets {
		if o.Study != s.Study || o.Localiser || o.Plane() != s.Plane() || sharp(o.Kernel) != sharp(s.Kernel) || o.Thickness <= 0 || s.Thickness <= 0 {
			continue
		}
		if o.Thickness < s.Thickness {
			w.Thickness = "thick"
		} else if o.Thickness > s.Thickness {
			w.Thickness = "thin"
		}
	}
}

// sequence is the word of a description that names an MR sequence.
func sequence(said []string) string {
	for _, name := range []string{"adc", "dwi", "trace", "flair", "stir", "tirm", "swi", "tof", "mprage", "pd", "t2", "t1"} {
		if slices.Contains(said, name) {
			return name
		}
	}
	return ""
}

// told adds a word of the set's own, or one that it must not have, where the want alone
// takes another.
func (w Want) told(s Set, sets []Set, takes func(Want) bool) (Want, bool) {
	if takes(w) {
		return w, true
	}
	said := wordsOf(s.Description, s.Part)
	for _, word := range telling(slices.Clone(said)) {
		try := w
		if try.Words = []string{word}; takes(try) {
			return try, true
		}
	}
	var others []string
	for _, o := range sets {
		for _, word := range telling(wordsOf(o.Description, o.Part)) {
			if o.Study == s.Study && !slices.Contains(said, word) && !slices.Contains(others, word) {
				others = append(others, word)
			}
		}
	}
	for _, word := range others {
		try := w
		if try.Without = []string{word}; takes(try) {
			return try, true
		}
	}
	if try := w; len(others) > 0 {
		if try.Without = others; takes(try) {
			return try, true
		}
	}
	return w, false
}

// TOML is the protocol as the text that Parse reads.
func (p Protocol) TOML() (string, error) {
	b, err := toml.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("write a hanging protocol: %w", err)
	}
	if _, err := Parse(b); err != nil {
		return "", err
	}
	return string(b), nil
}

// Says is which cases a match is for, in words.
func (m Match) Says() string {
	out := strings.Join(m.Modality, " or ")
	add := func(before string, list []string, quote string) {
		if len(list) > 4 {
			list = append(slices.Clone(list[:3]), "…")
		}
		if len(list) > 0 {
			out += before + quote + strings.Join(list, closing[quote]+" or "+quote) + closing[quote]
		}
	}
	add(" of body part ", m.BodyPart, "")
	add(" with ", m.Words, "“")
	add(" but not ", m.Without, "“")
	add(", side ", slices.DeleteFunc([]string{m.Side}, func(s string) bool { return s == "" }), "")
	add(", with series of ", m.Has, "")
	if m.Prior != nil {
		out += map[bool]string{true: ", with a prior", false: ", without a prior"}[*m.Prior]
	}
	return out
}

var closing = map[string]string{"“": "”", "": ""}
