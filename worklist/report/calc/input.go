package calc

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Error is an input that a rule cannot take: out of range, contradictory, or outside
// of what the rule was published for.
type Error struct {
	Field  string // its name; "" when no single one is to blame
	Reason string // a sentence
}

func (e *Error) Error() string { return e.Reason }

// inputs are a calculator's values, checked against its fields. The first thing that a
// rule refuses is kept in err; what it computes after that is thrown away.
type inputs struct {
	fields []Field
	values map[string]string
	err    error
}

// take checks every value by its field.
func (in *inputs) take(v Values) error {
	for name := range v {
		if !slices.ContainsFunc(in.fields, func(f Field) bool { return f.Name == name }) {
			return &Error{name, fmt.Sprintf("There is no field %q; there are %s.", name, strings.Join(in.names(), ", "))}
		}
	}
	for _, f := range in.fields {
		text := strings.TrimSpace(v[f.Name])
		if text == "" {
			if f.Required {
				return &Error{f.Name, f.Title + " is needed (" + f.Name + ")."}
			}
			continue
		}
		text, err := f.normal(text)
		if err != nil {
			return err
		}
		in.values[f.Name] = text
	}
	return nil
}

func (in *inputs) names() (out []string) {
	for _, f := range in.fields {
		out = append(out, f.Name)
	}
	return out
}

// normal is a value as it is kept: numbers with a point, words in full.
func (f Field) normal(text string) (string, error) {
	switch f.Kind {
	case Number:
		return f.number(text)
	case Choices:
		var words []string
		for _, w := range strings.Split(text, ",") {
			w, err := f.word(strings.TrimSpace(w))
			if err != nil {
				return "", err
			}
			if !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
		return strings.Join(words, ","), nil
	}
	return f.word(text)
}

// Words are what may be typed into a field of choices.
func (f Field) Words() (out []string) {
	if f.Kind == YesNo {
		return []string{"yes", "no"}
	}
	for _, o := range f.Options {
		out = append(out, o.Word)
	}
	return out
}

// word finds the choice; a beginning that only one has is enough.
func (f Field) word(text string) (string, error) {
	text = strings.ToLower(text)
	var hits []string
	for _, w := range f.Words() {
		if strings.ToLower(w) == text {
			return w, nil
		}
		if text != "" && strings.HasPrefix(strings.ToLower(w), text) {
			hits = append(hits, w)
		}
	}
	if len(hits) == 1 {
		return hits[0], nil
	}
	return "", &Error{f.Name, fmt.Sprintf("%s (%s) is one of: %s.", f.Title, f.Name, strings.Join(f.Words(), ", "))}
}

func (f Field) number(text string) (string, error) {
	text = strings.TrimSpace(strings.TrimSuffix(text, f.Unit))
	text = strings.Replace(strings.Replace(text, "−", "-", 1), ",", ".", 1)
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return "", &Error{f.Name, fmt.Sprintf("%s (%s) is a number%s.", f.Title, f.Name, unit(" in ", f.Unit))}
	}
	if n < f.Min || n > f.Max {
		return "", &Error{f.Name, fmt.Sprintf("%s (%s) lies between %s and %s%s.", f.Title, f.Name, plain(f.Min), plain(f.Max), unit(" ", f.Unit))}
	}
	return plain(n), nil
}

func unit(before, u string) string {
	if u == "" {
		return ""
	}
	return before + u
}

// given are the values in the order of the fields.
func (in *inputs) given() (out []Input) {
	for _, f := range in.fields {
		if v, ok := in.values[f.Name]; ok {
			out = append(out, Input{f.Name, f.Title, v, f.Unit})
		}
	}
	return out
}

func (in *inputs) has(name string) bool { return in.values[name] != "" }

// num is a number, 0 where none was given.
func (in *inputs) num(name string) float64 {
	n, _ := strconv.ParseFloat(in.values[name], 64) // checked by take
	return n
}

// word is a choice, else the field's default.
func (in *inputs) word(name string) string {
	if v := in.values[name]; v != "" {
		return v
	}
	for _, f := range in.fields {
		if f.Name == name {
			return f.Default
		}
	}
	return ""
}

func (in *inputs) words(name string) []string {
	if v := in.word(name); v != "" {
		return strings.Split(v, ",")
	}
	return nil
}

// yes is a feature that was stated; an empty one is absent.
func (in *inputs) yes(name string) bool { return in.word(name) == "yes" }

// refuse ends a rule with a sentence.
func (in *inputs) refuse(field, format string, args ...any) Result {
	if in.err == nil {
		in.err = &Error{field, fmt.Sprintf(format, args...)}
	}
	return Result{}
}

// need refuses when a field is empty that this way through the rule asks for.
func (in *inputs) need(names ...string) bool {
	for _, name := range names {
		if in.has(name) {
			continue
		}
		for _, f := range in.fields {
			if f.Name == name {
				in.refuse(name, "%s is needed (%s).", f.Title, name)
			}
		}
		return false
	}
	return in.err == nil
}

// unused refuses a value that this way through the rule does not look at: the reader
// meant something by it.
func (in *inputs) unused(why string, names ...string) bool {
	for _, name := range names {
		if in.has(name) {
			in.refuse(name, "%s does not go with %s: leave it empty.", title(in.fields, name), why)
			return true
		}
	}
	return false
}

func title(fields []Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Title
		}
	}
	return name
}

// mean is the average diameter of long and short axis, or the one that was given.
func (in *inputs) mean(long, short string) float64 {
	if !in.has(short) {
		return in.num(long)
	}
	if in.num(short) > in.num(long) {
		in.refuse(short, "%s is longer than the %s.", title(in.fields, short), strings.ToLower(title(in.fields, long)))
	}
	return (in.num(long) + in.num(short)) / 2
}

// whole and tenth round halves up, whatever binary fractions made of them.
func whole(mm float64) float64 { return math.Floor(mm + 0.5 + 1e-9) }
func tenth(mm float64) float64 { return math.Floor(mm*10+0.5+1e-9) / 10 }

// plain is a number without needless digits.
func plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func places(n float64, digits int) string {
	s := strconv.FormatFloat(n, 'f', digits, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// mm is a field for millimetres.
func mm(name, title string, required bool, from Source) Field {
	return Field{Name: name, Title: title, Kind: Number, Unit: "mm", Min: 0.1, Max: 500, Required: required, From: from}
}

func hu(name, title string, required bool) Field {
	return Field{Name: name, Title: title, Kind: Number, Unit: "HU", Min: -200, Max: 400, Required: required, From: MeanHU}
}

func yesno(name, title string) Field {
	return Field{Name: name, Title: title, Kind: YesNo, Default: "no"}
}
