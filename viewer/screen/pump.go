package screen

//lint:file-ignore SA1019 the deprecated modes are the only way to 0 % of a core while nothing happens

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
)

// pumpEvery is how often a frame is asked for until one comes. A single request
// can be swallowed while the window is shown or resized.
const pumpEvery = 8 * time.Millisecond

// pump asks the engine for frames while it sleeps: on a wake from another
// goroutine, and when a moment has come. Its zero value is not usable.
type pump struct {
	need  atomic.Bool // a frame is wanted and has not begun
	nudge chan struct{}
	times chan time.Time // the next moment; the zero time is none
	quit  chan struct{}
	wg    sync.WaitGroup
}

func newPump() *pump {
	p := &pump{nudge: make(chan struct{}, 1), times: make(chan time.Time, 1), quit: make(chan struct{})}
	p.wg.Go(p.run)
	return p
}

// wake asks for a frame. It is safe for concurrent use and never blocks.
func (p *pump) wake() {
	p.need.Store(true)
	select {
	case p.nudge <- struct{}{}:
	default:
	}
}

// begun says that a frame has begun: what was asked for before is answered.
func (p *pump) begun() { p.need.Store(false) }

// at sets when the next frame is wanted if nothing else happens. Only the game's
// goroutine calls it.
func (p *pump) at(t time.Time) {
	select {
	case <-p.times:
	default:
	}
	p.times <- t
}

func (p *pump) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-p.nudge:
		case t := <-p.times:
			if timer.Stop(); !t.IsZero() {
				timer.Reset(time.Until(t))
			}
			continue
		case <-timer.C:
			p.need.Store(true)
		}
		for p.need.Load() {
			ebiten.ScheduleFrame()
			select {
			case <-p.quit:
				return
			case <-time.After(pumpEvery):
			}
		}
	}
}

// sleepy tells the engine to make frames only when asked, or with the display.
func sleepy(on bool) {
	if on {
		ebiten.SetFPSMode(ebiten.FPSModeVsyncOffMinimum)
	} else {
		ebiten.SetFPSMode(ebiten.FPSModeVsyncOn)
	}
}

// Close ends the pump and waits for it.
func (p *pump) Close() {
	close(p.quit)
	p.wg.Wait()
}
