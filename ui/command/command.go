// Package command is what can be typed after ":" and found in the palette. A verb
// is a row of the table: its name, what it takes, what it does.
package command

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/viewer"
)

// Verb is a command as it was typed.
type Verb struct {
	Name   string
	Args   []string
	Action viewer.Action // what it asks of viewer or terminal; empty for the terminal's own verbs
}

type entry struct {
	name, args, help string
	parse            func(args []string) (viewer.Action, error)
}

// entries are all verbs; Usage prints them.
var entries = []entry{
	{"wl", "WIDTH LEVEL", "window and level, :wl 400 40", windowLevel},
	{"fps", "RATE", "speed of cines, :fps 30 (0 is the images' own)", rate},
	{"calibrate", "6F|MM", "the selected ruler lies across a catheter of 6 French, or is so long", calibrate},
	{"seg", "", "outlines of segmentations and structure sets", is(viewer.SegToggle)},
	{"dsa", "", "subtract the mask of an angiogram", is(viewer.Subtract)},
	{"mask", "", "the image on screen becomes the mask", is(viewer.MaskHere)},
	{"shift", "RIGHT DOWN", "move the mask, pixels, :shift 1.5 -0.5", shift},
	{"zoom", "FACTOR", "zoom, :zoom 2.0 (0 fits)", zoom},
	{"goto", "SLICE", "slice by number, :goto 57", gotoSlice},
	{"layout", "RxC", "rows and columns of tiles, :layout 2x3", layout},
	{"series", "", "thumbnails of all series", is(viewer.SeriesFind)},
	{"hang", "[keep|forget]", "which hanging protocol, and why; keep the layout on screen, forget a kept one", hanging},
	{"mpr", "", "reformats on and off", is(viewer.MPRToggle)},
	{"overlay", "", "overlays and shutters of the images hidden and shown", is(viewer.OverlayToggle)},
	{"perf", "", "who draws the window, how fast, in how much memory", is(viewer.PerfToggle)},
	{"mip", "", "maximum through all slices, from the front", is(viewer.MIPWhole)},
	{"sharpen", "", "unsharp mask; not measured, said on the tile", is(viewer.EnhanceSharpen)},
	{"denoise", "", "less noise, edges kept; not measured, said on the tile", is(viewer.EnhanceDenoise)},
	{"clahe", "", "local contrast; not measured, said on the tile", is(viewer.EnhanceCLAHE)},
	{"raw", "", "the image as it was acquired", is(viewer.EnhanceRaw)},
	{"dither", "", "greys dithered to the screen's 256 steps", is(viewer.DitherToggle)},
	{"pattern", "", "test pattern for the monitor; any key goes back", is(viewer.PatternToggle)},
	{"interpolation", "", "bilinear, bicubic, nearest in turn", is(viewer.ViewInterpolation)},
	{"slab", "MM", "thickness of slabs, :slab 20", slab},
	{"fuse", "[PERCENT [SUV]]", "PET over CT, :fuse 50 7", fuse},
	{"mark", "LETTER", "remember this slice, :mark a", worded(viewer.PlaceSet)},
	{"go", "LETTER", "go to a remembered slice, :go a", worded(viewer.PlaceGo)},
	{"marks", "", "list of marks", is(viewer.MarkList)},
	{"name", "WORDS", "name the selected mark", worded(viewer.MarkName)},
	{"volume", "", "ellipsoid volume of the last axes", is(viewer.MarkVolume)},
	{"repeat", "", "the last action again", is(viewer.Repeat)},
	{"record", "NAME", "record a macro; :record ends it", recorded},
	{"play", "NAME", "play a macro", worded(viewer.MacroPlay)},
	{"diff", "", "what differs from the prior's report, word by word", nil},
	{"versions", "", "what differs from earlier versions of this report", nil},
	{"spell", "", "who looks words up; Ctrl+T lists what was meant", nil},
	{"set", "editor plain|vim", "how the report is edited", nil},
	{"keymap", "NAME", "default, ohif, horos, weasis, vim or your own", nil},
	{"pr", "", "presentation states in turn", is(viewer.StateNext)},
	{"ko", "", "next key image", is(viewer.KeyNext)},
	{"others", "", "measurements of others on and off", is(viewer.OthersToggle)},
	{"documents", "", "reports and PDFs of this case and its priors, as text", is(viewer.CaseDocuments)},
	{"calc", "[RULE]", "category by a published rule, :calc lung-rads", nil},
	{"lesions", "", "what is followed over time, sums and response by RECIST 1.1", is(viewer.ReportLesions)},
	{"filter", "WORDS", "narrow the list", nil},
	{"login", "[SITE]", "log in at a site that wants it: shows where, and the code", nil},
	{"refresh", "", "ask the sites now", is(viewer.ListRefresh)},
	{"sign", "", "open the sign sheet", is(viewer.ReportSign)},
	{"prelim", "[LINE]", "one preliminary line, sent at once; the report is written on", nil},
	{"link", "[ACCESSION…]", "report these orders of the patient together with this one", nil},
	{"unlink", "[ACCESSION…]", "report them apart again", nil},
	{"coauthor", "[NAME]", "who wrote the report besides you, :coauthor FAMILY^GIVEN", nil},
	{"addendum", "[WHY]", "add to the signed report", nil},
	{"correct", "WHY", "a report that takes the place of the signed one", nil},
	{"withdraw", "WHY", "take the signed report back; who got it is called", nil},
	{"critical", "", "critical result: found, told, acknowledged", is(viewer.CaseCall)},
	{"call", "[WHO] [about WHY]", "a telephone call: freezes the case; again goes back", nil},
	{"calls", "", "log of calls and interruptions", nil},
	{"peer", "SCORE [WORDS]", "score the prior's report, RADPEER, blinded, :peer 2a small nodule", nil},
	{"discrepancy", "[agree|minor|major]", "preliminary and final compared; a major one is told (F7)", nil},
	{"stats", "[SINCE]", "your own figures, :stats 7d", nil},
	{"followup", "EXAM TIME", "a dated task, :followup CT chest 6 months", nil},
	{"followups", "", "recommended examinations and their dates", nil},
	{"recall", "", "take the last signed report back before it is sent", nil},
	{"outbox", "", "reports under way: where each is, why it waits, send again", is(viewer.OutboxShow)},
	{"conflict", "[ACCESSION]", "a signed report that waits because of another's, both side by side", nil},
	{"aside", "", "put the case aside", is(viewer.CaseAside)},
	{"next", "", "next suggested case", is(viewer.CaseNext)},
	{"breakglass", "[REASON]", "emergency access to the case, for a while, in the audit log; again ends it", nil},
	{"lock", "", "blank terminal and window", is(viewer.SessionLock)},
	{"help", "", "keys", is(viewer.Help)},
	{"quit", "", "leave the program", nil},
}

