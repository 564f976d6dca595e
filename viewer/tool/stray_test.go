package tool

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

var start = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// typist sends keys by a clock and ticks every millisecond in between.
type typist struct {
	s    Stray
	now  time.Time
	done []viewer.Key
	held []string
}

func (y *typist) wait(d time.Duration) {
	for end := y.now.Add(d); y.now.Before(end); {
		step := min(time.Millisecond, end.Sub(y.now))
		y.now = y.now.Add(step)
		y.tick()
	}
}

func (y *typist) tick() {
	keys, held := y.s.Ready(y.now)
	for _, k := range keys {
		y.done = append(y.done, k.Key)
	}
	if held != "" {
		y.held = append(y.held, held)
	}
}

func (y *typist) key(k viewer.Key) {
	y.s.Press(Stroke{Key: k, At: y.now})
	y.tick()
}

func (y *typist) keys() string {
	var b strings.Builder
	for _, k := range y.done {
		b.WriteString(string(k) + " ")
	}
	return strings.TrimSpace(b.String())
}

func TestEightyCharactersAt200ASecondAreHeldNotExecuted(t *testing.T) {
	const said = "there is an undisplaced fracture of the seventh rib on the left, no pneumothorax"
	y := typist{now: start}
	for _, r := range said {
		y.key(viewer.Key(string(r)))
		y.wait(5 * time.Millisecond)
	}
	if len(y.held) > 0 {
		t.Fatal("offered before the burst was over")
	}
	y.wait(time.Second)
	if len(y.done) != 0 {
		t.Errorf("executed: %s", y.keys())
	}
	if len(y.held) != 1 || y.held[0] != said {
		t.Errorf("offered %q", y.held)
	}
}

func TestTheSameCharacterEightyTimesIsHeldToo(t *testing.T) {
	y := typist{now: start}
	for range 80 {
		y.key("j")
		y.wait(5 * time.Millisecond)
	}
	y.wait(time.Second)
	if len(y.done) != 0 || len(y.held) != 1 || len(y.held[0]) != 80 {
		t.Errorf("executed %d, offered %q", len(y.done), y.held)
	}
}

func TestFourLettersInOneReadAreHeldAndThreeAct(t *testing.T) {
	y := typist{now: start}
	for _, k := range []viewer.Key{"i", "r", "h"} {
		y.key(k)
	}
	y.wait(time.Second)
	if y.keys() != "i r h" {
		t.Errorf("three letters: %q", y.keys())
	}
	for _, k := range []viewer.Key{"i", "r", "h", "o"} {
		y.key(k)
	}
	y.wait(time.Second)
	if y.keys() != "i r h" || len(y.held) != 1 || y.held[0] != "irho" {
		t.Errorf("four letters: %q %q", y.keys(), y.held)
	}
}

func TestALetterActsAfterAtMostPatience(t *testing.T) {
	y := typist{now: start}
	y.key("r")
	y.wait(Patience - time.Millisecond)
	if len(y.done) != 0 {
		t.Fatal("acted before it could be known to be no burst")
	}
	y.wait(time.Millisecond)
	if y.keys() != "r" {
		t.Fatalf("after %v: %q", Patience, y.keys())
	}
	if _, ok := y.s.Next(); ok {
		t.Error("still waiting for something")
	}
}

func TestArrowsActAtOnceAndNeverOvertakeALetter(t *testing.T) {
	y := typist{now: start}
	y.key("down")
	if y.keys() != "down" {
		t.Fatalf("arrow waited: %q", y.keys())
	}
	y.key("r")
	y.key("enter")
	y.wait(100 * time.Millisecond)
	if y.keys() != "down r enter" {
		t.Errorf("order: %q", y.keys())
	}
}

