package app

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// settleWithin bounds one round of asking about claims.
const settleWithin = 30 * time.Second

// settledMsg is what the sites said about claims that were left open.
type settledMsg struct {
	said []string
	err  error
}

// resolveClaims asks, at the start, about all claims of this home: a crash or a
// lost link may have left them open.
func (m *Model) resolveClaims() tea.Cmd { return m.askClaims(m.Room.Resolve) }

// settleClaims asks again about claims that nobody answered, now that the sites
// do.
func (m *Model) settleClaims() tea.Cmd {
	for _, s := range m.snapshot.Sites {
		if s.Err != nil {
			return nil
		}
	}
	return m.askClaims(m.Room.Settle)
}

func (m *Model) askClaims(ask func(context.Context) ([]string, error)) tea.Cmd {
	if m.settling {
		return nil
	}
	m.settling = true
	ctx := m.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, settleWithin)
		defer cancel()
		said, err := ask(ctx)
		return settledMsg{said, err}
	}
}

// settled tells the reader, and opens the case on screen for writing when it was
// its claim that was answered.
func (m *Model) settled(s settledMsg) tea.Cmd {
	m.settling = false
	if s.err != nil && m.ctx.Err() == nil {
		m.warn(sentence(s.err))
	}
	if len(s.said) == 0 {
		return nil
	}
	m.say(s.said[len(s.said)-1])
	cmds := []tea.Cmd{m.pollOnce()}
	if c := m.open; c != nil && c.begun && !c.look && !c.claimed {
		cmds = append(cmds, m.begin(m.caseContext(c), c))
	}
	return tea.Batch(cmds...)
}
