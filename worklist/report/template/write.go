package template

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// HTML writes the template as an IHE MRRT file that passes Check. What MRRT has no
// word for (conditions, proposals, what it is chosen by) stands in data attributes
// and metas of ours, which other programs leave aside. ParseHTML reads the same
// template of it.
func (t *Template) HTML() []byte {
	w := &writer{}
	w.line(0, "<!DOCTYPE html>")
	w.line(0, `<html lang="%s">`, cmp.Or(t.Language, "en"))
	w.line(0, "<head>")
	w.line(1, `<meta charset="UTF-8">`)
	w.line(1, "<title>%s</title>", t.Title)
	for _, m := range t.metas() {
		if m[1] != "" || strings.HasPrefix(m[0], "dcterms.") {
			w.line(1, `<meta name="%s" content="%s">`, m[0], m[1])
		}
	}
	w.island(t)
	w.line(0, "</head>")
	w.line(0, "<body>")
	for i, s := range t.Sections {
		w.section(i, s)
	}
	w.line(0, "</body>")
	w.line(0, "</html>")
	return []byte(w.String())
}

// metas are Dublin Core, then ours.
func (t *Template) metas() [][2]string {
	out := [][2]string{
		{"dcterms.title", t.Title}, {"dcterms.description", cmp.Or(t.Description, t.Title)}, {"dcterms.identifier", t.ID},
		{"dcterms.type", "IMAGE_REPORT_TEMPLATE"}, {"dcterms.language", cmp.Or(t.Language, "en")}, {"dcterms.publisher", cmp.Or(t.Publisher, "not stated")},
		{"dcterms.rights", cmp.Or(t.Rights, "not stated")}, {"dcterms.license", cmp.Or(t.License, "not stated")},
		{"dcterms.date", cmp.Or(t.Date, "1970-01-01")}, {"dcterms.creator", cmp.Or(t.Creator, "not stated")},
	}
	s := t.Scope
	for _, l := range []struct {
		key  string
		list []string
	}{{"modality", s.Modalities}, {"part", s.Parts}, {"words", s.Words}, {"not", s.Not}, {"code", s.Codes}} {
		out = append(out, [2]string{metaPrefix + l.key, strings.Join(l.list, ", ")})
	}
	kind := ""
	if s.Addendum {
		kind = "addendum"
	} else if s.Module {
		kind = "module"
	}
	return append(out, [2]string{metaPrefix + "sex", s.Sex}, [2]string{metaPrefix + "age", s.Age.String()}, [2]string{metaPrefix + "for", kind})
}

type writer struct {
	strings.Builder
}

// line writes one line; every argument is escaped.
func (w *writer) line(indent int, format string, args ...string) {
	w.WriteString(strings.Repeat("  ", indent))
	w.put(format, args...)
	w.WriteByte('\n')
}

func (w *writer) put(format string, args ...string) {
	safe := make([]any, len(args))
	for i, a := range args {
		safe[i] = html.EscapeString(a)
	}
	fmt.Fprintf(w, format, safe...)
}

// scheme is the MRRT name of a coding scheme.
func scheme(dicom string) string {
	for _, s := range schemeNames {
		if s.dicom == dicom {
			return s.mrrt
		}
	}
	return dicom
}

func (w *writer) island(t *Template) {
	w.line(1, `<script type="text/xml">`)
	w.line(2, "<template_attributes>")
	w.line(3, "<top-level-flag>%s</top-level-flag>", strconv.FormatBool(!t.Scope.Module))
	w.line(3, "<status>%s</status>", cmp.Or(t.Status, "ACTIVE"))
	w.line(3, "<coding_schemes>")
	for _, s := range schemeNames {
		w.line(4, `<coding_scheme name="%s" designator="%s" />`, s.mrrt, s.oid)
	}
	w.line(3, "</coding_schemes>")
	for _, c := range t.Terms {
		w.term(3, c)
	}
	w.line(3, "<coded_content>")
	for i, s := range t.Sections {
		if s.Code.Value != "" {
			w.line(4, `<entry ORIGTXT="%s">`, s.id(i))
			w.term(5, s.Code)
			w.line(4, "</entry>")
		}
	}
	w.line(3, "</coded_content>")
	w.line(2, "</template_attributes>")
	w.line(1, "</script>")
}

