package calc

import "fmt"

// lungRADS is the assessment at lung cancer screening (ACR Lung-RADS v2022; Christensen
// et al., Chest 2024;165:738–753). The mean diameter is that of long and short axis, all
// to 0.1 mm; growth is more than 1.5 mm within 12 months, and a size that crosses a
// threshold counts as first detection even without growth.
//
// Where two rows of the published table hold for one nodule the higher category is given.
// What the table does not name, like an airway nodule that became smaller, is refused.
//
// Checked: measuring, growth, crossing of thresholds, airway nodules, cysts, slow growth
// and the follow-up of inflammation by reprints of v2022; the sizes that v2022 took over
// by the table of v1.1 (NBK568579, appendix A, table 2). From general knowledge: stepped
// management of what is stable or smaller, by the abstract of Chest 2024;165:738 only.
var lungRADS = Calculator{
	ID: "lung-rads", Title: "Lung nodule at screening", Version: "Lung-RADS v2022",
	Fields: []Field{
		{Name: "type", Title: "Type", Kind: Choice, Required: true, Options: []Option{
			{"none", "no nodule"}, {"benign", "calcified (complete, central, popcorn, rings) or fat"}, {"solid", "solid"},
			{"part-solid", "part-solid"}, {"ground-glass", "non-solid"}, {"juxtapleural", "solid, smooth, oval, lens-shaped or triangular at a pleura"},
			{"airway", "in an airway"}, {"cyst", "atypical cyst"}, {"incomplete", "cannot be assessed: lungs incomplete or prior CT awaited"}}},
		{Name: "status", Title: "Compared with before", Kind: Choice, Default: "baseline", Options: []Option{
			{"baseline", "first screening"}, {"new", "new"}, {"growing", "> 1.5 mm in ≤ 12 months"}, {"slow", "slow growth over several examinations"},
			{"stable", "stable"}, {"smaller", "smaller"}}},
		mm("size", "Long diameter", false, LongAxis), mm("short", "Short diameter", false, ShortAxis),
		mm("solid-long", "Solid part, long", false, ""), mm("solid-short", "Solid part, short", false, ""),
		mm("prior", "Mean diameter before", false, PriorMean),
		{Name: "months", Title: "Months since then", Kind: Number, Unit: "months", Min: 0.1, Max: 240, From: Months},
		{Name: "before", Title: "Category before", Kind: Choice, Options: []Option{{"1", ""}, {"2", ""}, {"3", ""}, {"4A", ""}, {"4B", ""}, {"4X", ""}}},
		{Name: "airway", Title: "Airway", Kind: Choice, Options: []Option{{"subsegmental", "subsegmental"}, {"proximal", "segmental or more proximal"}}},
		{Name: "cyst", Title: "Cyst", Kind: Choice, Options: []Option{{"thick", "thick-walled (≥ 2 mm)"}, {"multilocular", "multilocular"}, {"became-multilocular", "became multilocular"}}},
		{Name: "cyst-change", Title: "What grew of the cyst", Kind: Choice, Options: []Option{
			{"cavity", "the cyst"}, {"wall", "wall or nodule of the wall"}, {"opacity", "loculation or opacity within"}}},
		yesno("infection", "Looks infectious or inflammatory"), yesno("suspicious", "More features of cancer (4X)"),
		yesno("proven-benign", "Proven benign after work-up"), yesno("other", "Other significant finding (S)"),
	},
	rule: func(in *inputs) Result {
		if in.has("short") && !in.has("size") {
			return in.refuse("size", "Long diameter is needed (size).")
		}
		category := lungCategory(in)
		if in.err != nil {
			return Result{}
		}
		out := Result{}
		if in.yes("suspicious") {
			switch category {
			case "3", "4A", "4B":
				category = "4X"
			default:
				out.Notes = append(out.Notes, "Further features of cancer raise only categories 3 and 4 to 4X.")
			}
		}
		out.Advice, out.Follow = lungAdvice(in, category)
		out.Finding = lungFinding(in)
		out.Category = "Lung-RADS " + category
		if in.yes("other") {
			out.Category += "S"
		}
		return out
	},
}

