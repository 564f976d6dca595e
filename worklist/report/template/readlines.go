package template

import (
	"cmp"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// lineReader makes lines of what stands in a section.
type lineReader struct {
	r      *reader
	top    *html.Node
	lines  []Line
	pieces []Piece
	cond   Condition
	apart  []*html.Node // sections of a report within this one
}

// Elements that begin and end a line.
var blocks = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Tr: true, atom.Table: true,
	atom.Section: true, atom.Header: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Fieldset: true, atom.Legend: true}

func (l *lineReader) walk(n *html.Node, depth int) bool {
	if depth > maxDepth {
		return false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if !l.node(c, depth) {
			return false
		}
	}
	return true
}

func (l *lineReader) node(c *html.Node, depth int) bool {
	switch {
	case c.Type == html.TextNode:
		l.text(report.Foreign(c.Data))
		return true
	case c.Type != html.ElementNode:
		return true
	}
	switch c.DataAtom {
	case atom.Header:
		if c.Parent == l.top {
			return true
		}
	case atom.Section:
		if keyOf(sectionName(c)) != "" {
			l.apart = append(l.apart, c)
			return true
		}
	case atom.Br:
		l.end()
		return true
	case atom.Script, atom.Style, atom.Datalist:
		return true
	case atom.Input, atom.Textarea, atom.Select:
		l.field(c)
		return true
	}
	if !blocks[c.DataAtom] {
		return l.walk(c, depth+1)
	}
	l.end()
	l.cond = condition(c)
	blank := c.DataAtom == atom.P && c.FirstChild == nil
	ok := l.walk(c, depth+1)
	if blank {
		l.lines = append(l.lines, Line{})
	}
	l.end()
	l.cond = Condition{}
	return ok
}

// text adds words; runs of blanks are one.
func (l *lineReader) text(s string) {
	words := strings.Join(strings.Fields(s), " ")
	if words == "" {
		if s != "" && len(l.pieces) > 0 {
			l.blank()
		}
		return
	}
	if strings.TrimLeft(s, " \n") != s && len(l.pieces) > 0 {
		l.blank()
	}
	if strings.TrimRight(s, " \n") != s {
		words += " "
	}
	if n := len(l.pieces); n > 0 && l.pieces[n-1].Kind == Literal {
		l.pieces[n-1].Text += words
		return
	}
	l.pieces = append(l.pieces, Piece{Text: words})
}

func (l *lineReader) blank() {
	n := len(l.pieces)
	if l.pieces[n-1].Kind != Literal {
		l.pieces = append(l.pieces, Piece{Text: " "})
	} else if !strings.HasSuffix(l.pieces[n-1].Text, " ") {
		l.pieces[n-1].Text += " "
	}
}

// end ends the line, if there is one.
func (l *lineReader) end() {
	for n := len(l.pieces); n > 0 && l.pieces[n-1].Kind == Literal; n = len(l.pieces) {
		if l.pieces[n-1].Text = strings.TrimRight(l.pieces[n-1].Text, " "); l.pieces[n-1].Text != "" {
			break
		}
		l.pieces = l.pieces[:n-1]
	}
	if len(l.pieces) > 0 {
		unitOnce(l.pieces)
		l.lines = append(l.lines, Line{If: l.cond, Pieces: label(l.pieces)})
		l.pieces = nil
	}
}

// condition reads our attributes of a line.
func condition(n *html.Node) (c Condition) {
	c.Sex = attr(n, "data-if-sex")
	if !isSex(c.Sex) {
		c.Sex = ""
	}
	c.Age, _ = ParseAges(cmp.Or(attr(n, "data-if-age"), ".."))
	c.After, c.NotAfter = clean(attr(n, "data-if-after")), clean(attr(n, "data-if-not-after"))
	c.Given, c.NotGiven = clean(attr(n, "data-if-given")), clean(attr(n, "data-if-not-given"))
	return c
}

// field reads input, textarea and select.
func (l *lineReader) field(n *html.Node) {
	p := Piece{Kind: report.TextField, Name: l.fieldName(n), Required: l.required(n), Fact: clean(attr(n, "data-fill-from"))}
	kind := strings.ToUpper(attr(n, "data-field-type"))
	switch {
	case strings.EqualFold(attr(n, "data-normal"), "true"):
		p = Piece{Kind: report.Normal, Text: clean(value(n))}
	case attr(n, "data-module") != "":
		p = Piece{Kind: Module, Name: clean(attr(n, "data-module"))}
	case kind == "MERGE" || strings.EqualFold(attr(n, "data-field-merge-flag"), "true"):
		p.Kind, p.Text, p.Required = report.MergeField, "", false
	case n.DataAtom == atom.Select:
		p.Kind, p.Multiple = report.ChoiceField, hasAttr(n, "multiple")
		p.Choices, p.Text = options(n)
	case attr(n, "type") == "checkbox" || kind == "CHECKBOX":
		p.Kind, p.Choices, p.Required = report.ChoiceField, []string{p.Name}, false
	case attr(n, "type") == "number" || kind == "NUMBER":
		p.Kind, p.Text, p.Unit = report.NumberField, clean(value(n)), clean(attr(n, "data-field-units"))
		p.Min, p.Max = bounds(n)
	default:
		p.Text, p.Choices = clean(value(n)), l.suggestions(n)
	}
	if p.Kind == report.Normal && p.Text == "" || p.field() && p.Name == "" {
		return
	}
	l.pieces = append(l.pieces, p)
}
