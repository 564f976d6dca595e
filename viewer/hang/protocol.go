package hang

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/nocturne/nocturne/assets"
)

// Protocol is a hanging protocol, as its text file says it: which cases it is for and
// what stands where, stage by stage.
type Protocol struct {
	Name   string  `toml:"name"`
	Match  Match   `toml:"match"`
	Stages []Stage `toml:"stage"`
}

// Stage is one arrangement of tiles, in reading order.
type Stage struct {
	Name     string    `toml:"name"`
	Layout   string    `toml:"layout"`              // "1x2": rows × columns, up to 4x5
	OneScale bool      `toml:"one_scale,omitempty"` // the same screen size per mm in all tiles
	Sheet    bool      `toml:"sheet,omitempty"`     // every image of the study in turn, page by page, instead of tiles
	Least    int       `toml:"least,omitempty"`     // tiles that must have a set; 0: the first
	Reformat *Reformat `toml:"reformat,omitempty"`  // three planes through the first tile's set
	Tiles    []Want    `toml:"tile,omitempty"`
}

// Reformat is how a stage shows three planes through a set.
type Reformat struct {
	Mode  string  `toml:"mode,omitempty"`  // of slabs: "MIP", "MinIP", "mean"
	Slab  float64 `toml:"slab,omitempty"`  // mm
	Plane string  `toml:"plane,omitempty"` // one of them alone: "axial", "coronal", "sagittal"
}

// Parse reads one protocol and holds it against what can be hung. Its errors name
// the place in words a reader of the file understands.
func Parse(b []byte) (Protocol, error) {
	var p Protocol
	d := toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("hanging protocol: %w", err)
	}
	if p.Name == "" || len(p.Match.Modality) == 0 || len(p.Stages) == 0 {
		return p, fmt.Errorf("a hanging protocol has a name, a match.modality and at least one stage")
	}
	for _, s := range p.Stages {
		if err := s.check(); err != nil {
			return p, fmt.Errorf("hanging protocol %q, stage %q: %w", p.Name, s.Name, err)
		}
	}
	return p, nil
}

func (s Stage) check() error {
	rows, cols, ok := Grid(s.Layout)
	tiles := rows * cols
	switch {
	case !ok:
		return fmt.Errorf("there is no layout %q", s.Layout)
	case s.Sheet && len(s.Tiles) > 0:
		return fmt.Errorf("a sheet takes every image: it has no tiles")
	case !s.Sheet && len(s.Tiles) == 0 || len(s.Tiles) > tiles || s.Least > len(s.Tiles):
		return fmt.Errorf("%d tiles in a layout of %d", len(s.Tiles), tiles)
	}
	if err := s.Reformat.check(); err != nil {
		return err
	}
	for _, w := range s.Tiles {
		if err := w.check(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reformat) check() error {
	switch {
	case r == nil:
	case !holds([]string{"", "MIP", "MinIP", "mean"}, r.Mode), !holds([]string{"", "axial", "coronal", "sagittal"}, r.Plane):
		return fmt.Errorf("a reformat's mode is MIP, MinIP or mean, its plane axial, coronal or sagittal")
	case r.Slab < 0 || r.Slab > 500 || r.Mode != "" && r.Slab == 0:
		return fmt.Errorf("a reformat's slab is above 0 and at most 500 mm")
	}
	return nil
}

// Default are the protocols that come with the program, by file name.
func Default() []Protocol {
	out, err := Load(assets.Hanging, "hanging")
	if err != nil {
		panic("an embedded hanging protocol is wrong: " + err.Error()) // a test reads them all
	}
	return out
}

// Load reads the *.toml files of a folder, by name. Those that are wrong are left out
// and told in err, so that one typing error does not take the others away.
func Load(from fs.FS, dir string) (out []Protocol, err error) {
	names, globErr := fs.Glob(from, path.Join(dir, "*.toml"))
	if globErr != nil {
		return nil, fmt.Errorf("hanging protocols: %w", globErr)
	}
	sort.Strings(names)
	for _, name := range names {
		b, readErr := fs.ReadFile(from, name)
		var p Protocol
		if readErr == nil {
			p, readErr = Parse(b)
		}
		if readErr != nil {
			err = fmt.Errorf("%s: %w", path.Base(name), readErr)
			continue
		}
		out = append(out, p)
	}
	return out, err
}
