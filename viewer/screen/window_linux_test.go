package screen

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

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
	w, err := link.Start(context.Background(), link.Options{Command: []string{self}, Env: []string{roleKey + "=1", "DISPLAY=" + display},
		Log: func(line string) { fmt.Fprintln(os.Stderr, "window:", line) }})
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

// xdo runs xdotool: a hand at the real keyboard and mouse.
func xdo(t testing.TB, args ...string) string {
	t.Helper()
	out, err := xdotool(args...).CombinedOutput()
	if err != nil {
		t.Fatalf("xdotool %s: %v: %s", args[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

func xdotool(args ...string) *exec.Cmd {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	return cmd
}

func needXdotool(t testing.TB) {
	t.Helper()
	needDisplay(t)
	if _, err := exec.LookPath("xdotool"); err != nil {
		if os.Getenv("NOCTURNE_PEERS") == "require" {
			t.Fatal("xdotool is required here")
		}
		t.Skip("needs xdotool to press keys and turn the wheel")
	}
}

// case1 is the case of all tests.
var case1 = viewertest.Case(1, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "CT", Description: "CT chest"})

// open shows a series and waits for it; it returns the window's X id.
func open(t testing.TB, w *link.Window, s viewertest.Series) string {
	t.Helper()
	must(t, w.Open(context.Background(), case1))
	must(t, w.Add(1, s.Write(t, t.TempDir())))
	await(t, w, 10*time.Second, "the first image", func(e viewer.Event) bool { return e.Kind == viewer.Shown })
	return xid(t)
}

// focused gives the window the focus, as a reader's F3 does.
func focused(t testing.TB, w *link.Window, id string) {
	t.Helper()
	must(t, w.Focus(1))
	waitFor(t, "the focus", func() bool { return focus() == id })
	time.Sleep(150 * time.Millisecond)
}

// focus is the window that has it; "" where none has.
func focus() string {
	out, err := xdotool("getwindowfocus").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func waitFor(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s", what)
		}
	}
}

// xid is the id of the window with the case in its title.
func xid(t testing.TB) string {
	t.Helper()
	id := ""
	waitFor(t, "a window with the case", func() bool {
		out, err := xdotool("search", "--onlyvisible", "--name", "Nocturne — case 1").Output()
		if err != nil || len(out) == 0 {
			return false
		}
		id = strings.Fields(string(out))[0]
		return true
	})
	return id
}

func await(t testing.TB, w *link.Window, within time.Duration, what string, f func(viewer.Event) bool) viewer.Event {
	t.Helper()
	deadline := time.After(within)
	for {
		select {
		case e, ok := <-w.Events():
			if !ok {
				t.Fatal("events closed")
			}
			if f(e) {
				return e
			}
		case <-deadline:
			t.Fatalf("%s did not come within %v", what, within)
		}
	}
}

func sliceIs(n int) func(viewer.Event) bool {
	return func(e viewer.Event) bool {
		return e.Kind == viewer.Stated && len(e.State.Tiles) > 0 && e.State.Tiles[0].Slice == n
	}
}

// N9, must show: 120 notches with random reversals at 30/s, and some faster, end on
// the right slice.
func TestEveryNotchCounts(t *testing.T) {
	needXdotool(t)
	w := start(t)
	id := open(t, w, viewertest.Series{Slices: 300})
	must(t, w.Do(1, viewer.SliceSet(151)))
	await(t, w, 5*time.Second, "slice 151", sliceIs(150))
	xdo(t, "mousemove", "--window", id, "300", "400")
	r := rand.New(rand.NewPCG(9, 9))
	at, reversals, last := 150, 0, 0
	args := []string{}
	for i := range 120 {
		step := 1 - 2*r.IntN(2)
		if step != last {
			reversals++
		}
		at, last = at+step, step
		args = append(args, "click", "--delay", "0", map[int]string{1: "5", -1: "4"}[step])
		if i%10 != 9 { // every tenth pair comes at once
			args = append(args, "sleep", "0.033")
		}
	}
	xdo(t, args...)
	await(t, w, 5*time.Second, fmt.Sprintf("slice %d after %d reversals", at+1, reversals), sliceIs(at))
	time.Sleep(300 * time.Millisecond) // and it stays there
	must(t, w.Do(1, viewer.ViewInvert))
	await(t, w, 5*time.Second, "the slice it stays at", func(e viewer.Event) bool {
		return e.Kind == viewer.Stated && e.State.Tiles[0].Invert && sliceIs(at)(e)
	})
}

// Frames are slow here and keys are fast: none is lost, none swapped.
func TestFastKeysArriveAllAndInOrder(t *testing.T) {
	needXdotool(t)
	w := start(t)
	id := open(t, w, viewertest.Series{Slices: 60, Rows: 512, Cols: 512, ColMM: 0.5, RowMM: 0.5})
	focused(t, w, id)
	xdo(t, "key", "--delay", "12", "Down", "Down", "Up", "Page_Down", "Down", "Down", "r", "Return",
		"shift+Right", "shift+Right", "Right", "Right", "Right", "shift+Right", "Return")
	e := await(t, w, 10*time.Second, "the ruler", func(e viewer.Event) bool { return e.Kind == viewer.Edited })
	v, _ := e.Marks[0].Value("length")
	if v.Number != 16.5 || e.Marks[0].Slice != 14 {
		t.Errorf("a ruler of %v %s on slice %d; 33 columns of 0.5 mm on slice 14 were drawn", v.Number, v.Unit, e.Marks[0].Slice)
	}
}

// Scenario 10: keys are taken by label, also when the layout changes under the
// running window. Where a US keyboard has the slash a German one has the minus.
func TestKeysGoByTheirLabel(t *testing.T) {
	needXdotool(t)
	if _, err := exec.LookPath("setxkbmap"); err != nil {
		if os.Getenv("NOCTURNE_PEERS") == "require" {
			t.Fatal("setxkbmap is required here")
		}
		t.Skip("needs setxkbmap to change the keyboard's layout")
	}
	layout := func(name string) {
		cmd := exec.Command("setxkbmap", "-layout", name)
		cmd.Env = append(os.Environ(), "DISPLAY="+display)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("setxkbmap: %v: %s", err, out)
		}
		time.Sleep(300 * time.Millisecond)
	}
	t.Cleanup(func() { layout("us") })
	w := start(t)
	id := open(t, w, viewertest.Series{Slices: 3})
	focused(t, w, id)
	for name, minus := range map[string]string{"us": "20", "de": "61"} {
		layout(name)
		must(t, w.Do(1, viewer.ViewReset))
		await(t, w, 5*time.Second, "the fitted view", func(e viewer.Event) bool { return e.Kind == viewer.Stated && e.State.Tiles[0].Zoom == 0 })
		xdo(t, "key", minus)
		await(t, w, 5*time.Second, "the minus of layout "+name, func(e viewer.Event) bool { return e.Kind == viewer.Stated && e.State.Tiles[0].Zoom > 0 })
		xdo(t, "key", "--delay", "90", "r", "Return", "shift+Right", "Return")
		e := await(t, w, 5*time.Second, "the ruler of layout "+name, func(e viewer.Event) bool { return e.Kind == viewer.Edited })
		if v, _ := e.Marks[0].Value("length"); v.Number != 10 {
			t.Errorf("layout %s: a ruler of %v", name, v)
		}
		xdo(t, "key", "--delay", "90", "Escape", "Escape")
	}
}

// N2, scenario 10: 80 characters at 200/s are offered, and nothing is executed.
func TestSpeechIntoTheWindowIsOffered(t *testing.T) {
	needXdotool(t)
	w := start(t)
	id := open(t, w, viewertest.Series{Slices: 60})
	focused(t, w, id)
	const said = "no fracture. the liver is of normal size; 2 cysts, r and l kidney without stone."
	if len(said) != 80 {
		t.Fatalf("%d characters", len(said))
	}
	xdo(t, "type", "--delay", "5", said)
	held := ""
	await(t, w, 10*time.Second, "the text", func(e viewer.Event) bool {
		switch e.Kind {
		case viewer.Held:
			held += e.Text
		case viewer.Acted, viewer.Edited:
			t.Errorf("executed: %+v", e)
		case viewer.Stated:
			if s := e.State; s.Tool != "" || len(s.Tiles) != 1 || s.Tiles[0].Slice != 0 || s.Tiles[0].FlipH || s.Tiles[0].Turn != 0 || s.Tiles[0].Width != 400 {
				t.Errorf("executed: %+v", s)
			}
		}
		return held == said
	})
}

// N3: a case, a restart or an image never takes the focus; the reader's word does,
// and F3 in the window gives it back.
func TestOnlyTheReaderMovesTheFocus(t *testing.T) {
	needXdotool(t)
	desk := start(t) // stands for the terminal
	terminal := open(t, desk, viewertest.Series{Slices: 3})
	focused(t, desk, terminal)
	w := start(t)
	other := viewertest.Case(2, case1.Studies...)
	must(t, w.Open(context.Background(), other))
	must(t, w.Add(2, viewertest.Series{Slices: 3}.Write(t, t.TempDir())))
	await(t, w, 10*time.Second, "the first image", func(e viewer.Event) bool { return e.Kind == viewer.Shown })
	time.Sleep(500 * time.Millisecond)
	if has := focus(); has != terminal {
		t.Fatalf("an open took the focus: %s has it, %s had it", has, terminal)
	}
	if name := xdo(t, "getwindowname", terminal); strings.Contains(name, "PHANTOM") || strings.Contains(name, "T-1") {
		t.Errorf("the title %q names the patient", name)
	}
	must(t, w.Focus(2))
	waitFor(t, "the focus to move on the reader's word", func() bool { return focus() != terminal })
	time.Sleep(200 * time.Millisecond)
	xdo(t, "key", "F3")
	await(t, w, 5*time.Second, "F3", func(e viewer.Event) bool { return e.Kind == viewer.Acted && e.Action == viewer.FocusSwap })
	waitFor(t, "F3 to give the focus back", func() bool { return focus() == terminal })
}

// Scenario 7 with the real window.
func TestAKilledWindowIsBackWithinTwoSeconds(t *testing.T) {
	needXdotool(t)
	w := start(t)
	id := open(t, w, viewertest.Series{Slices: 60})
	must(t, w.Do(1, viewer.SliceSet(18)))
	must(t, w.Do(1, viewer.WindowLung))
	was := await(t, w, 5*time.Second, "slice 18", func(e viewer.Event) bool { return sliceIs(17)(e) && e.State.Tiles[0].Width == 1500 })
	var took time.Duration
	for range 3 { // other work on the machine may take one of them
		kill(t, id)
		killed := time.Now()
		await(t, w, time.Second, "the notice", func(e viewer.Event) bool { return e.Kind == viewer.Crashed })
		back := await(t, w, 20*time.Second, "the picture", func(e viewer.Event) bool { return sliceIs(17)(e) && e.State.Unseen == 59 })
		took = time.Since(killed)
		t.Logf("back after %v", took)
		if back.State.Tiles[0] != was.State.Tiles[0] {
			t.Errorf("back as %+v, was %+v", back.State.Tiles[0], was.State.Tiles[0])
		}
		id = xid(t)
		if took <= 2*time.Second {
			return
		}
	}
	t.Errorf("back after %v", took)
}

// process is the window's process.
func process(t testing.TB, id string) int {
	t.Helper()
	pid, err := strconv.Atoi(xdo(t, "getwindowpid", id))
	must(t, err)
	return pid
}

func kill(t testing.TB, id string) {
	t.Helper()
	must(t, syscall.Kill(process(t, id), syscall.SIGKILL))
}

func TestAnIdleWindowUsesNoProcessor(t *testing.T) {
	needXdotool(t)
	w := start(t)
	await(t, w, 10*time.Second, "ready", func(e viewer.Event) bool { return e.Kind == viewer.Ready })
	pid := hidden(t)
	idle(t, "warm and hidden", pid)
	if open(t, w, viewertest.Series{Slices: 60}); hidden(t) != pid {
		t.Error("another process shows the case")
	}
	idle(t, "with a case", pid)
}

// hidden is the process of the only window there is, seen or not.
func hidden(t testing.TB) int {
	return process(t, strings.Fields(xdo(t, "search", "--name", "Nocturne"))[0])
}

// idle fails if a process uses more than 10 ms in 2 s, given three chances.
func idle(t testing.TB, when string, pid int) {
	t.Helper()
	least := 1 << 30
	for range 3 {
		time.Sleep(time.Second) // reading ahead ends, the loop falls asleep
		before := ticks(t, pid)
		time.Sleep(2 * time.Second)
		if least = min(least, ticks(t, pid)-before); least <= 1 {
			return
		}
	}
	t.Errorf("%s: %d ticks of 10 ms in 2 s", when, least)
}

// ticks are the hundredths of a second a process has used (proc(5), stat).
func ticks(t testing.TB, pid int) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		t.Skip("no /proc here")
	}
	f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, err := strconv.Atoi(f[11])
	must(t, err)
	system, err := strconv.Atoi(f[12])
	must(t, err)
	return user + system
}

// The window is warm: from the reader's Enter to the first image of a study on disk.
func TestTheFirstImageIsThereWithinASecond(t *testing.T) {
	needDisplay(t)
	w := start(t)
	await(t, w, 10*time.Second, "ready", func(e viewer.Event) bool { return e.Kind == viewer.Ready })
	objects := viewertest.Series{Slices: 120, Rows: 512, Cols: 512}.Write(t, t.TempDir())
	begin := time.Now()
	must(t, w.Open(context.Background(), case1))
	must(t, w.Add(1, objects))
	await(t, w, 10*time.Second, "the first image", func(e viewer.Event) bool { return e.Kind == viewer.Shown })
	took := time.Since(begin)
	t.Logf("first image after %v", took)
	if took > time.Second {
		t.Errorf("first image after %v", took)
	}
}

func TestWithoutADisplayTheTerminalIsToldWhy(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	_, err = link.Start(context.Background(), link.Options{Command: []string{self}, Env: []string{roleKey + "=1", "DISPLAY=", "WAYLAND_DISPLAY="}})
	if err == nil || !strings.Contains(err.Error(), "DISPLAY is not set") {
		t.Errorf("%v", err)
	}
}
