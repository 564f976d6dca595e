// Package tool is what a gesture does: which points a mark still needs, where a
// handle is grabbed, how a drag turns into window and level, how long a key must
// be held, what is typing and what is stray speech, and how edits are undone. It
// knows neither a device nor an engine: time and positions are passed in.
package tool

import "github.com/nocturne/nocturne/viewer"

// kinds maps the measuring tools to the marks they make.
var kinds = map[viewer.Action]viewer.MarkKind{
	viewer.ToolLength:  viewer.Length,
	viewer.ToolAngle:   viewer.Angle,
	viewer.ToolEllipse: viewer.Ellipse,
	viewer.ToolProbe:   viewer.Probe,
	viewer.ToolArrow:   viewer.Arrow,
	viewer.ToolText:    viewer.Text,
}

// Names of the tools as the status line and the overlay show them.
var names = map[viewer.Action]string{
	"":                 "scroll",
	viewer.ToolWindow:  "window/level",
	viewer.ToolLength:  "ruler",
	viewer.ToolAngle:   "angle",
	viewer.ToolEllipse: "ellipse",
	viewer.ToolProbe:   "probe",
	viewer.ToolArrow:   "arrow",
	viewer.ToolText:    "text",
}

// Kind is the mark that a tool makes; ok is false for tools that measure nothing.
func Kind(a viewer.Action) (k viewer.MarkKind, ok bool) {
	k, ok = kinds[a]
	return k, ok
}

// Name is the reader's word for a tool; "" means it is none.
func Name(a viewer.Action) string { return names[a] }

// Points is how many points a mark of a kind has.
func Points(k viewer.MarkKind) int {
	switch k {
	case viewer.Angle:
		return 3
	case viewer.Length, viewer.Ellipse, viewer.Arrow:
		return 2
	}
	return 1
}

// Draft is a mark in the making: the points set so far and the one that follows
// the pointer. The zero value of Kind is no draft.
type Draft struct {
	Kind   viewer.MarkKind
	Points [][2]float64
	Cursor [2]float64
}

// Put sets the next point. When it was the last one, done holds all of them and
// the draft starts afresh.
func (d *Draft) Put(p [2]float64) (done [][2]float64, ok bool) {
	d.Points, d.Cursor = append(d.Points, p), p
	if len(d.Points) < Points(d.Kind) {
		return nil, false
	}
	done, d.Points = d.Points, nil
	return done, true
}

// Shape is what to draw now: the set points and the cursor.
func (d *Draft) Shape() [][2]float64 {
	return append(append([][2]float64(nil), d.Points...), d.Cursor)
}

// Begun reports whether any point is set.
func (d *Draft) Begun() bool { return len(d.Points) > 0 }

// Drop forgets the points, keeping the tool.
func (d *Draft) Drop() { d.Points = nil }
