package calc

import "fmt"

// fleischner is the table for nodules found by chance on CT (MacMahon et al., Radiology
// 2017;284:228–243), for adults from 35 years without known cancer or immunosuppression,
// outside of screening. The diameter is the average of long and short axis rounded to
// whole millimetres (Bankier et al., Radiology 2017;285:584–600); the classes are below
// 6, 6 to 8 and above 8 mm, or below 100, 100 to 250 and above 250 mm³.
//
// Checked: classes, scope and intervals of solid and subsolid, single and multiple nodules
// by two reprints of the table (radiopaedia.org, revision of 1 November 2022; PMC7177089,
// table 2). From general knowledge: how a volume goes with the classes at their bounds.
var fleischner = Calculator{
	ID: "fleischner", Title: "Lung nodule found by chance", Version: "Fleischner Society 2017",
	Fields: []Field{
		{Name: "type", Title: "Type", Kind: Choice, Required: true, Options: []Option{
			{"solid", "solid"}, {"ground-glass", "pure ground glass"}, {"part-solid", "part-solid"}}},
		mm("size", "Long diameter", false, LongAxis),
		mm("short", "Short diameter", false, ShortAxis),
		{Name: "volume", Title: "Volume", Kind: Number, Unit: "mm³", Min: 1, Max: 100000},
		mm("solid-part", "Solid part, mean diameter", false, ""),
		{Name: "number", Title: "Number", Kind: Choice, Default: "single", Options: []Option{
			{"single", "one nodule"}, {"multiple", "several; size and type of the most suspicious one"}}},
		{Name: "risk", Title: "Risk of the patient", Kind: Choice, Options: []Option{{"low", "low"}, {"high", "high"}}},
		{Name: "age", Title: "Age", Kind: Number, Unit: "years", Min: 0, Max: 120},
		yesno("cancer", "Known cancer"), yesno("immunosuppressed", "Immunosuppressed"), yesno("screening", "Screening examination"),
	},
	rule: func(in *inputs) Result {
		if r, ok := fleischnerScope(in); !ok {
			return r
		}
		class, words := fleischnerClass(in)
		if in.err != nil {
			return Result{}
		}
		r := fleischnerSubsolid
		if in.word("type") == "solid" {
			r = fleischnerSolid
		}
		out := r(in, class)
		count := "Single "
		if in.word("number") == "multiple" {
			count = "Multiple nodules, the most suspicious one "
		}
		out.Finding = count + map[string]string{"solid": "solid", "ground-glass": "ground-glass", "part-solid": "part-solid"}[in.word("type")] + " nodule, " + words
		if in.word("number") == "multiple" {
			out.Finding = count + in.word("type") + ", " + words
		}
		if in.word("type") == "solid" && in.has("risk") {
			out.Finding += ", " + in.word("risk") + " risk"
		}
		return out
	},
}

// fleischnerScope refuses whom the table is not for.
func fleischnerScope(in *inputs) (Result, bool) {
	switch {
	case in.has("age") && in.num("age") < 35:
		return in.refuse("age", "Fleischner 2017 is for patients from 35 years on."), false
	case in.yes("cancer"):
		return in.refuse("cancer", "Fleischner 2017 is not for patients with a known cancer."), false
	case in.yes("immunosuppressed"):
		return in.refuse("immunosuppressed", "Fleischner 2017 is not for immunosuppressed patients."), false
	case in.yes("screening"):
		return in.refuse("screening", "Screening has a rule of its own: Lung-RADS."), false
	}
	return Result{}, true
}

// size classes of the table.
const (
	below6 = iota
	from6to8
	above8
)

