package app

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/list"
	"github.com/nocturne/nocturne/viewer"
	"time"
)

// A terminal that reads Esc and the next key at once cannot tell them from Alt and
// the key; neither may be lost.
func TestEscAndTheKeyRightAfterItAreBothTaken(t *testing.T) {
	m := &Model{Options: Options{Now: time.Now, Keymap: viewer.DefaultKeymap()}, list: list.New(time.Now), width: 80, height: 24}
	m.list.SetFilter("words")
	m.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{'?'}, Alt: true})
	if m.list.Filter != "" {
		t.Error("Esc was lost")
	}
	if !m.help {
		t.Error("the key after Esc was lost")
	}
}
