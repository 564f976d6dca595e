package template

import (
	"slices"
	"strings"
	"testing"
)

// good is a small template of ours that is right.
func good(t testing.TB) string {
	x := plainTemplate(t, liver)
	x.ID, x.Date = "urn:test:liver", "2026-11-22"
	return string(x.HTML())
}

func TestARightTemplateHasNoFault(t *testing.T) {
	if said := Check([]byte(good(t))); len(said) > 0 {
		t.Errorf("%s", strings.Join(said, "\n"))
	}
}

// Every way in which published templates and published test files are wrong.
func TestEveryFaultIsSaid(t *testing.T) {
	g := good(t)
	swap := func(old, new string) string {
		t.Helper()
		if !strings.Contains(g, old) {
			t.Fatalf("the good template has no %q", old)
		}
		return strings.Replace(g, old, new, 1)
	}
	cut := func(from, to string) string {
		t.Helper()
		a := strings.Index(g, from)
		b := strings.Index(g[a:], to)
		if a < 0 || b < 0 {
			t.Fatalf("the good template has no %q … %q", from, to)
		}
		return g[:a] + g[a+b+len(to):]
	}
	code := `<term><code meaning="Findings" value="59776-5" scheme="LOINC" /></term>`
	for name, c := range map[string]struct{ file, want string }{
		"no charset":                   {swap(`<meta charset="UTF-8">`, ""), "No meta element states the charset."},
		"two charsets":                 {swap(`<meta charset="UTF-8">`, `<meta charset="UTF-8"><meta charset="UTF-8">`), "2 meta elements state a charset"},
		"another charset":              {swap(`charset="UTF-8"`, `charset="latin1"`), `The charset is "latin1"`},
		"no title":                     {cut("<title>", "</title>"), "There is no title element."},
		"two titles":                   {swap("</title>", "</title><title>again</title>"), "There are 2 title elements"},
		"no metas":                     {strings.ReplaceAll(g, "dcterms.", "x."), "There is no meta element dcterms.publisher."},
		"an identifier twice":          {swap("</title>", `</title><meta name="dcterms.identifier" content="1">`), "dcterms.identifier is stated 2 times"},
		"an empty identifier":          {swap(`content="urn:test:liver"`, `content=""`), "dcterms.identifier is empty."},
		"another type":                 {swap("IMAGE_REPORT_TEMPLATE", "REPORT"), `dcterms.type is "REPORT"`},
		"no date":                      {swap("2026-11-22", "22.11.2026"), `dcterms.date is "22.11.2026"`},
		"a date that is none":          {swap("2026-11-22", "2026-02-30"), `dcterms.date is "2026-02-30"`},
		"no language":                  {swap(`name="dcterms.language" content="en"`, `name="dcterms.language" content="English!"`), "dcterms.language is"},
		"no script":                    {cut("<script", "</script>"), "There is no script element of type text/xml."},
		"two scripts":                  {swap("</script>", `</script><script type="text/xml"></script>`), "There are 2 script elements"},
		"a script that runs":           {swap("</script>", `</script><script>alert(1)</script>`), "A script that is not of type text/xml"},
		"no template_attributes":       {cut("<template_attributes>", "</template_attributes>"), "There is no template_attributes element."},
		"two template_attributes":      {swap("</template_attributes>", "</template_attributes><template_attributes></template_attributes>"), "There are 2 template_attributes elements"},
		"template_attributes hidden":   {swap("<template_attributes>", "<!-- <template_attributes>"), "stands in a comment"},
		"no status":                    {cut("<status>", "</status>"), "template_attributes has no status."},
		"another status":               {swap("ACTIVE", "active"), `The status is "active"`},
		"no top-level-flag":            {cut("<top-level-flag>", "</top-level-flag>"), "template_attributes has no top-level-flag."},
		"another top-level-flag":       {swap(">true</top", ">yes</top"), `top-level-flag is "yes"`},
		"two coded_content":            {swap("</coded_content>", "</coded_content><coded_content></coded_content>"), "There are 2 coded_content elements"},
		"no coding_schemes":            {cut("<coding_schemes>", "</coding_schemes>"), "template_attributes has no coding_schemes."},
		"coding_schemes without any":   {strings.ReplaceAll(g, "<coding_scheme ", "<other "), "coding_schemes names no coding_scheme."},
		"another designator":           {swap("2.16.840.1.113883.6.1\"", "1.2.3\""), "The coding scheme LOINC has the designator"},
		"a term without code":          {swap(code, "<term></term>"), "A term has no code."},
		"a term with two codes":        {swap(code, strings.Replace(code, "</term>", `<code meaning="a" value="b" scheme="LOINC" /></term>`, 1)), "A term has 2 codes"},
		"a code without value":         {swap(`value="59776-5" `, ""), "has no value."},
		"a code without meaning":       {swap(`meaning="Findings" `, ""), "has no meaning."},
		"a code without scheme":        {swap(`value="59776-5" scheme="LOINC"`, `value="59776-5"`), "has no scheme."},
		"a scheme in small letters":    {swap(`value="59776-5" scheme="LOINC"`, `value="59776-5" scheme="loinc"`), `The scheme "loinc"`},
		"a scheme that is not there":   {swap(`value="59776-5" scheme="LOINC"`, `value="59776-5" scheme="ICD10"`), `The scheme "ICD10"`},
		"an entry about nothing":       {swap(`ORIGTXT="findings"`, `ORIGTXT="T001"`), `the id "T001", which no element has`},
		"no html":                      {strings.Replace(swap("</html>", ""), `<html lang="en">`, "", 1), "There is no html element."},
		"two html":                     {swap("</html>", "</html><html></html>"), "There are 2 html elements"},
		"no head":                      {strings.Replace(swap("<head>", ""), "</head>", "", 1), "There is no head element."},
		"two heads":                    {swap("</head>", "</head><head></head>"), "There are 2 head elements"},
		"no body":                      {strings.Replace(swap("<body>", ""), "</body>", "", 1), "There is no body element."},
		"two bodies":                   {swap("</body>", "</body><body></body>"), "There are 2 body elements"},
		"no doctype":                   {swap("<!DOCTYPE html>", ""), "does not begin with <!DOCTYPE html>"},
		"a section without a name":     {swap(` data-section-name="Findings"`, ""), "A section has no data-section-name."},
		"no section":                   {strings.NewReplacer("<section", "<div", "</section", "</div").Replace(g), "The body has no section."},
		"a field without id":           {swap(`id="findings-1-2" `, ""), "has no id."},
		"a field without name":         {swap(`name="Liver"`, ""), "has no name."},
		"an id twice":                  {swap(`id="findings-2-2"`, `id="findings-1-2"`), `The id "findings-1-2" stands here more than once.`},
		"another field type":           {swap(`data-field-type="NUMBER"`, `data-field-type="number"`), `has the data-field-type "number"`},
		"a file to be chosen":          {swap(`<input type="number"`, `<input type="file"`), `is of the type "file"`},
		"bounds the wrong way":         {swap(`min="0" max="150"`, `min="150" max="0"`), "bounds that contain no number"},
		"a label for nothing":          {swap("Aorta: ", `<label for="nobody">Aorta:</label> `), `A label is for the id "nobody"`},
		"a fact nobody knows":          {swap(`name="technique"`, `name="shoe size"`), `The merge field "shoe size"`},
		"ages that contain nobody":     {swap(`data-if-age="..18y"`, `data-if-age="18y..2y"`), "contain nobody"},
		"a sex that is none":           {swap(`data-if-sex="F"`, `data-if-sex="X"`), `data-if-sex is "X"`},
		"a scope nobody knows":         {swap("</title>", `</title><meta name="nocturne.shoe" content="42">`), "nocturne.shoe cannot be used"},
		"a select with nothing in it":  {swap("Aorta: ", `<select id="s" name="s"></select>`), "nothing to choose from"},
		"more than a template can be":  {strings.Repeat("x", maxFile+1), "more than"},
		"nothing":                      {"", "It cannot be used"},
		"elements too deep to be read": {swap("Aorta: ", strings.Repeat("<b>", 400)), "too deep"},
	} {
		said := Check([]byte(c.file))
		if !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: no %q among %q", name, c.want, said)
		}
	}
}

