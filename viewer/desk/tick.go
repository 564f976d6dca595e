package desk

import (
	"math"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// Tick lets time pass: letters that were no dictation act, held keys repeat, cines
// run, what was read arrives. It reports whether the Scene changed since the last
// call of Scene. Call it once a frame while Next says so, and after every wake of
// the Loader.
func (d *Desk) Tick(now time.Time) (dirty bool) {
	d.looked(now)
	d.release(now)
	d.again(now)
	d.proceed(now)
	d.bound()
	headers, _ := d.opt.Load.Arrived()
	d.arrive(headers)
	d.tryHang(now)
	d.offer()
	d.play(now)
	d.fill()
	d.fillTracers()
	d.want()
	changed := d.renew(now)
	d.reformatDue()
	if changed {
		d.probeAt() // what lies under the cursor may be another value
		d.touch()
	}
	d.dirty = d.thumbnails() || d.dirty
	d.paste()
	d.stepMacro(now)
	d.arrive(d.came) // headers that came while pixels were asked for
	d.came = nil
	if m := now.Unix() / 60; m != d.minute {
		d.minute, d.dirty = m, true // the due clock
	}
	if len(d.viewed) > 0 && now.Sub(d.noted) >= everyNote {
		d.noted = now
		d.note()
	}
	d.tell(now, false)
	d.prepare(now)
	return d.dirty
}

// renew puts on screen what is here. An inline Loader decodes within Arrived, so
// that pixels wanted a moment ago are here at once.
func (d *Desk) renew(now time.Time) bool {
	changed := false
	for pass := 0; ; pass++ {
		missing := false
		for _, t := range d.visible() {
			changed = d.refresh(t, now) || changed
			d.lay(t)
			missing = missing || !t.late.IsZero()
		}
		if !missing || pass > 0 {
			return changed
		}
		headers, _ := d.opt.Load.Arrived()
		d.came = append(d.came, headers...)
	}
}

// play moves cines on. A frame that is not decoded yet is waited for: a cine drops
// no frame.
func (d *Desk) play(now time.Time) {
	for _, t := range d.visible() {
		if !t.cine || t.stack == nil {
			continue
		}
		sl, _ := t.slot()
		every := t.hold(sl)
		for steps := 0; now.Sub(t.since) >= every && steps < len(t.stack.Slots) && t.late.IsZero(); steps++ {
			t.since = t.since.Add(every)
			var next int
			next, t.back = t.follows()
			t.goTo(next)
			if t.moved = 1; t.back {
				t.moved = -1
			}
			sl, _ = t.slot()
			every = t.hold(sl)
			d.sliceChanged(t)
			d.lead(t)
			d.touch()
		}
		if now.Sub(t.since) > every+time.Second {
			t.since = now // was held up: go on from here
		}
	}
}

func (d *Desk) toggleCine() {
	t := d.at()
	if t.stack == nil || len(t.stack.Slots) < 2 {
		d.notice("There is nothing to play: one image.")
		return
	}
	t.cine, t.since = !t.cine, d.opt.Now()
	d.touch()
}

// Next is when Tick must be called at the latest if nothing else happens; ok is
// false when it need not: then the window may sleep until input or a wake of the
// Loader.
func (d *Desk) Next() (at time.Time, ok bool) {
	sooner := func(t time.Time, is bool) {
		if is && (!ok || t.Before(at)) {
			at, ok = t, true
		}
	}
	sooner(d.soonNext())
	sooner(d.stray.Next())
	sooner(d.glimpse())
	sooner(d.repeat.Next())
	sooner(d.opt.Now(), len(d.memory.playing) > 0)
	if !d.open {
		return at, ok
	}
	sooner(d.taken, len(d.steps) > 0)
	sooner(d.told.Add(everyState), d.changed)
	sooner(d.noted.Add(everyNote), len(d.viewed) > 0)
	sooner(d.firstSeen.Add(gather), !d.hung && !d.firstSeen.IsZero())
	for _, t := range d.visible() {
		if t.cine && t.stack != nil {
			sl, _ := t.slot()
			sooner(t.since.Add(t.hold(sl)), true)
		}
		sooner(t.late.Add(patience), !t.late.IsZero() && t.shown.Image != nil)
		sooner(t.turn.Add(rest), t.shown.Rough)
		sooner(t.poured.Add(everyPour), t.stale)
	}
	sooner(time.Unix((d.minute+1)*60, 0), !d.c.Site.Due.IsZero())
	return at, ok
}

// everyState keeps the terminal at no more than 30 redraws a second.
const everyState = time.Second / 30

// everyNote is how often the terminal hears which frames were seen: a crash counts at
// most that much as unseen.
const everyNote = 250 * time.Millisecond

// note tells which frames were seen.
func (d *Desk) note() {
	if len(d.viewed) > 0 && d.open {
		d.emit(viewer.Event{Kind: viewer.Viewed, Seen: d.viewed})
	}
	d.viewed = nil
}

// tell sends the State if it changed: at once when now must, else at most 30 times
// a second.
func (d *Desk) tell(now time.Time, must bool) {
	if !d.open || !d.changed || !must && now.Sub(d.told) < everyState {
		return
	}
	d.changed, d.told = false, now
	s := d.State()
	d.emit(viewer.Event{Kind: viewer.Stated, State: &s})
}

// finite keeps a NaN, which JSON cannot carry, out of the State.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
