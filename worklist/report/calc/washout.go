package calc

import "fmt"

// adrenal is the density and washout of an adrenal mass at CT. Up to 10 HU without
// contrast is a lipid-rich adenoma (Korobkin et al., AJR 1996;166:531–536). With the
// enhanced value E at 60–75 s, the delayed one D at 15 min and the unenhanced one U,
// absolute washout is (E − D) ÷ (E − U), an adenoma from 60 % on, and relative washout
// (E − D) ÷ E, an adenoma from 40 % on (Caoili et al., Radiology 2002;222:629–633). The
// thresholds hold at 15 minutes, for masses that enhance by more than 10 HU.
//
// Checked: formulas, thresholds, 60–75 s and 15 min, 10 HU without contrast (Diagn Interv
// Radiol 2021;27:694–702, abstract; radiologytutor.com). From general knowledge: that a
// mass has to enhance by more than 10 HU, and that 14 to 16 minutes pass for 15.
var adrenal = Calculator{
	ID: "adrenal", Title: "Washout of an adrenal mass", Version: "Adrenal CT washout, 15 min",
	Fields: []Field{
		hu("unenhanced", "Without contrast", false), hu("enhanced", "Enhanced, 60–75 s", false), hu("delayed", "Delayed", false),
		{Name: "delay", Title: "Delay", Kind: Number, Unit: "min", Min: 1, Max: 60, Default: "15"},
	},
	rule: func(in *inputs) Result {
		u, e, d := in.num("unenhanced"), in.num("enhanced"), in.num("delayed")
		switch {
		case in.has("enhanced") != in.has("delayed"):
			in.need("enhanced", "delayed")
		case !in.has("unenhanced") && !in.has("enhanced"):
			return in.refuse("unenhanced", "The value without contrast, or the enhanced and the delayed one, are needed.")
		case in.has("delay") && (in.num("delay") < 14 || in.num("delay") > 16):
			return in.refuse("delay", "The thresholds of 60 and 40 %% hold at 15 minutes.")
		case in.has("enhanced") && in.has("unenhanced") && e-u <= 10 && u > 10:
			return in.refuse("enhanced", "The mass does not enhance (10 HU and less): there is no washout to compute.")
		case in.has("enhanced") && e <= 0:
			return in.refuse("enhanced", "Relative washout needs an enhanced value above 0 HU.")
		}
		return adrenalResult(in, u, e, d)
	},
}

func adrenalResult(in *inputs, u, e, d float64) Result {
	r := Result{Finding: "Adrenal mass", Category: "indeterminate by density and washout"}
	if in.has("unenhanced") {
		r.Finding += fmt.Sprintf(", %s HU without contrast", plain(u))
		if u <= 10 {
			r.Category = "lipid-rich adenoma"
		}
	}
	if !in.has("enhanced") {
		if u > 10 {
			r.Category = "indeterminate without contrast"
		}
		return r
	}
	washes := false
	if in.has("unenhanced") && e-u > 10 {
		a := 100 * (e - d) / (e - u)
		r.Numbers = append(r.Numbers, Figure{"absolute washout", a, "%"})
		r.Finding += fmt.Sprintf(", absolute washout %s %%", places(a, 0))
		washes = a >= 60-1e-9
	}
	rel := 100 * (e - d) / e
	r.Numbers = append(r.Numbers, Figure{"relative washout", rel, "%"})
	r.Finding += fmt.Sprintf(", relative washout %s %%", places(rel, 0))
	if len(r.Numbers) == 1 {
		washes = rel >= 40-1e-9
	}
	switch {
	case in.has("unenhanced") && u <= 10:
	case washes:
		r.Category = "washout of an adenoma"
		r.Notes = append(r.Notes, "Hypervascular metastases and phaeochromocytoma may wash out alike.")
	}
	return r
}
