package desk

import (
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/tool"
)

// locks takes the key that blanks both screens before whatever else takes keys here: a
// menu, a line of text, letters that wait to be told from dictation. The window is dark
// before the terminal hears of it, and whatever the terminal does. A dark one tells of the
// key too: the list may be on screen beside it.
func (d *Desk) locks(s tool.Stroke) bool {
	b, ok := d.opt.Keymap.LookupImages(false, s.Key)
	if s.Up || !ok || b.Action != viewer.SessionLock {
		return false
	}
	if d.open {
		d.tell(d.opt.Now(), true)
	}
	d.keepLabel()
	d.emit(viewer.Event{Kind: viewer.Acted, Action: viewer.SessionLock})
	d.Blank()
	return true
}

// everyTouch is how often the terminal hears that the reader does something here: pan,
// zoom, window, a prior, what a State or a frame seen does not tell of.
const everyTouch = 5 * time.Second

func (d *Desk) touched() {
	d.acting = d.opt.Now()
	if now := d.acting; d.open && now.Sub(d.toldTouch) >= everyTouch {
		d.toldTouch = now
		d.emit(viewer.Event{Kind: viewer.Touched})
	}
}

// keepLabel makes the mark whose words are being typed, so that a lock loses none of
// them.
func (d *Desk) keepLabel() {
	l := d.label
	if d.label = nil; l != nil && l.done == nil && len(l.text) > 0 {
		d.make(l.on, l.stack, l.points, string(l.text))
	}
}
