package calc

import "slices"

// biRADS holds a category against what is recommended (ACR BI-RADS, 5th edition 2013:
// the numbers only): 0 further imaging or prior images, 1 and 2 routine, 3 follow-up at
// short interval, 4 and 5 tissue, 6 treatment of what is proven. Checked: the likelihoods
// and what goes with each category by reprints (explorationpub.com 1002135, table 1;
// s43055-020-00209-y, table 1); the atlas itself was not opened.
var biRADS = Calculator{
	ID: "bi-rads", Title: "Breast category and its recommendation", Version: "BI-RADS 2013",
	Fields: []Field{
		{Name: "category", Title: "Category", Kind: Choice, Required: true, Options: []Option{
			{"0", "incomplete"}, {"1", "negative"}, {"2", "benign"}, {"3", "probably benign"}, {"4", "suspicious"}, {"4A", "> 2 to 10 %"},
			{"4B", "> 10 to 50 %"}, {"4C", "> 50 to < 95 %"}, {"5", "≥ 95 %"}, {"6", "proven"}}},
		{Name: "recommendation", Title: "What the report recommends", Kind: Choice, Options: []Option{
			{"imaging", "further imaging now, or prior images"}, {"routine", "routine screening"}, {"short-interval", "follow-up at short interval"},
			{"biopsy", "tissue diagnosis"}, {"treatment", "treatment"}}},
	},
	rule: func(in *inputs) Result {
		c := in.word("category")
		goes, advice, follow := biAdvice(c)
		r := Result{Category: "BI-RADS " + c, Advice: advice, Follow: follow}
		if in.has("recommendation") && !slices.Contains(goes, in.word("recommendation")) {
			r.Conflict = "BI-RADS " + c + " does not go with “" + in.word("recommendation") + "”: " + advice
		}
		return r
	},
}

func biAdvice(category string) (goes []string, advice string, follow []Interval) {
	switch category {
	case "0":
		return []string{"imaging"}, "Further imaging, or comparison with prior images.", nil
	case "1", "2":
		return []string{"routine"}, "Routine screening.", nil
	case "3":
		return []string{"short-interval"}, "Follow-up in 6 months.", []Interval{{"breast imaging", 6, 6, false}}
	case "6":
		return []string{"treatment"}, "Treatment as is appropriate.", nil
	}
	return []string{"biopsy"}, "Tissue diagnosis.", nil
}
