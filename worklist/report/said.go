package report

import (
	"slices"
	"strings"
)

// Said is a section as it goes out: Plain without the lines of a template whose
// fields may stay empty, did, and which the reader did not touch: a label without
// anything behind it says nothing. A line with a word of the reader's is never left
// out.
func (d *Draft) Said(s Section) string {
	wrote := strings.Split(d.Applied[s], "\n")
	var lines []string
	for _, line := range strings.Split(d.Sections[s], "\n") {
		if d.saysNothing(line) && slices.Contains(wrote, line) {
			continue
		}
		lines = append(lines, d.read([]rune(line)))
	}
	return strings.Join(lines, "\n")
}

// saysNothing reports whether the line has fields, and all of them may be empty and
// are.
func (d *Draft) saysNothing(line string) bool {
	text := []rune(line)
	fields := 0
	for i, r := range text {
		if d.token(r) != nil {
			return false
		}
		sp := d.span(r)
		if sp == nil {
			continue
		}
		if !sp.IsField() || sp.Required || i+1 == len(text) || text[i+1] != SpanEnd {
			return false
		}
		fields++
	}
	return fields > 0
}
