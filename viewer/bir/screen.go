package bir

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// patience is how long the real window may take for what must happen: a machine
// without a GPU that does other things too is slow.
const patience = 20 * time.Second

// glass is the real window and what it has told.
type glass struct {
	ctx    context.Context
	v      viewer.Viewer
	events []viewer.Event
	dir    string
	id     string // of the X window
}

var windowTests = []struct {
	id, title string
	run       func(g *glass, t *trial)
}{
	{"BIR_WINDOW_SHOWS", "The window opens and shows a case", (*glass).shows},
	{"BIR_WINDOW_KEYS", "Keys act in the window", (*glass).keys},
	{"BIR_WINDOW_PIXELS", "The screen has the greys of the formula", (*glass).greys},
	{"BIR_WINDOW_FRONT", "The window comes to the front when asked", (*glass).front},
	{"BIR_WINDOW_WHEEL", "Every notch of a real wheel is a slice", (*glass).wheel},
}

// window runs the items that need the real window, or skips them with the reason.
func (o Options) window(ctx context.Context) (out []Item) {
	why := o.NoWindow
	g := &glass{ctx: ctx, dir: filepath.Join(o.Dir, "window")}
	if o.Window == nil && why == "" {
		why = "no window was given"
	}
	if why == "" {
		why = g.start(o)
	}
	if g.v != nil {
		defer g.v.Close()
	}
	for _, it := range windowTests {
		t := &trial{why: why}
		if why == "" {
			it.run(g, t)
		}
		item := Item{ID: it.id, Title: it.title}
		item.Status, item.Evidence = t.result()
		out = append(out, item)
	}
	return out
}

func (g *glass) start(o Options) (why string) {
	if err := os.MkdirAll(g.dir, 0o700); err != nil {
		return err.Error()
	}
	v, err := o.Window(g.ctx)
	if err != nil {
		return "no window: " + err.Error()
	}
	g.v = v
	return ""
}

// await waits for an event that fits, from the mark on.
func (g *glass) await(from int, fits func(viewer.Event) bool) (viewer.Event, bool) {
	end := time.After(patience)
	for i := from; ; i++ {
		for len(g.events) <= i {
			select {
			case e, ok := <-g.v.Events():
				if !ok {
					return viewer.Event{}, false
				}
				g.events = append(g.events, e)
			case <-end:
				return viewer.Event{}, false
			case <-g.ctx.Done():
				return viewer.Event{}, false
			}
		}
		if fits(g.events[i]) {
			return g.events[i], true
		}
	}
}

// tile waits for a State whose first tile fits.
func (g *glass) tile(from int, fits func(viewer.Tile) bool) (viewer.Tile, bool) {
	e, ok := g.await(from, func(e viewer.Event) bool {
		return e.Kind == viewer.Stated && e.State != nil && len(e.State.Tiles) > 0 && fits(e.State.Tiles[0])
	})
	if !ok {
		return viewer.Tile{}, false
	}
	return e.State.Tiles[0], true
}

// wide is the series in the window: 40 slices, each of one value.
func wide() stack { return stack{n: 40, hu: func(_, _, slice int) int { return -100 + 10*slice }} }

func (g *glass) shows(t *trial) {
	begin := time.Now()
	err := g.v.Open(g.ctx, viewer.Case{Epoch: 1, StudyUID: current.UID, Order: order, Studies: []viewer.Study{current}})
	if err == nil {
		err = g.v.Add(1, wide().write(g.dir))
	}
	_, shown := g.await(0, func(e viewer.Event) bool { return e.Kind == viewer.Shown && e.Epoch == 1 })
	t.want(err == nil && shown, "the first own pixel %d ms after it was asked for", time.Since(begin).Milliseconds())
}

func (g *glass) keys(t *trial) {
	from := len(g.events)
	err := errors.Join(g.v.Press(1, "down"), g.v.Press(1, "down"), g.v.Press(1, "2"))
	at, ok := g.tile(from, func(x viewer.Tile) bool { return x.Slice == 2 && x.Width == 1500 })
	t.want(err == nil && ok, "↓ ↓ 2: image %d, W %g L %g", at.Slice+1, at.Width, at.Center)
}

// tool runs a program of the X server's; "" and false where it cannot.
func (g *glass) tool(name string, args ...string) (string, bool) {
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return strings.TrimSpace(string(out)), err == nil
}

// found is the one window of this name on the screen; it skips the item where
// there is no way to tell.
func (g *glass) found(t *trial, tools ...string) bool {
	for _, name := range append(tools, "xdotool") {
		if _, err := exec.LookPath(name); err != nil {
			t.skip("%s is not installed: nothing can be read back from the screen", name)
			return false
		}
	}
	for end := time.Now().Add(patience); g.id == "" && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if ids, ok := g.tool("xdotool", "search", "--onlyvisible", "--name", "Nocturne"); ok {
			g.id = ids
		}
	}
	if g.id == "" || strings.Contains(g.id, "\n") {
		t.skip("%d windows of this name are on the X screen", len(strings.Fields(g.id)))
		return false
	}
	return true
}

// screen is a picture of the window as the X server has it.
func (g *glass) screen() (image.Image, error) {
	name := filepath.Join(g.dir, "window.png")
	if _, ok := g.tool("import", "-window", g.id, name); !ok {
		return nil, errors.New("the screen cannot be read")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

func (g *glass) greys(t *trial) {
	if !g.found(t, "import") {
		return
	}
	for _, slice := range []int{4, 12, 24} {
		from := len(g.events)
		err := errors.Join(g.v.Do(1, viewer.WindowSet(400, 40)), g.v.Do(1, viewer.SliceSet(slice)))
		g.tile(from, func(x viewer.Tile) bool { return x.Slice == slice-1 && x.Width == 400 })
		want, got := linear(-100+10*float64(slice-1), 40, 400), -1.0
		for end := time.Now().Add(patience); err == nil && time.Now().Before(end) && math.Abs(got-want) > 1; time.Sleep(50 * time.Millisecond) {
			var img image.Image
			if img, err = g.screen(); err == nil {
				b := img.Bounds()
				red, _, _, _ := img.At((b.Min.X+b.Max.X)/2+40, (b.Min.Y+b.Max.Y)/2+40).RGBA()
				got = float64(red >> 8)
			}
		}
		t.want(err == nil && math.Abs(got-want) <= 1, "image %d: %.0f on the screen, the formula says %.0f", slice, got, want)
	}
}

func (g *glass) front(t *trial) {
	if !g.found(t) {
		return
	}
	err := g.v.Focus(1)
	for end := time.Now().Add(patience); err == nil && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if has, ok := g.tool("xdotool", "getwindowfocus"); ok && has == g.id {
			t.note("it has the keyboard")
			return
		}
	}
	t.want(false, "it did not get the keyboard: %v", err)
}

func (g *glass) wheel(t *trial) {
	if !g.found(t) {
		return
	}
	from := len(g.events)
	err := g.v.Do(1, viewer.SliceFirst)
	if _, ok := g.tile(from, func(x viewer.Tile) bool { return x.Slice == 0 }); !ok {
		t.want(false, "the first slice was not shown: %v", err)
		return
	}
	if _, ok := g.tool("xdotool", "mousemove", "--window", g.id, "300", "300", "click", "--repeat", "30", "--delay", "33", "5"); !ok {
		t.skip("xdotool cannot turn the wheel")
		return
	}
	at, ok := g.tile(from, func(x viewer.Tile) bool { return x.Slice == 30 })
	t.want(ok, "30 notches at 30 a second from image 1: image %s", fmt.Sprint(at.Slice+1))
}
