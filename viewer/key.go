package viewer

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Key is one key press as both processes name it: a printable character ("r",
// "R", "+"), or a name: enter esc tab shift+tab space delete backspace up down
// left right shift+up … pgup pgdown home end f1…f12, with ctrl+ or alt+ before it.
// The names are Bubble Tea's, so the terminal needs no table; the window makes
// the same names from its layout-aware characters.
type Key string

// Typing reports whether the key would put a character into a text.
func (k Key) Typing() bool {
	return k == "space" || k == " " || len([]rune(string(k))) == 1
}

// Place is where a key is pressed.
type Place string

// The places of the default key table (night.md).
const (
	InList   Place = "list"
	InImages Place = "images" // the window, and the terminal's case page outside text
	InTool   Place = "tool"   // over InImages while a measuring tool is active: what is not bound here falls through
	InText   Place = "text"   // the editor: only F-keys and ctrl keys act
)

// Places are where keys can be bound.
func Places() []Place { return []Place{InList, InImages, InTool, InText} }

// Binding ties keys at a place to an action, with the words the help shows. Keys
// are told apart by case. Hold marks an action that lasts while its key is down
// where the device can tell (the window; a terminal cannot: there it toggles).
// WindowOnly marks what a terminal cannot send.
type Binding struct {
	Keys       []Key  `json:"keys"`
	Place      Place  `json:"place"`
	Action     Action `json:"action"`
	Help       string `json:"help"`
	Group      string `json:"group"` // heading in the help: "slices", "window/level", "measure" …
	Hold       bool   `json:"hold,omitempty"`
	WindowOnly bool   `json:"window_only,omitempty"`
}

// Keymap resolves keys. It is made from a table of bindings and never changes.
type Keymap struct {
	name     string
	counts   bool
	physical bool
	macros   map[string][]Action
	bindings []Binding
	byKey    map[Place]map[Key]int
}

// As gives a key map a name, counts (digits before a key repeat it, as in vim) and
// macros by name.
func (m *Keymap) As(name string, counts bool, macros map[string][]Action) *Keymap {
	out := *m
	out.name, out.counts, out.macros = name, counts, macros
	return &out
}

// AtPlace gives a key map whose letters are taken by their place on a US keyboard
// instead of by what they print: for layouts that print other letters altogether. It
// holds where the device tells places: in the window.
func (m *Keymap) AtPlace() *Keymap {
	out := *m
	out.physical = true
	return &out
}

// Physical reports whether letters are taken by their place.
func (m *Keymap) Physical() bool { return m.physical }

// Name is what the map is called; "default" for that of night.md.
func (m *Keymap) Name() string {
	if m.name == "" {
		return "default"
	}
	return m.name
}

// Counts reports whether digits before a key repeat it.
func (m *Keymap) Counts() bool { return m.counts }

// Macro is a macro of the map by its name; nil when there is none.
func (m *Keymap) Macro(name string) []Action { return m.macros[name] }

// keymapText is a key map on its way from one process to the other.
type keymapText struct {
	Name     string              `json:"name"`
	Counts   bool                `json:"counts,omitempty"`
	Physical bool                `json:"physical,omitempty"`
	Macros   map[string][]Action `json:"macros,omitempty"`
	Bindings []Binding           `json:"bindings"`
}

// MarshalJSON writes the map with the bindings that are in effect.
func (m *Keymap) MarshalJSON() ([]byte, error) {
	t := keymapText{Name: m.Name(), Counts: m.counts, Physical: m.physical, Macros: m.macros}
	for _, p := range Places() {
		t.Bindings = append(t.Bindings, m.Bindings(p)...)
	}
	return json.Marshal(t)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Keymap) UnmarshalJSON(b []byte) error {
	var t keymapText
	if err := json.Unmarshal(b, &t); err != nil {
		return fmt.Errorf("read key map: %w", err)
	}
	*m = *NewKeymap(t.Bindings).As(t.Name, t.Counts, t.Macros)
	m.physical = t.Physical
	return nil
}

// NewKeymap builds a key map. A later binding of a key wins over an earlier one
// at the same place, so that a reader's table can follow the default one.
func NewKeymap(tables ...[]Binding) *Keymap {
	m := &Keymap{byKey: map[Place]map[Key]int{}}
	for _, t := range tables {
		for _, b := range t {
			m.bindings = append(m.bindings, b)
			if m.byKey[b.Place] == nil {
				m.byKey[b.Place] = map[Key]int{}
			}
			for _, k := range b.Keys {
				m.byKey[b.Place][k] = len(m.bindings) - 1
			}
		}
	}
	return m
}

// Lookup finds what a key does at a place.
func (m *Keymap) Lookup(p Place, k Key) (Binding, bool) {
	if k == " " {
		k = "space"
	}
	i, ok := m.byKey[p][k]
	if !ok {
		return Binding{}, false
	}
	return m.bindings[i], true
}

// Bindings lists what is bound at a place, in the order of the table, each with
// the keys that still lead to it.
func (m *Keymap) Bindings(p Place) []Binding {
	var out []Binding
	for i, b := range m.bindings {
		if b.Place != p {
			continue
		}
		live := b
		live.Keys = nil
		for _, k := range b.Keys {
			if m.byKey[p][k] == i {
				live.Keys = append(live.Keys, k)
			}
		}
		if len(live.Keys) > 0 {
			out = append(out, live)
		}
	}
	return out
}

// LookupImages finds what a key does at the images: the tool's own bindings first
// while a measuring tool is active.
func (m *Keymap) LookupImages(measuring bool, k Key) (Binding, bool) {
	if measuring {
		if b, ok := m.Lookup(InTool, k); ok {
			return b, true
		}
	}
	return m.Lookup(InImages, k)
}

// KeysFor lists the keys of an action at a place as the help prints them.
func (m *Keymap) KeysFor(p Place, a Action) string {
	var out []string
	for _, b := range m.Bindings(p) {
		if b.Action == a {
			for _, k := range b.Keys {
				out = append(out, k.Label())
			}
		}
	}
	return strings.Join(out, " ")
}

var labels = map[Key]string{
	"up": "↑", "down": "↓", "left": "←", "right": "→", "pgup": "PgUp", "pgdown": "PgDn",
	"home": "Home", "end": "End", "enter": "Enter", "esc": "Esc", "tab": "Tab",
	"space": "Space", "delete": "Del", "backspace": "Bksp", "-": "−",
}

// Label is the key as the help prints it: "F4", "Ctrl+L", "↑".
func (k Key) Label() string {
	s := string(k)
	prefix := ""
	for _, p := range []string{"ctrl+", "alt+", "shift+"} {
		if rest, ok := strings.CutPrefix(s, p); ok && rest != "" {
			prefix += strings.ToUpper(p[:1]) + p[1:]
			s = rest
		}
	}
	if prefix == "Ctrl+" && len(s) == 1 {
		s = strings.ToUpper(s)
	}
	if l, ok := labels[Key(s)]; ok {
		s = l
	} else if len(s) > 1 && s[0] == 'f' {
		s = strings.ToUpper(s)
	}
	return prefix + s
}
