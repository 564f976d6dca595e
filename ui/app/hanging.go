package app

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/nocturne/nocturne/viewer"
)

// keptMsg says what became of a layout that the reader keeps or forgets.
type keptMsg struct{ said string }

// keepHanging writes a layout that the window's reader keeps, or takes it away.
func (m *Model) keepHanging(e viewer.Event) tea.Cmd {
	keep := m.Hanging
	if keep == nil {
		m.warn("Layouts are not kept here.")
		return nil
	}
	return func() tea.Msg {
		said, err := keep(e.Action, e.Text)
		if err != nil {
			return failedMsg{err: err}
		}
		return keptMsg{said}
	}
}
