package ahead

import (
	"fmt"
	"math"
	"time"
)

// Countdown is what a reader is told of a time to come: it runs down with the clock and
// is set anew only where the forecast has clearly changed, so that it does not jitter.
// The zero value has said nothing.
type Countdown struct{ at time.Time }

// A forecast that is off by less than these changes nothing that was said.
const (
	heldLess = 0.12 // of what was said or is forecast, the larger, where it comes sooner
	heldMore = 0.20 // where it comes later: to a reader, a time that rises is worse than one that was short
	held     = 1500 * time.Millisecond
)

// Show is the time left to be told, when a forecast made now says left, and whether it
// was set anew. It rises only when the forecast is later by more than a part of it.
func (c *Countdown) Show(now time.Time, left time.Duration) (tell time.Duration, anew bool) {
	said := c.at.Sub(now)
	off, part := (left - said).Abs(), heldLess
	if left > said {
		part = heldMore
	}
	if c.at.IsZero() || off > held && off > time.Duration(part*float64(max(left, said))) {
		c.at = now.Add(left)
		said, anew = left, true
	}
	return max(said, time.Second), anew
}

// Seconds rounds a time left as it is told: to the second below 20 s, to 5 s below two
// minutes, then to the minute.
func Seconds(left time.Duration) int {
	s := left.Seconds()
	switch {
	case s < 20:
		return max(1, int(math.Round(s)))
	case s < 120:
		return 5 * int(math.Round(s/5))
	}
	return 60 * int(math.Round(s/60))
}

// words is "14 s", "2 min" or "1 h 20 min" for seconds of Seconds.
func words(seconds int) string {
	switch {
	case seconds < 120:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min", seconds/60)
	}
	return fmt.Sprintf("%d h %02d min", seconds/3600, seconds%3600/60)
}

// short is the same in seven cells.
func short(seconds int) string {
	if seconds < 3600 {
		return words(seconds)
	}
	return fmt.Sprintf("%d h %02d", seconds/3600, seconds%3600/60)
}
