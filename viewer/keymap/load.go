package keymap

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/nocturne/nocturne/assets"
	"github.com/nocturne/nocturne/viewer"
)

// Default is the name of the map of package viewer.
const Default = "default"

// Map lays a file over the defaults.
func (f File) Map() *viewer.Keymap {
	base := [][]viewer.Binding{viewer.DefaultList(), viewer.DefaultImages(), viewer.DefaultTool(), viewer.DefaultText()}
	for i, table := range base {
		var kept []viewer.Binding
		for _, b := range table {
			if !f.unbinds(b) {
				kept = append(kept, b)
			}
		}
		base[i] = kept
	}
	m := viewer.NewKeymap(append(base, f.bindings)...).As(f.Name, f.Counts, f.Macros)
	if f.Physical {
		m = m.AtPlace()
	}
	return m
}

func (f File) unbinds(b viewer.Binding) bool {
	for _, u := range f.unbound {
		if u.place == b.Place && u.action == b.Action {
			return true
		}
	}
	return false
}

// Conflicts name the keys that the file takes from an action which has no other key
// left at that place, in the order of the table.
func (f File) Conflicts() []string {
	after := f.Map()
	var out []string
	for _, p := range viewer.Places() {
		for _, b := range viewer.DefaultKeymap().Bindings(p) {
			if f.unbinds(b) || after.KeysFor(p, b.Action) != "" {
				continue
			}
			to, _ := after.Lookup(p, b.Keys[0])
			out = append(out, fmt.Sprintf("[%s] %s goes from %s to %s: %s has no key left there", p, b.Keys[0].Label(), b.Action, to.Action, b.Action))
		}
	}
	return out
}

// folder is where key maps lie, in the reader's home and in ours.
const folder = "keymaps"

// Load finds a key map by name: the reader's own file (keymaps/NAME.toml in home)
// before ours. home nil has none. An unknown name is an error that lists the known.
func Load(home fs.FS, name string) (File, error) {
	if name == "" || name == Default {
		return File{Name: Default}, nil
	}
	if !fs.ValidPath(name) || strings.ContainsAny(name, `/\`) {
		return File{}, fmt.Errorf("a key map's name is the name of a file without .toml, not %q", name)
	}
	at := path.Join(folder, name+".toml")
	for _, from := range []fs.FS{home, assets.Keymaps} {
		if from == nil {
			continue
		}
		b, err := fs.ReadFile(from, at)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return File{}, fmt.Errorf("read key map: %w", err)
		}
		file, err := Parse(name, at, b)
		if err != nil {
			return File{}, fmt.Errorf("read key map: %w", err)
		}
		return file, nil
	}
	return File{}, fmt.Errorf("there is no key map %q; there are %s", name, strings.Join(Names(home), ", "))
}

// Names lists the key maps that can be had: the default, the reader's and ours.
func Names(home fs.FS) []string {
	seen := map[string]bool{}
	for _, from := range []fs.FS{home, assets.Keymaps} {
		if from == nil {
			continue
		}
		files, _ := fs.Glob(from, folder+"/*.toml") // the pattern is good
		for _, f := range files {
			seen[strings.TrimSuffix(path.Base(f), ".toml")] = true
		}
	}
	var out []string
	for name := range seen {
		out = append(out, name)
	}
	sort.Strings(out)
	return append([]string{Default}, out...)
}
