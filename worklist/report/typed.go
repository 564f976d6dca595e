package report

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TypedNumber is a measurement in the words of a section that no token stands for: it
// does not follow its mark, and nobody can say where it was measured.
type TypedNumber struct {
	Section  Section
	From, To int       // runes of the section's text, unit included
	Text     string    // "8 mm", "12 × 9 mm"
	Numbers  []float64 // in Unit
	Unit     string    // mm, HU, deg, ml, SUV, as the viewer names them; centimetres are mm
	places   int       // decimals that were typed, of Unit
}

// measured is a number with a unit that images give, or a SUV. Areas are left to the
// tokens.
var measured = regexp.MustCompile(`(?i)(SUV\s?(?:max|mean|peak)?(?:\s+of)?\s*)?(-|−)?(\d+(?:[.,]\d+)?)((?:\s*[x×*]\s*\d+(?:[.,]\d+)?){0,2})\s*(mm|cm|HU|°|degrees?|mL|cc)?`)

// Typed lists the measurements typed by hand into Findings and Impression (of an
// addendum, into that). Thresholds and ranges (< 6 mm, 6–8 mm), what was pulled from a
// prior report, merged from facts or written by a calculator are none.
func (d *Draft) Typed() (out []TypedNumber) {
	for _, s := range []Section{Findings, Impression, Addendum} {
		out = append(out, d.typedIn(s)...)
	}
	return out
}

func (d *Draft) typedIn(s Section) (out []TypedNumber) {
	text := d.Sections[s]
	if !strings.ContainsAny(text, "0123456789") {
		return nil
	}
	skip := d.calculatedIn(text)
	for _, p := range d.Placed(s) {
		if p.Kind == Pulled || p.Kind == MergeField {
			skip = append(skip, [2]int{p.From, p.To})
		}
	}
	for _, at := range measured.FindAllStringSubmatchIndex(text, 1000) {
		n, ok := typedAt(text, at)
		if !ok || slices.ContainsFunc(skip, func(r [2]int) bool { return n.From < r[1] && n.To > r[0] }) {
			continue
		}
		n.Section = s
		out = append(out, n)
	}
	return out
}

// calculatedIn are the runes of text that calculators wrote.
func (d *Draft) calculatedIn(text string) (out [][2]int) {
	for _, c := range d.Calculated {
		if i := strings.Index(text, c.Text); c.Text != "" && i >= 0 {
			from := utf8.RuneCountInString(text[:i])
			out = append(out, [2]int{from, from + utf8.RuneCountInString(c.Text)})
		}
	}
	return out
}

// typedAt reads one match; ok is false for what only looks like a measurement.
func typedAt(text string, at []int) (n TypedNumber, ok bool) {
	part := func(i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return text[at[2*i]:at[2*i+1]]
	}
	suv, unit := part(1) != "", strings.ToLower(part(5))
	if suv == (unit != "") { // a unit or SUV, not both and not neither
		return n, false
	}
	from, to := at[0], at[0]+len(strings.TrimRight(text[at[0]:at[1]], " \u00a0"))
	if after, _ := utf8.DecodeRuneInString(text[to:]); unicode.IsLetter(after) || unicode.IsDigit(after) || strings.ContainsRune("²³/", after) {
		return n, false
	}
	if bounded(text[:from], part(2)) {
		return n, false
	}
	n = TypedNumber{Text: strings.TrimSpace(text[from:to]), Unit: map[string]string{"mm": "mm", "cm": "mm", "hu": "HU", "°": "deg", "degree": "deg", "degrees": "deg", "ml": "ml", "cc": "ml", "": "SUV"}[unit]}
	for _, w := range append([]string{part(3)}, strings.FieldsFunc(part(4), func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' })...) {
		w = strings.Replace(w, ",", ".", 1)
		f, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return n, false
		}
		_, decimals, _ := strings.Cut(w, ".")
		n.places = max(n.places, len(decimals))
		n.Numbers = append(n.Numbers, f)
	}
	if unit == "cm" {
		n.places--
		for i := range n.Numbers {
			n.Numbers[i] *= 10
		}
	}
	if part(2) != "" && unit == "hu" {
		n.Numbers[0] = -n.Numbers[0]
	}
	n.From = utf8.RuneCountInString(text[:from])
	n.To = n.From + utf8.RuneCountInString(text[from:to])
	return n, true
}

