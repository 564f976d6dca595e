package app

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// A key into a report of 200 KB, through all that the program does with one, and the
// screen drawn after it.
func BenchmarkKeyInto200KB(b *testing.B) {
	n := newNight(b)
	n.read("A1")
	n.key("f3")
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(strings.Repeat("The lungs are clear without consolidation, effusion or pneumothorax.\n", 3000)), Paste: true})
	n.m.Update(tea.WindowSizeMsg{Width: 140, Height: 50})
	for b.Loop() {
		n.m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("x")})
		n.m.View()
	}
}
