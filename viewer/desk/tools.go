package desk

import (
	"math"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
	"github.com/nocturne/nocturne/viewer/tool"
)

func toolChoices() map[viewer.Action]func(*Desk) {
	out := map[viewer.Action]func(*Desk){}
	for _, a := range []viewer.Action{
		viewer.ToolWindow, viewer.ToolLength, viewer.ToolAngle, viewer.ToolEllipse,
		viewer.ToolProbe, viewer.ToolArrow, viewer.ToolText,
		viewer.ToolBidirect, viewer.ToolCobb, viewer.ToolRectangle, viewer.ToolPolygon, viewer.ToolVertebra, viewer.ToolRegion,
	} {
		out[a] = func(d *Desk) { d.selectTool(a) }
	}
	for a := range tool.Presets {
		out[a] = func(d *Desk) { d.preset(a) }
	}
	for a, by := range map[viewer.Action][2]float64{
		viewer.CursorLeft: {-1, 0}, viewer.CursorRight: {1, 0}, viewer.CursorUp: {0, -1}, viewer.CursorDown: {0, 1},
		viewer.CursorLeft10: {-10, 0}, viewer.CursorRight10: {10, 0}, viewer.CursorUp10: {0, -10}, viewer.CursorDown10: {0, 10},
	} {
		out[a] = func(d *Desk) { d.moveCursor(by[0], by[1]) }
	}
	return out
}

// measuring reports whether the tool is one with a cursor and points.
func (d *Desk) measuring() bool {
	_, ok := tool.Kind(d.tool)
	return ok
}

// selectTool changes the tool; "" is none. A measuring tool's cursor appears at
// the pointer if it is over the tile, else in the middle of it.
func (d *Desk) selectTool(a viewer.Action) {
	kind, measuring := tool.Kind(a)
	if measuring && d.c.ReadOnly != "" && kind != viewer.Probe && a != viewer.ToolRegion {
		d.notice("Nothing can be marked: " + d.c.ReadOnly)
		return
	}
	if a != d.tool || d.draft.Begun() {
		d.draft = tool.Draft{Kind: kind}
	}
	d.tool, d.probe = a, ""
	if measuring {
		d.aim()
	}
	d.touch()
}

// aim puts the cursor under the pointer, or in the middle of the active tile.
func (d *Desk) aim() {
	t := d.at()
	g, ok := t.geometry()
	if !ok {
		return
	}
	d.arrange()
	x, y := picture.Middle(t.rect)
	over := d.pointer.inside && d.tileAt(d.pointer.x, d.pointer.y) == d.active
	if over {
		x, y = d.pointer.x, d.pointer.y
	}
	u, v := t.look.view.ToImage(g, t.rect).Apply(x, y)
	if !over {
		const rounding = 1e-9
		u, v = math.Floor(u+rounding)+0.5, math.Floor(v+rounding)+0.5 // a pixel's centre
	}
	d.setCursor(g, u, v)
}

// centre moves the cursor into a tile that has become active.
func (d *Desk) centre() {
	if d.measuring() {
		d.aim()
	}
}

func (d *Desk) setCursor(g *stack.Geometry, u, v float64) {
	d.cursor = [2]float64{clampTo(u, g.Cols), clampTo(v, g.Rows)}
	d.draft.Cursor = d.cursor
	d.dirty = true
}

func clampTo(v float64, size int) float64 { return math.Max(0, math.Min(float64(size), v)) }

// moveCursor moves by image pixels, in the directions of the screen: right is to
// the right however the image is turned.
func (d *Desk) moveCursor(dx, dy float64) {
	if d.handle != nil {
		d.moveHandle(dx, dy)
		return
	}
	t := d.at()
	g, ok := t.geometry()
	if !ok {
		return
	}
	in := t.look.view.ToImage(g, t.rect)
	u, v := along(in[0]*dx+in[1]*dy, in[3]*dx+in[4]*dy, math.Max(math.Abs(dx), math.Abs(dy)))
	d.setCursor(g, d.cursor[0]+u, d.cursor[1]+v)
	d.probeAt()
	d.touch()
}

