package calc

import (
	"fmt"
	"strings"
)

// tiRADS is ACR TI-RADS (Tessler et al., J Am Coll Radiol 2017;14:587–595): points of
// five features, those of all echogenic foci added, give the level; level and largest
// diameter give the advice. A cyst or a spongiform nodule is TR1 whatever else was seen.
//
// Checked: points (PMC8268099, table 2), levels, sizes for the needle and the years of
// follow-up (empendium.com, table 031_5370), 5 mm for TR5 (radiologyassistant.nl). From
// general knowledge: 15 and 10 mm as the least sizes followed at TR3 and TR4.
var tiRADS = Calculator{
	ID: "ti-rads", Title: "Thyroid nodule at ultrasound", Version: "ACR TI-RADS 2017",
	Fields: []Field{
		mm("size", "Largest diameter", true, LongAxis),
		{Name: "composition", Title: "Composition", Kind: Choice, Required: true, Options: []Option{
			{"cystic", "cystic or nearly so: 0"}, {"spongiform", "spongiform: 0"}, {"mixed", "cystic and solid: 1"}, {"solid", "solid or nearly so: 2"},
			{"unclear", "hidden by calcification: 2"}}},
		{Name: "echogenicity", Title: "Echogenicity", Kind: Choice, Options: []Option{
			{"anechoic", "0"}, {"hyperechoic", "1"}, {"isoechoic", "1"}, {"hypoechoic", "2"}, {"very-hypoechoic", "darker than the muscle: 3"}, {"unclear", "1"}}},
		{Name: "shape", Title: "Shape", Kind: Choice, Default: "wider", Options: []Option{{"wider", "wider than tall: 0"}, {"taller", "taller than wide: 3"}}},
		{Name: "margin", Title: "Margin", Kind: Choice, Default: "smooth", Options: []Option{
			{"smooth", "0"}, {"ill-defined", "0"}, {"irregular", "lobulated or irregular: 2"}, {"extrathyroidal", "beyond the thyroid: 3"}, {"unclear", "0"}}},
		{Name: "foci", Title: "Echogenic foci, all", Kind: Choices, Default: "none", Options: []Option{
			{"none", "0"}, {"comet", "large comet tails: 0"}, {"macro", "macrocalcifications: 1"}, {"rim", "peripheral: 2"}, {"punctate", "3"}}},
	},
	rule: func(in *inputs) Result {
		points := tiPoints(in)
		if in.err != nil {
			return Result{}
		}
		level := 5
		switch {
		case points == 0:
			level = 1
		case points <= 2:
			level = 2
		case points == 3:
			level = 3
		case points <= 6:
			level = 4
		}
		r := Result{Category: fmt.Sprintf("TR%d", level), Numbers: []Figure{{"points", float64(points), ""}}}
		r.Finding = fmt.Sprintf("Thyroid nodule of %s mm, %d points", plain(in.num("size")), points)
		r.Advice, r.Follow = tiAdvice(level, in.num("size"))
		if size := in.num("size"); level == 3 && size == 15 || level == 4 && size == 10 {
			r.Notes = append(r.Notes, fromMemory("That follow-up begins at this size"))
		}
		if c := in.word("composition"); points == 0 && (c == "cystic" || c == "spongiform") && (in.has("margin") || in.has("shape") || in.has("foci")) {
			r.Notes = append(r.Notes, "A "+c+" nodule gets no points for other features.")
		}
		return r
	},
}

func tiPoints(in *inputs) int {
	composition, echo := in.word("composition"), in.word("echogenicity")
	if composition == "cystic" || composition == "spongiform" {
		return 0
	}
	if !in.need("echogenicity") {
		return 0
	}
	if echo == "anechoic" {
		in.refuse("echogenicity", "Anechoic is for cystic nodules only.")
	}
	points := map[string]int{"mixed": 1, "solid": 2, "unclear": 2}[composition]
	points += map[string]int{"hyperechoic": 1, "isoechoic": 1, "unclear": 1, "hypoechoic": 2, "very-hypoechoic": 3}[echo]
	points += map[string]int{"taller": 3}[in.word("shape")]
	points += map[string]int{"irregular": 2, "extrathyroidal": 3}[in.word("margin")]
	foci := in.words("foci")
	for _, f := range foci {
		points += map[string]int{"macro": 1, "rim": 2, "punctate": 3}[f]
	}
	if len(foci) > 1 && strings.Contains(","+strings.Join(foci, ",")+",", ",none,") {
		in.refuse("foci", "There are no echogenic foci, or there are: not both.")
	}
	return points
}

// tiAdvice: needle from one size on, ultrasound from another.
func tiAdvice(level int, size float64) (string, []Interval) {
	limits := map[int][2]float64{3: {25, 15}, 4: {15, 10}, 5: {10, 5}}
	years := map[int][]int{3: {1, 3, 5}, 4: {1, 2, 3, 5}, 5: {1, 2, 3, 4, 5}}
	limit, ok := limits[level]
	switch {
	case !ok:
		return "No biopsy.", nil
	case size >= limit[0]:
		return "Fine-needle aspiration.", nil
	case size < limit[1]:
		return "No biopsy and no follow-up at this size.", nil
	}
	var at []string
	var follow []Interval
	for i, y := range years[level] {
		at = append(at, fmt.Sprint(y))
		follow = append(follow, Interval{"ultrasound of the thyroid", 12 * y, 12 * y, i > 0})
	}
	if level == 5 {
		return "Ultrasound every year for 5 years.", follow
	}
	return "Ultrasound at " + strings.Join(at[:len(at)-1], ", ") + " and " + at[len(at)-1] + " years.", follow
}