// fleischnerClass is the class by diameter or by volume, which must agree when both are
// given, and the size in words.
func fleischnerClass(in *inputs) (class int, words string) {
	byVolume, byDiameter := -1, -1
	if in.has("volume") {
		v := in.num("volume")
		byVolume, words = from6to8, plain(v)+" mm³"
		if v < 100 {
			byVolume = below6
		} else if v > 250 {
			byVolume = above8
		}
	}
	if in.has("size") {
		d := whole(in.mean("size", "short"))
		byDiameter, words = from6to8, plain(d)+" mm"
		if d < 6 {
			byDiameter = below6
		} else if d > 8 {
			byDiameter = above8
		}
	}
	switch {
	case byVolume < 0 && byDiameter < 0:
		in.refuse("size", "A diameter (size, short) or a volume is needed.")
	case in.has("short") && !in.has("size"):
		in.refuse("size", "Long diameter is needed (size).")
	case byDiameter < 0:
		return byVolume, words
	case byVolume >= 0 && byVolume != byDiameter:
		in.refuse("volume", "Diameter and volume fall into different classes: leave one of them empty.")
	}
	return byDiameter, words
}

func fleischnerSolid(in *inputs, class int) Result {
	if in.unused("a solid nodule", "solid-part") {
		return Result{}
	}
	multiple, ct := in.word("number") == "multiple", "CT chest"
	if class == above8 && !multiple {
		return Result{Advice: "Consider CT at 3 months, PET/CT or tissue sampling.", Follow: []Interval{{ct, 3, 3, false}}}
	}
	if !in.need("risk") {
		return Result{}
	}
	high := in.word("risk") == "high"
	switch {
	case class == below6 && high:
		return Result{Advice: "Optional CT at 12 months.", Follow: []Interval{{ct, 12, 12, true}}}
	case class == below6:
		return Result{Advice: "No routine follow-up."}
	}
	from, to := 6, 12
	if multiple {
		from, to = 3, 6
	}
	if high {
		return Result{Advice: fmt.Sprintf("CT at %d–%d months, then CT at 18–24 months.", from, to), Follow: []Interval{{ct, from, to, false}, {ct, 18, 24, false}}}
	}
	return Result{Advice: fmt.Sprintf("CT at %d–%d months, then consider CT at 18–24 months.", from, to), Follow: []Interval{{ct, from, to, false}, {ct, 18, 24, true}}}
}

func fleischnerSubsolid(in *inputs, class int) Result {
	part, ct := in.word("type") == "part-solid", "CT chest"
	if !part && in.unused("a nodule of pure ground glass", "solid-part") {
		return Result{}
	}
	if in.has("solid-part") && in.has("size") && in.num("solid-part") > in.num("size") {
		return in.refuse("solid-part", "The solid part is larger than the nodule.")
	}
	switch multiple := in.word("number") == "multiple"; {
	case multiple && class == below6:
		return Result{Advice: "CT at 3–6 months; if stable, consider CT at 2 and 4 years.", Follow: []Interval{{ct, 3, 6, false}, {ct, 24, 24, true}, {ct, 48, 48, true}}}
	case multiple:
		return Result{Advice: "CT at 3–6 months, then by the most suspicious nodule.", Follow: []Interval{{ct, 3, 6, false}}}
	case class == below6:
		return Result{Advice: "No routine follow-up."}
	case !part:
		return Result{Advice: "CT at 6–12 months to confirm persistence, then CT every 2 years until 5 years.", Follow: []Interval{{ct, 6, 12, false}, {ct, 24, 60, true}}}
	case !in.need("solid-part"):
		return Result{}
	case whole(in.num("solid-part")) < 6:
		return Result{Advice: "CT at 3–6 months to confirm persistence; if unchanged with a solid part below 6 mm, CT every year for 5 years.", Follow: []Interval{{ct, 3, 6, false}, {ct, 12, 60, true}}}
	case whole(in.num("solid-part")) > 8:
		return Result{Advice: "Highly suspicious when persistent: PET/CT, biopsy or resection; CT at 3–6 months for persistence.", Follow: []Interval{{ct, 3, 6, false}}}
	}
	return Result{Advice: "CT at 3–6 months to confirm persistence; a persistent solid part of 6 mm and more is highly suspicious.", Follow: []Interval{{ct, 3, 6, false}}}
}
