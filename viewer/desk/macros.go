package desk

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

func (d *Desk) record(name string) {
	d.memory.recording = name
	d.macros[name] = nil
	d.notice("Recording macro " + name + ": the same key or :record ends it.")
	d.touch()
}

func (d *Desk) stopRecording() {
	name := d.memory.recording
	d.memory.recording = ""
	d.notice(fmt.Sprintf("Macro %s has %d steps.", name, len(d.macros[name])))
	d.touch()
}

// playMacro begins to play what was recorded, or what the key map has under that
// name.
func (d *Desk) playMacro(name string) {
	steps := d.macros[name]
	if len(steps) == 0 {
		steps = d.opt.Keymap.Macro(name)
	}
	switch {
	case len(steps) == 0:
		d.notice("There is no macro " + name + ".")
	case d.memory.recording != "":
		d.notice("A macro is being recorded: end it first.")
	default:
		d.memory.playing = append([]viewer.Action(nil), steps...)
		d.memory.since = d.opt.Now()
		d.touch()
	}
}

// stepWait is how long a step of a macro waits for its picture.
const stepWait = 5 * time.Second

// stepMacro does the next step of a macro, once the picture it is for is on screen. A
// question to the reader ends it.
func (d *Desk) stepMacro(now time.Time) {
	m := &d.memory
	if len(m.playing) == 0 {
		return
	}
	if !d.settled() {
		if now.Sub(m.since) < stepWait {
			return
		}
		m.playing = nil
		d.notice("The macro stopped: its image does not come.")
		return
	}
	next := m.playing[0]
	m.playing, m.since = m.playing[1:], now
	if name, _, _ := next.Values(); d.deeds[name] == nil && !d.speaks(next) {
		return // of the terminal: never from a macro
	}
	d.perform(next)
	if d.label != nil || m.await != nil {
		m.playing = nil
	}
}

func (d *Desk) speaks(a viewer.Action) bool {
	name, _, ok := a.Text()
	return ok && spoken[name] != nil
}

// settled: every tile shows the slice it is at, or says why not.
func (d *Desk) settled() bool {
	for _, t := range d.visible() {
		if !t.late.IsZero() || t.shown.Image != nil && (t.shown.Index != t.look.slice || t.shown.Rough) {
			return false
		}
	}
	return true
}

// stopMacro is any key of the reader while a macro plays.
func (d *Desk) stopMacro() {
	if len(d.memory.playing) > 0 {
		d.memory.playing = nil
		d.notice("The macro stopped.")
	}
}

// forget ends all that belongs to the case. Recorded macros stay.
func (d *Desk) forget() {
	if d.memory.recording != "" {
		d.notice("The recording ended with the case: macro " + d.memory.recording + " stops here.")
	}
	d.memory = memory{}
	d.panel, d.loupe = nil, false
}

// Physical reports whether letters are to be taken by their place just now: never
// while the reader types words.
func (d *Desk) Physical() bool {
	return d.opt.Keymap.Physical() && d.label == nil && d.strip == nil
}

// Keys gives the desk another key map.
func (d *Desk) Keys(m *viewer.Keymap) {
	if m != nil {
		d.opt.Keymap = m
		d.memory.count = 0
		d.letGo()
		d.touch()
	}
}
