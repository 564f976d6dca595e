package screen

import (
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// perf measures the last frames for :perf. Owned by the game's goroutine.
type perf struct {
	frames  int
	between sample    // from one picture to the next, while pictures follow each other
	work    sample    // what this program does for a picture
	latency sample    // from the input to the picture on the screen
	began   time.Time // of the picture being drawn
	last    time.Time // when a picture was last drawn
	input   time.Time // the earliest input that the picture is the first to show
	waiting bool      // the engine presents; done when it calls again
}

// following: pictures further apart than this were not drawn one after the other.
const following = 150 * time.Millisecond

// sample keeps the last durations.
type sample struct {
	all [240]time.Duration
	n   int
}

func (s *sample) add(d time.Duration) {
	s.all[s.n%len(s.all)] = d
	s.n++
}

// quantile is 0 where nothing was measured.
func (s *sample) quantile(q float64) time.Duration {
	kept := slices.Clone(s.all[:min(s.n, len(s.all))])
	if len(kept) == 0 {
		return 0
	}
	slices.Sort(kept)
	return kept[int(q*float64(len(kept)-1)+0.5)]
}

func (s *sample) words() string {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return fmt.Sprintf("%.1f ms, 1 in 100 over %.1f ms", ms(s.quantile(0.5)), ms(s.quantile(0.99)))
}

// begin begins a picture that is the first to show the input of a time.
func (p *perf) begin(now, input time.Time) {
	p.began = now
	if p.input.IsZero() {
		p.input = input
	}
}

// drawn ends the work on a picture; done is whether it is on the screen already.
func (p *perf) drawn(now time.Time, done bool) {
	p.frames++
	p.work.add(now.Sub(p.began))
	if gap := now.Sub(p.last); gap < following {
		p.between.add(gap)
	}
	p.last = now
	if p.waiting = !done; done {
		p.shown(now)
	}
}

// shown says that what was drawn is on the screen.
func (p *perf) shown(now time.Time) {
	p.waiting = false
	if !p.input.IsZero() {
		p.latency.add(now.Sub(p.input))
		p.input = time.Time{}
	}
}

// lines are what :perf writes.
func (p *perf) lines(v *view, of load.Held) []string {
	rate := 0.0
	if d := p.between.quantile(0.5); d > 0 {
		rate = float64(time.Second) / float64(d)
	}
	return []string{
		v.path(),
		fmt.Sprintf("%d frames · %.0f a second · %s", p.frames, rate, p.between.words()),
		"drawing " + p.work.words(),
		"input to frame " + p.latency.words(),
		v.memory(),
		fmt.Sprintf("decoded %s of %s in %d frames", mib(of.Bytes), mib(of.Limit), of.Frames),
	}
}

// write puts them over a scene.
func (p *perf) write(s *desk.Scene, v *view, scale float64) {
	if s.Perf == nil {
		return
	}
	size := 13 * scale
	y, wide := float64(s.H)*0.3, 0.0
	lines := p.lines(v, *s.Perf)
	for _, words := range lines {
		wide = max(wide, overlay.Width(words, size))
	}
	s.Over.Fills = append(s.Over.Fills, overlay.Fill{Color: overlay.Panel,
		Rect: image.Rect(int(0.5*size), int(y-1.5*size), int(wide+1.9*size), int(y+1.5*size*float64(len(lines))-0.5*size))})
	for _, words := range lines {
		s.Over.Texts = append(s.Over.Texts, overlay.Text{X: 1.2 * size, Y: y, Size: size, Color: overlay.Grey, S: words})
		y += 1.5 * size
	}
}