// lungCategory is the category before 4X and S.
func lungCategory(in *inputs) string {
	switch kind := in.word("type"); {
	case kind == "incomplete":
		return "0"
	case kind == "none", kind == "benign":
		in.unused("this type", "size", "solid-long", "airway", "cyst")
		return "1"
	case in.yes("infection"):
		return "0"
	case in.yes("proven-benign"):
		return "2"
	case kind == "airway":
		return lungAirway(in)
	case kind == "cyst":
		return lungCyst(in)
	}
	if in.unused("a nodule of the lung", "airway", "cyst", "cyst-change") || !in.need("size") {
		return ""
	}
	d := tenth(in.mean("size", "short"))
	status := lungStatus(in, d)
	if in.err != nil {
		return ""
	}
	switch in.word("type") {
	case "part-solid":
		return lungPartSolid(in, d, status)
	case "ground-glass":
		in.unused("a non-solid nodule", "solid-long", "solid-short")
		return lungGroundGlass(d, status)
	case "juxtapleural":
		if d < 10 && (status == "baseline" || status == "new" || status == "stable" || status == "smaller") {
			return "2"
		}
	}
	in.unused("a solid nodule", "solid-long", "solid-short")
	return lungSolid(in, d, status)
}

// lungStatus holds the status against the diameter before. What is called stable but
// crossed a threshold is assessed by its size, as at first detection.
func lungStatus(in *inputs, d float64) string {
	status := in.word("status")
	if !in.has("prior") {
		return status
	}
	grew := d - tenth(in.num("prior"))
	switch {
	case status == "baseline" || status == "new":
		in.refuse("prior", "A nodule that was measured before is neither at baseline nor new.")
	case status == "growing" && grew <= 1.5+1e-9:
		in.refuse("status", "%s mm more is no growth by Lung-RADS: it takes more than 1.5 mm within 12 months.", places(grew, 1))
	case status == "growing" && in.num("months") > 12 && grew*12/in.num("months") <= 1.5+1e-9:
		in.refuse("status", "%s mm in %s months is not more than 1.5 mm a year: that is slow growth (slow).", places(grew, 1), in.values["months"])
	case (status == "stable" || status == "smaller") && grew > 1.5+1e-9:
		in.refuse("status", "%s mm more is growth by Lung-RADS: growing within 12 months, slow over more.", places(grew, 1))
	case status == "smaller" && grew >= 0:
		in.refuse("status", "The nodule is not smaller than before.")
	case status == "stable" && crossed(in.word("type"), tenth(in.num("prior")), d):
		return "baseline"
	}
	return status
}

// crossed reports whether a size came into a higher class of first detection.
func crossed(kind string, before, now float64) bool {
	limits := []float64{6, 8, 15}
	if kind == "ground-glass" {
		limits = []float64{30}
	}
	for _, l := range limits {
		if before < l && now >= l {
			return true
		}
	}
	return false
}

// steps is what a stable or smaller nodule is after its follow-up: 3 goes to 2, 4A to 3.
func steps(in *inputs) string {
	if !in.need("before") {
		return ""
	}
	switch before := in.word("before"); before {
	case "1", "2", "3":
		return "2"
	case "4A":
		return "3"
	default:
		in.refuse("before", "A stable nodule of category %s is downgraded only when it is proven benign (proven-benign).", before)
		return ""
	}
}

func lungSolid(in *inputs, d float64, status string) string {
	switch status {
	case "stable", "smaller":
		return steps(in)
	case "slow":
		return "4B"
	case "growing":
		return pick(d, []float64{8}, "4A", "4B")
	case "new":
		return pick(d, []float64{4, 6, 8}, "2", "3", "4A", "4B")
	}
	return pick(d, []float64{6, 8, 15}, "2", "3", "4A", "4B")
}

func lungPartSolid(in *inputs, d float64, status string) string {
	switch {
	case status == "stable" || status == "smaller":
		return steps(in)
	case status == "slow":
		return "4B"
	case status == "baseline" && d < 6 && !in.has("solid-long"):
		return "2"
	case !in.need("solid-long"):
		return ""
	}
	solid := tenth(in.mean("solid-long", "solid-short"))
	switch {
	case solid > d:
		in.refuse("solid-long", "The solid part is larger than the nodule.")
		return ""
	case status == "growing":
		return pick(solid, []float64{4}, "4A", "4B")
	case status == "new" && d < 6:
		return pick(solid, []float64{4}, "3", "4B")
	case status == "new":
		return pick(solid, []float64{4}, "4A", "4B")
	case d < 6:
		return "2"
	}
	return pick(solid, []float64{6, 8}, "3", "4A", "4B")
}