// bounded reports whether what stands before a number makes it a threshold, the end of a
// range or a part of a word: "< 6 mm", "6-8 mm", "6 to 8 mm", "at least 6 mm".
func bounded(before, sign string) bool {
	b := strings.TrimRight(before, " \u00a0")
	last, _ := utf8.DecodeLastRuneInString(b)
	switch {
	case b == "":
		return false
	case strings.ContainsRune("<>≤≥–±-", last):
		return true
	case b == before && (unicode.IsLetter(last) || unicode.IsDigit(last)):
		return true
	}
	return boundWords.MatchString(b[max(0, len(b)-40):]) // the words stand right before it
}

var boundWords = regexp.MustCompile(`(?i)\b(than|at least|at most|below|above|under|over|exceeding|threshold of|up to|between|\d\s+(to|and))$`)

// Matches reports whether a mark says the same within the digits that were typed: one
// number its length, long axis, density, angle, volume or SUV, two its long and short
// axis, three the axes of its volume.
func (n TypedNumber) Matches(m Measurement) bool {
	var of []Value
	switch len(n.Numbers) {
	case 1:
		if v, ok := m.principal(); ok {
			of = append(of, v)
		}
		if v, ok := m.value("max"); ok && n.Unit == "SUV" {
			of = []Value{v}
		}
	case 2:
		of = m.values("long", "short")
	case 3:
		of = m.values("axis a", "axis b", "axis c")
	}
	if len(of) != len(n.Numbers) {
		return false
	}
	scale := math.Pow(10, float64(n.places))
	for i, x := range n.Numbers {
		sameUnit := of[i].Unit == n.Unit || n.Unit == "SUV" && strings.HasPrefix(of[i].Unit, "SUV")
		if !sameUnit || math.Round(written(of[i])*scale) != math.Round(x*scale) {
			return false
		}
	}
	return true
}

func (m Measurement) values(names ...string) (out []Value) {
	for _, name := range names {
		if v, ok := m.value(name); ok {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b Value) int { return cmp.Compare(b.Number, a.Number) })
	return out
}

// TypedAt is the number typed by hand that the caret is in or right behind.
func (d *Draft) TypedAt(s Section, caret int) (TypedNumber, bool) {
	for _, n := range d.typedIn(s) {
		if n.From <= caret && caret <= n.To {
			return n, true
		}
	}
	return TypedNumber{}, false
}

// typedNumbers tells of numbers that no mark stands behind, a finding for each section,
// and of the first mark that says the same as one of them. Without images there is
// nothing that they could be bound to.
func typedNumbers(d *Draft, f Facts) (out []Finding) {
	if f.Have == 0 && len(f.Measured) == 0 {
		return nil
	}
	for _, n := range d.Typed() {
		if d.What() == Added && n.Section != Addendum {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Section != n.Section {
			out = append(out, Finding{Section: n.Section, Hint: "typed by hand, follows no mark (F4 inserts one that does)"})
		}
		last := &out[len(out)-1]
		last.Evidence = append(last.Evidence, n.around(d))
		if m, ok := n.marked(f.Measured); ok && !strings.Contains(last.Hint, "says") {
			last.Hint = "typed by hand; a mark says " + MeasurementText(d.Style.of(m)) + " as “" + n.Text + "” does (F4 with the caret on it binds them)"
		}
	}
	return out
}

// around is the number with the words beside it.
func (n TypedNumber) around(d *Draft) string {
	text := d.Sections[n.Section]
	from := len(string([]rune(text)[:n.From]))
	return Foreign(d.read([]rune(quote(text, from, from+len(n.Text)))))
}

// marked is the mark that says the same; one of this study goes before a prior's.
func (n TypedNumber) marked(ms []Measurement) (Measurement, bool) {
	for _, prior := range []bool{false, true} {
		for _, m := range ms {
			if m.Prior == prior && n.Matches(m) {
				return m, true
			}
		}
	}
	return Measurement{}, false
}

// Mark is the mark that says the same as a number typed by hand: the one named, when it
// does, else the only one.
func (n TypedNumber) Mark(ms []Measurement, preferred string) (m Measurement, ok bool) {
	found := 0
	for _, x := range ms {
		if !n.Matches(x) {
			continue
		}
		if x.MarkID == preferred {
			return x, true
		}
		found++
		m = x
	}
	return m, found == 1
}
