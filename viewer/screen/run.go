// Package screen is the window: the only package that imports the engine. It is
// thin. What comes in (keys, wheel, pointer, messages of the terminal) goes to a
// desk; what the desk shows is drawn by generated shaders (viewer/shader) and goes
// out as pixels. It runs in a process of its own (viewer/link), because the engine's
// loop can be run only once in a process and a driver that dies must not take the
// terminal along.
package screen

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/link"
	"github.com/nocturne/nocturne/viewer/load"
)

// Memory of decoded frames, and how many are read at once.
const (
	frameBytes = 512 << 20
	readers    = 2
	aheadBytes = 96 << 20 // of the case that comes next: its first images and some beside them
)

// garbage is how much may lie about, in per cent of what is used, before it is
// collected: pixels are most of what there is, and nothing of them is searched.
const garbage = 25

// floor is counted as used from the start, in bytes: without it a window that has just
// forgotten a case collects its garbage after every megabyte while it opens the next one.
// Nothing is ever written into it, so that it takes no memory.
const floor = 128 << 20

// lastGrace is how long a loop that hangs in a driver may outlive the terminal.
const lastGrace = 2 * time.Second

// Run serves one window over in and out (viewer/link) until in ends or ctx is
// done. It must be called on the main goroutine, once in a process. Where there can
// be no window it tells the terminal why, and returns an error. Cases hang by the
// first of the protocols that is for them; monitor is which one the window opens on,
// by number from 1 or name, "" the main one.
func Run(ctx context.Context, in io.Reader, out io.Writer, protocols []hang.Protocol, monitor string) error {
	if why := impossible(os.Getenv); why != "" {
		return errors.Join(errors.New(why), link.Refuse(in, out, why))
	}
	debug.SetGCPercent(garbage)
	reserve := make([]byte, floor)
	defer runtime.KeepAlive(&reserve)
	p := newPump()
	child, err := link.Serve(in, out, p.wake)
	if err != nil {
		p.Close()
		return err
	}
	g, err := newGame(child, p, ctx.Done(), protocols)
	if err != nil {
		p.Close()
		return err
	}
	defer context.AfterFunc(ctx, p.wake)()
	go func() { // this goroutine's owner is the process: it ends with it
		select {
		case <-child.Done():
		case <-ctx.Done():
		}
		time.Sleep(lastGrace)
		os.Exit(1)
	}()
	defer g.Close()
	place(monitor)
	return ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{
		InitUnfocused: true, ColorSpace: ebiten.ColorSpaceSRGB, X11ClassName: "Nocturne", X11InstanceName: "nocturne"})
}

// newGame makes the loop with an empty desk.
func newGame(child *link.Child, p *pump, stop <-chan struct{}, protocols []hang.Protocol) (*game, error) {
	view, err := newView(os.Getenv)
	if err != nil {
		return nil, err
	}
	g := &game{child: child, pump: p, stop: stop, view: view, scale: 1, last: time.Now()}
	g.desk = desk.New(desk.Options{Uploaded: view.uploaded, Now: g.now, Emit: g.emit, Load: load.NewFileLoader(readers, frameBytes, p.wake), Ahead: load.NewAheadLoader(aheadBytes, p.wake), Protocols: protocols, Paced: true})
	return g, nil
}

// impossible says why there can be no window here; "" if there may be one. Without
// a display the engine would try the frame buffer.
func impossible(getenv func(string) string) string {
	if runtime.GOOS == "linux" && getenv("DISPLAY") == "" {
		if getenv("WAYLAND_DISPLAY") != "" {
			return "no display: the window needs X11 or XWayland (DISPLAY is not set)"
		}
		return "no display: DISPLAY is not set"
	}
	return ""
}

// place starts the window hidden, beside where a terminal usually is.
func place(monitor string) {
	w, h := 1280, 960
	if m := chosen(monitor); m != nil {
		ebiten.SetMonitor(m)
		if mw, mh := m.Size(); mw > 0 && mh > 0 {
			w, h = mw*5/8, mh*9/10
			ebiten.SetWindowPosition(mw-w, (mh-h)/2)
		}
	}
	ebiten.SetWindowSize(w, h)
	ebiten.SetWindowTitle(neutral)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowVisible(false)
	ebiten.SetWindowClosingHandled(true)
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetTPS(ebiten.SyncWithFPS)
	ebiten.SetRunnableOnUnfocused(true)
}
