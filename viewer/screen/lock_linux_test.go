package screen

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// The key that locks is told, and the title counts no case any more, before the terminal
// has answered; a dark window tells of the key again, and of no other.
func TestTheKeyThatLocksInTheWindow(t *testing.T) {
	needXdotool(t)
	w := start(t)
	id := open(t, w, viewertest.Series{Slices: 3})
	focused(t, w, id)
	locks := func(e viewer.Event) bool { return e.Kind == viewer.Acted && e.Action == viewer.SessionLock }
	xdo(t, "key", "ctrl+l")
	await(t, w, 5*time.Second, "the key", locks)
	waitFor(t, "a neutral title", func() bool { return strings.TrimSpace(xdo(t, "getwindowname", id)) == "Nocturne" })
	xdo(t, "key", "F6", "ctrl+l")
	await(t, w, 5*time.Second, "the key again", func(e viewer.Event) bool {
		if e.Kind == viewer.Acted && !locks(e) {
			t.Errorf("a dark window told of %s", e.Action)
		}
		return locks(e)
	})
}
