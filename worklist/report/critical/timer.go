package critical

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Level is how pressing a result is.
type Level int

// A result is Amber from 80 % of its time on and Red when that is over.
const (
	Calm Level = iota
	Amber
	Red
)

// Level is how pressing the result is now; once somebody was told in time it is calm.
func (r Result) Level(now time.Time) Level {
	whole := r.Due.Sub(r.Identified)
	switch {
	case !r.Open() || !r.Told.IsZero():
		return Calm
	case !now.Before(r.Due):
		return Red
	case now.Sub(r.Identified) >= whole*4/5:
		return Amber
	}
	return Calm
}

// Left is the time left in words: "42 min left", "3 h 10 min left", "12 min overdue".
func (r Result) Left(now time.Time) string {
	left := r.Due.Sub(now)
	if left <= 0 {
		return span(-left) + " overdue"
	}
	return span(left+time.Minute-time.Nanosecond) + " left"
}

func span(d time.Duration) string {
	switch m := int(d / time.Minute); {
	case m < 120:
		return fmt.Sprintf("%d min", m)
	case m < 48*60:
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	default:
		return fmt.Sprintf("%d days", m/(24*60))
	}
}

// Line is the timer that follows the reader: "CRITICAL 1 · 42 min left". An overdue
// one names whom to call now.
func (r Result) Line(now time.Time) string {
	s := fmt.Sprintf("CRITICAL %d · ", r.Category)
	switch st := r.State(); {
	case st == Acknowledged:
		return s + "told, not in the report yet"
	case !r.Told.IsZero():
		return s + "told, not acknowledged"
	}
	s += r.Left(now)
	if r.Level(now) == Red && len(r.Ladder) > 0 {
		c := r.Ladder[r.Next(now)]
		s += " · call " + c.Name
		if c.Phone != "" {
			s += " " + c.Phone
		}
	}
	return s
}

// Sort puts the most pressing result first.
func Sort(rs []Result) {
	slices.SortStableFunc(rs, func(a, b Result) int {
		if told := cmp.Compare(flag(a), flag(b)); told != 0 {
			return told
		}
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
}

func flag(r Result) int {
	if r.Told.IsZero() {
		return 0
	}
	return 1
}
