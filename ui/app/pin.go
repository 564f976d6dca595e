package app

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
)

// askPIN asks for the reader's PIN or passphrase where the site's policy wants it, in a
// line that shows none of it, and hands on what signs with it.
func (m *Model) askPIN(sign func(*Model, context.Context) tea.Cmd) tea.Cmd {
	what := ""
	if m.open != nil {
		what = m.Room.Asks(m.open.row.Site)
	}
	if what == "" {
		return sign(m, m.ctx)
	}
	what = strings.Replace(what, "pin", "PIN", 1)
	epoch := m.epoch
	m.ask("your "+what+" to sign: ", "", func(m *Model, pin string) tea.Cmd {
		if pin == "" || m.epoch != epoch {
			m.say("Not signed: no " + what + " was given.")
			return nil
		}
		return sign(m, reading.WithPIN(m.ctx, pin))
	})
	m.prompt.Secret = true
	return nil
}

// signWithPIN signs what the sheet said when the PIN was asked for: one that changed
// meanwhile is looked at again.
func (m *Model) signWithPIN() tea.Cmd {
	since := m.sheet.since
	return m.askPIN(func(m *Model, ctx context.Context) tea.Cmd {
		if m.sheet == nil || m.sheet.signing || !m.sheet.Ready || m.sheet.since != since {
			m.warn("Not signed: the report changed meanwhile. Look at the sheet again.")
			return nil
		}
		return m.sign(ctx)
	})
}
