package desk

import (
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
)

// prepared is the case that comes next, made ready beside the one on screen: a Desk of
// its own, which is drawn nowhere and tells nobody, decides which frames will be seen
// first, and a Loader of its own reads and decodes them. Nothing of it is a part of the
// case on screen (N1); when that case is opened the headers and pixels are handed over,
// and everything else, the comparison with the order too (N4), is done as ever.
type prepared struct {
	desk  *Desk
	begun time.Time
	over  bool // its first images are decoded, or it takes too long
}

const (
	// quiet is how long nothing must have been done to the case on screen before time is
	// spent on the next one.
	quiet = 300 * time.Millisecond
	// preparing is how long it may take; then what is there has to do.
	preparing = 20 * time.Second
)

// Soon makes a case ready that is not on screen; c nil: more objects of the same one. It
// replaces the one before. Nothing of it is ever shown unless Open opens the same study.
func (d *Desk) Soon(c *viewer.Case, objects []viewer.Object) {
	if d.opt.Ahead == nil || c == nil && d.soon == nil {
		return
	}
	if c != nil {
		d.dropSoon()
		p := New(Options{Keymap: d.opt.Keymap, Now: d.opt.Now, Load: d.opt.Ahead, NewID: d.opt.NewID, Protocols: d.opt.Protocols})
		p.Resize(d.w, d.h, d.scale)
		p.Open(*c)
		d.soon = &prepared{desk: p, begun: d.opt.Now()}
	}
	d.soon.over = false
	d.soon.desk.Add(d.soon.desk.c.Epoch, objects)
}

// dropSoon forgets the next case and its pixels.
func (d *Desk) dropSoon() {
	d.soon = nil
	if d.opt.Ahead != nil {
		d.opt.Ahead.Forget()
	}
}

// prepare goes on with the next case while nothing else is to be done.
func (d *Desk) prepare(now time.Time) {
	s := d.soon
	if s == nil || s.over || now.Sub(d.acting) < quiet || d.open && d.opt.Load.Reading() > 0 {
		return
	}
	s.desk.Tick(now)
	s.over = s.desk.ready() || now.Sub(s.begun) > preparing
}

// ready: the case hangs, and every tile that shows an image has its pixels.
func (d *Desk) ready() bool {
	if !d.hung {
		return false
	}
	for _, t := range d.visible() {
		if _, ok := t.slot(); ok && t.shown.Image == nil {
			return false
		}
	}
	return true
}

// soonNext is when prepare must be called again at the latest.
func (d *Desk) soonNext() (time.Time, bool) {
	if d.soon == nil || d.soon.over {
		return time.Time{}, false
	}
	at := d.acting.Add(quiet)
	if next, ok := d.soon.desk.Next(); ok && next.After(at) {
		at = next
	}
	return at, true
}

// handed is what was prepared of a case that is being opened; nothing of any other.
func (d *Desk) handed(study string) (p load.Prepared, ok bool) {
	if d.soon == nil || d.soon.desk.c.StudyUID != study {
		return p, false
	}
	d.soon = nil
	return d.opt.Ahead.Hand(), true
}
