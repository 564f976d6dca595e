package app

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// normalKeys act while letters are vim's commands in the report.
func normalKeys() map[string]func(*Model) tea.Cmd {
	return map[string]func(*Model) tea.Cmd{
		":": (*Model).askCommand,
		"?": func(m *Model) tea.Cmd { m.help = true; return nil },
	}
}

// set changes a setting for as long as the program runs: how the report is edited.
func (m *Model) set(args []string) tea.Cmd {
	switch strings.Join(args, " ") {
	case "editor vim":
		m.Vim = true
		m.say("The report is edited with vim's keys: i writes, Esc commands, : and ? as everywhere. :set editor plain goes back.")
	case "editor plain":
		m.Vim = false
		m.say("The report is edited plainly.")
	default:
		m.say(":set editor plain or :set editor vim")
		return nil
	}
	if m.open != nil && m.open.page.Editor != nil {
		m.open.page.Editor.Vim(m.Vim)
	}
	return nil
}
