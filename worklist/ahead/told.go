package ahead

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Told is one forecast and what came of it: "ready in Said" at At, and ready after Took.
// Said as it was rounded for the reader.
type Told struct {
	At   time.Time `json:"at"`
	Said float64   `json:"said_s"`
	Took float64   `json:"took_s"`
}

// off is the error as a part of what was said.
func (t Told) off() float64 { return math.Abs(t.Took-t.Said) / t.Said }

const mostTold = 400 // forecasts of a site that are kept

func (l *Line) told(t Told) {
	l.Told = append(l.Told, t)
	l.Told = l.Told[max(0, len(l.Told)-mostTold):]
}

// Accuracy is how good forecasts were.
type Accuracy struct {
	Forecasts int     `json:"forecasts"`
	Within    float64 `json:"90_percent_within"` // as a part of what was said: 0.18 is ±18 %
	Good      float64 `json:"part_within_30_percent"`
}

// good is what a reader can plan with.
const good = 0.3

// Of judges the forecasts of a site made since a time.
func (l Line) Of(since time.Time) Accuracy {
	var off []float64
	a := Accuracy{}
	for _, t := range l.Told {
		if t.At.Before(since) || t.Said <= 0 {
			continue
		}
		off = append(off, t.off())
		if t.off() <= good {
			a.Good++
		}
	}
	if a.Forecasts = len(off); a.Forecasts == 0 {
		return a
	}
	slices.Sort(off)
	a.Within = off[int(math.Ceil(0.9*float64(len(off))))-1]
	a.Good /= float64(len(off))
	return a
}

// String is "90 % within ±18 % (47 forecasts)".
func (a Accuracy) String() string {
	switch a.Forecasts {
	case 0:
		return "none was made"
	case 1:
		return fmt.Sprintf("the one made was off by %.0f %%", 100*a.Within)
	}
	return fmt.Sprintf("90 %% within ±%.0f %% (%d forecasts)", 100*a.Within, a.Forecasts)
}
