package keymap

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/nocturne/nocturne/viewer"
)

// File is one key map as its file says it, held against what can be bound.
type File struct {
	Name     string
	About    string
	Counts   bool
	Physical bool // letters by their place on a US keyboard, in the window
	Macros   map[string][]viewer.Action
	bindings []viewer.Binding
	unbound  []unbinding
	// Notes say what the reader should know: keys that may never arrive, keys taken
	// from other actions. Each names file and line.
	Notes []string
}

// unbinding takes an action's keys at a place away.
type unbinding struct {
	place  viewer.Place
	action viewer.Action
}

// Error is a file that is no key map: where, and what to change.
type Error struct {
	File   string
	Line   int // from 1; 0 when it is not known
	Reason string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Reason)
	}
	return fmt.Sprintf("%s, line %d: %s", e.File, e.Line, e.Reason)
}

// text is the file as TOML has it.
type text struct {
	About   string              `toml:"about"`
	Counts  bool                `toml:"counts"`
	Letters string              `toml:"letters"`
	List    map[string][]string `toml:"list"`
	Images  map[string][]string `toml:"images"`
	Tool    map[string][]string `toml:"tool"`
	Text    map[string][]string `toml:"text"`
	Macros  map[string][]string `toml:"macros"`
}

func (t text) tables() map[viewer.Place]map[string][]string {
	return map[viewer.Place]map[string][]string{
		viewer.InList: t.List, viewer.InImages: t.Images, viewer.InTool: t.Tool, viewer.InText: t.Text,
	}
}

// Parse reads a key map named name from the text of file. Its errors are *Error, all
// that were found joined.
func Parse(name, file string, b []byte) (File, error) {
	var t text
	if err := toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields().Decode(&t); err != nil {
		return File{}, tomlError(file, err)
	}
	p := parser{file: file, lines: linesOf(string(b)), out: File{Name: name, About: t.About, Counts: t.Counts}}
	switch t.Letters {
	case "", "label":
	case "physical":
		p.out.Physical = true
	default:
		p.fail("", "letters", "letters are taken by \"label\" or are \"physical\", not %q", t.Letters)
	}
	for _, place := range viewer.Places() {
		p.place(place, t.tables()[place])
	}
	p.macros(t.Macros)
	return p.out, errors.Join(p.errs...)
}

func tomlError(file string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, _ := strict.Errors[0].Position()
		return &Error{file, row, fmt.Sprintf("%q is none of about, counts, letters, list, images, tool, text, macros", strings.Join(strict.Errors[0].Key(), "."))}
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		row, _ := bad.Position()
		return &Error{file, row, "not TOML, or not a list of keys: " + strings.TrimPrefix(bad.Error(), "toml: ")}
	}
	return &Error{file, 0, err.Error()}
}

type parser struct {
	file  string
	lines map[string]int
	out   File
	errs  []error
}

func (p *parser) fail(table, key, format string, a ...any) {
	p.errs = append(p.errs, &Error{p.file, p.lines[table+"/"+key], fmt.Sprintf(format, a...)})
}

func (p *parser) note(table, key, format string, a ...any) {
	e := Error{p.file, p.lines[table+"/"+key], fmt.Sprintf(format, a...)}
	p.out.Notes = append(p.out.Notes, e.Error())
}

// place takes a table of actions and their keys, in the order of the file.
func (p *parser) place(place viewer.Place, table map[string][]string) {
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	at := func(name string) int { return p.lines[string(place)+"/"+name] }
	sort.Slice(names, func(a, b int) bool { return at(names[a]) < at(names[b]) })
	owner := map[viewer.Key]string{}
	for _, name := range names {
		entry, ok := viewer.Known(viewer.Action(name))
		switch {
		case !ok:
			p.fail(string(place), name, "there is no action %q%s", name, nearest(name))
			continue
		case !slices.Contains(entry.Places, place):
			p.fail(string(place), name, "%s means nothing in [%s]; it belongs to %s", name, place, tables(entry.Places))
			continue
		}
		b := viewer.Binding{Place: place, Action: entry.Action, Help: entry.Help, Group: entry.Group, Hold: entry.Hold}
		for _, key := range table[name] {
			if k, ok := p.key(place, name, key, owner); ok {
				b.Keys = append(b.Keys, k)
			}
		}
		p.out.unbound = append(p.out.unbound, unbinding{place, entry.Action})
		if len(b.Keys) > 0 {
			p.out.bindings = append(p.out.bindings, b)
		}
	}
}

