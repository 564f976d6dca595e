package desk

import (
	"strings"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// waiting is a step of a stack that was asked for and is not drawn yet.
type waiting struct {
	tile *tile
	by   int
	at   time.Time // when it was asked for
}

// holdUp is how long a step waits for the one before to be on screen, pixels and all:
// longer than a slice takes to decode, short enough that a file that cannot be read
// stops nobody.
const holdUp = 250 * time.Millisecond

// pace takes steps one by one where they are paced (Options.Paced): each slice is
// drawn before the next is gone to, so that none is skipped, and a machine that
// cannot keep the pace lags a little (N9). Whatever else the reader does that depends
// on the slice comes after all steps asked for before it: see catchUp.
type pace struct {
	steps []waiting
	taken time.Time // when the last step was
	drawn bool      // what it went to was drawn
	heard time.Time // the earliest input that no Scene shows yet
}

// hear notes when the input came that the next Scene shows.
func (p *pace) hear(at time.Time) {
	if p.heard.IsZero() || at.Before(p.heard) {
		p.heard = at
	}
}

// scroll moves a tile by slices and takes the linked tiles along. Every step
// counts: the slice is state, pixels follow (N9).
func (d *Desk) scroll(t *tile, by int) {
	if !d.opt.Paced {
		d.hear(d.opt.Now())
		d.slice(t, t.look.slice+by)
		return
	}
	d.steps = append(d.steps, waiting{t, by, d.opt.Now()})
	d.touch()
}

// proceed takes the next step, if the last one is on screen.
func (d *Desk) proceed(now time.Time) {
	if len(d.steps) == 0 || !d.arrived() && now.Sub(d.taken) < holdUp {
		return
	}
	s := d.steps[0]
	d.steps, d.taken, d.drawn = d.steps[1:], now, false
	d.hear(s.at)
	d.slice(s.tile, s.tile.look.slice+s.by)
}

// arrived reports whether all tiles were drawn with the slices they stand at.
func (d *Desk) arrived() bool {
	if d.taken.IsZero() {
		return true
	}
	for _, t := range d.visible() {
		if !t.late.IsZero() {
			return false
		}
	}
	return d.drawn
}

// CatchUp takes all steps that wait: for a window that nobody sees.
func (d *Desk) CatchUp() { d.catchUp() }

// catchUp takes all steps that wait, undrawn: what comes now is meant for the slice
// they lead to, whose picture it finds if that is decoded.
func (d *Desk) catchUp() {
	if len(d.steps) == 0 {
		return
	}
	for _, s := range d.steps {
		d.slice(s.tile, s.tile.look.slice+s.by)
	}
	d.steps = nil
	d.want()
	d.renew(d.opt.Now())
	d.touch()
}

// atOnce are the actions that do not depend on the slice: steps themselves, windows
// and views.
func atOnce(a viewer.Action) bool {
	switch a {
	case viewer.SliceNext, viewer.SlicePrev, viewer.SliceNext10, viewer.SlicePrev10, viewer.PerfToggle:
		return true
	}
	return strings.HasPrefix(string(a), "window.") || strings.HasPrefix(string(a), "view.") && a != viewer.ViewReset
}
