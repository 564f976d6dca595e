package overlay

import (
	"image/color"
	set "slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// Cyan is what is drawn of others: measurements of their reports, presentation states.
var Cyan = color.NRGBA{110, 205, 235, 255}

// most lines of values that a mark of others has, beside those every mark of its kind
// has.
const most = 4

// Foreign says what a mark of another's report measures, and whose it is: first as any
// mark of its kind, then the values that such a mark has not, by their names.
func Foreign(m viewer.Mark, source string) []string {
	said := map[viewer.MarkKind][]string{
		viewer.Bidirectional: {"long", "short"}, viewer.Volume: {"volume"},
	}[m.Kind]
	switch m.Kind {
	case viewer.Length, viewer.Angle, viewer.Cobb, viewer.Probe:
		for _, v := range m.Values {
			said = append(said, v.Name)
		}
	case viewer.Ellipse, viewer.Rectangle, viewer.Polygon:
		said = []string{"area", "mean", "sd", "min", "max", "n"}
		if _, ok := m.Value("over mean"); ok {
			said = append(said, "over mean", "over max")
		}
	}
	out := Words(m)
	more := 0
	for _, v := range m.Values {
		if !set.Contains(said, v.Name) && more < most {
			out = append(out, dicom.Clean(v.Name)+" "+number(v))
			more++
		}
	}
	return append(out, source)
}
