package screen

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/link"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// The real window, with a hand at its wheel and mouse and an eye on the X screen. Its
// loop runs at 60 a second: that many pictures are the most it shows.

// bigWindow shows a series in a window of a size.
func bigWindow(b *testing.B, s viewertest.Series, w, h int) (win *link.Window, id string) {
	b.Helper()
	win = start(b)
	id = open(b, win, s)
	xdo(b, "windowmove", id, "0", "0", "windowsize", "--sync", id, strconv.Itoa(w), strconv.Itoa(h), "mousemove", "--window", id, strconv.Itoa(w/2), strconv.Itoa(h/3))
	return win, id
}

// atRest waits until a process has done nothing for a second, and gives its ticks.
func atRest(b *testing.B, pid int) int {
	b.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		before := ticks(b, pid)
		time.Sleep(time.Second)
		if now := ticks(b, pid); now-before <= 2 {
			return now
		}
	}
	b.Fatal("the window does not come to rest")
	return 0
}

// watched reports what the eye saw while do ran: pictures a second, their distances,
// and the window's and the X server's processor time of one.
func watched(b *testing.B, id string, down float64, same func(e *eye) func() int, do func()) {
	e := look(b, id, down)
	pid := process(b, id)
	window, server := atRest(b, pid), ticks(b, xserver)
	stop := make(chan struct{})
	seen := make(chan []time.Time, 1)
	go func() {
		var at []time.Time
		what, last := same(e), -1
		for {
			select {
			case <-stop:
				seen <- at
				return
			default:
			}
			if n := what(); n != last {
				last, at = n, append(at, time.Now())
			}
			time.Sleep(500 * time.Microsecond)
		}
	}()
	do()
	close(stop)
	at := <-seen
	if len(at) < 3 {
		b.Fatalf("%d pictures seen", len(at))
	}
	at = at[1:] // the first was there before
	var gaps []time.Duration
	for i := range len(at) - 1 {
		gaps = append(gaps, at[i+1].Sub(at[i]))
	}
	slices.Sort(gaps)
	n := float64(len(at))
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(n, "pictures")
	b.ReportMetric((n-1)/at[len(at)-1].Sub(at[0]).Seconds(), "pictures/s")
	b.ReportMetric(ms(gaps[len(gaps)/2]), "p50-ms")
	b.ReportMetric(ms(gaps[(len(gaps)-1)*99/100]), "p99-ms")
	b.ReportMetric(10*float64(ticks(b, pid)-window)/n, "cpu-ms/op")
	b.ReportMetric(10*float64(ticks(b, xserver)-server)/n, "x-server-ms/op")
	b.ReportMetric(0, "ns/op")
}

func bySlice(e *eye) func() int { return e.slice }

// byLook tells pictures apart by all bytes of the row.
func byLook(e *eye) func() int {
	return func() int {
		r, err := e.x.ask(73, e.q)
		if err != nil {
			return 0
		}
		h := 0
		for _, v := range r[32:] {
			h = h*31 + int(v)
		}
		return h
	}
}

func BenchmarkWindow(b *testing.B) {
	needXdotool(b)
	for _, side := range []int{512, 1024} {
		b.Run(fmt.Sprintf("stack scroll, 300 cached slices of %dx%d at 1024x1024", side, side), func(b *testing.B) {
			_, id := bigWindow(b, coded(300, side), 1024, 1024)
			scroll := func(button string, n int) {
				xdo(b, "click", "--repeat", strconv.Itoa(n), "--delay", "6", button)
			}
			for scroll("5", 299); look(b, id, 0.42).slice() != 299; { // all read
				time.Sleep(50 * time.Millisecond)
			}
			watched(b, id, 0.42, bySlice, func() {
				scroll("4", 299)
				e := look(b, id, 0.42)
				for end := time.Now().Add(30 * time.Second); e.slice() != 0 && time.Now().Before(end); {
					time.Sleep(5 * time.Millisecond)
				}
			})
		})
	}
	for _, size := range [][2]int{{1024, 1024}, {1920, 1080}} {
		b.Run(fmt.Sprintf("window drag, 512x512 at %dx%d", size[0], size[1]), func(b *testing.B) {
			_, id := bigWindow(b, body(3, 512), size[0], size[1])
			xdo(b, "mousemove", "--window", id, strconv.Itoa(size[0]/2), strconv.Itoa(size[1]/2))
			watched(b, id, 0.42, byLook, func() {
				args := []string{"mousedown", "1"}
				for i := range 300 {
					args = append(args, "mousemove_relative", "--", strconv.Itoa(1-2*(i/100%2)), "1", "sleep", "0.008")
				}
				xdo(b, append(args, "mouseup", "1")...)
				time.Sleep(200 * time.Millisecond)
			})
		})
	}
	b.Run("idle with a case", func(b *testing.B) {
		_, id := bigWindow(b, body(60, 512), 1024, 1024)
		pid := process(b, id)
		before := atRest(b, pid)
		time.Sleep(5 * time.Second)
		b.ReportMetric(float64(ticks(b, pid)-before)/5, "cpu-%")
		b.ReportMetric(0, "ns/op")
	})
	b.Run("open 1000 slices of 512x512, and MPR of them", thousand)
}

func thousand(b *testing.B) {
	w := start(b)
	objects := body(1000, 512).Write(b, b.TempDir())
	began := time.Now()
	must(b, w.Open(b.Context(), case1))
	must(b, w.Add(1, objects))
	await(b, w, time.Minute, "the first image", func(e viewer.Event) bool { return e.Kind == viewer.Shown })
	b.ReportMetric(float64(time.Since(began).Milliseconds()), "first-image-ms")
	id := xid(b)
	pid := process(b, id)
	atRest(b, pid)
	before := ticks(b, pid)
	must(b, w.Do(1, viewer.MPRToggle))
	time.Sleep(2 * time.Second)
	b.ReportMetric(10*float64(atRest(b, pid)-before), "mpr-cpu-ms")
	b.ReportMetric(float64(peak(b, pid))/1024, "peak-MiB")
	b.ReportMetric(0, "ns/op")
}

// peak is the most memory a process has had, KiB (proc(5), status, VmHWM).
func peak(b *testing.B, pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	must(b, err)
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	must(b, err)
	return n
}
