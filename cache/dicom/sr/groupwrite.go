package sr

import "github.com/nocturne/nocturne/cache/dicom"

// item is the Measurement Group by TID 1501; by TID 1410 where its one region is an
// Image Region. A Comment is in the template since its edition of 2023.
func (g Group) item() Item {
	it := Item{Relationship: "CONTAINS", ValueType: "CONTAINER", Concept: measurementGroup}
	add := func(relationship, valueType string, concept Code, fill func(*Item)) *Item {
		c := Item{Relationship: relationship, ValueType: valueType, Concept: concept}
		fill(&c)
		it.Children = append(it.Children, c)
		return &it.Children[len(it.Children)-1]
	}
	if g.TrackingID != "" {
		add("HAS OBS CONTEXT", "TEXT", trackingID, func(c *Item) { c.Text = g.TrackingID })
	}
	add("HAS OBS CONTEXT", "UIDREF", trackingUID, func(c *Item) { c.Text = string(g.TrackingUID) })
	if g.Finding.Value != "" {
		add("CONTAINS", "CODE", finding, func(c *Item) { c.Code = g.Finding })
	}
	if g.Method.Value != "" {
		add("HAS CONCEPT MOD", "CODE", method, func(c *Item) { c.Code = g.Method })
	}
	if g.Site.Value != "" {
		site := add("HAS CONCEPT MOD", "CODE", findingSite, func(c *Item) { c.Code = g.Site })
		if g.Side.Value != "" {
			site.Children = []Item{{Relationship: "HAS CONCEPT MOD", ValueType: "CODE", Concept: laterality, Code: g.Side}}
		}
	}
	for _, r := range g.Regions {
		it.Children = append(it.Children, r.item("CONTAINS"))
	}
	for _, n := range g.Numbers {
		it.Children = append(it.Children, n.items()...)
	}
	for _, q := range g.Qualities {
		it.Children = append(it.Children, q.item())
	}
	if g.Comment != "" {
		add("CONTAINS", "TEXT", comment, func(c *Item) { c.Text = g.Comment })
	}
	return it
}

func (q Quality) item() Item {
	if q.Code.Value != "" {
		return Item{Relationship: "CONTAINS", ValueType: "CODE", Concept: q.Concept, Code: q.Code}
	}
	return Item{Relationship: "CONTAINS", ValueType: "TEXT", Concept: q.Concept, Text: q.Text}
}

// items are the number by TID 300 and, behind it, its uncertainty as a number of its
// own: TID 310 has a place for it below the number, which the validator that knows
// the templates calls an error there.
func (n Number) items() []Item {
	it := Item{Relationship: "CONTAINS", ValueType: "NUM", Concept: n.Concept, Num: dicom.FormatDS(n.Value), exact: n.Value, Units: n.Unit}
	if n.Method.Value != "" {
		it.Children = append(it.Children, Item{Relationship: "HAS CONCEPT MOD", ValueType: "CODE", Concept: method, Code: n.Method})
	}
	if n.Derivation.Value != "" {
		it.Children = append(it.Children, Item{Relationship: "HAS CONCEPT MOD", ValueType: "CODE", Concept: derivation, Code: n.Derivation})
	}
	for _, r := range n.Regions {
		it.Children = append(it.Children, r.item("INFERRED FROM"))
	}
	if !(n.Uncertainty > 0) {
		return []Item{it}
	}
	return []Item{it, {Relationship: "CONTAINS", ValueType: "NUM", Concept: plusMinus,
		Num: dicom.FormatDS(n.Uncertainty), exact: n.Uncertainty, Units: n.Unit}}
}

// item is the region by TID 320 or the rows of TID 1410 and 1501 alike.
func (r Region) item(relationship string) Item {
	it := Item{Relationship: relationship, ValueType: "SCOORD", Concept: r.Purpose, Text: r.Graphic, Graphic: r.graphicData()}
	if len(r.Patient) > 0 {
		it.ValueType, it.FrameOfReference = "SCOORD3D", r.FrameOfReference
		return it
	}
	it.Children = []Item{{Relationship: "SELECTED FROM", ValueType: "IMAGE", Ref: r.Source}}
	return it
}
