package app

import (
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/worklist/pacs/token"
)

// login is one that is under way.
type login struct {
	cancel context.CancelFunc
	page   *lines // where it is shown, once the server said where
}

// loginMsg is what came of a login so far: where to go, or how it ended.
type loginMsg struct {
	of     *login
	prompt *token.Prompt
	next   <-chan loginMsg // what comes after the prompt
	site   string
	err    error
}

// logIn begins a login and shows where the reader logs in; reading goes on meanwhile.
func (m *Model) logIn(args []string) tea.Cmd {
	if m.Login == nil {
		m.say("No site has a login to make.")
		return nil
	}
	if m.login != nil {
		m.login.cancel()
	}
	site := ""
	if len(args) > 0 {
		site = args[0]
	}
	ctx, cancel := context.WithCancel(m.ctx)
	l, said := &login{cancel: cancel}, make(chan loginMsg, 2)
	m.login = l
	m.watching.Go(func() {
		defer cancel()
		name, err := m.Login(ctx, site, func(p token.Prompt) { said <- loginMsg{of: l, prompt: &p, next: said, site: site} })
		said <- loginMsg{of: l, site: name, err: err}
	})
	m.say("Asking for a code …")
	return func() tea.Msg { return <-said }
}

// loginCame shows the address and the code, or says how it ended.
func (m *Model) loginCame(msg loginMsg) tea.Cmd {
	if msg.prompt != nil {
		if m.login == msg.of {
			m.showLogin(msg)
		}
		return func() tea.Msg { return <-msg.next }
	}
	if m.login != msg.of {
		return nil // given up, or another was begun
	}
	m.login = nil
	var back tea.Cmd
	if msg.of.page != nil && m.page == onLines && m.lines == msg.of.page {
		back = m.leaveLines()
	}
	if errors.Is(msg.err, context.Canceled) {
		return back
	}
	if msg.err != nil {
		m.warn(sentence(msg.err))
		return back
	}
	m.say("Logged in at " + msg.site + ".")
	return tea.Batch(back, m.pollOnce())
}

func (m *Model) showLogin(msg loginMsg) {
	p := msg.prompt
	rows := []string{"", "Open this in a browser on any device:", "", "    " + p.URL, "", "and enter the code:", "", "    " + p.Code}
	if p.Complete != "" {
		rows = append(rows, "", "or, with the code in it:", "", "    "+p.Complete)
	}
	rows = append(rows, "", "The code is good until "+p.Until.Local().Format("15:04 MST")+".")
	msg.of.page = &lines{title: "LOGIN", rows: rows, notice: "It goes on by itself once somebody logged in there.", hint: "Esc gives up",
		keys: map[string]func(*Model, int) tea.Cmd{"esc": func(m *Model, _ int) tea.Cmd {
			msg.of.cancel()
			m.say("The login was given up.")
			return m.leaveLines()
		}}}
	m.status = status{}
	m.showLines(msg.of.page)
}
