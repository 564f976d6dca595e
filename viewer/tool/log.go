package tool

import "github.com/nocturne/nocturne/viewer"

// Edit is one undoable step: a mark before and after. Before is nil for a new
// mark, After for a deleted one. Marks are whole, so that undoing is exact.
type Edit struct{ Before, After *viewer.Mark }

// Log is the marks of a case and every step that led to them, without limit.
// The zero value is empty and ready. Marks are kept in the order they were made.
type Log struct {
	marks []viewer.Mark
	done  []Edit
	back  []Edit
}

// Load replaces the marks and forgets all steps: another case.
func (l *Log) Load(marks []viewer.Mark) {
	*l = Log{}
	for _, m := range marks {
		l.marks = append(l.marks, clone(m))
	}
}

// Marks are the marks as they are now; not to be changed.
func (l *Log) Marks() []viewer.Mark { return l.marks }

// Find gives the mark with an ID.
func (l *Log) Find(id string) (viewer.Mark, bool) {
	if i := l.index(id); i >= 0 {
		return l.marks[i], true
	}
	return viewer.Mark{}, false
}

// Add appends a new mark.
func (l *Log) Add(m viewer.Mark) { l.do(Edit{After: ref(m)}) }

// Change replaces the mark with m's ID; without such a mark nothing happens.
func (l *Log) Change(m viewer.Mark) {
	if old, ok := l.Find(m.ID); ok {
		l.do(Edit{Before: ref(old), After: ref(m)})
	}
}

// Renew replaces the mark with m's ID without a step of its own: for what follows
// from another mark's step.
func (l *Log) Renew(m viewer.Mark) {
	if i := l.index(m.ID); i >= 0 {
		l.marks[i] = clone(m)
	}
}

// Delete removes a mark; ok is false when there is none.
func (l *Log) Delete(id string) (gone viewer.Mark, ok bool) {
	if gone, ok = l.Find(id); ok {
		l.do(Edit{Before: ref(gone)})
	}
	return gone, ok
}

// Undo takes the last step back and says what it did, Before and After swapped
// so that After is what is true now.
func (l *Log) Undo() (e Edit, ok bool) {
	if len(l.done) == 0 {
		return e, false
	}
	last := l.done[len(l.done)-1]
	l.done = l.done[:len(l.done)-1]
	l.back = append(l.back, last)
	e = Edit{Before: last.After, After: last.Before}
	l.apply(e)
	return e, true
}

// Redo does the step again that was last undone.
func (l *Log) Redo() (e Edit, ok bool) {
	if len(l.back) == 0 {
		return e, false
	}
	e = l.back[len(l.back)-1]
	l.back = l.back[:len(l.back)-1]
	l.done = append(l.done, e)
	l.apply(e)
	return e, true
}

func (l *Log) do(e Edit) {
	l.done, l.back = append(l.done, e), nil
	l.apply(e)
}

func (l *Log) apply(e Edit) {
	switch {
	case e.After == nil:
		if i := l.index(e.Before.ID); i >= 0 {
			l.marks = append(l.marks[:i:i], l.marks[i+1:]...)
		}
	case l.index(e.After.ID) >= 0:
		l.marks[l.index(e.After.ID)] = clone(*e.After)
	default:
		l.marks = append(l.marks, clone(*e.After))
	}
}

func (l *Log) index(id string) int {
	for i := range l.marks {
		if l.marks[i].ID == id {
			return i
		}
	}
	return -1
}

func ref(m viewer.Mark) *viewer.Mark { c := clone(m); return &c }

func clone(m viewer.Mark) viewer.Mark {
	m.Points = append([][2]float64(nil), m.Points...)
	m.Values = append([]viewer.Value(nil), m.Values...)
	m.From = append([]string(nil), m.From...)
	return m
}