// along is a step of n pixels on the image axis that a direction follows.
func along(u, v, n float64) (float64, float64) {
	if math.Abs(u) >= math.Abs(v) {
		return math.Copysign(n, u), 0
	}
	return 0, math.Copysign(n, v)
}

// probeAt says the value under the cursor while the probe is the tool.
func (d *Desk) probeAt() {
	d.probe = ""
	if d.tool != viewer.ToolProbe {
		return
	}
	p := d.at().shown
	if p.Image == nil {
		return
	}
	d.probe = picture.ProbeWords(p, d.cursor)
	d.touch()
}

// finish is Enter: it sets a point at the cursor.
func (d *Desk) finish() {
	if d.handle != nil {
		d.nextHandle()
		return
	}
	if d.measuring() {
		d.put(d.cursor)
	}
}

// put sets a point of the mark in the making.
func (d *Desk) put(p [2]float64) {
	t := d.at()
	switch {
	case t.shown.Image == nil || t.shown.Index != t.look.slice:
		d.notice("Nothing can be measured: the slice is not on screen.")
		return
	case t.shown.Preview():
		d.notice("Nothing can be measured yet: the image is still being read, this is a preview.")
		return
	case d.c.ReadOnly != "" && d.tool != viewer.ToolRegion:
		d.notice("Nothing can be marked: " + d.c.ReadOnly)
		return
	}
	d.refine(t)
	points, done := d.draft.Put(d.snapped(t, p))
	d.touch()
	switch {
	case !done:
	case d.tool == viewer.ToolRegion:
		d.windowBox(points)
	case d.draft.Kind == viewer.Vertebra:
		d.putVertebra(points[0], t.shown, t.stack)
	case d.draft.Kind == viewer.Text:
		d.label = &label{points: points, on: t.shown, stack: t.stack}
	default:
		d.make(t.shown, t.stack, points, "")
	}
}

// drop is Esc: first the points of the mark in the making, then the tool, then the
// selection. It never leaves the case.
func (d *Desk) drop() {
	switch {
	case d.handle != nil:
		d.leaveHandle()
	case d.draft.Begun():
		d.draft.Drop()
	case d.tool != "":
		d.selectTool("")
	default:
		d.chosen = ""
		for _, t := range d.tiles {
			t.cross = nil
		}
	}
	d.touch()
}

// label is the text of a text mark while it is typed.
type label struct {
	points [][2]float64
	text   []rune
	on     picture.Picture // where it was begun, wherever the reader scrolls meanwhile
	stack  *stack.Stack
	ask    string                     // what is asked for; "" for a text mark
	done   func(d *Desk, text string) // gets the answer; nil for a text mark
	keys   []time.Time                // of the last characters
}

func (l *label) write(s string) {
	for _, r := range s {
		if r == '\n' || r == '\t' || r == '\r' {
			r = ' '
		}
		if len(l.text) < maxLabel {
			l.text = append(l.text, r)
		}
	}
}

// ofText are the editor's own actions: they mean nothing here.
var ofText = map[viewer.Action]bool{
	viewer.PaneNext: true, viewer.PanePrev: true, viewer.UndoText: true, viewer.RedoText: true,
}

// maxLabel keeps a text mark to what a line of the image can hold.
const maxLabel = 200

// typeLabel is a key while a text mark is typed. Function and control keys act as
// in any text.
func (d *Desk) typeLabel(k viewer.Key) {
	l := d.label
	switch {
	case k == "space":
		l.struck(d.opt.Now())
		l.write(" ")
	case k.Typing():
		l.struck(d.opt.Now())
		l.write(string(k))
	case k == "backspace":
		if len(l.text) > 0 {
			l.text = l.text[:len(l.text)-1]
		}
	case k == "esc":
		d.label = nil
	case k == "enter" && l.ask == ":" && l.spoke(d.opt.Now()):
		l.write(" ") // a line break of dictation executes nothing (N2)
	case k == "enter":
		d.label = nil
		if l.done != nil {
			l.done(d, string(l.text))
		} else if len(l.text) > 0 {
			d.make(l.on, l.stack, l.points, string(l.text))
		}
	default:
		if b, ok := d.opt.Keymap.Lookup(viewer.InText, k); ok && !ofText[b.Action] {
			d.perform(b.Action)
		}
	}
	d.touch()
}