func is(a viewer.Action) func([]string) (viewer.Action, error) {
	return func([]string) (viewer.Action, error) { return a, nil }
}

// Parse reads a command line. A unique beginning of a verb is enough. An empty
// line is the empty verb.
func Parse(line string) (Verb, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return Verb{}, nil
	}
	e, err := find(words[0])
	if err != nil {
		return Verb{}, err
	}
	v := Verb{Name: e.name, Args: words[1:]}
	if e.parse == nil {
		return v, nil
	}
	v.Action, err = e.parse(v.Args)
	if err != nil {
		return Verb{}, fmt.Errorf(":%s takes %s (%w)", e.name, e.args, err)
	}
	return v, nil
}

func find(word string) (entry, error) {
	var hits []entry
	for _, e := range entries {
		if e.name == word {
			return e, nil
		}
		if strings.HasPrefix(e.name, word) {
			hits = append(hits, e)
		}
	}
	if len(hits) == 1 {
		return hits[0], nil
	}
	return entry{}, fmt.Errorf("no command :%s; ? lists the keys, :help too", word)
}

// worded is a verb whose words go along with the action.
func worded(a viewer.Action) func([]string) (viewer.Action, error) {
	return func(args []string) (viewer.Action, error) {
		text := strings.Join(args, " ")
		if text == "" || len(text) > 200 {
			return "", fmt.Errorf("got %d words", len(args))
		}
		return a.WithText(text), nil
	}
}

