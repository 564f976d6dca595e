package app

import (
	"context"
	"sync"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/audit"
)

// record records that a case is opened, beside the claim and the first reads of it.
// Nothing of the case is shown before that is durable: begunMsg waits for it, and a
// preview of the site's (recordedMsg).
func (m *Model) record(ctx context.Context, c *openCase) tea.Cmd {
	room, row, epoch := m.Room, c.row, c.epoch
	done := sync.OnceValue(func() error { return room.Opened(ctx, row) })
	c.recording = func(b begunMsg) begunMsg {
		if err := done(); err != nil && ctx.Err() == nil {
			b.closed = err
		}
		return b
	}
	return func() tea.Msg { return recordedMsg{epoch, done()} }
}

// recordedMsg says that the opening of the case is durable, or why it is not.
type recordedMsg struct {
	epoch uint64
	err   error
}

func (r recordedMsg) ofEpoch() uint64 { return r.epoch }

func (r recordedMsg) apply(m *Model, c *openCase) tea.Cmd {
	if r.err != nil {
		return nil // begunMsg closes the case
	}
	c.recorded = true
	return m.showPreview(c)
}

// unaudited closes a case that could not be recorded as opened. What was claimed stays
// claimed.
func (m *Model) unaudited(b begunMsg) tea.Cmd {
	b.dropped()
	m.leaveCase()
	m.page, m.sheet = onList, nil
	if m.view != nil {
		m.view.Blank()
	}
	m.warn("This case is not opened: " + sentence(b.closed))
	return m.clearPicture()
}

// audited records what happened to the desk itself; that it could not is said.
func (m *Model) audited(e audit.Event) tea.Cmd {
	room, ctx := m.Room, m.ctx
	return func() tea.Msg {
		if err := room.Record(ctx, e); err != nil && ctx.Err() == nil {
			return failedMsg{err: err}
		}
		return nil
	}
}
