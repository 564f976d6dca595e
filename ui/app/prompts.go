package app

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/command"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/ups"
)

// ask opens the one-line prompt in the status bar; done gets what was typed.
func (m *Model) ask(label, text string, done func(*Model, string) tea.Cmd) {
	m.prompt.Ask(label, text)
	m.asked = done
}

func (m *Model) promptKey(name string, msg tea.KeyMsg) tea.Cmd {
	if text, ok := typed(msg); ok {
		for _, r := range text {
			m.prompt.Key(string(r))
		}
		name = ""
	}
	switch name {
	case "esc":
		m.prompt.Take()
		return nil
	case "enter":
		return m.asked(m, strings.TrimSpace(m.prompt.Take()))
	}
	m.prompt.Key(name)
	if m.prompt.Label == filterLabel {
		m.list.SetFilter(m.prompt.Value())
	}
	return nil
}

const filterLabel = "filter: "

func (m *Model) askFilter() tea.Cmd {
	m.ask(filterLabel, m.list.Filter, func(m *Model, text string) tea.Cmd { m.list.SetFilter(text); return nil })
	return nil
}

func (m *Model) askGiveBack() tea.Cmd {
	row, ok := m.list.Selected()
	if !ok || !row.Mine {
		m.say("Only a case you hold can be given back.")
		return nil
	}
	m.ask("give back "+row.Accession+", reason: ", "", func(m *Model, reason string) tea.Cmd {
		if reason == "" {
			m.say("Kept: giving back needs a reason.")
			return nil
		}
		return m.giveBack(row, ups.Reason{Code: "110530", Text: reason})
	})
	return nil
}

func (m *Model) askCommand() tea.Cmd {
	m.ask(":", "", func(m *Model, line string) tea.Cmd { return m.run(line) })
	return nil
}

// askPalette finds an action by its words.
func (m *Model) askPalette() tea.Cmd {
	m.ask("do: ", "", func(m *Model, words string) tea.Cmd {
		place := viewer.InList
		if m.page == onCase {
			place = viewer.InImages
		}
		b, ok := command.Find(append(m.Keymap.Bindings(place), keyless(place)...), words)
		if !ok {
			m.say("Nothing is called " + words + ".")
			return nil
		}
		return m.do(b)
	})
	return nil
}

// keyless are the terminal's own actions that no key has unless a reader gives it one.
func keyless(place viewer.Place) (out []viewer.Binding) {
	for _, e := range viewer.Catalogue() {
		if _, own := actions()[e.Action]; own && slices.Contains(e.Places, place) {
			out = append(out, viewer.Binding{Action: e.Action, Help: e.Help, Group: e.Group, Place: place})
		}
	}
	return out
}

// do performs a binding as if its key had been pressed.
func (m *Model) do(b viewer.Binding) tea.Cmd {
	if do, ok := listActions()[b.Action]; ok && m.page == onList {
		return do(m)
	}
	if _, ok := actions()[b.Action]; ok {
		return m.act(b.Action)
	}
	if m.open != nil && m.view != nil {
		return m.toViewer(func(v viewer.Viewer, epoch uint64) error { return v.Do(epoch, b.Action) })
	}
	return nil
}

// run executes a command line.
func (m *Model) run(line string) tea.Cmd {
	verb, err := command.Parse(line)
	if err != nil {
		m.say(err.Error())
		return nil
	}
	if m.keepsNothing(verb.Name) {
		return nil
	}
	switch verb.Name {
	case "":
		return nil
	case "quit":
		return m.quit()
	case "filter":
		m.list.SetFilter(strings.Join(verb.Args, " "))
		return nil
	case "diff", "versions":
		return m.compare(verb.Name == "versions")
	case "spell":
		return m.saySpelling()
	case "set":
		return m.set(verb.Args)
	case "keymap":
		return m.changeKeys(strings.Join(verb.Args, " "))
	case "calc":
		return m.openCalculator(strings.Join(verb.Args, " "))
	case "recall":
		return m.recall()
	case "prelim":
		return m.wetRead(strings.Join(verb.Args, " "))
	case "addendum":
		return m.amend(report.Added, strings.Join(verb.Args, " "))
	case "correct":
		return m.amend(report.Corrected, strings.Join(verb.Args, " "))
	case "withdraw":
		return m.amend(report.Withdrawn, strings.Join(verb.Args, " "))
	}
	if do, ok := verbs()[verb.Name]; ok {
		return do(m, verb.Args)
	}
	return m.do(viewer.Binding{Action: verb.Action})
}

// verbs are commands with words that are about more than the case on screen.
func verbs() map[string]func(*Model, []string) tea.Cmd {
	return map[string]func(*Model, []string) tea.Cmd{
		"call":  (*Model).noteCall,
		"calls": func(m *Model, _ []string) tea.Cmd { return m.openCalls() },
		"peer":  (*Model).review, "discrepancy": (*Model).discrepancy, "stats": (*Model).openStats, "followup": (*Model).followUp,
		"coauthor": (*Model).coauthor, "breakglass": (*Model).breakGlass, "login": (*Model).logIn,
		"link": (*Model).link, "unlink": (*Model).unlink,
		"conflict":  (*Model).openConflict,
		"followups": func(m *Model, _ []string) tea.Cmd { return m.openFollowUps() },
	}
}
