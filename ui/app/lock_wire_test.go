package app

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// shell is the night's model under a real Bubble Tea program; it was begun already.
type shell struct{ *Model }

func (shell) Init() tea.Cmd { return nil }

// What a terminal is sent after the key: a screen cleared whole, its scrolled lines
// dropped (CSI 3 J), and not a letter of the case.
func TestWhatTheTerminalIsSentAfterTheKeyThatLocks(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.write("Solid no")
	var out safeBuffer
	n.m.Out = &out
	p := tea.NewProgram(shell{n.m}, tea.WithInput(nil), tea.WithOutput(&out), tea.WithAltScreen(), tea.WithoutSignalHandler())
	ended := make(chan error, 1)
	go func() { _, err := p.Run(); ended <- err }()
	sent := func(text string, from int) int {
		t.Helper()
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if at := strings.Index(out.String()[from:], text); at >= 0 {
				return from + at
			}
		}
		t.Fatalf("%q is never sent: %q", text, out.String()[from:])
		return 0
	}
	p.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
	sent("Solid no", 0)
	at := time.Now()
	p.Send(tea.KeyMsg{Type: tea.KeyCtrlL})
	locked := sent("is locked", 0)
	t.Logf("the frame came %v after the key", time.Since(at))
	sent("\x1b[3J", locked-200)
	sent("\x1b[2J", locked-200)
	time.Sleep(60 * time.Millisecond)
	for _, s := range secrets {
		if strings.Contains(out.String()[locked:], s) {
			t.Errorf("%s is sent after the screen was locked", s)
		}
	}
	p.Quit()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
