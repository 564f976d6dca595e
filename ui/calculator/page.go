// Package calculator is the page of the published rules: the list of them, and the form
// of one, filled in by keyboard and from measurements, with its result below while it is
// typed. It draws what it is given and inserts nothing: the app does.
package calculator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/report/calc"
)

// Page is the calculators of one case.
type Page struct {
	Who, Exam string // patient and examination, on every frame (N1)
	At        int    // row of the list
	Form      *Form  // nil: the list is on screen

	first int
}

// Form is one rule being filled in.
type Form struct {
	Rule   calc.Calculator
	Values calc.Values
	From   map[string]string // where a value came from, by field: "the selected mark"
	Marks  []string          // tracking UIDs of the marks that filled it in
	Result calc.Result
	Err    error // why there is no result

	at, first, option int
	typing            bool // the value of a number is being typed over
}

// Open begins the form of a rule with values that measurements gave.
func (p *Page) Open(c calc.Calculator, with Filled) {
	p.Form = &Form{Rule: c, Values: with.Values, From: with.From, Marks: with.Marks}
	if p.Form.Values == nil {
		p.Form.Values, p.Form.From = calc.Values{}, map[string]string{}
	}
	p.Form.step(0)
	p.Form.run()
}

// Selected is the rule under the cursor of the list.
func (p *Page) Selected() calc.Calculator { return calc.All()[p.At] }

// Move moves the cursor of the list.
func (p *Page) Move(n int) { p.At = max(0, min(p.At+n, len(calc.All())-1)) }

func (f *Form) run() { f.Result, f.Err = f.Rule.Run(f.Values) }

func (f *Form) field() calc.Field { return f.Rule.Fields[f.at] }

// step moves to another field and puts the choice under the cursor where it stands.
func (f *Form) step(by int) {
	n := len(f.Rule.Fields)
	f.at, f.typing = (f.at+by+n)%n, false
	words, value := f.field().Words(), strings.Split(f.Values[f.field().Name], ",")
	f.option = max(0, slices.Index(words, value[0]))
}

// Go moves to a field by its name, as an error names it.
func (f *Form) Go(name string) {
	if i := slices.IndexFunc(f.Rule.Fields, func(x calc.Field) bool { return x.Name == name }); i >= 0 {
		f.step(i - f.at)
	}
}

// Key does what a key does to the form: arrows and Tab go through the fields, digits
// make a number, a letter or ← → choose, Space takes or leaves one of several. It tells
// whether it did anything.
func (f *Form) Key(key string) bool {
	switch key {
	case "down", "tab":
		f.step(1)
		return true
	case "up", "shift+tab":
		f.step(-1)
		return true
	case "delete":
		f.set("")
		return true
	}
	if f.field().Kind == calc.Number {
		return f.number(key)
	}
	return f.choose(key)
}

func (f *Form) set(value string) {
	name := f.field().Name
	if value == "" {
		delete(f.Values, name)
	} else {
		f.Values[name] = value
	}
	delete(f.From, name)
	f.run()
}

func (f *Form) number(key string) bool {
	value := f.Values[f.field().Name]
	switch {
	case key == "backspace":
		value = value[:max(0, len(value)-1)]
	case len(key) == 1 && strings.Contains("0123456789.,-", key) && len(value) < 12:
		if !f.typing {
			value = "" // the first digit takes the place of what stood there
		}
		value += strings.Replace(key, ",", ".", 1)
	default:
		return false
	}
	f.typing = true
	f.set(value)
	return true
}

func (f *Form) choose(key string) bool {
	words := f.field().Words()
	switch {
	case key == "right", key == "space" && f.field().Kind != calc.Choices:
		f.option = (f.option + 1) % len(words)
		if f.Values[f.field().Name] == "" {
			f.option = 0
		}
	case key == "left":
		f.option = (f.option + len(words) - 1) % len(words)
	case key == "backspace":
		f.set("")
		return true
	case key == "space":
		f.toggle(words[f.option])
		return true
	case len(key) == 1:
		at := next(words, f.option, key, f.Values[f.field().Name] != "")
		if at < 0 {
			return false
		}
		f.option = at
	default:
		return false
	}
	if f.field().Kind != calc.Choices {
		f.set(words[f.option])
	}
	return true
}

// next is the following word that begins with a letter, the first one where none is
// chosen yet.
func next(words []string, at int, letter string, chosen bool) int {
	if !chosen {
		at = -1
	}
	for i := 1; i <= len(words); i++ {
		j := (at + i + len(words)) % len(words)
		if strings.HasPrefix(strings.ToLower(words[j]), strings.ToLower(letter)) {
			return j
		}
	}
	return -1
}

// toggle takes a word into the several chosen, or out of them.
func (f *Form) toggle(word string) {
	have := strings.FieldsFunc(f.Values[f.field().Name], func(r rune) bool { return r == ',' })
	if i := slices.Index(have, word); i >= 0 {
		have = slices.Delete(have, i, i+1)
	} else {
		have = append(have, word)
	}
	f.set(strings.Join(have, ","))
}

