package report

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/prose"
)

// side is one side of a body, as a word names it.
type side string

const (
	right side = "right"
	left  side = "left"
	both  side = "both"
)

func (s side) other() side {
	switch s {
	case right:
		return left
	case left:
		return right
	}
	return ""
}

// sideWords name a side, in English and German.
var sideWords = map[string]side{
	"right": right, "left": left, "bilateral": both, "bilaterally": both, "both": both,
	"rechts": right, "rechte": right, "rechter": right, "rechten": right, "rechtes": right, "rechtem": right, "rechtsseitig": right, "rechtsseitige": right, "rechtsseitiger": right,
	"links": left, "linke": left, "linker": left, "linken": left, "linkes": left, "linkem": left, "linksseitig": left, "linksseitige": left,
	"beidseits": both, "beidseitig": both,
}

// notSide are the words after which "left" is a verb's form and "right" no side:
// "left in place", "right away". What could be a side as well is one: a false
// alarm costs a line, a side that is missed costs more.
var notSide = map[side][]string{
	left:  {"in place", "in situ", "untreated", "alone", "behind", "over", "hospital", "the department", "the hospital", "the room", "the scanner", "before", "without being"},
	right: {"away", "angle", "angles", "angled", "now"},
}

func isNotSide(s side, t *prose.Text, at int) bool {
	if t.At(at-1, "the") {
		return directed(t, at)
	}
	if directed(t, at) {
		return true
	}
	return slices.ContainsFunc(notSide[s], func(phrase string) bool { return t.At(at+1, strings.Fields(phrase)...) })
}

var turning = prose.Set(`deviated deviates deviation deviating shift shifted displaced displacing displacement convex convexity bowing bowed rotated curve curvature
	scoliosis directed pointing`)

// directed: the word is where something goes and not where it is: "deviated to the left",
// "left-to-right shift", "4 mm rightward".
func directed(t *prose.Text, at int) bool {
	if t.At(at+1, "to", "right") || t.At(at+1, "to", "left") || t.At(at-2, "left", "to") || t.At(at-2, "right", "to") {
		return true
	}
	if !t.At(at-2, "to", "the") && !t.At(at-1, "to") {
		return false
	}
	from, _ := t.Clause(at)
	return t.Has(max(from, at-7), at, turning)
}

// sideHit is a side named in a text; at indexes its words.
type sideHit struct {
	side side
	at   int
}

func sidesIn(t *prose.Text) (out []sideHit) {
	for i, w := range t.Words {
		if c := w.Low[0]; c != 'r' && c != 'l' && c != 'b' || len(w.Low) < 4 {
			continue
		}
		if s, ok := sideWords[w.Low]; ok && !isNotSide(s, t, i) {
			out = append(out, sideHit{s, i})
		}
	}
	return out
}

// oneSide is the only side that a text names; empty when it names none or both.
func oneSide(text string) side {
	var found side
	for _, h := range sidesIn(prose.Parse(text)) {
		switch {
		case h.side == both, found != "" && found != h.side:
			return ""
		}
		found = h.side
	}
	return found
}

// statedSide is a side that order or images state, and in which words.
type statedSide struct {
	side  side
	words string // `order: right ("XR hand right")`
}

func sideOfCode(code string) side {
	switch strings.ToUpper(strings.TrimSpace(code)) {
	case "R":
		return right
	case "L":
		return left
	}
	return ""
}

// orderSide is the one side that the order is about.
func (f Facts) orderSide() (statedSide, bool) {
	if s := sideOfCode(f.Laterality); s != "" {
		return statedSide{s, "order: " + string(s)}, true
	}
	if strings.ToUpper(f.Laterality) == "B" {
		return statedSide{}, false
	}
	for _, text := range []string{f.Exam, f.Request.Description} {
		if s := oneSide(text); s != "" {
			return statedSide{s, "order: " + string(s) + " (" + oneLine(text) + ")"}, true
		}
	}
	return statedSide{}, false
}

// imageSide is the one side that all images with a side state.
func (f Facts) imageSide() (statedSide, bool) {
	var found side
	for _, code := range f.ImageSides {
		s := sideOfCode(code)
		if s == "" || found != "" && s != found {
			return statedSide{}, false
		}
		found = s
	}
	return statedSide{found, "images: " + string(found)}, found != ""
}
