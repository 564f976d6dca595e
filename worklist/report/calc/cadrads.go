package calc

import (
	"slices"
	"strings"
)

// cadRADS is the category of a coronary CT angiography by its worst stenosis (Cury et
// al., CAD-RADS 2.0, J Cardiovasc Comput Tomogr 2022;16:536–557), with the amount of
// plaque by calcium score or by segments involved, and the modifiers N, HRP, I, S, G, E in
// this order. Segments that cannot be judged make the category N unless another segment
// has a stenosis of 50 % and more.
//
// Checked: the grades of stenosis with their advice (faculty.washington.edu, of version
// 2016) and the amounts of plaque by either score (radathand.com, of version 2.0). From
// general knowledge: that 2.0 counts a left main of exactly 50 % as 4B, where the version
// of 2016 says more than 50 %; a calcium score of exactly 1000 as P4; the order of the
// modifiers.
var cadRADS = Calculator{
	ID: "cad-rads", Title: "Coronary CT angiography", Version: "CAD-RADS 2.0",
	Fields: []Field{
		{Name: "stenosis", Title: "Worst stenosis", Kind: Number, Unit: "%", Min: 0, Max: 100, Required: true},
		{Name: "plaque", Title: "Any plaque", Kind: YesNo},
		{Name: "left-main", Title: "Left main stenosis", Kind: Number, Unit: "%", Min: 0, Max: 100},
		{Name: "vessels", Title: "Vessels with 70 % and more", Kind: Choice, Options: []Option{{"0", ""}, {"1", ""}, {"2", ""}, {"3", ""}}},
		{Name: "calcium", Title: "Calcium score (Agatston)", Kind: Number, Min: 0, Max: 20000},
		{Name: "segments", Title: "Segments involved", Kind: Number, Min: 0, Max: 18},
		yesno("non-diagnostic", "A segment cannot be judged"), yesno("high-risk-plaque", "High-risk plaque"),
		{Name: "ischemia", Title: "Ischemia tested", Kind: Choice, Options: []Option{{"positive", "I+"}, {"negative", "I-"}, {"borderline", "I±"}}},
		yesno("stent", "Stent"), yesno("graft", "Bypass graft"), yesno("exception", "Stenosis, not atherosclerotic"),
	},
	rule: func(in *inputs) Result {
		grade := cadGrade(in)
		burden := cadBurden(in)
		if in.err != nil {
			return Result{}
		}
		parts := []string{grade}
		if burden != "" && grade != "0" {
			parts = append(parts, burden)
		}
		if in.yes("non-diagnostic") && grade != "N" {
			parts = append(parts, "N")
		}
		for _, m := range [][2]string{{"high-risk-plaque", "HRP"}, {"ischemia", "I"}, {"stent", "S"}, {"graft", "G"}, {"exception", "E"}} {
			switch {
			case m[0] == "ischemia" && in.has("ischemia"):
				parts = append(parts, "I"+map[string]string{"positive": "+", "negative": "-", "borderline": "±"}[in.word("ischemia")])
			case m[0] != "ischemia" && in.yes(m[0]):
				parts = append(parts, m[1])
			}
		}
		var notes []string
		if in.num("left-main") == 50 && grade == "4B" && in.num("vessels") != 3 {
			notes = append(notes, fromMemory("That a left main of exactly 50 % makes 4B (2016: more than 50 %)"))
		}
		if in.num("calcium") == 1000 {
			notes = append(notes, fromMemory("P4 at a calcium score of exactly 1000"))
		}
		return Result{Notes: notes, Category: "CAD-RADS " + strings.Join(parts, "/"), Finding: "Worst coronary stenosis " + plain(in.num("stenosis")) + " %", Advice: cadAdvice(grade)}
	},
}

func cadGrade(in *inputs) string {
	worst, lm := in.num("stenosis"), in.num("left-main")
	switch {
	case lm > worst:
		in.refuse("left-main", "The left main stenosis is more than the worst one.")
	case in.has("plaque") && !in.yes("plaque") && worst > 0 && !in.yes("exception"):
		in.refuse("plaque", "There is a stenosis but no plaque: say exception when it is not atherosclerotic.")
	case in.has("vessels") && worst < 70 && in.num("vessels") > 0:
		in.refuse("vessels", "No vessel has 70 %% when the worst stenosis is less.")
	case in.has("vessels") && worst >= 70 && in.num("vessels") == 0 && lm < 70:
		in.refuse("vessels", "A stenosis of 70 %% and more is in a vessel.")
	case worst < 50 && in.yes("non-diagnostic"):
		return "N"
	case worst >= 100:
		return "5"
	case lm >= 50 || in.num("vessels") == 3:
		return "4B"
	case worst >= 70 && !in.need("vessels"):
	case worst >= 70:
		return "4A"
	case worst >= 50:
		return "3"
	case worst >= 25:
		return "2"
	case worst > 0, in.yes("plaque"), in.num("calcium") > 0, in.num("segments") > 0:
		return "1"
	}
	return "0"
}

// cadBurden is P1 to P4 by either score; both must agree.
func cadBurden(in *inputs) string {
	var said []string
	if n := in.num("calcium"); n > 0 {
		said = append(said, pick(n, []float64{101, 301, 1000}, "P1", "P2", "P3", "P4"))
	}
	if n := in.num("segments"); n > 0 {
		said = append(said, pick(n, []float64{3, 5, 8}, "P1", "P2", "P3", "P4"))
	}
	if len(slices.Compact(slices.Clone(said))) > 1 {
		in.refuse("segments", "Calcium score and segments give different amounts of plaque (%s): leave out the one that the report does not go by.", strings.Join(said, ", "))
	}
	if len(said) == 0 {
		return ""
	}
	return said[0]
}

// cadAdvice is for stable chest pain.
func cadAdvice(grade string) string {
	switch grade {
	case "0":
		return ""
	case "1", "2":
		return "Preventive treatment and control of risk factors."
	case "3":
		return "Consider a test for ischemia."
	case "4A":
		return "Consider invasive angiography or a test for ischemia."
	case "4B":
		return "Invasive angiography is recommended."
	case "5":
		return "Consider invasive angiography, a test for ischemia or of viability."
	}
	return "Further or other evaluation may be needed."
}