func TestAutoRepeatIsNotTyping(t *testing.T) {
	for _, gap := range []time.Duration{12, 15, 25, 33} {
		y := typist{now: start}
		for range 40 {
			y.key("j")
			y.wait(gap * time.Millisecond)
		}
		y.wait(time.Second)
		if len(y.done) != 40 || len(y.held) != 0 {
			t.Errorf("every %v: %d of 40 acted, held %q", gap*time.Millisecond, len(y.done), y.held)
		}
	}
}

func TestThePausesOfDictationDoNotLetItsLastLettersAct(t *testing.T) {
	y := typist{now: start}
	for _, word := range []string{"normal ", "in ", "a "} {
		for _, r := range word {
			y.key(viewer.Key(string(r)))
			y.wait(5 * time.Millisecond)
		}
		y.wait(150 * time.Millisecond)
	}
	y.key("enter")
	y.wait(time.Second)
	if len(y.done) != 0 || len(y.held) != 1 || y.held[0] != "normal in a \n" {
		t.Errorf("executed %q, offered %q", y.keys(), y.held)
	}
}

func TestArrowsAndFunctionKeysActDuringABurst(t *testing.T) {
	y := typist{now: start}
	for _, k := range []viewer.Key{"a", "b", "f3", "c", "d", "down"} {
		y.key(k)
		y.wait(time.Millisecond)
	}
	y.wait(time.Second)
	if y.keys() != "f3 down" || y.held[0] != "abcd" {
		t.Errorf("executed %q, offered %q", y.keys(), y.held)
	}
}

func TestACaseChangeDropsWhatWaitsAndKeepsWhatWasSaid(t *testing.T) {
	y := typist{now: start}
	y.key("r")
	y.key("q")
	if held := y.s.Flush(); held != "" {
		t.Errorf("held %q", held)
	}
	for _, k := range []viewer.Key{"a", "b", "c", "d"} {
		y.key(k)
	}
	if held := y.s.Flush(); held != "abcd" {
		t.Errorf("held %q", held)
	}
	y.wait(time.Second)
	if len(y.done) != 0 || len(y.held) != 0 {
		t.Errorf("after the flush: %q %q", y.keys(), y.held)
	}
}

// Whatever is typed, a stroke is executed or offered, once, and no four within
// 60 ms are ever executed.
func TestNoStrokeIsLostAndNoBurstActs(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 11))
	for range 200 {
		y := typist{now: start}
		var at []time.Time
		n := 1 + rnd.IntN(30)
		for i := range n {
			at = append(at, y.now)
			y.key(viewer.Key(string(rune('a' + i%26))))
			y.wait(time.Duration(rnd.IntN(70)) * time.Millisecond)
		}
		y.wait(time.Second)
		if got := len(y.done) + len(strings.Join(y.held, "")); got != n {
			t.Fatalf("%d strokes became %d", n, got)
		}
		for i := 3; i < n; i++ {
			if at[i].Sub(at[i-3]) <= burstWithin && strings.Contains(y.keys(), string(rune('a'+i%26))) && n <= 26 {
				t.Fatalf("stroke %d of a burst was executed", i)
			}
		}
	}
}

func TestRepeatWaits250msThenDoes30ASecond(t *testing.T) {
	var r Repeat
	r.Start("down", start)
	if _, n := r.Due(start.Add(249 * time.Millisecond)); n != 0 {
		t.Errorf("%d before 250 ms", n)
	}
	total := 0
	for ms := 250; ms <= 1249; ms += 7 {
		_, n := r.Due(start.Add(time.Duration(ms) * time.Millisecond))
		total += n
	}
	if total != 30 {
		t.Errorf("%d in the second after, want 30", total)
	}
	if k, n := r.Due(start.Add(2250 * time.Millisecond)); k != "down" || n != 31 {
		t.Errorf("a late tick: %q %d, want 31", k, n)
	}
	r.Stop("up")
	if k, _ := r.Due(start); k != "down" {
		t.Error("another key's release stopped it")
	}
	r.Stop("down")
	if _, n := r.Due(start.Add(time.Hour)); n != 0 {
		t.Errorf("%d after release", n)
	}
}
