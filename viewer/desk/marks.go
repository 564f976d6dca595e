package desk

import (
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
	"github.com/nocturne/nocturne/viewer/tool"
)

// make adds a finished mark, selects it and tells the terminal at once. One that
// must not be measured is dropped with the sentence that says why. The tool stays.
func (d *Desk) make(on picture.Picture, s *stack.Stack, points [][2]float64, words string) {
	d.place(viewer.Mark{Kind: kindOf(d.draft.Kind, words), Points: points, Label: words}, on, s)
}

// place adds a mark of a kind, points and words to a picture; ok is false when it was
// refused.
func (d *Desk) place(m viewer.Mark, on picture.Picture, s *stack.Stack) (id string, ok bool) {
	m.ID, m.SOPUID, m.Frame = d.opt.NewID(), on.Slot.SOP(), on.Slot.Frame
	m.Slice, m.Changed = on.Index+1, d.opt.Now()
	d.markOf(&m, s)
	d.onReformat(&m, on)
	m, refused := picture.Measured(m, on)
	if refused != "" {
		d.notice(refused)
		d.touch()
		return "", false
	}
	d.log.Add(m)
	d.chosen = m.ID
	if !m.Prior {
		d.last = m.ID
	}
	d.edited(m)
	return m.ID, true
}

// kindOf: only text marks have words when they are made; the tool may have been
// put down while they were typed.
func kindOf(k viewer.MarkKind, words string) viewer.MarkKind {
	if words != "" {
		return viewer.Text
	}
	return k
}

func (d *Desk) edited(m viewer.Mark) {
	d.touch()
	d.emit(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{m}})
	d.follow(m.ID)
}

func (d *Desk) gone(id string) {
	if d.chosen == id {
		d.chosen = ""
	}
	d.last = d.lastOfCurrent()
	d.touch()
	d.emit(viewer.Event{Kind: viewer.Edited, Deleted: []string{id}})
	d.follow(id)
}

// lastOfCurrent is the mark made last in the study to be read.
func (d *Desk) lastOfCurrent() string {
	marks := d.log.Marks()
	for i := len(marks) - 1; i >= 0; i-- {
		if !marks[i].Prior && marks[i].Kind != viewer.KeyImageMark {
			return marks[i].ID
		}
	}
	return ""
}

func (d *Desk) deleteMark() {
	switch {
	case d.chosen == "":
		d.notice("No mark is selected; n selects the next.")
	case d.c.ReadOnly != "":
		d.notice("Nothing can be changed: " + d.c.ReadOnly)
	default:
		if m, ok := d.log.Delete(d.chosen); ok {
			d.gone(m.ID)
		}
	}
}

func (d *Desk) undo() { d.replay(d.log.Undo, "Nothing to undo.") }
func (d *Desk) redo() { d.replay(d.log.Redo, "Nothing to redo.") }

func (d *Desk) replay(step func() (tool.Edit, bool), none string) {
	if d.c.ReadOnly != "" {
		d.notice("Nothing can be changed: " + d.c.ReadOnly)
		return
	}
	e, ok := step()
	switch {
	case !ok:
		d.notice(none)
	case e.After == nil:
		d.gone(e.Before.ID)
	default:
		d.chosen = e.After.ID
		d.last = d.lastOfCurrent()
		d.edited(*e.After)
	}
}

// jump selects the next or previous mark whose image is here and goes to it.
func (d *Desk) jump(by int) {
	marks := d.log.Marks()
	at := -1
	for i, m := range marks {
		if m.ID == d.chosen {
			at = i
		}
	}
	if at < 0 && by < 0 {
		at = 0
	}
	for n := 1; n <= len(marks); n++ {
		m := marks[((at+by*n)%len(marks)+len(marks))%len(marks)]
		if d.goToMark(m) {
			d.chosen = m.ID
			d.touch()
			return
		}
	}
	d.notice("No mark to go to.")
}

// goToMark shows a mark in the tile that has its stack, else in the active one.
func (d *Desk) goToMark(m viewer.Mark) bool {
	if m.Plane != nil && d.goToReformat(m) {
		return true
	}
	for _, s := range d.stacks {
		i := s.Find(m.SOPUID, m.Frame)
		if i < 0 {
			continue
		}
		d.bring(s, i)
		return true
	}
	return false
}

// bring shows a slice in the tile that has its stack, else in the active one, and
// makes that tile the active one.
func (d *Desk) bring(s *stack.Stack, slice int) {
	t := d.holder(s)
	if t == nil {
		t = d.at()
		d.hang(t, s)
	}
	for k, o := range d.tiles {
		if o == t {
			d.activate(k)
		}
	}
	d.slice(t, slice)
}

// marksOn are the marks of a picture; the one being dragged as it is now.
func (d *Desk) marksOn(p picture.Picture) []viewer.Mark {
	var out []viewer.Mark
	for _, m := range d.log.Marks() {
		m, here := p.Lies(m)
		if !here {
			continue
		}
		if g := d.pointer.grab; g != nil && g.mark.ID == m.ID {
			m = g.mark
		}
		if h := d.handle; h != nil && h.mark.ID == m.ID {
			m = h.mark
		}
		out = append(out, m)
	}
	return out
}
