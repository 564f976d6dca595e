package template

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// ParsePlain reads a template written as plain text: lines "key: value", then
// sections under "# Findings". A line of a section may begin with conditions:
//
//	@F @M @O       sex female, male, other or unknown; @FO both
//	@age=..18y     an age: days, weeks, months, years
//	@after=NAME    the patient had the operation; @not-after=NAME had it not
//	@given=FACT    the fact is known; @not-given=FACT is not known
//
// All else is ParseText's notation. A section's heading may end in " *": it is
// required. Keys: id title description language creator publisher rights license
// date status modality part words not code sex age term, and for "addendum" and
// "module".
func ParsePlain(text string) (*Template, error) {
	t := &Template{Language: "en", Status: "ACTIVE"}
	var s *Section
	in := bufio.NewScanner(strings.NewReader(report.Foreign(text)))
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		line := strings.TrimRight(in.Text(), " ")
		var err error
		switch {
		case strings.HasPrefix(line, "# "):
			s, err = t.heading(strings.TrimSpace(line[2:]))
		case s != nil:
			err = s.line(line)
		case strings.TrimSpace(line) != "":
			err = t.header(line)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	for i := range t.Sections {
		t.Sections[i].Lines = trimBlank(t.Sections[i].Lines)
	}
	if t.Title == "" || len(t.Sections) == 0 {
		return nil, fmt.Errorf("a template needs a line \"title: …\" and a section \"# Findings\"")
	}
	return t, nil
}

func trimBlank(ls []Line) []Line {
	blank := func(l Line) bool { return len(l.Pieces) == 0 }
	for len(ls) > 0 && blank(ls[len(ls)-1]) {
		ls = ls[:len(ls)-1]
	}
	for len(ls) > 0 && blank(ls[0]) {
		ls = ls[1:]
	}
	return ls
}

func (t *Template) heading(name string) (*Section, error) {
	name, required := strings.CutSuffix(name, "*")
	name = strings.TrimSpace(name)
	key := keyOf(name)
	if key == "" {
		return nil, fmt.Errorf("no section of a report is called %q; there are %v", name, report.Order)
	}
	if slices.ContainsFunc(t.Sections, func(s Section) bool { return s.Key == key }) {
		return nil, fmt.Errorf("the section %s stands here twice", key)
	}
	t.Sections = append(t.Sections, Section{Key: key, Name: name, Required: required, Code: headings[key]})
	return &t.Sections[len(t.Sections)-1], nil
}

func (s *Section) line(text string) error {
	l := Line{}
	for strings.HasPrefix(text, "@") {
		word, rest, _ := strings.Cut(text, " ")
		if err := l.If.add(word[1:]); err != nil {
			return err
		}
		text = strings.TrimLeft(rest, " ")
	}
	l.Pieces = label(ParseText(text))
	s.Lines = append(s.Lines, l)
	return nil
}

// label gives normal text the name of what it is about: the words before it up to
// the colon, "Liver".
func label(ps []Piece) []Piece {
	for i := 1; i < len(ps); i++ {
		if name, ok := strings.CutSuffix(strings.TrimSpace(ps[i-1].Text), ":"); ok && ps[i].Kind == report.Normal && ps[i-1].Kind == Literal {
			ps[i].Name = name[strings.LastIndexAny(name, ".;")+1:]
		}
	}
	return ps
}

func (c *Condition) add(word string) (err error) {
	key, value, _ := strings.Cut(word, "=")
	value = strings.ReplaceAll(value, "_", " ")
	switch key {
	case "age":
		c.Age, err = ParseAges(value)
	case "after":
		c.After = value
	case "not-after":
		c.NotAfter = value
	case "given":
		c.Given = value
	case "not-given":
		c.NotGiven = value
	default:
		if c.Sex = key; !isSex(key) || key == "" {
			return fmt.Errorf("@%s is no condition; see @F @M @age= @after= @not-after= @given=", key)
		}
	}
	return err
}

func isSex(s string) bool { return strings.Trim(s, "MFO") == "" }

// list splits at commas.
func list(s string) (out []string) {
	for _, w := range strings.Split(s, ",") {
		if w = strings.Join(strings.Fields(w), " "); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// header reads one "key: value".
func (t *Template) header(line string) (err error) {
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		return fmt.Errorf("expected \"key: value\" or \"# Section\"")
	}
	key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
	if text := t.texts()[key]; text != nil {
		*text = value
		return nil
	}
	if l := t.Scope.lists()[key]; l != nil {
		*l = list(value)
		return nil
	}
	switch key {
	case "sex":
		if t.Scope.Sex = value; !isSex(value) {
			return fmt.Errorf("sex is written with the letters M, F and O")
		}
	case "age":
		t.Scope.Age, err = ParseAges(value)
	case "for":
		t.Scope.Addendum, t.Scope.Module = value == "addendum", value == "module"
	case "term":
		t.Terms = append(t.Terms, parseCode(value))
	default:
		return fmt.Errorf("a template has nothing called %q", key)
	}
	return err
}

func (t *Template) texts() map[string]*string {
	return map[string]*string{"id": &t.ID, "title": &t.Title, "description": &t.Description, "language": &t.Language, "creator": &t.Creator,
		"publisher": &t.Publisher, "rights": &t.Rights, "license": &t.License, "date": &t.Date, "status": &t.Status}
}

func (s *Scope) lists() map[string]*[]string {
	return map[string]*[]string{"modality": &s.Modalities, "part": &s.Parts, "words": &s.Words, "not": &s.Not, "code": &s.Codes}
}

// parseCode reads "SCHEME:VALUE meaning".
func parseCode(s string) Code {
	code, meaning, _ := strings.Cut(s, " ")
	scheme, value, _ := strings.Cut(code, ":")
	return Code{value, scheme, strings.TrimSpace(meaning)}
}
