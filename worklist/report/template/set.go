package template

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// Set is templates to choose from, each identifier once.
type Set struct{ byID map[string]*Template }

// NewSet makes a set; a later template with the identifier of an earlier one takes
// its place. Modules are put into the templates that name them.
func NewSet(ts ...*Template) *Set {
	s := &Set{byID: map[string]*Template{}}
	for _, t := range ts {
		s.byID[t.ID] = t
	}
	for id, t := range s.byID {
		s.byID[id] = s.expand(t)
	}
	return s
}

// maxFile bounds a template file, bytes.
const maxFile = 1 << 20

// Load reads every .html, .htm and .txt file of a directory as a template; own says
// that they are the reader's. A file that cannot be read is left out and said in the
// error, the others come back all the same. A directory that is not there is empty.
func Load(dir fs.FS, own bool) ([]*Template, error) {
	files, err := fs.ReadDir(dir, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	var out []*Template
	var bad []error
	for _, f := range files {
		switch strings.ToLower(path.Ext(f.Name())) {
		case ".html", ".htm", ".txt":
		default:
			continue
		}
		t, err := load(dir, f.Name())
		if err != nil {
			bad = append(bad, fmt.Errorf("template %s: %w", f.Name(), err))
			continue
		}
		t.Own = own
		out = append(out, t)
	}
	return out, errors.Join(bad...)
}

func load(dir fs.FS, name string) (*Template, error) {
	info, err := fs.Stat(dir, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("it has more than %d bytes", maxFile)
	}
	b, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, err
	}
	return Read(name, b)
}

// Read reads a template file: MRRT, or plain text when its name ends in .txt. A
// template without an identifier has its file's name as one.
func Read(name string, b []byte) (t *Template, err error) {
	if strings.EqualFold(path.Ext(name), ".txt") {
		t, err = ParsePlain(string(b))
	} else {
		t, err = ParseHTML(b)
	}
	if err != nil {
		return nil, err
	}
	t.File = name
	t.ID = cmp.Or(t.ID, strings.TrimSuffix(name, path.Ext(name)))
	return t, nil
}

// All lists the templates by title.
func (s *Set) All() []*Template {
	var out []*Template
	for _, t := range s.byID {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *Template) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Find is the template with the identifier, its last part ("ct-head" of
// "urn:nocturne:template:ct-head") or the title, in any case; nil: none.
func (s *Set) Find(name string) *Template {
	if t := s.byID[name]; t != nil {
		return t
	}
	for _, t := range s.All() {
		if strings.EqualFold(t.Short(), name) || strings.EqualFold(t.Title, name) {
			return t
		}
	}
	return nil
}

// Short is the last part of the identifier: "ct-head".
func (t *Template) Short() string { return t.ID[strings.LastIndex(t.ID, ":")+1:] }

// expand puts modules' lines where a template names them. A module within a module is
// not looked for: it stays a field to be filled in.
func (s *Set) expand(t *Template) *Template {
	c := *t
	c.Sections = slices.Clone(t.Sections)
	for i, sec := range c.Sections {
		var lines []Line
		for _, l := range sec.Lines {
			lines = append(lines, s.insert(l, sec.Key)...)
		}
		c.Sections[i].Lines = lines
	}
	return &c
}

func (s *Set) insert(l Line, key report.Section) []Line {
	if len(l.Pieces) != 1 || l.Pieces[0].Kind != Module {
		return []Line{l}
	}
	m := s.Find(l.Pieces[0].Name)
	if m == nil || !m.Scope.Module || len(m.Sections) == 0 {
		return []Line{l}
	}
	from := m.Sections[0]
	for _, sec := range m.Sections {
		if sec.Key == key {
			from = sec
		}
	}
	if l.If == (Condition{}) {
		return from.Lines
	}
	out := slices.Clone(from.Lines)
	for i := range out { // the module's own conditions are the narrower
		if out[i].If == (Condition{}) {
			out[i].If = l.If
		}
	}
	return out
}