// View draws the page in exactly height rows of width cells.
func (p *Page) View(width, height int) []string {
	out := []string{theme.BarBold.Render(widget.Ends(" "+dicom.OneLine(p.Who), "CALCULATORS ", width)), theme.Bar.Render(widget.Fit(" "+dicom.OneLine(p.Exam), width))}
	if p.Form != nil {
		return widget.Rows(append(out, p.Form.view(width, height-len(out))...), width, height)
	}
	rows := calc.All()
	room := max(1, height-len(out)-1)
	p.first = widget.Window(p.first, p.At, room, len(rows))
	for i := p.first; i < min(len(rows), p.first+room); i++ {
		line := widget.Fit(fmt.Sprintf(" %-11s %-27s %s", rows[i].ID, rows[i].Version, rows[i].Title), width)
		style := theme.Text
		if i == p.At {
			style = theme.Selected
		}
		out = append(out, style.Render(line))
	}
	out = append(out, theme.Muted.Render(widget.Fit(" All results are "+calc.Caveat+". In text: :calc lung-rads", width)))
	return widget.Rows(out, width, height)
}

func (f *Form) view(width, height int) []string {
	out := []string{theme.Heading.Render(widget.Fit(" "+f.Rule.Title+" · "+f.Rule.Version+" · "+calc.Caveat, width))}
	below := append(f.choices(width), f.result(width)...)
	room := max(3, height-len(out)-len(below))
	f.first = widget.Window(f.first, f.at, room, len(f.Rule.Fields))
	for i := f.first; i < min(len(f.Rule.Fields), f.first+room); i++ {
		out = append(out, f.row(i, i == f.first+room-1, width))
	}
	for len(out) < height-len(below) {
		out = append(out, "")
	}
	return append(out, below...)
}

func (f *Form) row(i int, last bool, width int) string {
	x := f.Rule.Fields[i]
	value, mark, style := f.Values[x.Name], "  ", theme.Text
	shown := value
	switch {
	case value == "" && x.Required:
		shown = "needed"
	case value == "" && x.Default != "":
		shown = "(" + x.Default + ")"
	case value == "":
		shown = "–"
	case x.Unit != "":
		shown += " " + x.Unit
	}
	if i == f.at {
		mark, style = "▸ ", theme.Selected
	} else if value == "" {
		style = theme.Muted
	}
	line := fmt.Sprintf("%s%-36s %s", mark, clip(x.Title, 36), shown)
	if from := f.From[x.Name]; from != "" {
		line += "  · " + dicom.OneLine(from)
	}
	switch {
	case i == f.first && f.first > 0:
		line = widget.Ends(line, "↑ more ", width)
	case last && i < len(f.Rule.Fields)-1:
		line = widget.Ends(line, "↓ more ", width)
	}
	return style.Render(widget.Fit(line, width))
}

func clip(s string, n int) string { return strings.TrimRight(widget.Fit(s, n), " ") }

// choices are what the field under the cursor may be.
func (f *Form) choices(width int) []string {
	x := f.field()
	if x.Kind == calc.Number {
		return []string{theme.Muted.Render(widget.Fit(fmt.Sprintf(" %g to %g %s", x.Min, x.Max, x.Unit), width))}
	}
	var said []string
	for i, w := range x.Words() {
		means := ""
		if len(x.Options) > i && x.Options[i].Means != "" && x.Options[i].Means != w {
			means = " (" + x.Options[i].Means + ")"
		}
		if i == f.option && (x.Kind == calc.Choices || f.Values[x.Name] != "") {
			w = "[" + w + "]"
		}
		said = append(said, w+means)
	}
	var out []string
	for _, l := range widget.Wrap(strings.Join(said, " · "), width-2) {
		out = append(out, theme.Muted.Render(widget.Fit(" "+l, width)))
	}
	return out
}

// result is the sentence as it would go into the report, or what is missing.
func (f *Form) result(width int) []string {
	out := []string{theme.Muted.Render(strings.Repeat("─", width))}
	text, style := "", theme.Bold
	if f.Err != nil {
		text, style = f.Err.Error(), theme.Amber
	} else {
		text = f.Result.Sentence()
	}
	for _, l := range widget.Wrap(text, width-2) {
		out = append(out, style.Render(widget.Fit(" "+l, width)))
	}
	if f.Err != nil {
		return out
	}
	for _, n := range append(slices.Clone(f.Result.Notes), f.Result.Conflict) {
		if n != "" {
			out = append(out, theme.Amber.Render(widget.Fit(" "+n, width)))
		}
	}
	return out
}

// Hints are the keys that matter here.
func (p *Page) Hints() string {
	switch {
	case p.Form == nil:
		return "↑↓ choose · Enter opens · Esc back to the case"
	case p.Form.field().Kind == calc.Number:
		return "↑↓ field · digits · Delete empties · Enter inserts · Esc back"
	case p.Form.field().Kind == calc.Choices:
		return "↑↓ field · ←→ or letter, Space takes or leaves · Enter inserts · Esc back"
	}
	return "↑↓ field · ←→ or letter chooses · Delete empties · Enter inserts · Esc back"
}
