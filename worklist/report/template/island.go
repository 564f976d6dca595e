package template

import (
	"strings"

	"golang.org/x/net/html"
)

// element is one of the XML island template_attributes, which in real files stands
// in a comment, has elements that are never closed, and names in any case.
type element struct {
	name     string // lower case
	attrs    map[string]string
	text     string
	children []*element
}

// schemeNames are the coding schemes of MRRT files by DICOM's names, and the OIDs
// they are designated with.
var schemeNames = []struct{ mrrt, dicom, oid string }{
	{"RADLEX", "RADLEX", "2.16.840.1.113883.6.256"},
	{"LOINC", "LN", "2.16.840.1.113883.6.1"},
	{"SNOMEDCT", "SCT", "2.16.840.1.113883.6.96"},
	{"DCM", "DCM", "1.2.840.10008.2.16.4"},
}

// parseIsland reads the island as it is, without failing.
func parseIsland(s string) *element {
	s = strings.TrimSpace(s)
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<!--"), "-->")
	root := &element{attrs: map[string]string{}}
	open := []*element{root}
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return root
		case html.TextToken:
			open[len(open)-1].text += strings.TrimSpace(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			e := &element{name: tok.Data, attrs: map[string]string{}}
			for _, a := range tok.Attr {
				e.attrs[a.Key] = a.Val
			}
			top := open[len(open)-1]
			top.children = append(top.children, e)
			if tok.Type == html.StartTagToken && e.name != "code" && e.name != "coding_scheme" && len(open) < maxDepth {
				open = append(open, e)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			for i := len(open) - 1; i > 0; i-- {
				if open[i].name == string(name) {
					open = open[:i]
					break
				}
			}
		}
	}
}

// all are the elements of that name anywhere below.
func (e *element) all(name string) (out []*element) {
	for _, c := range e.children {
		if c.name == name {
			out = append(out, c)
		}
		out = append(out, c.all(name)...)
	}
	return out
}

// own are the children of that name.
func (e *element) own(name string) (out []*element) {
	for _, c := range e.children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

// code reads a code element; schemes in DICOM's names.
func (e *element) code() Code {
	c := Code{clean(e.attrs["value"]), clean(e.attrs["scheme"]), clean(e.attrs["meaning"])}
	for _, s := range schemeNames {
		if strings.EqualFold(c.Scheme, s.mrrt) {
			c.Scheme = s.dicom
		}
	}
	return c
}

// attributes takes what the island says of the template.
func (r *reader) attributes(root *element) {
	for _, a := range root.all("template_attributes") {
		for _, s := range a.own("status") {
			r.t.Status = strings.ToUpper(clean(s.text))
		}
		for _, term := range a.own("term") {
			for _, c := range term.own("code") {
				r.t.Terms = append(r.t.Terms, c.code())
			}
		}
	}
}
