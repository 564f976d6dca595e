package desk

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/tool"
)

// staged is the hanging protocol that a case hangs by.
type staged struct {
	protocol hang.Protocol
	why      string
	stage    int
	empty    []int // tiles of the stage whose set is not here yet
}

// facts of the case, as hanging protocols look at them.
func (d *Desk) facts() hang.Facts {
	f := hang.Facts{Modality: d.c.Order.Modality, Side: d.c.Order.Laterality, Words: []string{d.c.Order.Exam}}
	if st := d.study(d.c.StudyUID); st != nil {
		f.Words = append(f.Words, st.Description)
	}
	for _, s := range d.stacks {
		if d.prior(s.study) || s.localiser {
			continue
		}
		if f.Words = append(f.Words, s.first.d.Str(dicom.BodyPartExamined)); f.Modality == "" {
			f.Modality = s.modality
		}
	}
	return f
}

// hangProtocol hangs the first stage of the protocol that is for the case. ok is
// false when there is none, or when none of the stage's sets is here.
func (d *Desk) hangProtocol() bool {
	at, why := hang.Choose(d.opt.Protocols, d.facts())
	if at < 0 {
		return false
	}
	s := &staged{protocol: d.opt.Protocols[at], why: why}
	if !d.setStage(s, 0) {
		return false
	}
	d.hung = true
	return true
}

// setStage hangs a stage; ok is false when its first tile would be empty.
func (d *Desk) setStage(s *staged, stage int) bool {
	want := s.protocol.Stages[stage]
	sets, stacks := d.allSets()
	seats := want.Seats(d.c.StudyUID, d.studies(), sets)
	if len(seats) == 0 || seats[0].Set < 0 {
		return false
	}
	d.endMPR()
	d.stowAll()
	d.layout, d.oneUp, d.beside, d.active = want.Layout, false, nil, 0
	d.staged = s
	s.stage, s.empty = stage, nil
	for i, seat := range seats {
		t := d.tiles[i]
		if seat.Set < 0 {
			d.hang(t, nil)
			*t = tile{rect: t.rect, moved: 1, empty: "no such series"}
			s.empty = append(s.empty, i)
			continue
		}
		d.seat(t, seat, sets[seat.Set], stacks[seat.Set])
	}
	for i := len(seats); i < tilesOf(want.Layout); i++ {
		d.hang(d.tiles[i], nil)
	}
	d.centre()
	d.touch()
	return true
}

// seat puts a set into a tile as its stage wants it.
func (d *Desk) seat(t *tile, seat hang.Seat, set hang.Set, s *stack) {
	_, known := d.looks[s.key()]
	known = known || t.stack == s
	d.hang(t, s)
	w := seat.Want
	if first := w.Slice(set); !known && first > 0 {
		t.look.slice = first
	} else if len(w.View) > 0 || w.Side != "" {
		t.goTo(first)
	}
	t.linked, t.offset, t.group = w.Linked, 0, false
	t.look.view.anchor = 0
	if len(w.Window) == 2 && s.modality == "CT" {
		t.look.window = choice{fixed: true, center: w.Window[1], width: w.Window[0], preset: presetName(w.Window)}
	}
	if lead := d.tiles[0]; w.Linked && t != lead && lead.linked && lead.look.touched {
		if i, ok := level(lead, t); ok {
			t.goTo(i)
		}
	}
}

// presetName is the reader's word for a window, where it has one.
func presetName(window []float64) string {
	for _, p := range tool.Presets {
		if p.Width == window[0] && p.Center == window[1] {
			return p.Name
		}
	}
	return ""
}

// stowAll keeps how every tile looks at its stack.
func (d *Desk) stowAll() {
	for _, t := range d.tiles {
		d.stow(t)
	}
}

// seatLate puts a set that has come since into the tile that waits for it; nothing
// else moves (N3).
func (d *Desk) seatLate() {
	if d.staged == nil || len(d.staged.empty) == 0 || !d.grew {
		return
	}
	sets, stacks := d.allSets()
	seats := d.staged.protocol.Stages[d.staged.stage].Seats(d.c.StudyUID, d.studies(), sets)
	left := d.staged.empty[:0]
	for _, i := range d.staged.empty {
		if seats[i].Set < 0 || d.tiles[i].key != "" {
			left = append(left, i)
			continue
		}
		d.seat(d.tiles[i], seats[i], sets[seats[i].Set], stacks[seats[i].Set])
		d.touch()
	}
	d.staged.empty = left
}

// nextStage goes through the stages by +1 or −1, past those that have nothing to
// show.
func (d *Desk) nextStage(by int) {
	s := d.staged
	if s == nil {
		at, why := hang.Choose(d.opt.Protocols, d.facts())
		if at < 0 {
			d.notice("No hanging protocol is for this case.")
			return
		}
		s = &staged{protocol: d.opt.Protocols[at], why: why, stage: -by}
	}
	n := len(s.protocol.Stages)
	for i := 1; i <= n; i++ {
		next := ((s.stage+i*by)%n + n) % n
		if d.setStage(s, next) {
			d.notice(fmt.Sprintf("%s: %s (stage %d of %d)", s.protocol.Name, s.protocol.Stages[next].Name, next+1, n))
			return
		}
	}
	d.notice("No stage of " + s.protocol.Name + " has anything to show.")
}

// explainHang says which protocol is in effect and why.
func (d *Desk) explainHang() {
	if d.staged == nil {
		d.notice("No hanging protocol is in effect; . hangs by the one for this case.")
		return
	}
	s := d.staged
	d.notice(fmt.Sprintf("%s; stage %d of %d, %s", s.why, s.stage+1, len(s.protocol.Stages), s.protocol.Stages[s.stage].Name))
}

// allSets describes every stack of the case.
func (d *Desk) allSets() (sets []hang.Set, stacks []*stack) {
	for _, s := range d.stacks {
		sets, stacks = append(sets, set(s)), append(stacks, s)
	}
	return sets, stacks
}

// studies are all of the case, the current one first, then priors, nearest first.
func (d *Desk) studies() []string { return append([]string{d.c.StudyUID}, d.priors()...) }
