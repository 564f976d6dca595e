package calc

import "fmt"

// piRADS is the final category of a prostate finding from its scores (PI-RADS v2.1;
// Turkbey et al., Eur Urol 2019;76:340–351): diffusion leads in the peripheral zone,
// where contrast raises 3 to 4; T2 leads in the transition zone, where diffusion of 4 and
// 5 raises 2 to 3, and 5 raises 3 to 4. In the peripheral zone T2 takes the place of
// diffusion that is not adequate. For the transition zone without adequate diffusion this
// calculator has no table and says so. A score of 5 differs from 4 by at least 15 mm or
// growth beyond the prostate.
//
// Checked: the peripheral zone, and 3 to 4 in the transition zone by diffusion of 5, which
// version 2 has alike (PMC6369533, table 3); the size of 15 mm. From general knowledge:
// what 2.1 changed, 2 to 3 in the transition zone, and T2 in the place of diffusion.
var piRADS = Calculator{
	ID: "pi-rads", Title: "Prostate finding", Version: "PI-RADS v2.1",
	Fields: []Field{
		{Name: "zone", Title: "Zone", Kind: Choice, Required: true, Options: []Option{{"peripheral", "peripheral"}, {"transition", "transition"}}},
		score("t2", "T2"), score("dwi", "Diffusion (X: not adequate)", Option{"X", "not adequate"}),
		{Name: "dce", Title: "Early enhancement", Kind: Choice, Options: []Option{{"negative", "negative"}, {"positive", "positive"}, {"X", "not done or not adequate"}}},
		mm("size", "Largest diameter", false, LongAxis), yesno("beyond", "Beyond the prostate"),
	},
	rule: func(in *inputs) Result {
		n := 0
		if in.word("zone") == "peripheral" {
			n = piPeripheral(in)
		} else {
			n = piTransition(in)
		}
		if in.err != nil {
			return Result{}
		}
		r := Result{Category: fmt.Sprintf("PI-RADS %d", n), Finding: "Finding of the " + in.word("zone") + " zone"}
		switch {
		case n == 3 && in.word("zone") == "transition" && in.word("t2") == "2":
			r.Notes = append(r.Notes, fromMemory("Raising 2 to 3 by diffusion (new in version 2.1)"))
		case in.word("zone") == "peripheral" && in.word("dwi") == "X":
			r.Notes = append(r.Notes, fromMemory("T2 in the place of diffusion"))
		}
		if in.has("size") {
			r.Finding += ", " + plain(in.num("size")) + " mm"
		}
		return r
	},
}

func score(name, title string, more ...Option) Field {
	f := Field{Name: name, Title: title, Kind: Choice}
	for i := 1; i <= 5; i++ {
		f.Options = append(f.Options, Option{fmt.Sprint(i), ""})
	}
	f.Options = append(f.Options, more...)
	return f
}

func piPeripheral(in *inputs) int {
	if !in.need("dwi") {
		return 0
	}
	lead := "dwi"
	if in.word("dwi") == "X" {
		lead = "t2"
		if !in.need("t2") {
			return 0
		}
	}
	n := piLead(in, lead)
	if n != 3 {
		return n
	}
	if lead == "t2" && in.word("dce") == "X" {
		in.refuse("dce", "Without adequate diffusion and contrast there is no PI-RADS category (PI-RADS X).")
	}
	if !in.need("dce") {
		return 0
	}
	if in.word("dce") == "positive" {
		return 4
	}
	return 3
}

func piTransition(in *inputs) int {
	if !in.need("t2", "dwi") {
		return 0
	}
	if in.word("dwi") == "X" {
		in.refuse("dwi", "Without adequate diffusion this calculator has no table for the transition zone: grade by the guideline.")
		return 0
	}
	dwi := piScore(in, "dwi")
	switch n := piLead(in, "t2"); {
	case n == 2 && dwi >= 4:
		return 3
	case n == 3 && dwi == 5:
		return 4
	default:
		return n
	}
}

func piScore(in *inputs, name string) int { return int(in.num(name)) }

// piLead is the score of the leading sequence, held against the size.
func piLead(in *inputs, name string) int {
	n := piScore(in, name)
	large := in.num("size") >= 15 || in.yes("beyond")
	switch {
	case n == 4 && large:
		in.refuse(name, "A score of 4 is for findings below 15 mm that stay within the prostate; larger ones are 5.")
	case n == 5 && in.has("size") && !large:
		in.refuse(name, "A score of 5 is for findings from 15 mm on or beyond the prostate; this one is 4.")
	}
	return n
}
