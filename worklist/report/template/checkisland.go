package template

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

var statuses = []string{"DRAFT", "ACTIVE", "RETIRED"}

// island checks what the script of type text/xml says.
func (c *checker) island() {
	if len(c.scripts) == 0 {
		c.say("There is no script element of type text/xml.")
		return
	}
	if len(c.scripts) > 1 {
		c.say("There are %d script elements of type text/xml; one is right.", len(c.scripts))
	}
	if strings.Contains(c.scripts[0], "<!--") {
		c.say("template_attributes stands in a comment, where XML programs do not read it.")
	}
	root := parseIsland(c.scripts[0])
	all := root.all("template_attributes")
	if len(all) != 1 {
		if len(all) == 0 {
			c.say("There is no template_attributes element.")
			return
		}
		c.say("There are %d template_attributes elements; one is right.", len(all))
	}
	a := all[0]
	for _, name := range []string{"top-level-flag", "status", "coding_schemes", "coded_content"} {
		switch n := len(a.own(name)); {
		case n > 1:
			c.say("There are %d %s elements; one is right.", n, name)
		case n == 0 && name != "coding_schemes":
			c.say("template_attributes has no %s.", name)
		}
	}
	for _, f := range a.own("top-level-flag") {
		if f.text != "true" && f.text != "false" {
			c.say("top-level-flag is %q; it is true or false.", clean(f.text))
		}
	}
	for _, s := range a.own("status") {
		if !slices.Contains(statuses, s.text) {
			c.say("The status is %q; it is DRAFT, ACTIVE or RETIRED.", clean(s.text))
		}
	}
	c.codes(a, c.schemes(a))
}

// schemes checks coding_schemes and gives the names declared there.
func (c *checker) schemes(a *element) (names []string) {
	sets := a.all("coding_schemes")
	if len(sets) == 0 {
		c.say("template_attributes has no coding_schemes.")
	}
	for _, set := range sets {
		if len(set.own("coding_scheme")) == 0 {
			c.say("coding_schemes names no coding_scheme.")
		}
		for _, s := range set.own("coding_scheme") {
			name, oid := s.attrs["name"], s.attrs["designator"]
			if name == "" || oid == "" {
				c.say("A coding_scheme has no name or no designator.")
			}
			if name != strings.ToUpper(name) {
				c.say("The coding scheme %q is not in capitals.", clean(name))
			}
			for _, known := range schemeNames {
				if known.mrrt == strings.ToUpper(name) && oid != "" && oid != known.oid {
					c.say("The coding scheme %s has the designator %q; it is %s.", known.mrrt, clean(oid), known.oid)
				}
			}
			names = append(names, name)
		}
	}
	return names
}

// codes checks terms and entries.
func (c *checker) codes(a *element, schemes []string) {
	for _, term := range a.all("term") {
		switch n := len(term.own("code")); {
		case n == 0:
			c.say("A term has no code.")
		case n > 1:
			c.say("A term has %d codes; one is right.", n)
		}
	}
	for _, code := range a.all("code") {
		for _, name := range []string{"meaning", "value", "scheme"} {
			if clean(code.attrs[name]) == "" {
				c.say("A code (%s %s) has no %s.", clean(code.attrs["scheme"]), clean(code.attrs["value"]), name)
			}
		}
		scheme := code.attrs["scheme"]
		if scheme != strings.ToUpper(scheme) {
			c.say("The scheme %q of the code %s is not in capitals.", clean(scheme), clean(code.attrs["value"]))
		} else if scheme != "" && !slices.Contains(schemes, scheme) {
			c.say("The scheme %q of the code %s is not among the coding_schemes.", clean(scheme), clean(code.attrs["value"]))
		}
	}
	for _, entry := range a.all("entry") {
		id := entry.attrs["origtxt"]
		if id == "" {
			c.say("An entry of coded_content has no ORIGTXT.")
		} else if !c.ids[id] {
			c.say("An entry of coded_content is about the id %q, which no element has.", clean(id))
		}
		if len(entry.own("term")) == 0 {
			c.say("The entry of coded_content about %q has no term.", clean(id))
		}
	}
}

// body checks what needs the whole tree.
func (c *checker) body(root *html.Node) {
	if c.count["body"] == 1 && c.sections == 0 {
		c.say("The body has no section.")
	}
	for _, f := range c.labels {
		if !c.ids[f] {
			c.say("A label is for the id %q, which no element has.", clean(f))
		}
	}
	for n := range root.Descendants() {
		if n.Data == "section" || n.Data == "p" {
			if age := attr(n, "data-if-age"); age != "" {
				if _, err := ParseAges(age); err != nil {
					c.say("A line cannot be read: %v.", err)
				}
			}
			if !isSex(attr(n, "data-if-sex")) {
				c.say("data-if-sex is %q; it is letters of M, F and O.", clean(attr(n, "data-if-sex")))
			}
		}
	}
}

// use checks what this program makes of it.
func (c *checker) use(t *Template) {
	for _, s := range t.Sections {
		for _, l := range s.Lines {
			for _, p := range l.Pieces {
				if p.Kind == "merge" && !known(p.Name) {
					c.say("The merge field %q is no fact that this program knows; it becomes a field to fill in.", p.Name)
				}
				if p.Fact != "" && !known(p.Fact) {
					c.say("The field %q is filled from %q, which is no fact that this program knows.", p.Name, p.Fact)
				}
			}
		}
	}
}
