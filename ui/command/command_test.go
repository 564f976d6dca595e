package command

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/viewer"
)

func TestVerbsBecomeTheActionsTheyName(t *testing.T) {
	for line, want := range map[string]Verb{
		"":               {},
		"   ":            {},
		"wl 400 40":      {Name: "wl", Action: viewer.WindowSet(400, 40)},
		"wl 1500 -600":   {Name: "wl", Action: viewer.WindowSet(1500, -600)},
		"wl 1500 −600":   {Name: "wl", Action: viewer.WindowSet(1500, -600)},
		"zoom 2.5":       {Name: "zoom", Action: viewer.ZoomSet(2.5)},
		"zoom 0":         {Name: "zoom", Action: viewer.ZoomSet(0)},
		"hang":           {Name: "hang", Action: viewer.HangExplain},
		"hang forget":    {Name: "hang", Action: viewer.HangForget},
		"layout 2x3":     {Name: "layout", Action: viewer.GridSet(2, 3)},
		"mip":            {Name: "mip", Action: viewer.MIPWhole},
		"fuse":           {Name: "fuse", Action: viewer.FuseToggle},
		"fuse 60":        {Name: "fuse", Args: []string{"60"}, Action: "fuse.set:60"},
		"fuse 60 10":     {Name: "fuse", Args: []string{"60", "10"}, Action: "fuse.set:60,10"},
		"slab 20":        {Name: "slab", Action: viewer.SlabSet(20)},
		"goto 57":        {Name: "goto", Action: viewer.SliceSet(57)},
		"si":             {Name: "sign", Action: viewer.ReportSign},
		"aside":          {Name: "aside", Action: viewer.CaseAside},
		"filter ct stat": {Name: "filter"},
		"reca":           {Name: "recall"},
		"record a":       {Name: "record", Action: "macro.record:a"},
		"record":         {Name: "record", Action: viewer.MacroRecord},
		"play a":         {Name: "play", Action: "macro.play:a"},
		"mark b":         {Name: "mark", Action: "place.set:b"},
		"go b":           {Name: "go", Action: "place.go:b"},
		"name lesion 1":  {Name: "name", Action: "mark.name:lesion 1"},
		"keymap vim":     {Name: "keymap"},
		"q":              {Name: "quit"},
	} {
		got, err := Parse(line)
		if err != nil || got.Name != want.Name || got.Action != want.Action {
			t.Errorf("%q: %+v, %v; want %+v", line, got, err, want)
		}
	}
	if v, _ := Parse("filter  ct   stat"); strings.Join(v.Args, " ") != "ct stat" {
		t.Errorf("arguments %q", v.Args)
	}
}

func TestWhatIsNotUnderstoodIsSaidAndDoesNothing(t *testing.T) {
	for line, hint := range map[string]string{
		"wl":            "takes WIDTH LEVEL",
		"wl 400":        "takes WIDTH LEVEL",
		"wl 0 40":       "at least 1 wide",
		"wl nan 40":     "no number",
		"wl 400 inf":    "no number",
		"wl 1e300 0":    "no number",
		"wl 400 40 1":   "got 3",
		"zoom -1":       "takes FACTOR",
		"zoom big":      "no number",
		"hang high":     "keep or forget",
		"layout 0x3":    "count from 1",
		"layout 1.5x2":  "count from 1",
		"layout 3":      "no number",
		"goto 0":        "count from 1",
		"goto x":        "takes SLICE",
		"go":            "takes LETTER",
		"play":          "takes NAME",
		"re":            "no command :re", // refresh and recall
		"wander":        "no command :wander",
		"wl 400 40;rm ": "no number",
	} {
		got, err := Parse(line)
		if err == nil || !strings.Contains(err.Error(), hint) || got.Action != "" || got.Name != "" {
			t.Errorf("%q: %+v, %v; want an error with %q", line, got, err, hint)
		}
	}
}

func TestUsageListsEveryVerbAndItsExampleIsUnderstood(t *testing.T) {
	lines := Usage()
	if len(lines) != len(entries) {
		t.Fatalf("%d lines for %d verbs", len(lines), len(entries))
	}
	for i, l := range lines {
		if !strings.HasPrefix(l, ":"+entries[i].name) || !strings.Contains(l, entries[i].help) {
			t.Errorf("%q does not tell of %s", l, entries[i].name)
		}
		if _, example, ok := strings.Cut(entries[i].help, ", :"); ok {
			if _, err := Parse(strings.SplitN(example, " (", 2)[0]); err != nil {
				t.Errorf("the help of %s shows what is not understood: %v", entries[i].name, err)
			}
		}
	}
}

func TestThePaletteFindsByWordsInAnyOrder(t *testing.T) {
	bindings := viewer.DefaultKeymap().Bindings(viewer.InImages)
	for words, want := range map[string]viewer.Action{
		"lung":         viewer.WindowLung,
		"next slice":   viewer.SliceNext,
		"SLICE next":   viewer.SliceNext,
		"measure rul":  viewer.ToolLength, // the group counts
		"prior beside": viewer.PriorToggle,
	} {
		b, ok := Find(bindings, words)
		if !ok || b.Action != want {
			t.Errorf("%q finds %q (%v), want %q", words, b.Action, ok, want)
		}
	}
	for _, words := range []string{"", "  ", "zebra", "lung zebra"} {
		if b, ok := Find(bindings, words); ok {
			t.Errorf("%q finds %q", words, b.Action)
		}
	}
}
