package stack

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Title is what a stack is called on its tile: its number, description, part and phase.
func (s *Stack) Title() string {
	number := ""
	if s.Number != 0 {
		number = "Se " + strconv.Itoa(s.Number)
	}
	return join(" · ", join(": ", number, s.Description), s.Part, s.Phase)
}

// tellApart gives the stacks of one series the words that tell them from each other.
func tellApart(stacks []*Stack) {
	if len(stacks) < 2 {
		return
	}
	var said [][]string
	for _, s := range stacks {
		words := []string{planeWord(s)}
		words = append(words, s.First.kind(s.Slots[0].Frame, 0)...)
		said = append(said, words)
	}
	for i, s := range stacks {
		var own []string
		for _, w := range said[i] {
			if w != "" && !slices.Contains(own, w) && slices.ContainsFunc(said, func(o []string) bool { return !slices.Contains(o, w) }) {
				own = append(own, dicom.Clean(w))
			}
		}
		s.Part = join(" ", append(own, s.markWords(stacks)...)...)
	}
}

// planeWord is "axial", "coronal", "sagittal", "" without positions.
func planeWord(s *Stack) string {
	if !s.Spatial {
		return ""
	}
	return s.Hanging().Plane()
}

// markWords are the words of what divide told a stack apart by.
func (s *Stack) markWords(all []*Stack) (out []string) {
	for _, c := range s.cuts {
		var values []string
		for _, o := range all {
			for _, v := range o.cuts {
				if v.mark == c.mark && !slices.Contains(values, v.value) {
					values = append(values, v.value)
				}
			}
		}
		slices.SortStableFunc(values, inOrder)
		out = append(out, c.words(slices.Index(values, c.value)+1, len(values)))
	}
	return out
}

func (c told) words(nth, of int) string {
	for _, t := range tells {
		if t.mark == c.mark {
			return t.words(c.value, nth, of)
		}
	}
	return counted("pass")(c.value, nth, of)
}

// join puts the words that are there together.
func join(by string, words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, by)
}
