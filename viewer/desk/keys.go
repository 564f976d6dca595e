package desk

import (
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/tool"
)

// heldKey is a key that is down.
type heldKey struct {
	since  time.Time
	before viewer.Action // the tool that was active when it went down
	tool   bool          // it chose a tool: held over 200 ms, the tool goes with it
	action viewer.Action
}

// Key is a key going down on a device that will tell when it comes up (KeyUp).
// The device's own auto-repeat must not be passed on: Tick repeats.
//
// A printable key acts after tool.Patience (60 ms), because it may be the first
// letter of dictation (N2); all other keys act at once, or behind the printable
// ones that still wait.
func (d *Desk) Key(k viewer.Key) { d.stroke(tool.Stroke{Key: k, At: d.opt.Now(), Live: true}) }

// KeyUp is the key coming up.
func (d *Desk) KeyUp(k viewer.Key) { d.stroke(tool.Stroke{Key: k, At: d.opt.Now(), Up: true}) }

// Press is a key of a device that cannot tell when it comes up: a terminal. What
// lasts while a key is held toggles instead, and the device repeats.
func (d *Desk) Press(k viewer.Key) { d.stroke(tool.Stroke{Key: k, At: d.opt.Now()}) }

// Paste is text that came at once: an input method, a paste. It is never executed
// (N2).
func (d *Desk) Paste(text string) {
	if d.label != nil {
		d.label.write(text)
		d.touch()
		return
	}
	if text != "" && !d.blank {
		d.emit(viewer.Event{Kind: viewer.Held, Text: text})
	}
}

// stroke takes a key. A locked screen takes none but the one that locks.
func (d *Desk) stroke(s tool.Stroke) {
	if d.locks(s) || d.blank {
		return
	}
	d.touched()
	if s.Key == " " {
		s.Key = "space"
	}
	if d.label != nil && !s.Up {
		d.drain()
		d.typeLabel(s.Key)
		return
	}
	d.stray.Press(s)
	d.release(s.At)
}

// release lets the strokes act whose time has come.
func (d *Desk) release(now time.Time) {
	strokes, held := d.stray.Ready(now)
	for _, s := range strokes {
		switch {
		case s.Up:
			d.up(s)
		case d.label != nil:
			d.typeLabel(s.Key)
		default:
			d.down(s)
		}
	}
	if d.label != nil {
		d.drain()
	}
	if held != "" {
		d.emit(viewer.Event{Kind: viewer.Held, Text: held})
	}
}

// drain types what waited when a line of text opened, so that no letter overtakes
// another.
func (d *Desk) drain() {
	for _, s := range d.stray.Drain() {
		switch {
		case s.Up:
			d.up(s)
		case d.label != nil:
			d.typeLabel(s.Key)
		default:
			d.stray.Press(s)
		}
	}
}

// steers are the actions of the arrows while a tool has them.
var steers = map[viewer.Action]map[viewer.Key]viewer.Action{
	viewer.ToolWindow: {
		"up": viewer.WindowHigher, "down": viewer.WindowLower,
		"left": viewer.WindowNarrow, "right": viewer.WindowWider,
	},
	viewer.ToolShift: {
		"up": viewer.ShiftUp, "down": viewer.ShiftDown,
		"left": viewer.ShiftLeft, "right": viewer.ShiftRight,
	},
}

func (d *Desk) down(s tool.Stroke) {
	d.stopMacro()
	if d.leavePattern() {
		return
	}
	if d.menuKey(s.Key) || d.stripKey(s.Key) || d.letterKey(s.Key) || d.panelKey(s.Key) || d.countKey(s.Key) {
		return
	}
	d.hear(s.At)
	action, hold := steers[d.tool][s.Key], false
	if action == "" {
		b, ok := d.opt.Keymap.LookupImages(d.measuring() || d.handle != nil, s.Key)
		if !ok {
			return
		}
		action, hold = b.Action, b.Hold
	}
	before := d.tool
	if hold && action == d.tool {
		d.selectTool("") // pressed again where holding cannot be told: off
	} else {
		d.times(action)
	}
	if s.Live {
		d.held[s.Key] = heldKey{since: s.At, before: before, tool: tool.Name(action) != "", action: action}
		if repeats[action] {
			d.repeat.Start(s.Key, s.At)
		}
	}
}

func (d *Desk) up(s tool.Stroke) {
	h, ok := d.held[s.Key]
	if !ok {
		return
	}
	delete(d.held, s.Key)
	d.repeat.Stop(s.Key)
	switch h.action {
	case viewer.ToolLoupe:
		d.loupe = false
		d.touch()
	case viewer.ToolSnap:
		d.touch()
	}
	if h.tool && d.tool == h.action && s.At.Sub(h.since) > tool.HoldToUse {
		d.selectTool(h.before)
	}
}

// repeats are the actions that a held key repeats.
var repeats = map[viewer.Action]bool{
	viewer.SliceNext: true, viewer.SlicePrev: true, viewer.SliceNext10: true, viewer.SlicePrev10: true,
	viewer.CursorLeft: true, viewer.CursorRight: true, viewer.CursorUp: true, viewer.CursorDown: true,
	viewer.CursorLeft10: true, viewer.CursorRight10: true, viewer.CursorUp10: true, viewer.CursorDown10: true,
	viewer.WindowLower: true, viewer.WindowHigher: true, viewer.WindowNarrow: true, viewer.WindowWider: true,
	viewer.ShiftLeft: true, viewer.ShiftRight: true, viewer.ShiftUp: true, viewer.ShiftDown: true,
	viewer.ViewZoomIn: true, viewer.ViewZoomOut: true,
	viewer.CrossLeft: true, viewer.CrossRight: true, viewer.CrossUp: true, viewer.CrossDown: true,
}

// again repeats the key that is held.
func (d *Desk) again(now time.Time) {
	k, n := d.repeat.Due(now)
	if d.opt.Paced {
		n = min(n, 1) // a held key repeats no faster than slices are drawn, and stops when it comes up
		if len(d.steps) > 0 {
			n = 0
		}
	}
	for range n {
		if h, ok := d.held[k]; ok {
			d.perform(h.action)
		}
	}
}

// Do performs an action by name; one that is not the image side's goes to the
// terminal as an Acted event, after the State it was meant for.
func (d *Desk) Do(a viewer.Action) { d.perform(a) }

func (d *Desk) perform(a viewer.Action) {
	if d.blank {
		return
	}
	if a != viewer.PatternToggle {
		d.leavePattern()
	}
	if name, text, ok := a.Text(); ok && spoken[name] != nil {
		if d.open {
			d.acted = true
			spoken[name](d, text)
			d.remember(name, a)
		}
		return
	}
	name, values, ok := a.Values()
	if _, _, line := a.Text(); !ok && !line {
		d.notice("Not understood: " + string(name))
		return
	}
	if !atOnce(name) {
		d.catchUp()
	}
	if f, mine := d.deeds[name]; mine {
		if d.open {
			d.acted = true
			if !holding[name] {
				d.leaveHandle()
			}
			f(d, values)
			d.remember(name, a)
		}
		return
	}
	d.tell(d.opt.Now(), true)
	d.emit(viewer.Event{Kind: viewer.Acted, Action: a})
}
