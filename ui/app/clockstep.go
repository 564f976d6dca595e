package app

import (
	"fmt"
	"time"
)

// steps watches the machine's clock: times in reports come from it.
type steps struct {
	last time.Time
}

// A step worth saying: forward, more than a poll of a sleeping machine; backward, more
// than a time server's nudge.
const (
	stepBack    = 5 * time.Second
	stepForward = 2 * time.Minute
)

// watch tells of a step since it was asked before, in words; "" where there was none.
// Without the monotonic clock's reading of both (a test's times have none) only a step
// back is seen.
func (s *steps) watch(now time.Time) string {
	last := s.last
	s.last = now
	if last.IsZero() {
		return ""
	}
	step := now.Round(0).Sub(last.Round(0)) - now.Sub(last) // by the wall, less what really went by
	if now == now.Round(0) {
		step = min(0, now.Sub(last))
	}
	switch {
	case step <= -stepBack:
		return "The clock was set BACK by " + span(-step) + ". A report cannot be signed before it was begun; check the clock."
	case step >= stepForward:
		return "The clock went forward by " + span(step) + ", or the machine slept. Check it before you sign: reports carry its time."
	}
	return ""
}

// behind says that the clock stands before what this home was told last; "" where not.
func behind(now, known time.Time) string {
	if d := known.Sub(now); d > time.Minute {
		return "The clock stands " + span(d) + " before this home was used last. Check it before you sign: reports carry its time."
	}
	return ""
}

func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}

// watchClock tells the reader of a step of the clock.
func (m *Model) watchClock() {
	if said := m.steps.watch(m.Now()); said != "" {
		m.warn(said)
	}
}

// knownClock compares the clock at the start with the sites' last answers.
func (m *Model) knownClock() {
	for _, s := range m.snapshot.Sites {
		if said := behind(m.Now(), s.LastOK); said != "" {
			m.warn(said)
			return
		}
	}
}
