package calc

// bosniak is the 2019 version for cystic renal masses (Silverman et al., Radiology
// 2019;292:475–488), CT and MRI. The highest class that a feature reaches is the mass's.
// Thin is up to 2 mm, minimally thickened 3 mm, thick 4 mm and more; few septa are 1–3,
// many 4 and more; a protrusion with obtuse margins is an irregularity up to 3 mm and a
// nodule from 4 mm on, one with acute margins a nodule at any size. Widths are rounded to
// whole millimetres. Masses of more than a quarter of enhancing tissue are not cystic.
//
// Checked: walls, septa and protrusions of all classes, class I, and what is bright at MRI
// (synapse.koreamed.org 1141878, figure 2). From general knowledge: the homogeneous masses
// of class II at CT by their attenuation, and when a class IIF is looked at again.
var bosniak = Calculator{
	ID: "bosniak", Title: "Cystic renal mass", Version: "Bosniak 2019",
	Fields: []Field{
		{Name: "modality", Title: "Modality", Kind: Choice, Required: true, Options: []Option{{"ct", "CT"}, {"mr", "MRI"}}},
		{Name: "content", Title: "Content", Kind: Choice, Required: true, Options: []Option{
			{"simple", "homogeneous simple fluid (CT −9 to 20 HU, MRI as CSF)"},
			{"dense", "homogeneous, ≥ 70 HU without contrast (CT)"},
			{"unenhancing", "homogeneous, > 20 HU, renal protocol: no enhancement (CT)"},
			{"portal", "homogeneous, 21–30 HU in the portal venous phase (CT)"},
			{"small", "homogeneous, low, too small to characterize (CT)"},
			{"t2-bright", "homogeneous, markedly bright on T2 without contrast (MRI)"},
			{"t1-bright", "homogeneous, markedly bright on T1 without contrast (MRI)"},
			{"t1-heterogeneous", "heterogeneously bright on fat-saturated T1 (MRI)"},
			{"other", "none of these"}}},
		{Name: "hu", Title: "Attenuation", Kind: Number, Unit: "HU", Min: -200, Max: 400, From: MeanHU},
		{Name: "wall", Title: "Wall", Kind: Number, Unit: "mm", Min: 0, Max: 50},
		{Name: "septa", Title: "Septa, number", Kind: Number, Min: 0, Max: 50},
		{Name: "septum", Title: "Thickest septum", Kind: Number, Unit: "mm", Min: 0, Max: 50},
		{Name: "enhancing", Title: "Wall or septa enhance", Kind: YesNo, Default: "no"},
		{Name: "protrusion", Title: "Protrusion that enhances", Kind: Number, Unit: "mm", Min: 0, Max: 100},
		{Name: "margins", Title: "Its margins", Kind: Choice, Options: []Option{{"obtuse", "obtuse"}, {"acute", "acute"}}},
		yesno("calcified", "Calcified"), yesno("solid", "More than a quarter enhances"),
	},
	rule: func(in *inputs) Result {
		class, why := bosniakClass(in)
		if in.err != nil {
			return Result{}
		}
		r := Result{Category: "Bosniak " + class, Finding: "Cystic renal mass, " + why}
		switch class {
		case "I", "II":
			r.Advice = "No follow-up."
			if why == homogeneous[in.word("content")] && in.word("modality") == "ct" {
				r.Notes = append(r.Notes, fromMemory("Class II by this content"))
			}
		case "IIF":
			r.Notes = append(r.Notes, fromMemory("When a class IIF is looked at again"))
			r.Advice = "Imaging at 6 and 12 months, then every year for 5 years."
			r.Follow = []Interval{{"CT or MRI of the kidneys", 6, 6, false}, {"CT or MRI of the kidneys", 12, 12, false}, {"CT or MRI of the kidneys", 24, 60, true}}
		default:
			r.Advice = "Referral to urology."
		}
		return r
	},
}

