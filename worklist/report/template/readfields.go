package template

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fieldName is what a field is asked for by: its name, its label where the name is only
// its identifier again, else the words before it. No field goes without.
func (l *lineReader) fieldName(n *html.Node) string {
	name, id := clean(attr(n, "name")), clean(attr(n, "id"))
	if label := l.r.labels[attr(n, "id")]; label != "" && (name == "" || name == id) {
		return label
	}
	for _, s := range []string{name, clean(attr(n, "title")), id, l.before()} {
		if s != "" {
			return s
		}
	}
	return "field"
}

// before are the words of the line that lead up to here.
func (l *lineReader) before() string {
	if n := len(l.pieces); n > 0 && l.pieces[n-1].Kind == Literal {
		return strings.Trim(l.pieces[n-1].Text, " :")
	}
	return ""
}

// required: a field that says nothing must be filled in unless the file says
// otherwise; an empty value is easily overlooked.
func (l *lineReader) required(n *html.Node) bool {
	switch strings.ToLower(attr(n, "data-field-required")) {
	case "false":
		return false
	case "true":
		return true
	}
	return hasAttr(n, "required") || strings.TrimSpace(value(n)) == ""
}

// value is what the field says at first.
func value(n *html.Node) string {
	if n.DataAtom == atom.Textarea {
		return content(n)
	}
	if n.DataAtom == atom.Select {
		_, at := options(n)
		return at
	}
	return attr(n, "value")
}

// options are the choices of a select, and the ones selected.
func options(n *html.Node) (choices []string, selected string) {
	var on []string
	for c := range n.Descendants() {
		if c.DataAtom != atom.Option {
			continue
		}
		text := clean(content(c))
		if text == "" {
			text = clean(attr(c, "value"))
		}
		if text == "" {
			continue
		}
		choices = append(choices, text)
		if hasAttr(c, "selected") {
			on = append(on, text)
		}
	}
	return choices, strings.Join(on, ", ")
}

// bounds of a number; none when they make no sense.
func bounds(n *html.Node) (from, to float64) {
	from, errA := strconv.ParseFloat(strings.TrimSpace(attr(n, "min")), 64)
	to, errB := strconv.ParseFloat(strings.TrimSpace(attr(n, "max")), 64)
	if errA != nil || errB != nil || !(from < to) || math.IsInf(from, 0) || math.IsInf(to, 0) {
		return 0, 0
	}
	return from, to
}

// suggestions are the options of the field's datalist, which stands beside it.
func (l *lineReader) suggestions(n *html.Node) []string {
	id := attr(n, "list")
	if id == "" {
		return nil
	}
	for c := range l.top.Descendants() {
		if c.DataAtom == atom.Datalist && attr(c, "id") == id {
			out, _ := options(c)
			return out
		}
	}
	return nil
}

// unitOnce leaves a number's unit to the words behind it where they say it: "<input>
// mm" is how most files write it.
func unitOnce(ps []Piece) {
	for i := range ps {
		if i+1 == len(ps) || ps[i].Unit == "" || ps[i+1].Kind != Literal {
			continue
		}
		rest, ok := strings.CutPrefix(strings.TrimLeft(ps[i+1].Text, " "), ps[i].Unit)
		if ok && (rest == "" || strings.ContainsRune(" .,;)", rune(rest[0]))) {
			ps[i].Unit = ""
		}
	}
}
