package screen

import (
	"fmt"
	"image"
	"image/color"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/link"
)

// Times of the loop.
const (
	// lively is how long the loop runs with the display after the last change;
	// then it sleeps until something happens.
	lively = 500 * time.Millisecond
	// resent is how many frames a picture is drawn after the window was shown,
	// resized or uncovered: the engine does not present the first.
	resent = 3
)

// game is the window's loop: what arrives goes into the desk, what the desk shows
// is drawn. All of it runs on one goroutine but the pump and the ears.
type game struct {
	child *link.Child
	desk  *desk.Desk
	view  *view
	perf  perf
	pump  *pump
	ears  *ears // nil until the window exists, or where there are none
	front front
	input input
	stop  <-chan struct{}

	clock   time.Time // of the key being told; zero: now
	w, h    int       // device pixels
	scale   float64
	draws   int // frames still to be drawn
	last    time.Time
	asleep  bool
	shown   bool
	raise   int // frames until the focus is taken; 0: not asked for
	leave   bool
	started bool
	broken  error
}

// Update takes what happened since the last frame.
func (g *game) Update() error {
	g.pump.begun()
	if g.broken != nil {
		return g.broken
	}
	now := time.Now()
	if g.perf.waiting {
		g.perf.shown(now)
	}
	g.start()
	for m, ok := g.child.Next(); ok; m, ok = g.child.Next() {
		g.obey(m)
	}
	select {
	case <-g.child.Done():
		return ebiten.Termination
	case <-g.stop:
		return ebiten.Termination
	default:
	}
	g.close()
	busy := g.listen(now)
	g.desk.Resize(g.w, g.h, g.scale)
	if !g.shown {
		g.desk.CatchUp()
	}
	g.desk.Focused(g.shown && ebiten.IsFocused())
	if g.desk.Tick(now) {
		g.draws = max(g.draws, 1)
	}
	g.focus()
	g.pace(now, busy)
	return nil
}

// start does what needs the window to exist.
func (g *game) start() {
	if g.started {
		return
	}
	g.started = true
	if e, err := openEars(g.pump.wake); err == nil {
		g.ears = e
	}
	g.view.open()
	g.front.shy()
	g.child.Emit(viewer.Event{Kind: viewer.Ready})
}

// obey does what the terminal says. A key counts from when it came.
func (g *game) obey(m link.Message) {
	g.clock = m.At
	m.To(g.desk)
	g.clock = time.Time{}
	switch m.Kind {
	case link.Open:
		ebiten.SetWindowTitle(fmt.Sprintf("Nocturne — case %d", m.Epoch)) // nothing of the patient: titles are logged and shared
		if !m.Hidden {
			g.show()
		}
	case link.Focus:
		g.show()
		g.raise = resent
	case link.Blank:
		g.dark()
	}
}

// dark forgets all pixels, and the title that counts the cases.
func (g *game) dark() {
	ebiten.SetWindowTitle(neutral)
	g.view.blank()
}

// neutral is the title of a window that shows no case.
const neutral = "Nocturne"

// show makes the window visible without taking the focus (N3).
func (g *game) show() {
	if !g.shown {
		ebiten.SetWindowVisible(true)
		g.shown = true
	}
	g.draws = resent
}

// close hides the window when the reader closes it. It stays warm.
func (g *game) close() {
	if !ebiten.IsWindowBeingClosed() {
		return
	}
	ebiten.SetWindowVisible(false)
	g.shown = false
	g.child.Emit(viewer.Event{Kind: viewer.Hidden})
}

// focus takes or gives back the focus, on the reader's word only (N3).
func (g *game) focus() {
	if g.leave {
		g.leave = false
		if ebiten.IsFocused() {
			g.front.giveBack()
		}
	}
	if g.raise > 0 {
		if g.raise--; g.raise == 0 && !ebiten.IsFocused() {
			g.front.take()
		}
	}
}

// emit passes the desk's events on. F3 in the window gives the focus back, the key that
// locks forgets the pixels here and now.
func (g *game) emit(e viewer.Event) {
	if e.Kind == viewer.Acted && e.Action == viewer.FocusSwap {
		g.leave = true
	}
	if e.Kind == viewer.Acted && e.Action == viewer.SessionLock {
		g.dark()
	}
	g.child.Emit(e)
}

// now is the desk's clock: the time of the key it is being told, else the present.
func (g *game) now() time.Time {
	if !g.clock.IsZero() {
		return g.clock
	}
	return time.Now()
}

// pace keeps the loop running while something moves and lets it sleep otherwise.
func (g *game) pace(now time.Time, busy bool) {
	if !g.shown {
		g.draws = 0 // show draws anew
	}
	if busy || g.draws > 0 || g.raise > 0 {
		g.last = now
	}
	if asleep := now.Sub(g.last) > lively; asleep != g.asleep {
		g.asleep = asleep
		sleepy(asleep)
	}
	at, ok := g.desk.Next()
	switch {
	case g.draws > 0 || g.raise > 0 || g.input.waits():
		g.pump.wake()
	case ok:
		g.pump.at(at)
	default:
		g.pump.at(time.Time{})
	}
}

// Draw paints the scene if it changed or must be presented again.
func (g *game) Draw(screen *ebiten.Image) {
	if g.draws == 0 || !g.shown {
		return
	}
	g.draws--
	began := time.Now()
	s := g.desk.Scene()
	g.perf.begin(began, s.Input)
	g.perf.write(&s, g.view, g.scale)
	done := g.view.show(s)
	if !done {
		touch(screen)
	}
	g.perf.drawn(time.Now(), done)
}

// touch changes one pixel of the engine's picture, so that it presents.
func touch(screen *ebiten.Image) {
	screen.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image).Fill(color.Black)
}

// DrawFinalScreen is called when the engine presents: after a Draw that changed the
// picture, a few times more, and when it must.
func (g *game) DrawFinalScreen(screen ebiten.FinalScreen, offscreen *ebiten.Image, place ebiten.GeoM) {
	if err := g.view.final(screen, offscreen, place); err != nil {
		g.broken = err
	}
}

// LayoutF makes one pixel of the scene one pixel of the device.
func (g *game) LayoutF(w, h float64) (float64, float64) {
	g.scale = ebiten.Monitor().DeviceScaleFactor()
	x, y := int(w*g.scale), int(h*g.scale)
	if x != g.w || y != g.h {
		g.w, g.h, g.draws = max(x, 1), max(y, 1), resent
	}
	return float64(g.w), float64(g.h)
}

// Layout is never called: LayoutF is.
func (g *game) Layout(w, h int) (int, int) { return w, h }

// Close ends what runs beside the loop.
func (g *game) Close() {
	if g.ears != nil {
		g.ears.Close()
	}
	g.desk.Close()
	g.view.drop()
	g.pump.Close()
}
