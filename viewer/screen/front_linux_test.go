package screen

import (
	"encoding/binary"
	"strconv"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// quit does what a window manager does when the reader closes a window (ICCCM 4.2.8.1).
func quit(t testing.TB, id string) {
	t.Helper()
	window, err := strconv.ParseUint(id, 10, 32)
	must(t, err)
	x, err := dialX(display)
	must(t, err)
	defer x.close()
	e := &errand{x: x}
	q := request(opSendEvent, 0, 44)
	binary.NativeEndian.PutUint32(q[4:], uint32(window))
	q[12], q[13] = 33, 32 // ClientMessage of 32-bit data
	binary.NativeEndian.PutUint32(q[16:], uint32(window))
	binary.NativeEndian.PutUint32(q[20:], e.atom("WM_PROTOCOLS"))
	binary.NativeEndian.PutUint32(q[24:], e.atom("WM_DELETE_WINDOW"))
	x.write(opSendEvent, q, true)
	if _, err := x.ask(opGetInputFocus, request(opGetInputFocus, 0, 4)); err != nil {
		t.Fatal(err)
	}
}

func TestAClosedWindowStaysWarmAndTellsSo(t *testing.T) {
	needXdotool(t)
	w := start(t)
	id := open(t, w, viewertest.Series{Slices: 3})
	pid := process(t, id)
	quit(t, id)
	await(t, w, 5*time.Second, "hidden", func(e viewer.Event) bool { return e.Kind == viewer.Hidden })
	again := open(t, w, viewertest.Series{Slices: 3})
	if process(t, again) != pid {
		t.Error("another process shows the next case")
	}
}