func bosniakClass(in *inputs) (class, why string) {
	if bosniakRefuses(in) {
		return "", ""
	}
	wall, septum, septa, protrusion := whole(in.num("wall")), whole(in.num("septum")), in.num("septa"), in.num("protrusion")
	thick := max(wall, septum)
	switch enhances := in.yes("enhancing"); {
	case protrusion > 0 && (in.word("margins") == "acute" || whole(protrusion) >= 4):
		return "IV", "with an enhancing nodule"
	case protrusion > 0:
		return "III", "with an irregular enhancing wall or septum"
	case thick >= 4 && enhances:
		return "III", "with a thick enhancing wall or septum"
	case thick >= 3 && enhances:
		return "IIF", "with a minimally thickened enhancing wall or septum"
	case thick >= 3 && (in.word("modality") == "ct" || wall >= 3):
		in.refuse("enhancing", "Bosniak 2019 grades a thickened wall or septum only when it enhances; this one it does not name.")
		return "", ""
	case septa >= 4 && enhances:
		return "IIF", "with many thin enhancing septa"
	case septa >= 4 && in.word("modality") == "ct":
		in.refuse("enhancing", "Bosniak 2019 grades many septa at CT only when they enhance; these it does not name.")
		return "", ""
	case in.word("content") == "t1-heterogeneous":
		return "IIF", "heterogeneously bright on T1"
	case septa > 0 && !enhances && in.word("modality") == "mr":
		return "II", "with septa that do not enhance"
	case septa > 0:
		return "II", "with few thin septa"
	}
	return bosniakContent(in)
}

// bosniakRefuses are the inputs that contradict themselves.
func bosniakRefuses(in *inputs) bool {
	content, ct := in.word("content"), in.word("modality") == "ct"
	of := map[string]bool{"dense": true, "unenhancing": true, "portal": true, "small": true, "t2-bright": false, "t1-bright": false, "t1-heterogeneous": false}
	onCT, only := of[content]
	septa := in.num("septa")
	switch {
	case in.yes("solid"):
		in.refuse("solid", "A mass of which more than a quarter enhances is solid: Bosniak is not for it.")
	case only && onCT != ct:
		in.refuse("content", "This content is not described at this modality.")
	case septa != float64(int(septa)):
		in.refuse("septa", "Septa are counted in whole numbers.")
	case in.num("septum") > 0 && septa == 0:
		in.refuse("septa", "A septum has a width but there are no septa.")
	case in.num("protrusion") > 0 && !in.has("margins"):
		in.refuse("margins", "Its margins are needed (margins): obtuse or acute.")
	case in.num("protrusion") == 0 && in.has("margins"):
		in.refuse("protrusion", "A protrusion is needed to have margins (protrusion).")
	case in.has("hu") && !ct:
		in.refuse("hu", "Attenuation is of CT.")
	case in.has("hu"):
		bosniakHU(in)
	}
	return in.err != nil
}

// bosniakHU holds the attenuation against the content.
func bosniakHU(in *inputs) {
	n := whole(in.num("hu"))
	bounds := map[string][2]float64{"simple": {-9, 20}, "dense": {70, 400}, "unenhancing": {21, 400}, "portal": {21, 30}}
	b, ok := bounds[in.word("content")]
	if ok && (n < b[0] || n > b[1]) {
		in.refuse("hu", "%s HU does not go with this content, which has %s to %s HU.", plain(n), plain(b[0]), plain(b[1]))
	}
}

// homogeneous are contents that make a mass class II.
var homogeneous = map[string]string{"dense": "homogeneous and dense without contrast", "unenhancing": "homogeneous without enhancement",
	"portal": "homogeneous, 21–30 HU in the portal venous phase", "small": "homogeneous, too small to characterize",
	"t2-bright": "markedly bright on T2", "t1-bright": "markedly bright on T1"}

// bosniakContent is the class of a mass with a thin wall and without septa.
func bosniakContent(in *inputs) (class, why string) {
	switch content := in.word("content"); {
	case content == "simple" && in.yes("calcified"):
		return "II", "simple fluid with calcification"
	case content == "simple":
		return "I", "simple fluid with a thin wall"
	case homogeneous[content] != "":
		return "II", homogeneous[content]
	}
	in.refuse("content", "No feature that Bosniak 2019 names was given.")
	return "", ""
}
