package desk

import (
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// gaze is what is on screen as acquired, since it was last counted.
type gaze struct {
	pictures []picture.Picture
	from     map[string]time.Time // when a picture's time began
	since    time.Time
	drawn    []picture.Picture // of the Scene that is being made
	settling map[string]bool   // those of a tile that nobody has scrolled
}

// away is how long one look counts at most without anything happening: the reader
// may be on the telephone.
const away = time.Minute

// looked counts the time that the pictures of the last Scene were on screen until
// now. A frame that has been long enough is told as seen; one that is left is told
// with its time.
func (d *Desk) looked(now time.Time) {
	since := d.gaze.since
	d.gaze.since = now
	if !d.open {
		return
	}
	for _, p := range d.gaze.pictures {
		f, _ := p.Slot.Wanted()
		k := f.Key()
		on := min(now.Sub(later(since, d.gaze.from[k])), away)
		if on <= 0 {
			continue
		}
		was := d.seen[k]
		d.seen[k] = was + on
		if was < viewer.LongEnough && d.seen[k] >= viewer.LongEnough {
			d.changed = true
			d.view(p)
		}
	}
}

// showed tells of the first own pixel of the case.
func (d *Desk) showed(p picture.Picture) {
	if !d.shown && !d.prior(p.Slot.Instance.Object.StudyUID) {
		d.shown = true
		d.emit(viewer.Event{Kind: viewer.Shown})
	}
}

// see takes what is on screen, as it was acquired, from now on.
func (d *Desk) see(now time.Time, pictures []picture.Picture) {
	d.looked(now)
	for _, p := range d.gaze.pictures {
		if f, _ := p.Slot.Wanted(); !shows(pictures, p) && d.seen[f.Key()] >= viewer.LongEnough {
			d.view(p)
		}
	}
	was := d.gaze.from
	d.gaze.pictures, d.gaze.from = d.gaze.pictures[:0], map[string]time.Time{}
	for _, p := range pictures {
		if p.Preview() || p.Slot.Instance.Made != nil || shows(d.gaze.pictures, p) {
			continue
		}
		d.gaze.pictures = append(d.gaze.pictures, p)
		f, _ := p.Slot.Wanted()
		k := f.Key()
		from, before := was[k]
		if !before && d.gaze.settling[k] {
			from = now.Add(settled)
		} else if !before || !d.gaze.settling[k] && from.After(now) {
			from = now
		}
		d.gaze.from[k] = from
	}
}

// settled is how long a picture stands on a tile that nobody has scrolled before its
// time begins: while a stack comes in, what is first in it changes.
const settled = 250 * time.Millisecond

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func shows(pictures []picture.Picture, p picture.Picture) bool {
	f, _ := p.Slot.Wanted()
	for _, o := range pictures {
		if g, _ := o.Slot.Wanted(); g.Key() == f.Key() {
			return true
		}
	}
	return false
}

// view puts a frame of the current study among those to be told, with the time it
// has by now.
func (d *Desk) view(p picture.Picture) {
	o := p.Slot.Instance.Object
	if o.SOPUID == "" || d.prior(o.StudyUID) {
		return
	}
	f, _ := p.Slot.Wanted()
	s := viewer.Seen{SOPUID: o.SOPUID, Frame: p.Slot.Frame, MS: int(d.seen[f.Key()] / time.Millisecond)}
	d.viewed = viewer.MergeSeen(d.viewed, []viewer.Seen{s})
}

// remembered takes up what was seen before: a time that nobody measured counts as
// long enough.
func (d *Desk) remembered(seen []viewer.Seen) {
	for _, s := range seen {
		on := time.Duration(s.MS) * time.Millisecond
		if s.MS == 0 {
			on = viewer.LongEnough
		}
		k := load.Frame{Object: viewer.Object{SOPUID: s.SOPUID}, Index: s.Frame}.Key()
		d.seen[k] = max(d.seen[k], on)
	}
}

// wasSeen reports whether a slot's frame has been on screen long enough; here is
// false for a missing slice.
func (d *Desk) wasSeen(sl stack.Slot) (seen, here bool) {
	f, ok := sl.Wanted()
	return ok && d.seen[f.Key()] >= viewer.LongEnough, ok
}

// unseen counts the frames of the current study that are here and were not seen,
// and says which, a sentence for each display set: "Se 3: 14 of 120 not seen:
// 31–44".
func (d *Desk) unseen() (n int, where []string) {
	for _, s := range d.stacks {
		if d.prior(s.Study) || s.Source != nil {
			continue
		}
		var lacking []int
		for i, sl := range s.Slots {
			if seen, here := d.wasSeen(sl); here && !seen {
				lacking = append(lacking, i+1)
			}
		}
		if n += len(lacking); len(lacking) > 0 && len(where) < maxWhere {
			where = append(where, fmt.Sprintf("%s: %d of %d not seen: %s", orSeries(s), len(lacking), len(s.Slots), ranges(lacking)))
		}
	}
	parts := d.unwalked()
	where = append(where, parts[:min(len(parts), maxWhere)]...)
	return n + len(parts), where
}

// maxWhere bounds how many display sets are named, maxRanges how many ranges of
// one.
const maxWhere, maxRanges = 8, 6

func orSeries(s *stack.Stack) string {
	if s.Number == 0 {
		return orWord(s.Description, "a series without a number")
	}
	return numbered(s.Number)
}

func orWord(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// ranges are rising numbers as one reads them: "1–4, 7, 31–44".
func ranges(n []int) string {
	var out []string
	for i := 0; i < len(n); {
		k := i
		for k+1 < len(n) && n[k+1] == n[k]+1 {
			k++
		}
		switch {
		case len(out) == maxRanges:
			return strings.Join(out, ", ") + " …"
		case k == i:
			out = append(out, fmt.Sprint(n[i]))
		default:
			out = append(out, fmt.Sprintf("%d–%d", n[i], n[k]))
		}
		i = k + 1
	}
	return strings.Join(out, ", ")
}

// nextUnseen goes to the next slice of the study that was not seen: in the tile's
// stack onwards and around, then in the other series.
func (d *Desk) nextUnseen() {
	t := d.at()
	if t.stack == nil || t.made() != nil || d.prior(t.stack.Study) {
		d.notice("Choose a tile of the current study first.")
		return
	}
	n := len(t.stack.Slots)
	for by := 1; by <= n; by++ {
		i := (t.look.slice + by) % n
		if seen, here := d.wasSeen(t.stack.Slots[i]); here && !seen {
			d.slice(t, i)
			return
		}
	}
	for _, s := range d.stacks {
		if d.prior(s.Study) || s == t.stack {
			continue
		}
		for i, sl := range s.Slots {
			if seen, here := d.wasSeen(sl); here && !seen {
				d.hang(t, s)
				d.slice(t, i)
				d.notice("Next unseen: " + overlay.Join(" ", s.Title()) + fmt.Sprintf(", image %d.", i+1))
				return
			}
		}
	}
	d.notice("Every image of this study has been seen.")
}

// glimpse is when something on screen has been there long enough to count as seen;
// ok is false where all of it has.
func (d *Desk) glimpse() (at time.Time, ok bool) {
	for _, p := range d.gaze.pictures {
		f, _ := p.Slot.Wanted()
		left := viewer.LongEnough - d.seen[f.Key()]
		if left <= 0 {
			continue
		}
		if due := later(d.gaze.since, d.gaze.from[f.Key()]).Add(left); !ok || due.Before(at) {
			at, ok = due, true
		}
	}
	return at, ok
}

// draws notes a picture of the Scene that is being made.
func (d *Desk) draws(t *tile, p picture.Picture) {
	d.gaze.drawn = append(d.gaze.drawn, p)
	if d.gaze.settling == nil {
		d.gaze.settling = map[string]bool{}
	}
	f, _ := p.Slot.Wanted()
	settling, twice := d.gaze.settling[f.Key()]
	d.gaze.settling[f.Key()] = !t.look.touched && (settling || !twice)
}
