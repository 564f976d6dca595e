package app

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

func TestAClockThatIsSetBackIsSaid(t *testing.T) {
	var s steps
	at := dusk
	for _, c := range []struct {
		by   time.Duration
		says string
	}{{0, ""}, {time.Second, ""}, {time.Hour, ""}, {-2 * time.Second, ""}, {-time.Hour, "set BACK by 60 min"}, {time.Second, ""}, {-72 * time.Hour, "3 days"}} {
		at = at.Add(c.by)
		if got := s.watch(at); c.says == "" && got != "" || !strings.Contains(got, c.says) {
			t.Errorf("by %v: %q, want %q", c.by, got, c.says)
		}
	}
}

// With the monotonic clock's readings a wall clock that runs with it says nothing.
func TestAClockThatRunsIsNotSaid(t *testing.T) {
	var s steps
	for range 3 {
		if got := s.watch(time.Now()); got != "" {
			t.Error(got)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAStartBeforeTheLastAnswerSaysThatTheClockIsBehind(t *testing.T) {
	n := newNight(t)
	if err := n.m.Room.Journal.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.stop()
	n.pass(-3 * time.Hour)
	n.view = &window{events: make(chan viewer.Event, 64)}
	n.start()
	n.says("The clock stands 3 h before this home was used last")
}
