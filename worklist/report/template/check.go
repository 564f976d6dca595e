package template

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Check reads a file strictly as IHE MRRT and says in sentences what is wrong with
// it; nothing: it is a template that any MRRT program should take. Where ParseHTML
// forgives, Check does not.
func Check(b []byte) []string {
	c := &checker{count: map[string]int{}, ids: map[string]bool{}}
	if len(b) > maxFile {
		return []string{fmt.Sprintf("The file has more than %d bytes.", maxFile)}
	}
	c.tags(b)
	root, err := html.ParseWithOptions(bytes.NewReader(b), html.ParseOptionEnableScripting(false))
	if err != nil {
		return []string{"The file is no HTML: " + err.Error() + "."}
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			c.element(n)
		}
	}
	c.head()
	c.island()
	c.body(root)
	if t, err := ParseHTML(b); err != nil {
		c.say("It cannot be used: %v.", err)
	} else {
		c.use(t)
	}
	return c.said
}

type checker struct {
	said     []string
	count    map[string]int      // start tags as the file writes them
	meta     map[string][]string // by name
	charset  []string
	scripts  []string // text/xml
	ids      map[string]bool
	labels   []string // for=
	sections int
	doctype  bool
}

func (c *checker) say(format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf(format, args...))
}

// tags counts start tags as they stand in the file: the tree has one html, head and
// body whatever the file has.
func (c *checker) tags(b []byte) {
	for z := html.NewTokenizer(bytes.NewReader(b)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.DoctypeToken:
			c.doctype = true
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			c.count[string(name)]++
		}
	}
}

func (c *checker) element(n *html.Node) {
	if id := attr(n, "id"); id != "" {
		if c.ids[id] {
			c.say("The id %q stands here more than once.", clean(id))
		}
		c.ids[id] = true
	}
	switch n.Data {
	case "meta":
		if hasAttr(n, "charset") {
			c.charset = append(c.charset, attr(n, "charset"))
		}
		if name := attr(n, "name"); name != "" {
			if c.meta == nil {
				c.meta = map[string][]string{}
			}
			c.meta[strings.ToLower(name)] = append(c.meta[strings.ToLower(name)], attr(n, "content"))
		}
	case "script":
		if strings.EqualFold(attr(n, "type"), "text/xml") {
			c.scripts = append(c.scripts, content(n))
		} else {
			c.say("A script that is not of type text/xml has no place in a template.")
		}
	case "label":
		if f := attr(n, "for"); f != "" {
			c.labels = append(c.labels, f)
		}
	case "section":
		c.sections++
		if clean(attr(n, "data-section-name")) == "" {
			c.say("A section has no data-section-name.")
		}
	case "input", "textarea", "select":
		c.field(n)
	}
}

var fieldTypes = []string{"TEXT", "NUMBER", "SELECTION_LIST", "DATE", "TIME", "CHECKBOX", "MERGE"}

// inputTypes are the kinds of input that MRRT has.
var inputTypes = []string{"", "text", "number", "date", "time", "checkbox", "radio"}

func (c *checker) field(n *html.Node) {
	who := clean(attr(n, "id"))
	if who == "" {
		c.say("A field (%s) has no id.", n.Data)
		who = n.Data
	}
	if clean(attr(n, "name")) == "" {
		c.say("The field %q has no name.", who)
	}
	if t := attr(n, "data-field-type"); t != "" && !slices.Contains(fieldTypes, t) {
		c.say("The field %q has the data-field-type %q; there are %s.", who, clean(t), strings.Join(fieldTypes, ", "))
	}
	if n.Data == "input" && !slices.Contains(inputTypes, strings.ToLower(attr(n, "type"))) {
		c.say("The field %q is of the type %q, which MRRT has not.", who, clean(attr(n, "type")))
	}
	if n.Data == "select" {
		if choices, _ := options(n); len(choices) == 0 {
			c.say("The field %q has nothing to choose from.", who)
		}
	}
	if from, to := attr(n, "min"), attr(n, "max"); from != "" && to != "" {
		if a, b := bounds(n); a == b {
			c.say("The field %q has bounds that contain no number: %q to %q.", who, clean(from), clean(to))
		}
	}
}

// once says when an element does not stand in the file exactly once.
func (c *checker) once(name string) {
	switch n := c.count[name]; {
	case n == 0:
		c.say("There is no %s element.", name)
	case n > 1:
		c.say("There are %d %s elements; one is right.", n, name)
	}
}

// dublinCore are the metas that every template has (IHE MRRT 8.1.2).
var dublinCore = []string{"title", "description", "identifier", "type", "language", "publisher", "rights", "license", "date", "creator"}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

func (c *checker) head() {
	if !c.doctype {
		c.say("The file does not begin with <!DOCTYPE html>.")
	}
	for _, name := range []string{"html", "head", "body", "title"} {
		c.once(name)
	}
	switch {
	case len(c.charset) == 0:
		c.say("No meta element states the charset.")
	case len(c.charset) > 1:
		c.say("%d meta elements state a charset; one is right.", len(c.charset))
	case !strings.EqualFold(c.charset[0], "utf-8"):
		c.say("The charset is %q; a template is written in UTF-8.", clean(c.charset[0]))
	}
	for _, key := range dublinCore {
		switch values := c.meta["dcterms."+key]; {
		case len(values) == 0:
			c.say("There is no meta element dcterms.%s.", key)
		case len(values) > 1:
			c.say("dcterms.%s is stated %d times; once is right.", key, len(values))
		case clean(values[0]) == "" && (key == "title" || key == "identifier"):
			c.say("dcterms.%s is empty.", key)
		}
	}
	c.core("type", "IMAGE_REPORT_TEMPLATE is the only type", func(v string) bool { return v == "IMAGE_REPORT_TEMPLATE" })
	c.core("language", "a language is written like en or de-CH", languageTag.MatchString)
	c.core("date", "a date is written like 2026-11-22", func(v string) bool {
		_, err := time.Parse("2006-01-02", v)
		return err == nil
	})
	for name, values := range c.meta {
		if key, ok := strings.CutPrefix(name, metaPrefix); ok {
			for _, v := range values {
				if err := (&Template{}).scope(key, clean(v)); err != nil {
					c.say("The meta element %s cannot be used: %v.", clean(name), err)
				}
			}
		}
	}
}

// core says when the value of a Dublin Core meta is not as it should be.
func (c *checker) core(key, rule string, right func(string) bool) {
	for _, v := range c.meta["dcterms."+key] {
		if v = strings.TrimSpace(v); !right(v) {
			c.say("dcterms.%s is %q; %s.", key, clean(v), rule)
		}
	}
}
