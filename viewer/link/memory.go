package link

import (
	"slices"

	"github.com/nocturne/nocturne/viewer"
)

// memory is what the terminal's end knows of the case on screen: enough to show it
// again in a window that has just started. Its cost is the object list (about 300
// bytes each) and the marks.
type memory struct {
	open    *viewer.Case // nil: nothing is to be shown
	objects []viewer.Object
	hidden  bool
	keys    *viewer.Keymap    // nil: the default
	past    map[uint64]string // epochs opened here and their studies, so that late edits are known
}

// maxPast bounds memory.past.
const maxPast = 64

func (m *memory) take(c viewer.Case) {
	if m.past == nil || len(m.past) >= maxPast {
		m.past = map[uint64]string{}
	}
	m.past[c.Epoch] = c.StudyUID
	c.Marks = slices.Clone(c.Marks)
	c.Studies, c.Seen = slices.Clone(c.Studies), slices.Clone(c.Seen)
	m.open, m.objects, m.hidden = &c, nil, false
}

// is reports whether an epoch is that of the case on screen.
func (m *memory) is(epoch uint64) bool { return m.open != nil && m.open.Epoch == epoch }

// update follows viewer.Viewer.Update.
func (m *memory) update(site viewer.SiteLine, studies []viewer.Study) {
	m.open.Site = site
	if studies != nil {
		m.open.Studies = slices.Clone(studies)
	}
}

// learn takes what an event tells of the case on screen.
func (m *memory) learn(e viewer.Event) {
	switch e.Kind {
	case viewer.Hidden:
		m.hidden = true
	case viewer.Stated:
		if m.open != nil {
			m.open.State = e.State
		}
	case viewer.Viewed:
		if m.open != nil {
			m.open.Seen = viewer.MergeSeen(m.open.Seen, e.Seen)
		}
	case viewer.Edited:
		if m.open != nil {
			m.open.Marks = edited(m.open.Marks, e)
		}
	}
}

// edited is a list of marks after an edit.
func edited(marks []viewer.Mark, e viewer.Event) []viewer.Mark {
	for _, mark := range e.Marks {
		i := slices.IndexFunc(marks, func(o viewer.Mark) bool { return o.ID == mark.ID })
		if i < 0 {
			marks = append(marks, mark)
		} else {
			marks[i] = mark
		}
	}
	return slices.DeleteFunc(marks, func(o viewer.Mark) bool { return slices.Contains(e.Deleted, o.ID) })
}

// again is what a new window is told to stand where the last one stood.
func (m *memory) again() []Message {
	var keys []Message
	if m.keys != nil {
		keys = []Message{{Kind: Keys, Keys: m.keys}}
	}
	if m.open == nil {
		return keys
	}
	c := *m.open
	c.Marks = slices.Clone(c.Marks)
	out := append(keys, Message{Kind: Open, Epoch: c.Epoch, StudyUID: c.StudyUID, Case: &c, Again: true, Hidden: m.hidden})
	return append(out, adds(c.Epoch, c.StudyUID, m.objects)...)
}

// adds splits a list of objects into messages.
func adds(epoch uint64, study string, objects []viewer.Object) []Message {
	var out []Message
	for part := range slices.Chunk(objects, maxObjects) {
		out = append(out, Message{Kind: Add, Epoch: epoch, StudyUID: study, Objects: slices.Clone(part)})
	}
	return out
}
