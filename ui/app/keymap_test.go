package app

import (
	"errors"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

func vimLike(name string) (*viewer.Keymap, []string, error) {
	if name != "vim" {
		return nil, nil, errors.New("there is no key map " + name)
	}
	return viewer.DefaultKeymap().As("vim", true, nil), nil, nil
}

func TestAnotherKeyMapHoldsInTerminalAndWindow(t *testing.T) {
	n := newNight(t)
	n.m.Keymaps = vimLike
	n.m.run("keymap vim")
	n.says("Keys are those of vim")
	if n.m.Keymap.Name() != "vim" || n.view.keymap == nil || n.view.keymap.Name() != "vim" {
		t.Errorf("terminal %q, window %v", n.m.Keymap.Name(), n.view.keymap)
	}
	n.m.run("keymap emacs")
	n.says("there is no key map emacs")
	if n.m.Keymap.Name() != "vim" {
		t.Error("a map that is not there took the keys away")
	}
}

func TestCountsMoveTheListInTheVimMap(t *testing.T) {
	n := newNight(t)
	n.key("k", "k", "k", "2", "j")
	once, _ := n.m.list.Selected()
	n.key("k", "k", "k", "j")
	if row, _ := n.m.list.Selected(); row.StudyUID != once.StudyUID {
		t.Errorf("a digit counts in the default map: %s, %s", once.StudyUID, row.StudyUID)
	}
	n.m.Keymaps = vimLike
	n.m.run("keymap vim")
	n.key("k", "k", "k", "j", "j")
	twice, _ := n.m.list.Selected()
	n.key("k", "k", "k", "2", "j")
	if row, _ := n.m.list.Selected(); row.StudyUID != twice.StudyUID {
		t.Errorf("2j is at %s, jj at %s", row.StudyUID, twice.StudyUID)
	}
}

// The window's own line is executed here, for the case it was typed in alone (N1).
func TestALineOfTheWindowIsExecutedForItsCase(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	e := viewer.Event{Kind: viewer.Acted, Epoch: n.m.open.epoch, StudyUID: uid("A1"), Action: viewer.CommandLine.WithText("wl 350 50")}
	n.tells(e)
	if got := n.view.did; len(got) == 0 || got[len(got)-1] != viewer.WindowSet(350, 50) {
		t.Errorf("the window was told %v", got)
	}
	n.tells(viewer.Event{Kind: viewer.Acted, Epoch: n.m.open.epoch, StudyUID: uid("A1"), Action: viewer.CommandLine.WithText("wl wide")})
	n.says(":wl takes WIDTH LEVEL")
	before := len(n.view.did)
	e.StudyUID = uid("B1")
	n.tells(e)
	n.says("meant for another case")
	if len(n.view.did) != before {
		t.Error("a line of another case was executed")
	}
}

// A terminal sends Esc and a letter alike to Alt and the letter: they are two keys
// unless the reader's map has the one.
func TestAltIsAKeyOfItsOwnOnlyWhereItIsBound(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	alt := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("i"), Alt: true}
	n.send(alt)
	if got := n.view.keys; len(got) < 2 || got[len(got)-2] != "esc" || got[len(got)-1] != "i" {
		t.Errorf("unbound: %v", got)
	}
	n.m.Keymap = viewer.NewKeymap(viewer.DefaultImages(), []viewer.Binding{{Keys: []viewer.Key{"alt+i"}, Place: viewer.InImages, Action: viewer.ViewInvert}})
	n.send(alt)
	if got := n.view.keys; got[len(got)-1] != "alt+i" {
		t.Errorf("bound: %v", got)
	}
}