// recorded begins a macro by its name, or ends the one being recorded.
func recorded(args []string) (viewer.Action, error) {
	if len(args) == 0 {
		return viewer.MacroRecord, nil
	}
	return worded(viewer.MacroRecord)(args)
}

func numbers(args []string, n int) ([]float64, error) {
	if len(args) != n {
		return nil, fmt.Errorf("got %d values", len(args))
	}
	out := make([]float64, n)
	for i, a := range args {
		f, err := strconv.ParseFloat(strings.Replace(a, "−", "-", 1), 64)
		if err != nil || !(f >= -1e9 && f <= 1e9) { // nor is "nan" a number
			return nil, fmt.Errorf("%q is no number", a)
		}
		out[i] = f
	}
	return out, nil
}

// windowLevel takes width before level, as they are read aloud (N16).
func windowLevel(args []string) (viewer.Action, error) {
	n, err := numbers(args, 2)
	if err == nil && n[0] < 1 {
		err = fmt.Errorf("a window is at least 1 wide")
	}
	if err != nil {
		return "", err
	}
	return viewer.WindowSet(n[0], n[1]), nil
}

func zoom(args []string) (viewer.Action, error) {
	n, err := numbers(args, 1)
	if err == nil && n[0] < 0 {
		err = fmt.Errorf("0 fits, 1 is one to one")
	}
	if err != nil {
		return "", err
	}
	return viewer.ZoomSet(n[0]), nil
}

func gotoSlice(args []string) (viewer.Action, error) {
	n, err := numbers(args, 1)
	if err == nil && n[0] < 1 {
		err = fmt.Errorf("slices count from 1")
	}
	if err != nil {
		return "", err
	}
	return viewer.SliceSet(int(n[0])), nil
}

// hanging explains the protocol in effect; keep and forget are said out.
func hanging(args []string) (viewer.Action, error) {
	switch strings.Join(args, " ") {
	case "":
		return viewer.HangExplain, nil
	case "keep":
		return viewer.HangKeep, nil
	case "forget":
		return viewer.HangForget, nil
	}
	return "", fmt.Errorf("keep or forget")
}

// layout takes rows and columns; the largest grid is the images' own business.
func layout(args []string) (viewer.Action, error) {
	if len(args) != 1 {
		return "", fmt.Errorf("got %d values", len(args))
	}
	rows, cols, _ := strings.Cut(strings.ToLower(args[0]), "x")
	n, err := numbers([]string{rows, cols}, 2)
	if err != nil {
		return "", err
	}
	if n[0] < 1 || n[1] < 1 || n[0] != math.Trunc(n[0]) || n[1] != math.Trunc(n[1]) {
		return "", fmt.Errorf("rows and columns count from 1")
	}
	return viewer.GridSet(int(n[0]), int(n[1])), nil
}

// fuse takes nothing, the share of the PET, or that and the SUV shown brightest.
func fuse(args []string) (viewer.Action, error) {
	if len(args) == 0 {
		return viewer.FuseToggle, nil
	}
	n, err := numbers(args, min(len(args), 2))
	if err != nil {
		return "", err
	}
	if n[0] < 0 || n[0] > 100 || len(n) == 2 && n[1] <= 0 {
		return "", fmt.Errorf("0 to 100 percent, and an SUV above 0")
	}
	return viewer.FuseSet(n[0], append(n, 0)[1]), nil
}

func slab(args []string) (viewer.Action, error) {
	n, err := numbers(args, 1)
	if err == nil && n[0] <= 0 {
		err = fmt.Errorf("a slab is thicker than 0 mm")
	}
	if err != nil {
		return "", err
	}
	return viewer.SlabSet(n[0]), nil
}

// Usage lists the verbs for the help.
func Usage() []string {
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSpace(":"+e.name+" "+e.args)+"  "+e.help)
	}
	return out
}

// Find picks the binding whose help holds all words; the shortest help wins.
func Find(bindings []viewer.Binding, words string) (viewer.Binding, bool) {
	var best viewer.Binding
	found := false
	for _, b := range bindings {
		if holds(b.Help+" "+b.Group, words) && (!found || len(b.Help) < len(best.Help)) {
			best, found = b, true
		}
	}
	return best, found && strings.TrimSpace(words) != ""
}

func holds(text, words string) bool {
	text = strings.ToLower(text)
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
