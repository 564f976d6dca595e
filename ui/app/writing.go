package app

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
)

// writing is the case's right to write its report, or who else has it.
type writing struct {
	right *reading.Writing // nil: none
	busy  string           // the program that has it, in a sentence
	asked time.Time        // when it was renewed or asked for last
}

// take notes what opening learned; why is the sentence for a report that another
// program writes.
func (w *writing) take(right *reading.Writing, busy string, now time.Time) (why string) {
	w.right, w.busy, w.asked = right, busy, now
	if busy == "" {
		return ""
	}
	return busy + "; opens here when that one is left"
}

// stop gives the right back.
func (w *writing) stop() {
	if w.right != nil {
		w.right.Stop()
	}
	w.right, w.busy = nil, ""
}

// keepWriting renews the right, or asks for it again while another program has it.
func (m *Model) keepWriting(c *openCase) tea.Cmd {
	w := &c.writing
	every := reading.RenewEvery
	if w.right == nil {
		every = time.Second
	}
	if w.right == nil && w.busy == "" || m.Now().Sub(w.asked) < every {
		return nil
	}
	w.asked = m.Now()
	right, room, ctx, study, epoch := w.right, m.Room, m.ctx, c.row.StudyUID, c.epoch
	return func() tea.Msg {
		if right != nil {
			lost, err := right.Keep(ctx)
			return writingMsg{epoch: epoch, lost: lost, err: err}
		}
		again, busy, err := room.Write(ctx, study)
		return writingMsg{epoch: epoch, right: again, busy: busy, err: err}
	}
}

type writingMsg struct {
	epoch uint64
	right *reading.Writing // newly given
	busy  string
	lost  bool
	err   error
}

func (w writingMsg) ofEpoch() uint64 { return w.epoch }

// dropped gives back what came for a case that is not on screen any more.
func (w writingMsg) dropped() {
	if w.right != nil {
		w.right.Stop()
	}
}

func (w writingMsg) apply(m *Model, c *openCase) tea.Cmd {
	switch {
	case w.err != nil:
		m.warn(sentence(w.err))
	case w.lost:
		c.writing.right = nil
		m.stopWriting(c)
		c.page.ReadOnly = "another window took this report over while this one was asleep"
		m.warn("Another window writes this report now. What you typed here is kept and offered there.")
		c.writing.busy = c.page.ReadOnly
	case w.right != nil:
		c.writing.take(w.right, "", m.Now())
		m.say("The other window left this report: it can be written here now.")
		return m.begin(m.caseContext(c), c)
	}
	return nil
}
