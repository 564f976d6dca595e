package app

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

// changeKeys puts another key map in effect, here and in the window.
func (m *Model) changeKeys(name string) tea.Cmd {
	if m.Keymaps == nil || name == "" {
		m.say("Keys are those of " + m.Keymap.Name() + "; :keymap NAME changes them.")
		return nil
	}
	keys, notes, err := m.Keymaps(name)
	if err != nil {
		m.warn(strings.ReplaceAll(err.Error(), "\n", "; "))
		return nil
	}
	m.Keymap, m.count = keys, 0
	m.giveKeys()
	m.say(strings.Join(append([]string{"Keys are those of " + keys.Name() + "; ? lists them."}, notes...), " "))
	return m.repaint()
}

// giveKeys tells the viewer which keys are in effect.
func (m *Model) giveKeys() {
	v, ok := m.view.(viewer.Keyed)
	if !ok {
		return
	}
	if err := v.Keys(m.Keymap); err != nil {
		m.warn("The image window keeps its keys: " + err.Error())
	}
}

// maxCount bounds what digits before a key may ask for.
const maxCount = 999

// counts takes a digit as a count where the key map has them; false where it is a
// key.
func (m *Model) counts(name string) bool {
	if !m.Keymap.Counts() || len(name) != 1 || name[0] < '0' || name[0] > '9' || name == "0" && m.count == 0 {
		return false
	}
	m.count = min(m.count*10+int(name[0]-'0'), maxCount)
	return true
}

// stepping are the actions of the list that a count repeats.
var stepping = map[viewer.Action]bool{
	viewer.RowNext: true, viewer.RowPrev: true, viewer.RowPageDown: true, viewer.RowPageUp: true,
	viewer.MatchNext: true, viewer.MatchPrev: true, viewer.ListNextView: true, viewer.ListPrevView: true, viewer.ListSort: true,
}

// times is how often an action is to be done: what was counted, for steps.
func (m *Model) times(a viewer.Action) int {
	n := max(1, m.count)
	m.count = 0
	if !stepping[a] {
		return 1
	}
	return n
}
