package tool

import (
	"strings"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// What is typing and what is speech (N2).
const (
	burstKeys   = 4
	burstWithin = 60 * time.Millisecond
	// Patience is how long a printable key waits before it may act: until then it
	// may still turn out to be the beginning of a burst. It is the latency of every
	// letter; arrows, F-keys and the wheel have none of their own.
	Patience = burstWithin + time.Microsecond
	// quiet ends a burst: dictation pauses between words, a reader between thoughts.
	quiet = 300 * time.Millisecond
	// repeatGap tells the auto-repeat of a terminal (20 ms and more) from the same
	// character sent many times.
	repeatGap = 10 * time.Millisecond
)

// Stroke is one key going down or up.
type Stroke struct {
	Key  viewer.Key
	At   time.Time
	Up   bool
	Live bool // the device will tell when the key goes up
}

// Stray holds back what no hand types: four or more printable keys within 60 ms
// are never executed but collected as text, and so is all that follows until
// 300 ms of silence, with Enter and Tab as the line break and tab they are. All
// other keys act, in the order they came. The zero value is ready.
type Stray struct {
	waiting []Stroke
	recent  []time.Time // printable strokes of the last 60 ms
	last    Stroke      // the last printable stroke
	holding bool
	text    strings.Builder
}

// Press takes a stroke. What may act comes from Ready.
func (s *Stray) Press(k Stroke) {
	typing := k.Key.Typing() && !k.Up
	if typing {
		s.count(k)
	}
	if s.holding && !k.Up && s.collect(k) {
		s.last = k
		return
	}
	if typing {
		s.last = k
	}
	s.waiting = append(s.waiting, k)
}

// count notes a printable stroke and begins to hold when there are too many.
func (s *Stray) count(k Stroke) {
	if s.holding && k.At.Sub(s.last.At) >= quiet {
		s.holding = false
	}
	if gap := k.At.Sub(s.last.At); k.Key == s.last.Key && gap >= repeatGap {
		return
	}
	for len(s.recent) > 0 && k.At.Sub(s.recent[0]) > burstWithin {
		s.recent = s.recent[1:]
	}
	s.recent = append(s.recent, k.At)
	if len(s.recent) < burstKeys || s.holding {
		return
	}
	s.holding = true
	rest := s.waiting[:0]
	for _, w := range s.waiting {
		if w.Up || !s.collect(w) {
			rest = append(rest, w)
		}
	}
	s.waiting = rest
}

// collect adds a stroke to the held text if it is one.
func (s *Stray) collect(k Stroke) bool {
	switch {
	case k.Key == "space":
		s.text.WriteByte(' ')
	case k.Key.Typing():
		s.text.WriteString(string(k.Key))
	case k.Key == "enter":
		s.text.WriteByte('\n')
	case k.Key == "tab":
		s.text.WriteByte('\t')
	default:
		return false
	}
	return true
}

// Ready gives the strokes that may act now, oldest first, and the held text once
// its burst is over ("" before).
func (s *Stray) Ready(now time.Time) (strokes []Stroke, held string) {
	n := 0
	for n < len(s.waiting) && !now.Before(free(s.waiting[n])) {
		n++
	}
	strokes, s.waiting = s.waiting[:n:n], s.waiting[n:]
	if s.holding && now.Sub(s.last.At) >= quiet {
		s.holding = false
	}
	if !s.holding && s.text.Len() > 0 {
		held = s.text.String()
		s.text.Reset()
	}
	return strokes, held
}

func free(k Stroke) time.Time {
	if k.Key.Typing() && !k.Up {
		return k.At.Add(Patience)
	}
	return k.At
}

// Drain gives the strokes that still wait, oldest first: what was typed before a line
// of text opened belongs into it, before all that follows.
func (s *Stray) Drain() (strokes []Stroke) {
	strokes, s.waiting = s.waiting, nil
	return strokes
}

// Next is when Ready will have something, if nothing else is pressed.
func (s *Stray) Next() (at time.Time, ok bool) {
	switch {
	case len(s.waiting) > 0:
		return free(s.waiting[0]), true
	case s.text.Len() > 0:
		return s.last.At.Add(quiet), true
	}
	return at, false
}

// Flush drops the strokes that wait and gives back the text held so far: on a
// change of the case, type-ahead dies but nothing that was dictated does (N1).
func (s *Stray) Flush() (held string) {
	held = s.text.String()
	*s = Stray{}
	return held
}
