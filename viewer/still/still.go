// Package still is the image side without a window: a Desk painted on the CPU,
// for terminals that can show pictures and for tests. Every picture says that it
// is not for diagnosis: a terminal's pixels are few, its greys are nobody's
// business, and its colours are not calibrated.
package still

import (
	"context"
	"errors"
	"image"
	"sync"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/load"
)

// Options of a Viewer. The zero value is usable: the default keys, the system's
// clock, one worker and 128 MiB of decoded frames.
type Options struct {
	Keymap  *viewer.Keymap
	Now     func() time.Time
	Workers int
	Cache   int64
}

// Viewer is a viewer.Viewer and viewer.Painter inside the process. All methods are
// safe for concurrent use and return at once; pixels are decoded by a worker.
type Viewer struct {
	now  func() time.Time
	wake chan struct{}
	done chan struct{}
	wg   sync.WaitGroup
	out  *outbox

	mu      sync.Mutex // guards all below
	desk    *desk.Desk
	waiting bool // a picture was announced and not fetched yet
	closed  bool
}

var errClosed = errors.New("the viewer is closed")

// New starts a Viewer of no case. It is ready at once.
func New(opt Options) *Viewer {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Workers <= 0 {
		opt.Workers = 1
	}
	if opt.Cache <= 0 {
		opt.Cache = 128 << 20
	}
	v := &Viewer{now: opt.Now, wake: make(chan struct{}, 1), done: make(chan struct{}), out: newOutbox()}
	v.desk = desk.New(desk.Options{
		Keymap: opt.Keymap, Now: opt.Now, Emit: v.out.put,
		Load:      load.NewFileLoader(opt.Workers, opt.Cache, v.poke),
		Protocols: []hang.Protocol{}, // one picture: a terminal has no room for two
	})
	v.wg.Go(v.run)
	v.wg.Go(func() { v.out.pump(v.done) })
	v.out.put(viewer.Event{Kind: viewer.Ready})
	return v
}

// poke asks run for a tick.
func (v *Viewer) poke() {
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// run ticks the desk when something arrived or its time has come.
func (v *Viewer) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-v.done:
			return
		case <-v.wake:
		case <-timer.C:
		}
		timer.Reset(v.tick())
	}
}

// idle is how long run sleeps when nothing is due; a wake ends it.
const idle = time.Hour

// tick lets the desk's time pass and says how long until it must again.
func (v *Viewer) tick() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return idle
	}
	now := v.now()
	if v.desk.Tick(now) && !v.waiting {
		v.waiting = true
		v.out.put(viewer.Event{Kind: viewer.Painted})
	}
	at, ok := v.desk.Next()
	if !ok {
		return idle
	}
	return max(time.Millisecond, min(idle, at.Sub(now)))
}

// with does something to the desk, if the epoch is that of the case on screen.
func (v *Viewer) with(epoch uint64, f func(d *desk.Desk)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return errClosed
	}
	if v.desk.Accepts(epoch) {
		f(v.desk)
	}
	v.poke()
	return nil
}

// Open implements viewer.Viewer.
func (v *Viewer) Open(ctx context.Context, c viewer.Case) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return v.always(func(d *desk.Desk) { d.Open(c) })
}

func (v *Viewer) always(f func(d *desk.Desk)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return errClosed
	}
	f(v.desk)
	v.poke()
	return nil
}

// Add implements viewer.Viewer.
func (v *Viewer) Add(epoch uint64, objects []viewer.Object) error {
	return v.with(epoch, func(d *desk.Desk) { d.Add(epoch, objects) })
}

// Update implements viewer.Viewer.
func (v *Viewer) Update(epoch uint64, site viewer.SiteLine, studies []viewer.Study) error {
	return v.with(epoch, func(d *desk.Desk) { d.Update(epoch, site, studies) })
}

// Preview implements viewer.Previewer. One of another case is dropped.
func (v *Viewer) Preview(epoch uint64, p viewer.Preview) error {
	return v.always(func(d *desk.Desk) { d.Preview(epoch, p) })
}

// Keys implements viewer.Keyed.
func (v *Viewer) Keys(m *viewer.Keymap) error {
	return v.always(func(d *desk.Desk) { d.Keys(m) })
}

// Press implements viewer.Viewer.
func (v *Viewer) Press(epoch uint64, k viewer.Key) error {
	return v.with(epoch, func(d *desk.Desk) { d.Press(k) })
}

// Do implements viewer.Viewer.
func (v *Viewer) Do(epoch uint64, a viewer.Action) error {
	return v.with(epoch, func(d *desk.Desk) { d.Do(a) })
}

// Focus implements viewer.Viewer: the picture is where the keys are already.
func (v *Viewer) Focus(epoch uint64) error {
	return v.with(epoch, func(d *desk.Desk) { d.Focused(true) })
}

// Blank implements viewer.Viewer.
func (v *Viewer) Blank() error { return v.always((*desk.Desk).Blank) }

// Events implements viewer.Viewer.
func (v *Viewer) Events() <-chan viewer.Event { return v.out.events }

// Close implements viewer.Viewer: it ends all work and closes Events.
func (v *Viewer) Close() error {
	v.mu.Lock()
	if v.closed {
		v.mu.Unlock()
		return nil
	}
	v.closed = true
	v.mu.Unlock()
	v.desk.Close()
	close(v.done)
	v.wg.Wait()
	close(v.out.events)
	return nil
}

// Paint implements viewer.Painter: the picture at a size in pixels, as it is now.
// It is black where there is no case or the session is locked.
func (v *Viewer) Paint(size image.Point) image.Image {
	size = image.Pt(max(1, min(size.X, 8192)), max(1, min(size.Y, 8192)))
	v.mu.Lock()
	v.waiting = false
	scene := desk.Scene{W: size.X, H: size.Y, Blank: true}
	if !v.closed {
		v.desk.Resize(size.X, size.Y, 1)
		v.desk.Tick(v.now())
		scene = v.desk.Scene()
	}
	v.mu.Unlock()
	v.poke()
	dst := Draw(scene)
	if !scene.Blank {
		stamp(dst)
	}
	return dst
}
