package evidence

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
)

// Marks are the groups of a report as marks. Those of the patient's coordinates need
// the images to know where they are; without any in their frame of reference they are
// left out, as is what has no place at all: left counts both.
func Marks(groups []sr.Group, images Images) (marks []viewer.Mark, left int) {
	p := places{images: images}
	for _, g := range groups {
		got := p.marksOf(g)
		if len(got) == 0 {
			left++
		}
		marks = append(marks, got...)
	}
	return marks, left
}

// located is a region and the numbers of it.
type located struct {
	regions []sr.Region
	numbers []sr.Number
}

// marksOf makes one mark of each place in a group. The two axes of a bidirectional and
// the two lines of a Cobb angle are one.
func (p *places) marksOf(g sr.Group) []viewer.Mark {
	var at []located
	find := func(r []sr.Region) *located {
		for i := range at {
			if reflect.DeepEqual(at[i].regions, r) {
				return &at[i]
			}
		}
		at = append(at, located{regions: r})
		return &at[len(at)-1]
	}
	for _, r := range g.Regions {
		find([]sr.Region{r})
	}
	for _, n := range g.Numbers {
		switch {
		case len(n.Regions) > 0:
			l := find(n.Regions)
			l.numbers = append(l.numbers, n)
		case len(at) > 0:
			at[0].numbers = append(at[0].numbers, n)
		}
	}
	at = bidirectionals(at)
	var out []viewer.Mark
	for _, l := range at {
		for _, m := range p.place(l) {
			describe(&m, g)
			if len(out) > 0 && m.ID != "" {
				m.ID += "/" + strconv.Itoa(len(out)+1)
			}
			out = append(out, m)
		}
	}
	return out
}

// bidirectionals joins a short axis to the long one before it.
func bidirectionals(at []located) []located {
	var out []located
	for _, l := range at {
		if n := len(out); n > 0 && len(l.numbers) == 1 && l.numbers[0].Concept.Now().Is(sr.ShortAxis) && len(l.regions) == 1 {
			last := &out[n-1]
			if len(last.numbers) == 1 && last.numbers[0].Concept.Now().Is(sr.LongAxis) && len(last.regions) == 1 &&
				reflect.DeepEqual(last.regions[0].Source, l.regions[0].Source) {
				last.regions = []sr.Region{last.regions[0], l.regions[0]}
				last.numbers = append(last.numbers, l.numbers[0])
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

// describe gives a mark what its group says of all its places.
func describe(m *viewer.Mark, g sr.Group) {
	m.ID = string(g.TrackingUID)
	m.Label = labelOf(g)
	if g.Finding.Is(vertebraLabel) {
		m.Kind = viewer.Vertebra
	}
	if g.Method.Value != "" {
		m.Calibration = g.Method.Meaning
	}
}

// labelOf is what a reader calls a group: its tracking identifier, unless it is made
// of the kind and a number, then finding, side and site.
func labelOf(g sr.Group) string {
	var words []string
	if !numbered(g.TrackingID) {
		words = append(words, g.TrackingID)
	}
	if !g.Finding.Is(vertebraLabel) {
		words = append(words, g.Finding.Meaning)
	}
	words = append(words, strings.TrimSpace(g.Side.Meaning+" "+g.Site.Meaning), g.Comment)
	for _, q := range g.Qualities {
		words = append(words, strings.Trim(q.Concept.Meaning+": "+q.Code.Meaning+q.Text, ": "))
	}
	var out []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", ")
}

// numbered are the tracking identifiers that this house makes up, and those that name
// the tool of another.
func numbered(id string) bool {
	kind, number, ok := cutLast(id)
	if _, err := strconv.Atoi(number); ok && err == nil {
		switch viewer.MarkKind(kind) {
		case viewer.Length, viewer.Angle, viewer.Ellipse, viewer.Probe, viewer.Arrow, viewer.Text, viewer.Bidirectional,
			viewer.Cobb, viewer.Rectangle, viewer.Polygon, viewer.Vertebra, viewer.Volume, viewer.Polyline:
			return true
		}
	}
	return strings.HasPrefix(id, "Cornerstone") && strings.Contains(id, ":")
}

func cutLast(s string) (head, tail string, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// kindOf is what a figure is by the numbers that were measured on it.
func kindOf(drawn viewer.MarkKind, points int, values []viewer.Value, numbers []sr.Number) viewer.MarkKind {
	has := func(name string) bool {
		for _, v := range values {
			if v.Name == name {
				return true
			}
		}
		return false
	}
	cobb := false
	for _, n := range numbers {
		cobb = cobb || n.Concept.Now().Is(sr.CobbAngle)
	}
	switch {
	case drawn == viewer.Probe && len(values) == 0:
		return viewer.Text
	case drawn != viewer.Polyline:
		return drawn
	case points == 4 && cobb:
		return viewer.Cobb
	case points == 3 && has("angle"):
		return viewer.Angle
	case points == 4 && has("long") && has("short"):
		return viewer.Bidirectional
	case points == 2 && has("volume"):
		return viewer.Volume
	case points == 2 && len(values) > 0:
		return viewer.Length
	case points == 2:
		return viewer.Arrow
	}
	return drawn
}
