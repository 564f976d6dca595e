package keymap

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nocturne/nocturne/viewer"
)

func presets(t *testing.T) []File {
	t.Helper()
	var out []File
	for _, name := range []string{"ohif", "horos", "weasis", "vim"} {
		f, err := Load(nil, name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// A preset may move keys, but what could be done by a key before can be done by one
// after, unless the file takes its keys away in so many words.
func TestPresetsLeaveEveryActionAKey(t *testing.T) {
	for _, f := range presets(t) {
		if c := f.Conflicts(); len(c) > 0 {
			t.Errorf("%s:\n%s", f.Name, strings.Join(c, "\n"))
		}
		if len(f.Notes) > 0 || f.About == "" {
			t.Errorf("%s: %q %q", f.Name, f.About, f.Notes)
		}
	}
}

func TestPresetsKeepTheKeysThatAreTheSameEverywhere(t *testing.T) {
	for _, f := range presets(t) {
		m := f.Map()
		for key, want := range map[viewer.Key]viewer.Action{
			"f3": viewer.FocusSwap, "f4": viewer.ReportInsert, "f5": viewer.CaseAside, "f6": viewer.CaseNext, "f12": viewer.ReportSign,
			"ctrl+l": viewer.SessionLock, "esc": viewer.ToolDrop, ":": viewer.Command, "?": viewer.Help, "delete": viewer.MarkDelete,
		} {
			if b, _ := m.Lookup(viewer.InImages, key); b.Action != want {
				t.Errorf("%s: %s does %q", f.Name, key, b.Action)
			}
		}
		if m.Name() != f.Name || m.Counts() != (f.Name == "vim") {
			t.Errorf("%s: %q, counts %v", f.Name, m.Name(), m.Counts())
		}
	}
}

func TestPresetsDoWhatTheirNamesSay(t *testing.T) {
	for name, keys := range map[string]map[viewer.Key]viewer.Action{
		"ohif":   {"pgdown": viewer.SeriesNext, "right": viewer.TileNext, "r": viewer.ViewRight, "l": viewer.ViewLeft, "v": viewer.ViewFlipV, "space": viewer.ViewReset, "=": viewer.ViewFit, "k": viewer.KeyImage, "1": viewer.WindowSoft},
		"horos":  {"l": viewer.ToolLength, "a": viewer.ToolAngle, "e": viewer.ToolEllipse, "q": viewer.ToolArrow, "t": viewer.ToolText, "w": viewer.ToolWindow},
		"weasis": {"d": viewer.ToolLength, "a": viewer.ToolAngle, "right": viewer.SeriesNext, "3": viewer.WindowBrain, "6": viewer.WindowBone, "7": viewer.WindowLung, "ctrl+down": viewer.SliceNext10},
		"vim":    {"m": viewer.PlaceSet, "'": viewer.PlaceGo, ".": viewer.Repeat, "q": viewer.MacroRecord, "G": viewer.SliceLast, "ctrl+d": viewer.SliceNext10, "j": viewer.SliceNext},
	} {
		f, err := Load(nil, name)
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range keys {
			if b, _ := f.Map().Lookup(viewer.InImages, k); b.Action != want {
				t.Errorf("%s: %s does %q, want %s", name, k, b.Action, want)
			}
		}
	}
}

func parse(s string) (File, error) { return Parse("mine", "keymaps/mine.toml", []byte(s)) }

func TestAReadersKeysReplaceTheActionsOwn(t *testing.T) {
	f, err := parse("[images]\n\"tool.length\" = [\"d\"]\n\"window.set:350,50\" = [\"alt+w\"]\n\"cine.toggle\" = []\n[macros]\nliver = [\"window.preset.liver\", \"slice.set:3\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	m := f.Map()
	if p, err := parse("letters = \"physical\""); err != nil || !p.Map().Physical() || m.Physical() {
		t.Errorf("physical letters: %v", err)
	}
	if got := m.KeysFor(viewer.InImages, viewer.ToolLength); got != "d" {
		t.Errorf("the ruler is on %q", got)
	}
	if got := m.KeysFor(viewer.InImages, viewer.SliceNext); got != "↓ j" {
		t.Errorf("slices are on %q", got)
	}
	if b, ok := m.Lookup(viewer.InImages, "alt+w"); !ok || b.Action != "window.set:350,50" || b.Help == "" {
		t.Errorf("%+v", b)
	}
	if _, ok := m.Lookup(viewer.InImages, "c"); ok {
		t.Error("c still does something")
	}
	if got := m.Macro("liver"); len(got) != 2 || got[1] != "slice.set:3" {
		t.Errorf("%v", got)
	}
}

func TestWhatIsWrongIsSaidWithFileLineAndSentence(t *testing.T) {
	for text, want := range map[string]string{
		"[images]\n\"slice.nxt\" = [\"j\"]":                             "keymaps/mine.toml, line 2: there is no action \"slice.nxt\"; did you mean slice.next?",
		"[images]\n\n\"slice.next\" = [\"ctrl+J\"]":                     "line 3: \"ctrl+J\" is no key",
		"[images]\n\"slice.next\" = [\"q\"]\n\"tool.length\" = [\"q\"]": "line 3: q is given to slice.next and to tool.length",
		"[text]\n\"report.sign\" = [\"s\"]":                             "line 2: s would act while the reader types",
		"[images]\n\"case.next\" = [\"q\"]":                             "line 2: q is a character: dictation could press it",
		"[list]\n\"tool.length\" = [\"d\"]":                             "line 2: tool.length means nothing in [list]; it belongs to [images], [tool]",
		"[imagse]\n\"slice.next\" = [\"q\"]":                            "line 1: \"imagse\" is none of",
		"[images]\n\"slice.next\" = 7":                                  "line 2: not TOML, or not a list of keys",
		"[images]\n\"slice.next\" = [":                                  "line 2: not TOML",
		"letters = \"places\"":                                          "line 1: letters are taken by \"label\" or are \"physical\", not \"places\"",
		"[macros]\nbad = [\"report.sign\"]":                             "line 2: report.sign has no place in a macro",
		"[macros]\nbad = [\"case.next\"]":                               "line 2: case.next has no place in a macro",
		"[images]\n\"window.set:wide,50\" = [\"d\"]":                    "line 2: there is no action \"window.set:wide,50\"",
	} {
		_, err := parse(text)
		var bad *Error
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &bad) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	_, err := parse("[images]\n\"a.b\" = [\"j\"]\n\"c.d\" = [\"k\"]\n")
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("%v", err)
	}
}

// The keys that terminals take may be bound, and the reader is told.
func TestForbiddenKeysAreTakenWithAWarning(t *testing.T) {
	f, err := parse("[images]\n\"slice.next\" = [\"z\"]\n\"slice.prev\" = [\"ctrl+s\"]\n\"slice.last\" = [\"alt+3\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Notes) != 3 || !strings.Contains(f.Notes[0], "line 2: y and z change places") || !strings.Contains(f.Notes[1], "line 3: terminals") {
		t.Errorf("%q", f.Notes)
	}
	if b, _ := f.Map().Lookup(viewer.InImages, "z"); b.Action != viewer.SliceNext {
		t.Errorf("z does %q", b.Action)
	}
}

func TestAKeyTakenFromAnActionWithoutAnotherIsNamed(t *testing.T) {
	f, err := parse("[images]\n\"tool.length\" = [\"c\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "[images] c goes from cine.toggle to tool.length: cine.toggle has no key left there"
	if got := f.Conflicts(); len(got) != 1 || got[0] != want {
		t.Errorf("%q", got)
	}
}

func TestTheReadersFileGoesBeforeOurs(t *testing.T) {
	home := fstest.MapFS{"keymaps/vim.toml": {Data: []byte("[images]\n\"slice.last\" = [\"d\"]\n")}, "keymaps/mine.toml": {Data: []byte("about = \"x\"\n")}}
	f, err := Load(home, "vim")
	if err != nil || f.Counts {
		t.Errorf("%+v, %v", f, err)
	}
	if got := strings.Join(Names(home), " "); got != "default horos mine ohif vim weasis" {
		t.Errorf("%s", got)
	}
	for _, name := range []string{"nothing", "../config", "a/b"} {
		if _, err := Load(home, name); err == nil {
			t.Errorf("%q was found", name)
		}
	}
}

func TestAMapSurvivesThePipe(t *testing.T) {
	for _, f := range presets(t) {
		m := f.Map()
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back viewer.Keymap
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		for _, p := range viewer.Places() {
			if !reflect.DeepEqual(m.Bindings(p), back.Bindings(p)) {
				t.Errorf("%s: %s comes back otherwise", f.Name, p)
			}
		}
		if back.Name() != m.Name() || back.Counts() != m.Counts() || len(b) > 1<<16 {
			t.Errorf("%s: %q %v, %d bytes", f.Name, back.Name(), back.Counts(), len(b))
		}
	}
}

// Whatever the bytes: a map or errors of our type, never a plain letter that signs.
func FuzzParse(f *testing.F) {
	f.Add("counts = true\n[images]\n\"slice.next\" = [\"j\", \"ctrl+d\"]\n[macros]\na = [\"slice.set:3\"]\n")
	f.Add("[list]\n\"row.next\" = [\"\\u0000\"]\n[text]\n")
	f.Add("[images\n=")
	f.Fuzz(func(t *testing.T, s string) {
		file, err := parse(s)
		if err != nil {
			var bad *Error
			if !errors.As(err, &bad) || bad.File == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		m := file.Map()
		for _, p := range []viewer.Place{viewer.InImages, viewer.InTool, viewer.InText} {
			for _, b := range m.Bindings(p) {
				for _, k := range b.Keys {
					if k.Typing() && (b.Action == viewer.ReportSign || b.Action == viewer.CaseNext) {
						t.Fatalf("%s: %q does %s", p, k, b.Action)
					}
				}
			}
		}
	})
}
