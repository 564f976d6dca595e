package calc

import "fmt"

// liRADS is the diagnostic algorithm for an untreated observation without pathologic
// proof in a patient at risk of hepatocellular carcinoma (ACR LI-RADS CT/MRI v2018
// core): LR-NC, LR-TIV, LR-1, LR-2, LR-M in this order, else the table of arterial phase
// hyperenhancement, size and additional major features, then ancillary features, which
// move a category by one and never up to LR-5. Whoever is unsure of a feature leaves it
// out. Growth is at least 50 % in at most 6 months.
//
// Checked: whole, against the core of the 2018 version.
var liRADS = Calculator{
	ID: "li-rads", Title: "Liver observation at risk of HCC", Version: "LI-RADS CT/MRI v2018",
	Fields: []Field{
		{Name: "at-risk", Title: "Adult with cirrhosis, chronic hepatitis B or HCC", Kind: YesNo, Required: true},
		mm("size", "Largest diameter", false, LongAxis),
		{Name: "aphe", Title: "Arterial phase hyperenhancement", Kind: Choice, Default: "none", Options: []Option{
			{"none", "none or unsure"}, {"nonrim", "not of the rim"}, {"rim", "of the rim (targetoid)"}}},
		yesno("washout", "Washout, not peripheral"), yesno("capsule", "Enhancing capsule"), yesno("growth", "Threshold growth"),
		mm("prior", "Diameter before", false, PriorLong),
		{Name: "months", Title: "Months since then", Kind: Number, Unit: "months", Min: 0.1, Max: 240, From: Months},
		{Name: "ancillary", Title: "Ancillary features", Kind: Choice, Default: "none", Options: []Option{
			{"none", "none"}, {"malignant", "favour malignancy"}, {"benign", "favour benignity"}, {"both", "of both kinds"}}},
		{Name: "benign", Title: "Benign", Kind: Choice, Default: "no", Options: []Option{{"no", "no"}, {"probably", "probably"}, {"definitely", "definitely"}}},
		yesno("targetoid", "Targetoid or otherwise malignant, not as HCC"), yesno("vein", "Definite tumour in vein"),
		yesno("degraded", "Phases missing or degraded: cannot be assessed"),
	},
	rule: func(in *inputs) Result {
		if !in.yes("at-risk") {
			return in.refuse("at-risk", "LI-RADS is only for patients at risk of HCC: cirrhosis, chronic hepatitis B, or HCC before; from 18 years.")
		}
		category, n := liCategory(in)
		if in.err != nil {
			return Result{}
		}
		r := Result{Notes: n, Category: category, Finding: "Liver observation"}
		if in.has("size") {
			r.Finding += fmt.Sprintf(" of %s mm", places(whole(in.num("size")), 0))
		}
		r.Advice, r.Follow = liAdvice(category)
		return r
	},
}

func liCategory(in *inputs) (string, []string) {
	benign := in.word("benign")
	switch {
	case in.yes("degraded"):
		return "LR-NC", nil
	case in.yes("vein"):
		return "LR-TIV", nil
	case benign != "no" && (in.yes("targetoid") || in.word("aphe") == "rim"):
		in.refuse("benign", "An observation is not benign and targetoid.")
		return "", nil
	case benign == "definitely":
		if in.word("ancillary") == "malignant" {
			in.refuse("ancillary", "A definitely benign observation has no features that favour malignancy.")
		}
		return "LR-1", nil
	case benign == "probably":
		return liAncillary(in, 2)
	case in.yes("targetoid"), in.word("aphe") == "rim":
		return "LR-M", nil
	}
	if !in.need("size") {
		return "", nil
	}
	return liAncillary(in, liTable(in))
}

// liTable is the diagnostic table, as the number of the category.
func liTable(in *inputs) int {
	growth := liGrowth(in)
	features := 0
	for _, has := range []bool{in.yes("washout"), in.yes("capsule"), growth} {
		if has {
			features++
		}
	}
	size, some := whole(in.num("size")), func(limit int) int { // 3 below limit features, else 4
		if features < limit {
			return 3
		}
		return 4
	}
	switch {
	case in.word("aphe") == "none" && size < 20:
		return some(2)
	case in.word("aphe") == "none", size < 10:
		return some(1)
	case size >= 20 && features == 0:
		return 4
	case size >= 20:
		return 5
	case features == 0:
		return 3
	case features == 1 && in.yes("capsule"):
		return 4
	}
	return 5
}

// liGrowth is what was stated, or computed from the size before.
func liGrowth(in *inputs) bool {
	if !in.has("prior") || !in.has("months") {
		return in.yes("growth")
	}
	grew := in.num("size") >= 1.5*in.num("prior")-1e-9 && in.num("months") <= 6
	if in.has("growth") && in.yes("growth") != grew {
		in.refuse("growth", "Growth and the size before disagree: it is at least 50 %% in at most 6 months.")
	}
	return grew
}

// liAncillary moves a category by one.
func liAncillary(in *inputs, category int) (string, []string) {
	var notes []string
	switch in.word("ancillary") {
	case "malignant":
		if category < 4 {
			category++
			notes = append(notes, "Raised by one for ancillary features.")
		} else {
			notes = append(notes, "Ancillary features do not raise to LR-5.")
		}
	case "benign":
		category--
		notes = append(notes, "Lowered by one for ancillary features.")
	case "both":
		notes = append(notes, "Ancillary features of both kinds change nothing.")
	}
	return fmt.Sprintf("LR-%d", category), notes
}

func liAdvice(category string) (string, []Interval) {
	again := func(from, to int) []Interval {
		return []Interval{{"multiphase CT or MRI of the liver", from, to, false}}
	}
	switch category {
	case "LR-NC":
		return "Repeat or other diagnostic imaging within 3 months.", again(0, 3)
	case "LR-1":
		return "Surveillance in 6 months.", []Interval{{"surveillance of the liver", 6, 6, false}}
	case "LR-2":
		return "Surveillance in 6 months; repeat diagnostic imaging within 6 months may be considered.", []Interval{{"surveillance of the liver", 6, 6, false}}
	case "LR-3":
		return "Repeat or other diagnostic imaging in 3–6 months.", again(3, 6)
	case "LR-4":
		return "Multidisciplinary discussion; without biopsy or treatment, repeat or other imaging within 3 months.", again(0, 3)
	case "LR-5":
		return "Multidisciplinary discussion of management.", nil
	}
	return "Multidisciplinary discussion of work-up, which often includes biopsy.", nil
}
