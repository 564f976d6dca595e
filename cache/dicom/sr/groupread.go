package sr

import (
	"math"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// ReadMeasurements reads what any structured report measures. Measurement Groups
// (TID 1500) are taken as they are; outside of them every number with coordinates
// of its own, every run of numbers below one heading, and every coordinate that
// something is said of, makes a group. It fails only when d is no structured report;
// a report without measurements has no groups.
func ReadMeasurements(d *dicom.Dataset) (Measurements, error) {
	doc, err := Read(d)
	if err != nil {
		return Measurements{}, err
	}
	r := groupReader{root: Tree(d)}
	r.walk(r.root)
	return Measurements{
		Document: doc, Groups: r.groups,
		Maker: dicom.Clean(d.Str(dicom.Manufacturer)), Series: dicom.Clean(d.Str(dicom.SeriesDescription)),
	}, nil
}

// groupReader collects groups of a tree.
type groupReader struct {
	root   Item
	groups []Group
}

// maxGroups and maxPoints bound what one report may make a viewer draw.
const maxGroups, maxPoints = 20000, 200000

func (r *groupReader) walk(it Item) {
	if len(r.groups) >= maxGroups {
		return
	}
	if it.Concept.Is(measurementGroup) {
		r.groups = append(r.groups, r.group(it))
		return
	}
	if it.Concept.Is(imageLibrary) {
		return
	}
	r.loose(it)
	for _, c := range it.Children {
		if c.ValueType != "NUM" && !c.coordinates() {
			r.walk(c)
		}
	}
}

func (it Item) coordinates() bool { return it.ValueType == "SCOORD" || it.ValueType == "SCOORD3D" }

// loose makes groups of the numbers and coordinates directly below an item of a
// report that has no Measurement Groups.
func (r *groupReader) loose(it Item) {
	shared := r.context(it)
	for _, c := range it.Children {
		c = r.follow(c)
		switch {
		case c.ValueType == "NUM" && c.Relationship != "HAS ACQ CONTEXT" && c.Relationship != "HAS PROPERTIES":
			n := r.number(c, it)
			if len(n.Regions) == 0 {
				shared.Numbers = append(shared.Numbers, n)
				continue
			}
			g := r.context(it)
			g.Regions, g.Numbers = nil, []Number{n}
			r.join(g)
		case c.coordinates():
			if region, ok := r.region(c, it); ok {
				shared.Regions = append(shared.Regions, region)
			}
		}
	}
	if len(shared.Numbers)+len(shared.Regions) > 0 {
		r.groups = append(r.groups, shared)
	}
}

// join adds a group of one number; the short axis belongs to the long one drawn on
// the same image just before.
func (r *groupReader) join(g Group) {
	if n := len(r.groups); n > 0 && g.Numbers[0].Concept.Now().Is(ShortAxis) {
		last := &r.groups[n-1]
		if len(last.Numbers) == 1 && last.Numbers[0].Concept.Now().Is(LongAxis) && last.TrackingUID == g.TrackingUID &&
			len(last.Numbers[0].Regions) > 0 && last.Numbers[0].Regions[0].Source.Instance == g.Numbers[0].Regions[0].Source.Instance {
			last.Numbers = append(last.Numbers, g.Numbers[0])
			return
		}
	}
	r.groups = append(r.groups, g)
}

// context is what an item says of itself: tracking, site, the finding it is.
func (r *groupReader) context(it Item) Group {
	g := Group{}
	for _, c := range it.Children {
		r.describe(&g, r.follow(c))
	}
	if g.Finding.Value == "" {
		if it.ValueType == "CODE" {
			g.Finding = it.Code
		} else if !it.Concept.Is(imagingMeasurement) {
			g.Finding = it.Concept
		}
	}
	return g
}

// describe takes an item that names or describes a group; it reports whether it did.
func (r *groupReader) describe(g *Group, c Item) bool {
	switch concept := c.Concept.Now(); {
	case concept.Is(trackingID):
		g.TrackingID = lines(c.Text)
	case concept.Is(trackingUID):
		g.TrackingUID = dicom.UID(c.Text)
	case concept.Is(finding) && c.ValueType == "CODE":
		g.Finding = c.Code
	case concept.Is(finding) && c.ValueType == "TEXT":
		g.Finding = Code{Meaning: lines(c.Text)}
	case concept.Is(findingSite):
		g.Site = c.Code
		for _, s := range c.Children {
			if s.Concept.Now().Is(laterality) {
				g.Side = s.Code
			}
		}
	case concept.Is(laterality) && c.ValueType == "CODE":
		g.Side = c.Code
	case concept.Is(method) && c.ValueType == "CODE":
		g.Method = c.Code
	case concept.Is(comment) && c.ValueType == "TEXT":
		g.Comment = lines(c.Text)
	case concept.Is(sourceSeries):
		g.SourceSeries = dicom.UID(c.Text)
	case c.ValueType == "IMAGE" && (concept.Is(referencedSegment) || concept.Is(segmentationFrame)):
		g.SegmentedBy = c.Ref
	default:
		return false
	}
	return true
}

// group reads a Measurement Group.
func (r *groupReader) group(it Item) Group {
	var g Group
	for _, c := range it.Children {
		c = r.follow(c)
		switch {
		case r.describe(&g, c):
		case c.ValueType == "NUM" && c.Concept.Now().Is(plusMinus) && len(g.Numbers) > 0:
			g.Numbers[len(g.Numbers)-1].Uncertainty = r.number(c, it).positive()
		case c.ValueType == "NUM":
			g.Numbers = append(g.Numbers, r.number(c, it))
		case c.coordinates():
			if region, ok := r.region(c, it); ok {
				g.Regions = append(g.Regions, region)
			}
		case c.Relationship == "CONTAINS" && c.ValueType == "CODE":
			g.Qualities = append(g.Qualities, Quality{Concept: c.Concept, Code: c.Code})
		case c.Relationship == "CONTAINS" && c.ValueType == "TEXT":
			g.Qualities = append(g.Qualities, Quality{Concept: c.Concept, Text: lines(c.Text)})
		}
	}
	return g
}

// follow gives the item that a reference by position means: 1 is the root, 1\2 its
// second child (PS3.3 C.17.3.2.5). What leads nowhere stays as it is.
func (r *groupReader) follow(it Item) Item {
	if len(it.Target) == 0 {
		return it
	}
	at := r.root
	for i, n := range it.Target {
		if i == 0 {
			continue
		}
		if n < 1 || n > len(at.Children) {
			return it
		}
		at = at.Children[n-1]
	}
	if len(at.Target) > 0 {
		return it
	}
	at.Relationship = it.Relationship
	return at
}

func (r *groupReader) number(it, parent Item) Number {
	n := Number{Concept: it.Concept, Unit: it.Units, Value: math.NaN()}
	if v, err := strconv.ParseFloat(strings.TrimSpace(it.Num), 64); err == nil && !math.IsInf(v, 0) {
		n.Value = v
		if math.Abs(it.exact-v) <= 1e-6*math.Abs(v) && it.exact != 0 {
			n.Value = it.exact // the decimal string is rounded to 16 characters
		}
	}
	for _, c := range it.Children {
		c = r.follow(c)
		switch concept := c.Concept.Now(); {
		case concept.Is(method):
			n.Method = c.Code
		case concept.Is(derivation):
			n.Derivation = c.Code
		case concept.Is(plusMinus):
			n.Uncertainty = r.number(c, Item{}).positive()
		case c.coordinates():
			if region, ok := r.region(c, parent); ok {
				n.Regions = append(n.Regions, region)
			}
		}
	}
	return n
}

// positive is the value as an uncertainty, 0 where it can be none.
func (n Number) positive() float64 {
	if n.Value > 0 {
		return n.Value
	}
	return 0
}

// region reads coordinates; ok is false where their number or their values are
// impossible. Without an image of its own a region is of the image beside it.
func (r *groupReader) region(it, parent Item) (Region, bool) {
	out := Region{Purpose: it.Concept, Graphic: it.Text, FrameOfReference: it.FrameOfReference}
	out.Source = r.image(it)
	if out.Source.Instance == "" {
		out.Source = r.image(parent)
	}
	each := 2
	if it.ValueType == "SCOORD3D" {
		each = 3
	}
	if len(it.Graphic) == 0 || len(it.Graphic)%each != 0 || len(it.Graphic) > each*maxPoints {
		return out, false
	}
	for i := 0; i < len(it.Graphic); i += each {
		for _, v := range it.Graphic[i : i+each] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return out, false
			}
		}
		if each == 2 {
			out.Image = append(out.Image, [2]float64(it.Graphic[i:i+2]))
		} else {
			out.Patient = append(out.Patient, [3]float64(it.Graphic[i:i+3]))
		}
	}
	want, known := graphics[out.Graphic]
	return out, known && (want == 0 || want == len(it.Graphic)/each)
}

// image is the image that an item has directly below it.
func (r *groupReader) image(it Item) Ref {
	for _, c := range it.Children {
		if c = r.follow(c); c.ValueType == "IMAGE" && !c.Concept.Is(referencedSegment) && !c.Concept.Is(segmentationFrame) {
			return c.Ref
		}
	}
	return Ref{}
}
