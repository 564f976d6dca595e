package viewer

import (
	"fmt"
	"strconv"
	"strings"
)

// Actions with values carry them behind a colon: "window.set:400,40". These are
// their names, for those who perform them.
const (
	WindowSetName Action = "window.set"
	ZoomSetName   Action = "view.zoom.set"
	SliceSetName  Action = "slice.set"
	SlabSetName   Action = "mpr.slab.set"
	FuseSetName   Action = "fuse.set"
	GridSetName   Action = "layout.set"
)

// WindowSet asks for a window width and level in the image's unit (N16: width
// first, as readers say it).
func WindowSet(width, level float64) Action { return withValues(WindowSetName, width, level) }

// ZoomSet asks for screen pixels per image pixel; 0 fits.
func ZoomSet(factor float64) Action { return withValues(ZoomSetName, factor) }

// SliceSet asks for a slice by its 1-based number in viewing order.
func SliceSet(n int) Action { return withValues(SliceSetName, float64(n)) }

// SlabSet asks for slabs of a thickness in mm.
func SlabSet(mm float64) Action { return withValues(SlabSetName, mm) }

// GridSet asks for a layout of rows × columns, 1×1 to 4×5.
func GridSet(rows, cols int) Action { return withValues(GridSetName, float64(rows), float64(cols)) }

// FuseSet asks for a fusion with a share of the layer in percent and, with a top
// above 0, in the window from 0 to it in the layer's own unit.
func FuseSet(percent, top float64) Action {
	if top > 0 {
		return withValues(FuseSetName, percent, top)
	}
	return withValues(FuseSetName, percent)
}

func withValues(name Action, values ...float64) Action {
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return Action(fmt.Sprintf("%s:%s", name, strings.Join(s, ",")))
}

// worded are the actions whose value is a text: a letter, a name, a line.
var worded = map[Action]bool{
	PlaceSet: true, PlaceGo: true, MacroRecord: true, MacroPlay: true, MarkName: true, ImageGo: true, CommandLine: true,
}

// WithText gives an action its text: "place.go:a".
func (a Action) WithText(text string) Action { return Action(string(a) + ":" + text) }

// Text splits an action that takes a text into its name and that text; ok is false
// for every other action, and where there is no text.
func (a Action) Text() (name Action, text string, ok bool) {
	head, tail, has := strings.Cut(string(a), ":")
	return Action(head), tail, has && tail != "" && worded[Action(head)]
}

// Values splits an action into its name and its values; a value that is no number
// makes it an unknown action (ok false).
func (a Action) Values() (name Action, values []float64, ok bool) {
	head, tail, has := strings.Cut(string(a), ":")
	if !has {
		return a, nil, true
	}
	for _, s := range strings.Split(tail, ",") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return a, nil, false
		}
		values = append(values, f)
	}
	return Action(head), values, true
}