// Published templates have attributes in a comment, codes that are never closed and
// sections within sections.
func TestWhatIsPublishedIsReadThoughItIsWrong(t *testing.T) {
	x, err := ParseHTML([]byte(`<html><head><meta content='Heart' name='dcterms.title'/><script type="text/xml"><!--
<template_attributes><status>ACTIVE</status><term><code meaning="heart" value="RID1385" scheme="RadLex"></term>
<coded_content><entry ORIGTXT="T1"></entry></coded_content></template_attributes>
--></script><title>H</title></head><body>
<section data-section-name="Clinical information"><header class="level1">Clinical information</header><p><textarea id="a" name="Why"> </textarea></p></section>
<section data-section-name="Findings"><header>Findings</header>
<section data-section-name="Valves"><header class="level2">Valves</header>
<p><label for="v">Aortic valve:</label> <input type="text" id="v" name="Aortic valve" value="Normal."/></p>
<p><label for="w">Area:</label> <input type="number" id="w" name="Area" data-field-units="cm2" min="" max=""/><label for="w"> cm2 (normal 3)</label></p>
<p><select id="s" name="Grade"><option>mild</option><option selected>severe</option></select></p></section></section>
<section data-section-name="Beurteilung"><p>Embolism: <select><option>yes</option><option>no</option></select> <label for="x_1">Pleura: </label><input id="x_1" name="x_1"></p><p><textarea id="i" name="Impression"></textarea></p></section></body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	if x.Title != "Heart" || len(x.Terms) != 1 || x.Terms[0] != (Code{"RID1385", "RADLEX", "heart"}) || len(x.Sections) != 3 {
		t.Fatalf("%+v", x)
	}
	want := "Valves\nAortic valve: [Aortic valve?=Normal.]\nArea: [#Area] cm2 (normal 3)\n[Grade?=severe: mild|severe]"
	if got := x.Sections[1].Text(); got != want {
		t.Errorf("findings read\n%s\nwant\n%s", got, want)
	}
	if got, want := x.Sections[2].Text(), "Embolism: [Embolism: yes|no] Pleura: [Pleura]\n[Impression]"; got != want {
		t.Errorf("fields without a name read\n%s\nwant\n%s", got, want)
	}
}
