package screen

import (
	"context"
	"os"
	"testing"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/link"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// start starts the real window as a child process.
func start(t testing.TB) *link.Window {
	t.Helper()
	needDisplay(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w, err := link.Start(context.Background(), link.Options{Command: []string{self}, Env: []string{roleKey + "=1"},
		Log: func(line string) { t.Log("window:", line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func TestTheWindowIsAViewer(t *testing.T) {
	needDisplay(t)
	viewertest.Run(t, func(tb testing.TB) viewer.Viewer { return start(tb) })
}
