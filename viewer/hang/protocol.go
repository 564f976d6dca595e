package hang

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/nocturne/nocturne/assets"
	"github.com/nocturne/nocturne/cache/dicom"
)

// Protocol is a hanging protocol, as its text file says it: which cases it is for and
// what stands where, stage by stage.
type Protocol struct {
	Name   string  `toml:"name"`
	Match  Match   `toml:"match"`
	Stages []Stage `toml:"stage"`
}

// Match is which cases a protocol is for: everything that is given must hold. Words
// are looked for in any case, whole or up to a star, in what was ordered, the study description
// and the body part.
type Match struct {
	Modality []string `toml:"modality"`
	Words    []string `toml:"words"`      // one of them
	Without  []string `toml:"without"`    // none of them
	Side     string   `toml:"laterality"` // R or L
}

// Stage is one arrangement of tiles, in reading order.
type Stage struct {
	Name   string `toml:"name"`
	Layout string `toml:"layout"` // "1x2": rows × columns, up to 4x5
	Tiles  []Want `toml:"tile"`
}

// Want says which display set a tile takes: of the sets for which everything given
// holds, the one that stands first by thickness and number.
type Want struct {
	Study     string    `toml:"study"`     // "current" or "prior"; empty is current
	Words     []string  `toml:"words"`     // one of them in the series description
	Without   []string  `toml:"without"`   // none of them
	Kernel    string    `toml:"kernel"`    // "soft" or "sharp"
	Plane     string    `toml:"plane"`     // "axial", "coronal", "sagittal"
	Thickness string    `toml:"thickness"` // "thin" or "thick": which of several comes first
	View      []string  `toml:"view"`      // of a projection: "PA", "LL", "CC" …
	Side      string    `toml:"side"`      // of a projection: R or L
	Window    []float64 `toml:"window"`    // width, level; empty is the image's own
	Linked    bool      `toml:"linked"`    // scrolls with the other linked tiles
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
	case len(s.Tiles) == 0 || len(s.Tiles) > tiles:
		return fmt.Errorf("%d tiles in a layout of %d", len(s.Tiles), tiles)
	}
	for _, w := range s.Tiles {
		if err := w.check(); err != nil {
			return err
		}
	}
	return nil
}

func (w Want) check() error {
	for _, one := range []struct {
		what, is string
		may      []string
	}{
		{"study", w.Study, []string{"current", "prior"}}, {"kernel", w.Kernel, []string{"soft", "sharp"}},
		{"plane", w.Plane, []string{"axial", "coronal", "sagittal"}}, {"thickness", w.Thickness, []string{"thin", "thick"}},
		{"side", w.Side, []string{"R", "L"}},
	} {
		if one.is != "" && !holds(one.may, one.is) {
			return fmt.Errorf("%s is %s, not %q", one.what, strings.Join(one.may, " or "), dicom.Clean(one.is))
		}
	}
	if len(w.Window) != 0 && (len(w.Window) != 2 || !(w.Window[0] > 0)) {
		return fmt.Errorf("a window is width and level, the width above 0")
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
