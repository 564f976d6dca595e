package screen

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/link"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// eye reads one row of the X screen, again and again (X Protocol, GetImage). It has a
// connection of its own.
type eye struct {
	x *xcb
	q []byte
}

// look opens an eye on the row at a share of a window's height.
func look(t testing.TB, id string, down float64) *eye {
	t.Helper()
	window, err := strconv.ParseUint(id, 10, 32)
	must(t, err)
	x, err := dialX(display)
	must(t, err)
	t.Cleanup(x.close)
	geometry := request(opGetGeometry, 0, 8)
	binary.NativeEndian.PutUint32(geometry[4:], uint32(window))
	g, err := x.ask(opGetGeometry, geometry)
	must(t, err)
	root, _ := x.root()
	q := request(73, 2, 20) // GetImage, ZPixmap
	binary.NativeEndian.PutUint32(q[4:], root)
	binary.NativeEndian.PutUint16(q[8:], binary.NativeEndian.Uint16(g[12:]))
	binary.NativeEndian.PutUint16(q[10:], binary.NativeEndian.Uint16(g[14:])+uint16(down*float64(binary.NativeEndian.Uint16(g[18:]))))
	binary.NativeEndian.PutUint16(q[12:], binary.NativeEndian.Uint16(g[16:]))
	binary.NativeEndian.PutUint16(q[14:], 1)
	binary.NativeEndian.PutUint32(q[16:], 0xffffffff)
	return &eye{x, q}
}

// codeBits are the stripes of a coded slice: white at both ends, the number between.
const codeBits = 12

// coded is a series whose slices say their number in stripes of black and white.
func coded(slices, side int) viewertest.Series {
	return viewertest.Series{Slices: slices, Rows: side, Cols: side, HU: func(col, _, slice int) int {
		if b := col * codeBits / side; b == 0 || b == codeBits-1 || slice>>(b-1)&1 == 1 {
			return 1000
		}
		return -1000
	}}
}

// slice is the number on the screen; −1 where there is none.
func (e *eye) slice() int {
	r, err := e.x.ask(73, e.q)
	if err != nil {
		return -1
	}
	px := r[32:]
	white := func(i int) bool { return px[4*i] > 200 && px[4*i+1] > 200 && px[4*i+2] > 200 } // and not the slice bar
	first, end := 0, len(px)/4
	for first < end && !white(first) {
		first++
	}
	for end > first && !white(end-1) {
		end--
	}
	if end-first < 4*codeBits {
		return -1
	}
	n := 0
	for b := 1; b < codeBits-1; b++ {
		if white(first + (2*b+1)*(end-first)/(2*codeBits)) {
			n |= 1 << (b - 1)
		}
	}
	return n
}

// sight is a slice and when it was first on the screen.
type sight struct {
	slice int
	at    time.Time
}

// watch notes every slice that comes on the screen until stop.
func (e *eye) watch(stop <-chan struct{}) <-chan []sight {
	out := make(chan []sight, 1)
	go func() {
		var seen []sight
		for {
			select {
			case <-stop:
				out <- seen
				return
			default:
			}
			if n := e.slice(); n >= 0 && (len(seen) == 0 || seen[len(seen)-1].slice != n) {
				seen = append(seen, sight{n, time.Now()})
			}
			time.Sleep(time.Millisecond)
		}
	}()
	return out
}

// codedWindow opens a coded series and points at it.
func codedWindow(t testing.TB, s viewertest.Series) (w *link.Window, id string) {
	t.Helper()
	w = start(t)
	id = open(t, w, s)
	xdo(t, "mousemove", "--window", id, "300", "400")
	waitFor(t, "the first slice on the glass", func() bool { return look(t, id, 0.42).slice() == 0 })
	time.Sleep(700 * time.Millisecond) // what comes next is read ahead, the loop is asleep
	return w, id
}

// notchesAt turns the wheel down n times, so many a second, and gives the time of the last.
func notchesAt(t testing.TB, n, rate int) time.Time {
	t.Helper()
	args := []string{}
	for range n - 1 {
		args = append(args, "click", "--delay", "0", "5", "sleep", fmt.Sprintf("%.4f", 1/float64(rate)-0.0002))
	}
	xdo(t, append(args, "click", "--delay", "0", "5")...)
	return time.Now()
}

// Must show: each of 60 notches at 10, 20, 30 and 60 a second is a slice on the X
// screen, the last at most half a second after its notch. Another process may take
// the machine from who looks: three chances each.
func TestNoSliceIsSkipped(t *testing.T) {
	needXdotool(t)
	w, id := codedWindow(t, coded(62, 512))
	e := look(t, id, 0.42)
	for _, rate := range []int{10, 20, 30, 60} {
		n := 60
		if os.Getenv("NOCTURNE_LONG") == "" && rate < 30 {
			n = 15
		}
		t.Run(fmt.Sprintf("%d a second", rate), func(t *testing.T) {
			var why string
			for range 3 {
				must(t, w.Do(1, viewer.SliceFirst))
				waitFor(t, "the first slice", func() bool { return e.slice() == 0 })
				if why = scrolled(t, e, n, rate); why == "" {
					return
				}
			}
			t.Error(why)
		})
	}
}

// scrolled says what went wrong with n notches, "" where nothing did.
func scrolled(t *testing.T, e *eye, n, rate int) string {
	stop := make(chan struct{})
	watched := e.watch(stop)
	last := notchesAt(t, n, rate)
	time.Sleep(time.Second)
	close(stop)
	var numbers, want []int
	var end time.Time
	for _, s := range <-watched {
		if s.slice > 0 {
			numbers, end = append(numbers, s.slice), s.at
		}
	}
	for i := range n {
		want = append(want, i+1)
	}
	lag := end.Sub(last)
	t.Logf("%d notches: %d slices seen, the last %d ms after the last notch", n, len(numbers), lag.Milliseconds())
	switch {
	case !slices.Equal(numbers, want):
		return fmt.Sprintf("%d notches at %d a second: seen were %v", n, rate, numbers)
	case lag > 500*time.Millisecond:
		return fmt.Sprintf("%d notches at %d a second: the last was seen %v after its notch", n, rate, lag)
	}
	return ""
}

// A key held down draws every slice too, and stops where it comes up.
func TestAHeldKeySkipsNoSlice(t *testing.T) {
	needXdotool(t)
	w, id := codedWindow(t, coded(62, 512))
	focused(t, w, id)
	e := look(t, id, 0.42)
	var why string
	for range 3 {
		must(t, w.Do(1, viewer.SliceFirst))
		waitFor(t, "the first slice", func() bool { return e.slice() == 0 })
		if why = heldDown(t, e); why == "" {
			return
		}
	}
	t.Error(why)
}

func heldDown(t *testing.T, e *eye) string {
	stop := make(chan struct{})
	watched := e.watch(stop)
	xdo(t, "keydown", "Down", "sleep", "1.25", "keyup", "Down")
	time.Sleep(400 * time.Millisecond)
	close(stop)
	last := 0
	for _, s := range <-watched {
		if s.slice != last && s.slice != last+1 {
			return fmt.Sprintf("from slice %d to %d", last, s.slice)
		}
		last = s.slice
	}
	if last < 10 || last > 36 { // 1 s of 30 a second, fewer where the machine is busy
		return fmt.Sprintf("%d slices in 1.25 s", last)
	}
	return ""
}
