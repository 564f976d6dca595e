package template

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ParseHTML reads an IHE MRRT template. It is lenient: what makes no sense is left
// out, text that is no field stands as it is, sections whose name says nothing to a
// report become lines of Findings. Check is the strict reader. It fails only when
// there is no section and no field, or the file is too deep.
func ParseHTML(b []byte) (*Template, error) {
	if len(b) > maxFile {
		return nil, fmt.Errorf("it has more than %d bytes", maxFile)
	}
	root, err := html.ParseWithOptions(bytes.NewReader(b), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, fmt.Errorf("read HTML: %w", err)
	}
	r := &reader{t: &Template{}, labels: labels(root)}
	if !r.walk(root, 0) {
		return nil, errors.New("its elements lie too deep in each other")
	}
	for i := range r.t.Sections {
		r.t.Sections[i].Lines = trimBlank(r.t.Sections[i].Lines)
	}
	if r.t.Title == "" {
		r.t.Title = "Template without a title"
	}
	if len(r.t.Sections) == 0 {
		return nil, errors.New("it has no section")
	}
	r.t.Status = cmp.Or(r.t.Status, "ACTIVE")
	r.t.Language = cmp.Or(r.t.Language, "en")
	return r.t, nil
}

// reader makes a template of nodes.
type reader struct {
	t      *Template
	labels map[string]string // of elements, by id
}

// labels are what labels call elements, by the elements' id.
func labels(root *html.Node) map[string]string {
	out := map[string]string{}
	for n := range root.Descendants() {
		if n.DataAtom == atom.Label && attr(n, "for") != "" && out[attr(n, "for")] == "" {
			out[attr(n, "for")] = strings.TrimRight(clean(content(n)), " :")
		}
	}
	return out
}

// maxDepth bounds how deep elements may lie.
const maxDepth = 200

func (r *reader) walk(n *html.Node, depth int) bool {
	if depth > maxDepth {
		return false
	}
	if n.Type == html.ElementNode {
		switch n.DataAtom {
		case atom.Title:
			r.t.Title = cmp.Or(r.t.Title, clean(content(n)))
			return true
		case atom.Meta:
			r.meta(attr(n, "name"), attr(n, "content"))
			return true
		case atom.Script:
			if strings.EqualFold(attr(n, "type"), "text/xml") {
				r.attributes(parseIsland(content(n)))
			}
			return true
		case atom.Style:
			return true
		case atom.Section:
			return r.section(n, depth)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if !r.walk(c, depth+1) {
			return false
		}
	}
	return true
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// content is all text below a node.
func content(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// clean is text on one line that is safe to show.
func clean(s string) string { return strings.Join(strings.Fields(report.Foreign(s)), " ") }

// meta reads Dublin Core and our own metas.
func (r *reader) meta(name, value string) {
	name, value = strings.ToLower(name), clean(value)
	if key, ok := strings.CutPrefix(name, "dcterms."); ok {
		if key == "identifier" {
			key = "id"
		}
		if key == "title" {
			r.t.Title = value
		} else if text := r.t.texts()[key]; text != nil && *text == "" && key != "status" {
			*text = value
		}
	}
	if key, ok := strings.CutPrefix(name, metaPrefix); ok {
		_ = r.t.scope(key, value) // what makes no sense is Check's to say
	}
}

// metaPrefix begins the names of our metas: "nocturne.modality".
const metaPrefix = "nocturne."

// scope reads one of our metas.
func (t *Template) scope(key, value string) error {
	switch key {
	case "modality", "part", "words", "not", "code", "sex", "age", "for":
		return t.header(key + ": " + value)
	}
	return fmt.Errorf("there is no %s%s", metaPrefix, key)
}

// section reads one section; those within it are its lines unless they are sections
// of a report themselves.
func (r *reader) section(n *html.Node, depth int) bool {
	name, id := sectionName(n), attr(n, "id")
	key, heading := keyOf(name), name
	if key == "" { // a part of the findings
		key, heading, id = report.Findings, report.Findings.Title(), ""
	}
	at := -1
	for i, s := range r.t.Sections {
		if s.Key == key {
			at = i
		}
	}
	if at < 0 {
		r.t.Sections = append(r.t.Sections, Section{Key: key, ID: id, Name: heading, Code: headings[key],
			Required: strings.EqualFold(attr(n, "data-section-required"), "true")})
		at = len(r.t.Sections) - 1
	}
	l := &lineReader{r: r, top: n}
	if keyOf(name) == "" && name != "" {
		l.text(name + ":")
		l.end()
	}
	if !l.walk(n, depth+1) {
		return false
	}
	l.end()
	r.t.Sections[at].Lines = append(r.t.Sections[at].Lines, l.lines...)
	for _, sub := range l.apart {
		if !r.section(sub, depth+1) {
			return false
		}
	}
	return true
}

func sectionName(n *html.Node) string {
	if name := clean(attr(n, "data-section-name")); name != "" {
		return name
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Header {
			return clean(content(c))
		}
	}
	return ""
}