// dangerous are what no plain letter may do where a word could be typed (N2).
var dangerous = []viewer.Action{
	viewer.CaseNext, viewer.CaseAside, viewer.CaseGiveBack, viewer.ReportSign, viewer.ReportWetRead, viewer.SessionQuit, viewer.SessionLock, viewer.MarkDelete,
}

func (p *parser) key(place viewer.Place, name, key string, owner map[viewer.Key]string) (viewer.Key, bool) {
	k := viewer.Key(key)
	if k == " " {
		k = "space"
	}
	switch {
	case !k.Valid():
		p.fail(string(place), name, "%q is no key; keys are spelt r, R, f4, ctrl+z, alt+f, shift+up, space", key)
	case owner[k] != "":
		p.fail(string(place), name, "%s is given to %s and to %s", k.Label(), owner[k], name)
	case place == viewer.InText && k.Typing():
		p.fail(string(place), name, "%s would act while the reader types; in [text] only F-keys and keys with ctrl or alt can", k.Label())
	case place != viewer.InList && k.Typing() && slices.Contains(dangerous, viewer.Action(name)):
		p.fail(string(place), name, "%s is a character: dictation could press it, and %s is not to happen by chance", k.Label(), name)
	default:
		owner[k] = name
		if why := k.Taken(); why != "" {
			p.note(string(place), name, "%s", why)
		}
		return k, true
	}
	return "", false
}

// unrecordable are never part of a macro: it stays within the case (N1, N2).
func unrecordable(e viewer.Entry) bool {
	return !slices.Contains(e.Places, viewer.InImages) || e.Action == viewer.MacroPlay || e.Action == viewer.MacroRecord ||
		slices.Contains(dangerous, e.Action) || strings.HasPrefix(string(e.Action), "case.") || strings.HasPrefix(string(e.Action), "report.") ||
		strings.HasPrefix(string(e.Action), "session.") || strings.HasPrefix(string(e.Action), "focus.") || strings.HasPrefix(string(e.Action), "prompt.")
}

// maxMacro bounds a macro.
const maxMacro = 200

func (p *parser) macros(table map[string][]string) {
	for name, steps := range table {
		if len(steps) > maxMacro {
			p.fail("macros", name, "a macro has %d steps at most", maxMacro)
			continue
		}
		for _, s := range steps {
			e, ok := viewer.Known(viewer.Action(s))
			if !ok {
				p.fail("macros", name, "there is no action %q%s", s, nearest(s))
				continue
			}
			if unrecordable(e) {
				p.fail("macros", name, "%s has no place in a macro: a macro stays at the images of its case", s)
				continue
			}
			if p.out.Macros == nil {
				p.out.Macros = map[string][]viewer.Action{}
			}
			p.out.Macros[name] = append(p.out.Macros[name], viewer.Action(s))
		}
	}
}

func tables(places []viewer.Place) string {
	var out []string
	for _, p := range places {
		out = append(out, "["+string(p)+"]")
	}
	return strings.Join(out, ", ")
}

// nearest offers the action whose name shares the longest beginning.
func nearest(name string) string {
	best, most := "", 2
	for _, e := range viewer.Catalogue() {
		n := 0
		for n < len(name) && n < len(e.Action) && name[n] == e.Action[n] {
			n++
		}
		if n > most {
			best, most = string(e.Action), n
		}
	}
	if best == "" {
		return "; nocturne keys --actions lists them"
	}
	return "; did you mean " + best + "?"
}

// linesOf finds the line of each key of each table, as the file has it.
func linesOf(s string) map[string]int {
	out, table := map[string]int{}, ""
	for i, line := range strings.Split(s, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && !strings.Contains(line, "=") {
			table = strings.Trim(strings.SplitN(line, "#", 2)[0], "[] \t\"'")
			continue
		}
		key, _, ok := strings.Cut(line, "=")
		if ok && !strings.HasPrefix(line, "#") {
			out[table+"/"+strings.Trim(strings.TrimSpace(key), "\"'")] = i + 1
		}
	}
	return out
}
