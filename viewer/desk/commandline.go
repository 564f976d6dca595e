package desk

import (
	"strings"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// Typed text that came faster than a hand is dictation: a line of it is never
// executed (N2).
const (
	hasty       = 4
	hastyWithin = 60 * time.Millisecond
)

// commandLine opens the window's own line. What is typed goes to the terminal, which
// knows all commands; what is for the images comes back at once.
func (d *Desk) commandLine() {
	d.ask(":", "", func(d *Desk, text string) {
		text = strings.TrimSpace(text)
		if text == "" {
			return
		}
		d.perform(viewer.CommandLine.WithText(text))
	})
}

// spoke reports whether the line's last characters came at once.
func (l *label) spoke(now time.Time) bool {
	return len(l.keys) >= hasty && now.Sub(l.keys[len(l.keys)-hasty]) < hastyWithin
}

// struck notes when a character was typed.
func (l *label) struck(now time.Time) {
	if l.keys = append(l.keys, now); len(l.keys) > hasty {
		l.keys = l.keys[1:]
	}
}
