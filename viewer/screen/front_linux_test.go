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

// shownAt is the grey in the middle of a window as it is on the glass (X Protocol,
// GetImage): −1 where it is no even grey.
func shownAt(t testing.TB, id string) int {
	t.Helper()
	window, err := strconv.ParseUint(id, 10, 32)
	must(t, err)
	x, err := dialX(display)
	must(t, err)
	defer x.close()
	geometry := request(14, 0, 8)
	binary.NativeEndian.PutUint32(geometry[4:], uint32(window))
	g, err := x.ask(14, geometry)
	must(t, err)
	q := request(73, 2, 20) // ZPixmap
	root, _ := x.root()     // of the window itself it would not show what covers it
	binary.NativeEndian.PutUint32(q[4:], root)
	binary.NativeEndian.PutUint16(q[8:], binary.NativeEndian.Uint16(g[12:])+binary.NativeEndian.Uint16(g[16:])/2+20)
	binary.NativeEndian.PutUint16(q[10:], binary.NativeEndian.Uint16(g[14:])+binary.NativeEndian.Uint16(g[18:])/2+40)
	binary.NativeEndian.PutUint16(q[12:], 8)
	binary.NativeEndian.PutUint16(q[14:], 8)
	binary.NativeEndian.PutUint32(q[16:], 0xffffffff)
	r, err := x.ask(73, q)
	must(t, err)
	first := int(r[32])
	for px := r[32 : 32+4*64]; len(px) > 0; px = px[4:] {
		if int(px[0]) != first || int(px[1]) != first || int(px[2]) != first {
			return -1
		}
	}
	return first
}

// even is a series of one grey: HU at W 400 L 40.
func even(hu int) viewertest.Series {
	return viewertest.Series{Slices: 3, Rows: 64, Cols: 64, HU: func(int, int, int) int { return hu }}
}

// What is on the glass is the picture, also after another window covered it and
// went, and after the lock.
func TestTheGlassShowsThePictureAndNothingElse(t *testing.T) {
	needXdotool(t)
	w := start(t)
	id := open(t, w, even(-60)) // a quarter of the window's width
	glass := func(what string, want int) {
		t.Helper()
		last := 0
		waitFor(t, what, func() bool { last = shownAt(t, id); return last == want })
	}
	glass("the picture", 64)
	other := start(t)
	must(t, other.Open(t.Context(), viewertest.Case(2, case1.Studies...)))
	must(t, other.Add(2, even(300).Write(t, t.TempDir())))
	await(t, other, 10*time.Second, "the other picture", func(e viewer.Event) bool { return e.Kind == viewer.Shown })
	must(t, other.Focus(2)) // to the front
	glass("the window in front", 255)
	must(t, other.Close())
	glass("the picture again", 64)
	xdo(t, "windowsize", id, "500", "400")
	time.Sleep(300 * time.Millisecond)
	glass("the picture in another size", 64)
	must(t, w.Blank())
	glass("black", 0)
}
