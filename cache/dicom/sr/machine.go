package sr

import (
	"math"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Stated is a value that a machine's report states, with all that says what it is of:
// OB-GYN, vascular and echocardiography ultrasound (PS3.16 TID 5000, 5100, 5200; each
// value by TID 300).
type Stated struct {
	Concept    Code
	Value      float64
	Unit       Code
	Site       []string // what it stands below and is modified by, in words, the widest first
	Side       string   // R, L, B or ""
	Fetus      string   // which of several
	Derivation Code     // mean, maximum …
	Chosen     bool     // the one of several that the examiner or the machine settled on
	Beside     []Code   // concepts of the other numbers of its group: a gestational age beside what it is computed from
}

// machineReports are the root templates whose values ReadStated takes, by title.
var machineReports = []Code{
	{"125000", "DCM", ""}, // OB-GYN Ultrasound Procedure Report
	{"125100", "DCM", ""}, // Vascular Ultrasound Procedure Report
	{"125200", "DCM", ""}, // Adult Echocardiography Procedure Report
}

// ReadStated lists the values of an ultrasound machine's report; ok is false when d
// is none.
func ReadStated(d *dicom.Dataset) (values []Stated, ok bool) {
	if d.Str(dicom.ValueType) != "CONTAINER" {
		return nil, false
	}
	root := Tree(d)
	if !slices.ContainsFunc(machineReports, root.Concept.Is) {
		return nil, false
	}
	r := statedReader{}
	r.walk(root, Stated{}, 0)
	return r.values, true
}

type statedReader struct{ values []Stated }

// maxStated bounds what one report may list.
const maxStated = 20000

// walk takes the numbers below an item, given what they inherit.
func (r *statedReader) walk(it Item, from Stated, depth int) {
	if depth > 40 || len(r.values) >= maxStated {
		return
	}
	from.Site = slices.Clone(from.Site)
	if depth > 0 && it.ValueType == "CONTAINER" {
		from.Site = append(from.Site, dicom.Clean(it.Concept.Meaning))
	}
	from.modify(it)
	for _, c := range it.Children {
		switch {
		case c.ValueType == "NUM" && c.Relationship != "HAS PROPERTIES":
			r.add(c, from, it)
		case c.ValueType == "CONTAINER":
			r.walk(c, from, depth+1)
		}
	}
}

var (
	selection  = Code{"121404", "DCM", "Selection Status"}
	fetusID    = Code{"11951-1", "LN", "Fetus ID"}
	topography = []Code{{"106233006", "SCT", ""}, {"G-A1F8", "SRT", ""}}
)

// modify takes what the children say of an item: site, side, fetus, derivation.
func (s *Stated) modify(it Item) {
	for _, c := range it.Children {
		concept := c.Concept.Now()
		switch {
		case concept.Is(laterality):
			s.Side = sideOf(c.Code)
		case concept.Is(fetusID):
			s.Fetus = dicom.Clean(c.Text)
		case concept.Is(derivation):
			s.Derivation = c.Code.Now()
		case concept.Is(selection):
			s.Chosen = true
		case concept.Is(findingSite), slices.ContainsFunc(topography, concept.Is):
			s.Site = append(s.Site, dicom.Clean(c.Code.Meaning))
			for _, m := range c.Children {
				if m.Concept.Now().Is(laterality) {
					s.Side = sideOf(m.Code)
				}
			}
		case c.Relationship == "HAS CONCEPT MOD" && c.ValueType == "CODE":
			s.Site = append(s.Site, dicom.Clean(c.Code.Meaning))
		}
	}
}

func (r *statedReader) add(c Item, from Stated, group Item) {
	s := from
	s.Site = slices.Clone(from.Site)
	s.Derivation, s.Chosen = Code{}, false
	s.modify(c)
	g := groupReader{}
	n := g.number(c, group)
	if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) || strings.TrimSpace(c.Num) == "" {
		return
	}
	s.Concept, s.Value, s.Unit = n.Concept, n.Value, n.Unit
	for _, other := range group.Children {
		if other.ValueType == "NUM" && !other.Concept.Is(c.Concept) && !slices.ContainsFunc(s.Beside, other.Concept.Is) {
			s.Beside = append(s.Beside, other.Concept)
		}
	}
	r.values = append(r.values, s)
}
