package viewer

import (
	"slices"
	"strings"
)

// Entry is an action that a key can be bound to, at the places where it means
// something.
type Entry struct {
	Action Action
	Help   string
	Group  string
	Places []Place
	Hold   bool
}

// unbound are the actions that no key has unless a reader gives it one.
func unbound() []Binding {
	b := []Binding{
		{Action: ViewFit, Help: "fit", Group: "view"},
		{Action: MIPWhole, Help: "MIP through all slices", Group: "MPR"},
		{Action: HangExplain, Help: "which hanging protocol, and why", Group: "tiles"},
		{Action: ViewWalk, Help: "next part at 1:1", Group: "view"},
		{Action: ViewWalkBack, Help: "part before at 1:1", Group: "view"},
		{Action: HangForget, Help: "forget the kept layout", Group: "tiles"},
		{Action: PlaceSet, Help: "remember this slice: a letter", Group: "slices"},
		{Action: ImageGo, Help: "an image by UID and frame", Group: "slices"},
		{Action: PlaceGo, Help: "go to a remembered slice: its letter", Group: "slices"},
		{Action: MacroRecord, Help: "record a macro: a letter; again ends", Group: "help"},
		{Action: WindowDigit, Help: "preset: a digit", Group: "window/level"},
		{Action: WindowLower, Help: "level down", Group: "window/level"},
		{Action: WindowHigher, Help: "level up", Group: "window/level"},
		{Action: WindowNarrow, Help: "narrower", Group: "window/level"},
		{Action: WindowWider, Help: "wider", Group: "window/level"},
		{Action: EnhanceSharpen, Help: "sharpen", Group: "view"},
		{Action: EnhanceDenoise, Help: "denoise", Group: "view"},
		{Action: EnhanceCLAHE, Help: "CLAHE", Group: "view"},
		{Action: DitherToggle, Help: "dithered greys", Group: "view"},
		{Action: PatternToggle, Help: "test pattern", Group: "view"},
		{Action: OverlayToggle, Help: "overlays and shutters", Group: "view"},
		{Action: StateNext, Help: "presentation states in turn", Group: "view"},
		{Action: CaseDocuments, Help: "reports and PDFs of the case", Group: "case"},
		{Action: OutboxShow, Help: "outbox: what is under way", Group: "case"},
		{Action: KeyNext, Help: "next key image", Group: "measure"},
		{Action: OthersToggle, Help: "measurements of others", Group: "measure"},
		{Action: PerfToggle, Help: "who draws, how fast", Group: "help"},
		{Action: FuseSetName, Help: "PET: percent, SUV", Group: "tiles"},
		{Action: SegToggle, Help: "outlines of segments", Group: "view"},
		{Action: ShiftSetName, Help: "mask: pixels right, down", Group: "angiogram"},
		{Action: ShiftLeft, Help: "mask half a pixel left", Group: "angiogram"},
		{Action: ShiftRight, Help: "mask half a pixel right", Group: "angiogram"},
		{Action: ShiftUp, Help: "mask half a pixel up", Group: "angiogram"},
		{Action: ShiftDown, Help: "mask half a pixel down", Group: "angiogram"},
		{Action: CalibrateFrench, Help: "selected ruler: catheter in French", Group: "angiogram"},
		{Action: CalibrateMM, Help: "selected ruler: length in mm", Group: "angiogram"},
		{Action: RateSetName, Help: "cine: images a second", Group: "slices"},
		{Action: WindowSetName, Help: "width, level", Group: "window/level"},
		{Action: ZoomSetName, Help: "screen pixels a pixel", Group: "view"},
		{Action: SliceSetName, Help: "slice by number", Group: "slices"},
		{Action: SlabSetName, Help: "slab thickness in mm", Group: "MPR"},
		{Action: GridSetName, Help: "rows, columns of tiles", Group: "tiles"},
	}
	for i := range b {
		b[i].Place = InImages
	}
	return b
}

// Catalogue lists every action that can be bound, by name.
func Catalogue() []Entry {
	byName := map[Action]*Entry{}
	for _, table := range [][]Binding{DefaultList(), DefaultImages(), DefaultTool(), DefaultText(), unbound()} {
		for _, b := range table {
			e := byName[b.Action]
			if e == nil {
				e = &Entry{Action: b.Action, Help: b.Help, Group: b.Group}
				byName[b.Action] = e
			}
			e.Hold = e.Hold || b.Hold
			if !slices.Contains(e.Places, b.Place) {
				e.Places = append(e.Places, b.Place)
			}
		}
	}
	out := make([]Entry, 0, len(byName))
	for _, e := range byName {
		if slices.Contains(e.Places, InImages) && !slices.Contains(e.Places, InTool) {
			e.Places = append(e.Places, InTool) // a tool's keys lie over the images'
		}
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(string(a.Action), string(b.Action)) })
	return out
}

// Known finds an action of the catalogue by its name, values and text left aside.
func Known(a Action) (Entry, bool) {
	name, text, worded := a.Text()
	if !worded {
		var ok bool
		if name, _, ok = a.Values(); !ok {
			return Entry{}, false
		}
	}
	for _, e := range Catalogue() {
		if e.Action == name {
			e.Action = a
			if worded {
				e.Help += " " + text
			}
			return e, true
		}
	}
	return Entry{}, false
}

// forbidden are the keys that terminals, multiplexers or keyboards take before the
// program sees them, and y and z, which change places between layouts (night.md,
// Default keys). No default has them; a reader may, and is told.
var forbidden = []Key{
	"[", "]", "{", "}", "\\", "|", "~", "@", "^", "`", "y", "z",
	"ctrl+s", "ctrl+q", "ctrl+b", "ctrl+a", "ctrl+h", "ctrl+i", "ctrl+m",
	"ctrl+enter", "shift+enter", "f1", "f10", "f11",
}

// Taken says why a key may never arrive, or may be another one elsewhere; "" when
// nothing is known against it.
func (k Key) Taken() string {
	s := string(k)
	switch {
	case k == "y" || k == "z":
		return "y and z change places between US and German keyboards"
	case slices.Contains(forbidden, k):
		return "terminals, tmux or keyboards take " + k.Label() + ": it may never arrive"
	case strings.HasPrefix(s, "alt+") && len(s) == 5 && s[4] >= '0' && s[4] <= '9':
		return "terminals take " + k.Label() + " to change tabs: it may never arrive"
	}
	return ""
}

// named are the keys with a name.
var named = []string{
	"enter", "esc", "tab", "space", "delete", "backspace", "insert", "up", "down", "left", "right", "pgup", "pgdown",
	"home", "end", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
}

// Valid reports whether a key is spelt as both processes name it: "r", "R",
// "shift+up", "ctrl+z", "f4".
func (k Key) Valid() bool {
	s := string(k)
	for _, p := range []string{"alt+", "ctrl+"} {
		if rest, ok := strings.CutPrefix(s, p); ok && rest != "" {
			s = rest
		}
	}
	modified := s != string(k)
	if rest, ok := strings.CutPrefix(s, "shift+"); ok {
		return slices.Contains(named, rest)
	}
	r := []rune(s)
	if len(r) == 1 {
		return r[0] > ' ' && r[0] != 0x7f && !(modified && r[0] >= 'A' && r[0] <= 'Z')
	}
	return slices.Contains(named, s)
}
