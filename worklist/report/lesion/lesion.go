// Package lesion follows findings over time: a lesion is a name and what was measured of
// it at each study of the patient. The lines of its table, the sum of the target lesions
// and the response by RECIST 1.1 are computed here; there is no I/O and no clock.
//
// Measurements belong to one lesion by their name ("RUL", whatever the case). What is
// kept of a lesion between readings is its record: what the reader said of it, and what
// was measured, so that a table can be made when the marks themselves are elsewhere.
package lesion

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/calc"
)

// Lesion is one finding.
type Lesion struct {
	ID     string  `json:"id,omitempty"` // of its record; "" while it was not kept
	Name   string  `json:"name"`
	Target bool    `json:"target,omitempty"` // its diameter counts in the sum
	Node   bool    `json:"node,omitempty"`   // a lymph node: its short axis counts
	New    bool    `json:"new,omitempty"`    // it was not there at the baseline
	Organ  string  `json:"organ,omitempty"`
	Points []Point `json:"points"` // oldest first, one a study
}

// Point is a lesion at one study.
type Point struct {
	StudyUID string             `json:"study_instance_uid"`
	Date     string             `json:"date"` // DA; "" unknown
	Measured report.Measurement `json:"measured,omitzero"`
	Gone     bool               `json:"gone,omitempty"`      // not there any more: 0 mm
	TooSmall bool               `json:"too_small,omitempty"` // there, too small to be measured: 5 mm (RECIST 1.1, 4.2)
}

// Study is a study of the patient, the current one among them.
type Study struct {
	UID, Date string
	Prior     bool
}

// Key is a lesion's name as two are compared.
func Key(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// Gather joins what was kept with what is measured now. A measurement without a name is
// of no lesion, one of a study that is not among studies is left out; of several of one
// lesion in one study the last one counts. What is measured takes the place of what was
// kept, and of "gone".
func Gather(studies []Study, measured []report.Measurement, kept []Lesion) []Lesion {
	g := gathering{at: map[string]int{}}
	for _, l := range kept {
		i := g.lesion(l.Name)
		g.out[i].ID = l.ID
		g.out[i].Target, g.out[i].Node, g.out[i].New, g.out[i].Organ = l.Target, l.Node, l.New, l.Organ
		for _, p := range l.Points {
			g.put(i, p)
		}
	}
	for _, m := range measured {
		if Key(m.Label) == "" || len(m.Values) == 0 {
			continue
		}
		s, ok := studyOf(studies, m.StudyUID)
		if !ok {
			continue
		}
		m.Prior, m.StudyDate = s.Prior, s.Date
		g.put(g.lesion(m.Label), Point{StudyUID: s.UID, Date: s.Date, Measured: m})
	}
	for i := range g.out {
		slices.SortStableFunc(g.out[i].Points, func(a, b Point) int { return cmp.Compare(a.Date, b.Date) })
		for k, p := range g.out[i].Points { // the study read today is another one than when it was kept
			if s, ok := studyOf(studies, p.StudyUID); ok && p.Measured.MarkID != "" {
				g.out[i].Points[k].Measured.Prior = s.Prior
			}
		}
	}
	return g.out
}

type gathering struct {
	out []Lesion
	at  map[string]int
}

func (g *gathering) lesion(name string) int {
	i, ok := g.at[Key(name)]
	if !ok {
		i = len(g.out)
		g.at[Key(name)] = i
		g.out = append(g.out, Lesion{Name: strings.Join(strings.Fields(report.Foreign(name)), " ")})
	}
	return i
}

func (g *gathering) put(i int, p Point) {
	l := &g.out[i]
	at := slices.IndexFunc(l.Points, func(o Point) bool { return o.StudyUID == p.StudyUID })
	if at < 0 {
		l.Points = append(l.Points, p)
		return
	}
	l.Points[at] = p
}

func studyOf(studies []Study, uid string) (Study, bool) {
	i := slices.IndexFunc(studies, func(s Study) bool { return s.UID == uid })
	if i < 0 {
		return Study{}, false
	}
	return studies[i], true
}

// Point is the lesion at a study; ok is false when nothing is known of it there.
func (l Lesion) Point(study string) (Point, bool) {
	i := slices.IndexFunc(l.Points, func(p Point) bool { return p.StudyUID == study })
	if i < 0 {
		return Point{}, false
	}
	return l.Points[i], true
}

// Before is the latest point before that of a study.
func (l Lesion) Before(study string) (Point, bool) {
	i := slices.IndexFunc(l.Points, func(p Point) bool { return p.StudyUID == study })
	if i < 0 {
		i = len(l.Points)
	}
	if i == 0 {
		return Point{}, false
	}
	return l.Points[i-1], true
}

// MM is the diameter that RECIST counts: the short axis of a node, the longest diameter
// of all else. ok is false when the point has none in millimetres.
func (l Lesion) MM(p Point) (mm float64, ok bool) {
	names := []string{"long", "length"}
	if l.Node {
		names = []string{"short", "length"}
	}
	for _, name := range names {
		for _, v := range p.Measured.Values {
			if v.Name == name && v.Unit == "mm" && !math.IsNaN(v.Number) && !math.IsInf(v.Number, 0) {
				mm, err := strconv.ParseFloat(strconv.FormatFloat(v.Number, 'f', 1, 64), 64) // as it is written
				return mm, err == nil
			}
		}
	}
	return 0, false
}

// target is the lesion at a study as RECIST takes it.
func (l Lesion) target(study string) calc.Target {
	t := calc.Target{Name: l.Name, Organ: l.Organ, Node: l.Node}
	p, ok := l.Point(study)
	mm, measured := l.MM(p)
	switch {
	case !ok, !measured && !p.Gone && !p.TooSmall:
		t.Missing = true
	case measured:
		t.MM = mm
	case p.TooSmall:
		t.TooSmall = true
	}
	return t
}

// Change is the difference between a study's measurement and the one before.
func (l Lesion) Change(study string) (report.Measurement, bool) {
	p, ok1 := l.Point(study)
	b, ok2 := l.Before(study)
	if !ok1 || !ok2 || p.Measured.MarkID == "" || b.Measured.MarkID == "" {
		return report.Measurement{}, false
	}
	if l.Node {
		return report.ChangeShort(p.Measured, b.Measured)
	}
	return report.Change(p.Measured, b.Measured)
}
