package hang

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Want says which display set a tile takes: of the sets for which everything given
// holds, the one that stands first by thickness and number.
type Want struct {
	Study     string    `toml:"study,omitempty"`     // "current" or "prior"; empty is current
	Modality  string    `toml:"modality,omitempty"`  // of the set: "PT" beside "CT"
	Words     []string  `toml:"words,omitempty"`     // one of them in the series description, or in what tells the set from others of its series
	Without   []string  `toml:"without,omitempty"`   // none of them
	Kernel    string    `toml:"kernel,omitempty"`    // "soft" or "sharp"
	Plane     string    `toml:"plane,omitempty"`     // "axial", "coronal", "sagittal"
	Thickness string    `toml:"thickness,omitempty"` // "thin" or "thick": which of several comes first
	Phase     string    `toml:"phase,omitempty"`     // of contrast: "native", "arterial", "portal", "venous", "delayed"
	B         string    `toml:"b,omitempty"`         // "low" (below 100 s/mm²) or "high" (500 and more), the lowest or highest first
	View      []string  `toml:"view,omitempty"`      // of a projection: "PA", "LL", "CC" …
	Side      string    `toml:"side,omitempty"`      // of a projection: R or L
	Special   bool      `toml:"special,omitempty"`   // a spot compression or magnification view
	Tomo      bool      `toml:"tomo,omitempty"`      // a tomosynthesis
	Fused     bool      `toml:"fused,omitempty"`     // with the set of the other modality over it
	MIP       bool      `toml:"mip,omitempty"`       // the whole set as one projection
	Window    []float64 `toml:"window,omitempty"`    // width, level; empty is the image's own
	Linked    bool      `toml:"linked,omitempty"`    // scrolls with the other linked tiles
}

func (w Want) check() error {
	for _, one := range []struct {
		what, is string
		may      []string
	}{
		{"study", w.Study, []string{"current", "prior"}}, {"kernel", w.Kernel, []string{"soft", "sharp"}},
		{"plane", w.Plane, []string{"axial", "coronal", "sagittal"}}, {"thickness", w.Thickness, []string{"thin", "thick"}},
		{"side", w.Side, []string{"R", "L"}}, {"b", w.B, []string{"low", "high"}},
		{"phase", w.Phase, []string{"native", "arterial", "portal", "venous", "nephrographic", "delayed"}},
	} {
		if one.is != "" && !holds(one.may, one.is) {
			return fmt.Errorf("%s is %s, not %q", one.what, strings.Join(one.may, " or "), dicom.Clean(one.is))
		}
	}
	if len(w.Window) != 0 && (len(w.Window) != 2 || !(w.Window[0] > 0)) {
		return fmt.Errorf("a window is width and level, the width above 0")
	}
	return nil
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
	said := wordsOf(s.Description, s.Part)
	switch {
	case s.Localiser, s.Raw:
		return false
	case w.Modality != "" && !strings.EqualFold(w.Modality, s.Modality):
		return false
	case len(w.Words) > 0 && anyOf(w.Words, said) == "", anyOf(w.Without, said) != "":
		return false
	case w.Kernel != "" && (sharp(s.Kernel) != (w.Kernel == "sharp") || s.Kernel == ""):
		return false
	case w.Plane != "" && s.Plane() != w.Plane:
		return false
	case w.Phase != "" && !strings.HasPrefix(s.Phase, w.Phase+":"):
		return false
	case w.B == "low" && (s.B < 0 || s.B >= 100), w.B == "high" && s.B < 500:
		return false
	case s.Modality == "MG" && s.Tomo != w.Tomo:
		return false
	case len(w.View) > 0 || w.Side != "" || w.Special:
		return w.Slice(s) >= 0
	}
	return true
}

// Slice is which image of a set a tile begins with: of projections the view that is
// asked for, −1 where there is none of them.
func (w Want) Slice(s Set) int {
	if len(w.View) == 0 && w.Side == "" && !w.Special {
		return frontal(s)
	}
	for i, v := range s.Images {
		if (len(w.View) == 0 || holds(w.View, v.Position)) && (w.Side == "" || w.Side == v.Side) && w.Special == (v.Special != "") {
			return i
		}
	}
	return -1
}

// rather says whether a is taken before b: by b-value and thickness as they are asked
// for, what was acquired before what was made of it, else as an unasked hang would.
func (w Want) rather(a, b Set) bool {
	if w.B != "" && a.B != b.B {
		return (a.B < b.B) == (w.B == "low")
	}
	if w.Thickness != "" && a.Thickness > 0 && b.Thickness > 0 && a.Thickness != b.Thickness {
		return (a.Thickness < b.Thickness) == (w.Thickness == "thin")
	}
	if a.Derived != b.Derived && a.Modality == "MG" {
		return b.Derived
	}
	return before(a, b)
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