// lungGroundGlass: only 30 mm and more at first sight, or grown to that, is more than 2.
func lungGroundGlass(d float64, status string) string {
	if d >= 30 && (status == "baseline" || status == "new" || status == "growing") {
		return "3"
	}
	return "2"
}

func lungAirway(in *inputs) string {
	if in.unused("an airway nodule", "cyst", "cyst-change", "solid-long") || !in.need("airway") {
		return ""
	}
	status := in.word("status")
	switch {
	case in.word("airway") == "subsegmental" && (status == "baseline" || status == "new" || status == "stable" || status == "smaller"):
		return "2"
	case in.word("airway") == "subsegmental":
		in.refuse("status", "Lung-RADS v2022 has no category for a growing subsegmental airway nodule: assess the nodule by its type and size.")
	case status == "baseline", status == "new":
		return "4A"
	case status == "smaller":
		in.refuse("status", "Lung-RADS v2022 has no category for a proximal airway nodule that became smaller; one that is gone is category 2.")
	}
	return "4B"
}

func lungCyst(in *inputs) string {
	if in.unused("a cyst", "airway", "solid-long") || !in.need("cyst") {
		return ""
	}
	kind, change := in.word("cyst"), in.word("cyst-change")
	switch status := in.word("status"); {
	case kind == "became-multilocular":
		if change != "" {
			in.refuse("cyst-change", "What became multilocular is 4A; give multilocular when it grows further.")
		}
		return "4A"
	case kind == "thick" && change == "cavity":
		return "3"
	case kind == "thick" && change == "wall", kind == "multilocular" && change != "" && change != "wall":
		return "4B"
	case change != "":
		in.refuse("cyst-change", "Lung-RADS v2022 does not name this change of this cyst.")
		return ""
	case status == "stable" || status == "smaller":
		return steps(in)
	case status == "growing" || status == "slow":
		in.refuse("cyst-change", "What grew of the cyst is needed (cyst-change).")
		return ""
	}
	return "4A"
}

// pick is the category of the class that n falls into: below the first limit, …
func pick(n float64, limits []float64, categories ...string) string {
	for i, l := range limits {
		if n < l {
			return categories[i]
		}
	}
	return categories[len(limits)]
}

func lungAdvice(in *inputs, category string) (string, []Interval) {
	ldct := func(from, to int) []Interval { return []Interval{{"low-dose CT chest", from, to, false}} }
	solid := in.num("size") >= 8 && in.word("type") != "part-solid" || in.num("solid-long") >= 8
	switch category {
	case "0":
		if in.yes("infection") {
			return "Low-dose CT in 1–3 months.", ldct(1, 3)
		}
		return "Comparison with the prior CT, or further CT of what was not assessed.", nil
	case "1", "2":
		return "Screening with low-dose CT in 12 months.", ldct(12, 12)
	case "3":
		return "Low-dose CT in 6 months.", ldct(6, 6)
	case "4A":
		if solid {
			return "Low-dose CT in 3 months; PET/CT may be considered.", ldct(3, 3)
		}
		return "Low-dose CT in 3 months.", ldct(3, 3)
	}
	return "Referral for further evaluation: diagnostic CT of the chest, PET/CT from 8 mm of solid nodule or part on, tissue sampling.", nil
}

func lungFinding(in *inputs) string {
	what := map[string]string{"none": "No lung nodule", "benign": "Nodule with benign calcification or fat", "solid": "Solid nodule", "part-solid": "Part-solid nodule",
		"ground-glass": "Non-solid nodule", "juxtapleural": "Juxtapleural nodule", "airway": "Airway nodule", "cyst": "Atypical pulmonary cyst",
		"incomplete": "Incomplete assessment"}[in.word("type")]
	if in.has("size") {
		what += fmt.Sprintf(", mean diameter %s mm", places(tenth(in.mean("size", "short")), 1))
	}
	if in.word("type") == "part-solid" && in.has("solid-long") {
		what += fmt.Sprintf(" (solid part %s mm)", places(tenth(in.mean("solid-long", "solid-short")), 1))
	}
	if status := in.word("status"); status != "baseline" && in.has("size") {
		what += ", " + map[string]string{"new": "new", "growing": "growing", "slow": "slowly growing", "stable": "stable", "smaller": "smaller"}[status]
	}
	return what
}
