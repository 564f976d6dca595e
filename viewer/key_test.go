package viewer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func allTables() map[Place][]Binding {
	out := map[Place][]Binding{}
	for _, t := range [][]Binding{DefaultList(), DefaultImages(), DefaultTool(), DefaultText()} {
		for _, b := range t {
			out[b.Place] = append(out[b.Place], b)
		}
	}
	return out
}

func TestNoKeyIsBoundTwiceAtOnePlace(t *testing.T) {
	for place, bindings := range allTables() {
		seen := map[Key]Action{}
		for _, b := range bindings {
			for _, k := range b.Keys {
				if first, ok := seen[k]; ok {
					t.Errorf("%s: %q is bound to %s and to %s", place, k, first, b.Action)
				}
				seen[k] = b.Action
			}
		}
	}
}

// The keys of night.md that terminals, tmux or keyboards take, and y and z,
// which US and German keyboards swap.
func TestForbiddenKeysAreNeverDefaults(t *testing.T) {
	forbidden := []Key{
		"[", "]", "{", "}", "\\", "|", "~", "@", "^", "`", "y", "z",
		"ctrl+s", "ctrl+q", "ctrl+b", "ctrl+a", "ctrl+h", "ctrl+i", "ctrl+m",
		"ctrl+enter", "shift+enter", "f1", "f10", "f11",
	}
	for d := '0'; d <= '9'; d++ {
		forbidden = append(forbidden, Key("alt+"+string(d)))
	}
	for place, bindings := range allTables() {
		for _, b := range bindings {
			for _, k := range b.Keys {
				if slices.Contains(forbidden, k) {
					t.Errorf("%s: %q must never be a default (%s)", place, k, b.Action)
				}
			}
		}
	}
}

func TestOnlyFunctionAndControlKeysActInText(t *testing.T) {
	for _, b := range DefaultText() {
		for _, k := range b.Keys {
			if k.Typing() {
				t.Errorf("%q would act while the reader types", k)
			}
		}
	}
}

func TestNoPlainLetterLeavesTheCaseOrSigns(t *testing.T) {
	leaving := []Action{CaseNext, CaseAside, CaseGiveBack, ReportSign, SessionQuit, SessionLock, MarkDelete}
	for _, place := range []Place{InImages, InTool, InText} {
		for _, b := range allTables()[place] {
			for _, k := range b.Keys {
				if k.Typing() && slices.Contains(leaving, b.Action) {
					t.Errorf("%s: the letter %q does %s", place, k, b.Action)
				}
			}
		}
	}
}

func TestEveryDefaultBindingHasHelpAndGroup(t *testing.T) {
	for place, bindings := range allTables() {
		for _, b := range bindings {
			if b.Help == "" || b.Group == "" || len(b.Keys) == 0 || b.Action == "" {
				t.Errorf("%s: %v lacks help, group, keys or action", place, b.Keys)
			}
		}
	}
}

func TestAMeasuringToolShadowsArrowsAndNothingElse(t *testing.T) {
	m := DefaultKeymap()
	if b, _ := m.LookupImages(true, "down"); b.Action != CursorDown {
		t.Errorf("down with a measuring tool: %s", b.Action)
	}
	if b, _ := m.LookupImages(false, "down"); b.Action != SliceNext {
		t.Errorf("down without: %s", b.Action)
	}
	if b, _ := m.LookupImages(true, "j"); b.Action != SliceNext {
		t.Errorf("j falls through: %s", b.Action)
	}
}

func TestALaterBindingWinsAndTheHelpFollows(t *testing.T) {
	m := NewKeymap(DefaultImages(), []Binding{{Keys: []Key{"j"}, Place: InImages, Action: CineToggle}})
	if b, _ := m.Lookup(InImages, "j"); b.Action != CineToggle {
		t.Errorf("j: %s", b.Action)
	}
	if got := m.KeysFor(InImages, SliceNext); strings.Contains(got, "j") {
		t.Errorf("help still shows j for slices: %q", got)
	}
}

func TestKeyLabelsArePrintable(t *testing.T) {
	for k, want := range map[Key]string{"f4": "F4", "ctrl+l": "Ctrl+L", "up": "↑", "shift+up": "Shift+↑", "r": "r", "R": "R", "ctrl+z": "Ctrl+Z"} {
		if got := k.Label(); got != want || !utf8.ValidString(got) {
			t.Errorf("%q: %q, want %q", k, got, want)
		}
	}
}
