package still

import (
	"testing"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

var (
	_ viewer.Viewer  = (*Viewer)(nil)
	_ viewer.Painter = (*Viewer)(nil)
)

func TestStillIsAViewer(t *testing.T) {
	viewertest.Run(t, func(testing.TB) viewer.Viewer { return New(Options{}) })
}
