package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

// worked notes that the reader does something in the image window: that counts as
// activity (N19). What the window tells by itself does not.
func (m *Model) worked(k viewer.EventKind) {
	switch k {
	case viewer.Touched, viewer.Acted, viewer.Edited, viewer.Held, viewer.Viewed, viewer.Kept:
		m.touched = m.Now()
	}
}

// lockIdle blanks both screens when nothing was done for long, but never while
// somebody is being called or has to be (N19).
func (m *Model) lockIdle() tea.Cmd {
	switch {
	case m.LockAfter <= 0 || m.locked:
		return nil
	case m.touched.IsZero() || m.callRuns():
		m.touched = m.Now()
		return nil
	case m.Now().Sub(m.touched) < m.LockAfter:
		return nil
	}
	return m.lockBy(true)
}
