package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/notice"
)

// Update takes one message. It only changes the model and hands out commands.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = max(1, msg.Width), max(1, msg.Height)
		return m, tea.Batch(m.repaint(), m.repaintDocument())
	case tea.KeyMsg:
		return m, m.key(msg)
	case clockMsg:
		return m, tea.Batch(clock(), m.everySecond())
	case failedMsg:
		m.warn(notice.Of(msg.err).Line())
		if msg.behind {
			return m, m.failures()
		}
	case snapshotMsg:
		return m, m.refreshed(msg)
	case loginMsg:
		return m, m.loginCame(msg)
	case viewerMsg:
		return m, m.viewed(msg)
	case viewerStarted:
		return m, m.viewerReady(msg)
	case dictationStarted:
		return m, m.dictationReady(msg)
	case dictationMsg:
		return m, m.heard(msg)
	case deliveredMsg:
		return m, m.delivered(msg)
	case storyMsg:
		m.told(msg)
	case settledMsg:
		return m, m.settled(msg)
	case recalledMsg:
		return m, m.recalled(msg)
	case doneMsg:
		m.say(msg.text)
		return m, m.pollOnce()
	case spelledMsg:
		m.spelled(msg)
		return m, m.askSpelling()
	case keptMsg:
		m.say(msg.said)
	case priorPane:
		if row, ok := m.list.Selected(); ok && row.StudyUID == msg.row.StudyUID {
			m.list.Priors = msg.lines
		}
	case takenMsg:
		return m, msg.take(m)
	case caseMessage:
		return m, m.ofCase(msg)
	}
	return m, nil
}

type failedMsg struct {
	err    error
	behind bool // it came from the journal or the outbox, which may fail again
}

// takenMsg is a message of no case that knows what to do.
type takenMsg interface{ take(m *Model) tea.Cmd }

// caseMessage is a message that belongs to one case.
type caseMessage interface {
	ofEpoch() uint64
	apply(m *Model, c *openCase) tea.Cmd
}

// ofCase applies a case's message, or drops it when that case is not on screen any
// more (N1). A signature is told in any case: it stands.
func (m *Model) ofCase(msg caseMessage) tea.Cmd {
	if m.open == nil || msg.ofEpoch() != m.open.epoch {
		switch msg := msg.(type) {
		case interface{ elsewhere(*Model) tea.Cmd }:
			return msg.elsewhere(m)
		case interface{ dropped() }:
			msg.dropped()
		}
		return nil
	}
	return msg.apply(m, m.open)
}