func (w *writer) term(indent int, c Code) {
	w.line(indent, `<term><code meaning="%s" value="%s" scheme="%s" /></term>`, c.Meaning, c.Value, scheme(c.Scheme))
}

func (s Section) id(i int) string { return cmp.Or(s.ID, string(s.Key), "section-"+strconv.Itoa(i+1)) }

func (w *writer) section(i int, s Section) {
	id := s.id(i)
	w.line(1, `<section id="%s" class="level1" data-section-name="%s" data-section-required="%s">`, id, s.Name, strconv.FormatBool(s.Required))
	w.line(2, `<header class="level1">%s</header>`, s.Name)
	for n, l := range s.Lines {
		w.WriteString("    <p")
		for _, a := range l.If.attrs() {
			if a[1] != "" {
				w.put(` data-if-%s="%s"`, a[0], a[1])
			}
		}
		w.WriteByte('>')
		for m, p := range l.Pieces {
			w.piece(fmt.Sprintf("%s-%d-%d", id, n+1, m+1), p)
		}
		w.WriteString("</p>\n")
	}
	w.line(1, "</section>")
}

func (c Condition) attrs() [][2]string {
	return [][2]string{{"sex", c.Sex}, {"age", c.Age.String()}, {"after", c.After}, {"not-after", c.NotAfter}, {"given", c.Given}, {"not-given", c.NotGiven}}
}

// piece writes one part of a line. What stands in a label belongs to no field for
// other programs; blanks between pieces are text.
func (w *writer) piece(id string, p Piece) {
	if p.Kind == Literal {
		w.put("%s", p.Text)
		return
	}
	head := fmt.Sprintf(`id="%s" name="%s"`, html.EscapeString(id), html.EscapeString(cmp.Or(p.Name, id)))
	if p.field() {
		head += fmt.Sprintf(` data-field-required="%t"`, p.Required)
	}
	if p.Fact != "" {
		head += fmt.Sprintf(` data-fill-from="%s"`, html.EscapeString(p.Fact))
	}
	switch p.Kind {
	case report.Normal:
		w.put(`<textarea `+verb(head)+` data-field-type="TEXT" data-normal="true">%s</textarea>`, p.Text)
	case Module:
		w.put(`<input type="text" `+verb(head)+` data-field-type="TEXT" data-module="%s">`, p.Name)
	case report.MergeField:
		w.put(`<input type="text" ` + verb(head) + ` data-field-type="MERGE" data-field-merge-flag="true">`)
	case report.NumberField:
		w.put(`<input type="number" step="any" `+verb(head)+` data-field-type="NUMBER" data-field-units="%s"`+verb(limits(p))+` value="%s">`, p.Unit, p.Text)
	case report.ChoiceField:
		w.choice(head, p)
	default:
		w.text(id, head, p)
	}
}

// verb makes escaped text safe within a format.
func verb(s string) string { return strings.ReplaceAll(s, "%", "%%") }

func limits(p Piece) string {
	if p.Min == p.Max {
		return ""
	}
	return fmt.Sprintf(` min="%g" max="%g"`, p.Min, p.Max)
}

func (w *writer) choice(head string, p Piece) {
	multiple := ""
	if p.Multiple {
		multiple = " multiple"
	}
	w.put(`<select ` + verb(head) + multiple + ` data-field-type="SELECTION_LIST">`)
	on := []string{p.Text}
	if p.Multiple {
		on = strings.Split(p.Text, ", ")
	}
	for _, c := range p.Choices {
		if p.Text != "" && slices.Contains(on, c) {
			w.put("<option selected>%s</option>", c)
		} else {
			w.put("<option>%s</option>", c)
		}
	}
	w.put("</select>")
}

func (w *writer) text(id, head string, p Piece) {
	if len(p.Choices) == 0 {
		w.put(`<textarea `+verb(head)+` data-field-type="TEXT">%s</textarea>`, p.Text)
		return
	}
	w.put(`<input type="text" `+verb(head)+` data-field-type="TEXT" list="%s-list" value="%s">`, id, p.Text)
	w.put(`<datalist id="%s-list">`, id)
	for _, c := range p.Choices {
		w.put("<option>%s</option>", c)
	}
	w.put("</datalist>")
}
