package desk

import (
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
	"github.com/nocturne/nocturne/viewer/tool"
)

// staged is the hanging protocol that a case hangs by.
type staged struct {
	protocol hang.Protocol
	why      string
	stage    int
	page     int            // of a sheet
	empty    []int          // tiles of the stage whose set is not here yet
	due      *hang.Reformat // planes to be made once the set has a window
}

func (s *staged) current() hang.Stage { return s.protocol.Stages[s.stage] }

// hangProtocol hangs the first stage of the protocol that is for the case. ok is
// false when there is none, or when none of the stage's sets is here. When all is here
// a later stage will do.
func (d *Desk) hangProtocol(all bool) bool {
	at, why := hang.Choose(d.opt.Protocols, d.facts())
	if at < 0 {
		return false
	}
	s := &staged{protocol: d.opt.Protocols[at], why: why}
	for i, stage := range s.protocol.Stages {
		if i > 0 && stage.Reformat != nil {
			continue // what was made comes only when it is asked for
		}
		if d.setStage(s, i, 0) {
			d.hung = true
			return true
		}
		if !all {
			break
		}
	}
	return false
}

// complete reports whether all that was announced of the current study is here.
func (d *Desk) complete() bool { return d.opt.Load.Reading() == 0 && d.short(d.c.StudyUID) == 0 }

// setStage hangs a stage, of a sheet one page; ok is false when it has nothing to
// show.
func (d *Desk) setStage(s *staged, stage, page int) bool {
	want := s.protocol.Stages[stage]
	if want.Sheet {
		return d.setSheet(s, stage, page)
	}
	sets, stacks := d.allSets()
	seats := want.Seats(d.c.StudyUID, d.studies(), sets)
	if !want.Shows(seats) {
		return false
	}
	d.clearFor(s, stage, want.Layout)
	for i, seat := range seats {
		if seat.Set < 0 {
			d.vacate(i, d.noSeat(seat.Want))
			s.empty = append(s.empty, i)
			continue
		}
		d.seat(d.tiles[i], seat, sets[seat.Set], stacks[seat.Set])
	}
	for i := len(seats); i < tilesOf(want.Layout); i++ {
		d.hang(d.tiles[i], nil)
	}
	s.due = want.Reformat
	d.reformatDue()
	d.centre()
	d.touch()
	return true
}

// clearFor makes room for a stage.
func (d *Desk) clearFor(s *staged, stage int, layout string) {
	d.endMPR()
	d.stowAll()
	d.layout, d.oneUp, d.beside, d.active = layout, false, nil, 0
	d.staged = s
	s.stage, s.page, s.empty, s.due = stage, 0, nil, nil
}

// vacate empties a tile and says why.
func (d *Desk) vacate(i int, why string) {
	t := d.tiles[i]
	d.hang(t, nil)
	*t = tile{rect: t.rect, moved: 1, empty: why}
}

// noSeat says why a tile of a stage is empty (N17: from facts).
func (d *Desk) noSeat(w hang.Want) string {
	switch {
	case w.Study != "prior":
		return "no such series"
	case len(d.priors()) == 0:
		return "no prior is known"
	}
	return "no such prior series here"
}

// seat puts a set into a tile as its stage wants it.
func (d *Desk) seat(t *tile, seat hang.Seat, set hang.Set, s *stack.Stack) {
	_, known := d.looks[s.Key()]
	known = known || t.stack == s
	d.hang(t, s)
	w := seat.Want
	first := w.Slice(set)
	if len(w.View) > 0 || w.Side != "" || w.Special {
		t.goTo(first)
	} else if !known && first > 0 {
		t.look.slice = first
	}
	t.linked, t.offset, t.group = w.Linked, 0, d.staged.current().OneScale
	t.look.view.Anchor = 0
	if t.group && first >= 0 && first < len(set.Images) {
		t.look.view.Anchor = set.Images[first].ChestWall()
	}
	if len(w.Window) == 2 && s.Modality == "CT" {
		t.look.window = picture.Choice{Fixed: true, Hung: true, Center: w.Window[1], Width: w.Window[0], Preset: presetName(w.Window)}
	} else if t.look.window.Hung {
		t.look.window = picture.Choice{} // another stage's window
	}
	if lead := d.tiles[0]; w.Linked && t != lead && lead.linked && lead.look.touched {
		if i, ok := level(lead, t); ok {
			t.goTo(i)
		}
	}
	if w.Fused {
		d.fuseAgain(t, 100*derive.UsualShare)
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
	if d.staged == nil || d.mpr != nil {
		return
	}
	stage := d.staged.current()
	if stage.Sheet {
		d.sheetLate()
		return
	}
	for i, w := range stage.Tiles {
		if t := d.tiles[i]; w.Fused && t.fused == nil && !d.acted {
			d.fuseAgain(t, 100*derive.UsualShare)
		}
	}
	if len(d.staged.empty) == 0 {
		return
	}
	sets, stacks := d.allSets()
	seats := stage.Seats(d.c.StudyUID, d.studies(), sets)
	d.staged.empty = slices.DeleteFunc(d.staged.empty, func(i int) bool {
		if seats[i].Set < 0 || d.tiles[i].key != "" {
			return false
		}
		d.seat(d.tiles[i], seats[i], sets[seats[i].Set], stacks[seats[i].Set])
		d.touch()
		return true
	})
}

// nextStage goes through the stages by +1 or −1, past those that have nothing to
// show; of a sheet through its pages.
func (d *Desk) nextStage(by int) {
	s := d.staged
	if s == nil {
		at, why := hang.Choose(d.opt.Protocols, d.facts())
		if at < 0 {
			d.notice("No hanging protocol is for this case.")
			return
		}
		s = &staged{protocol: d.opt.Protocols[at], why: why, stage: -by}
	} else if s.current().Sheet && s.page+by >= 0 && d.setStage(s, s.stage, s.page+by) {
		d.notice(s.words())
		return
	}
	n := len(s.protocol.Stages)
	for i := 1; i <= n; i++ {
		next := ((s.stage+i*by)%n + n) % n
		if d.setStage(s, next, 0) {
			d.notice(s.words())
			return
		}
	}
	d.notice("No stage of " + s.protocol.Name + " has anything to show.")
}

// words say where in the protocol the reader is.
func (s *staged) words() string {
	words := fmt.Sprintf("%s: %s (stage %d of %d)", s.protocol.Name, s.current().Name, s.stage+1, len(s.protocol.Stages))
	if s.current().Sheet {
		words += fmt.Sprintf(", page %d", s.page+1)
	}
	return words
}

// explainHang says which protocol is in effect and why.
func (d *Desk) explainHang() {
	if d.staged == nil {
		d.notice("No hanging protocol is in effect; . hangs by the one for this case.")
		return
	}
	s := d.staged
	d.notice(fmt.Sprintf("%s; stage %d of %d, %s", s.why, s.stage+1, len(s.protocol.Stages), s.current().Name))
}

// allSets describes every stack of the case.
func (d *Desk) allSets() (sets []hang.Set, stacks []*stack.Stack) {
	for _, s := range d.stacks {
		sets, stacks = append(sets, s.Hanging()), append(stacks, s)
	}
	return sets, stacks
}

// studies are all of the case, the current one first, then priors, nearest first.
func (d *Desk) studies() []string { return append([]string{d.c.StudyUID}, d.priors()...) }
