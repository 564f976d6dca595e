package link

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

func start(t *testing.T, role string, log func(string)) *Window {
	t.Helper()
	w, err := Start(context.Background(), options(t, role, log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func options(t testing.TB, role string, log func(string)) Options {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Command: []string{self}, Env: []string{roleKey + "=" + role}, Log: log}
}

func patient(epoch uint64) viewer.Case {
	return viewer.Case{Epoch: epoch, StudyUID: fmt.Sprintf("1.2.%d", epoch),
		Order: viewer.Order{PatientName: "DOE^JANE", PatientID: "4711", BirthDate: "19500101", Accession: "ACC77"}}
}

// until waits for an event that f accepts.
func until(t *testing.T, w *Window, within time.Duration, f func(viewer.Event) bool) viewer.Event {
	t.Helper()
	deadline := time.After(within)
	for {
		select {
		case e, ok := <-w.Events():
			if !ok {
				t.Fatal("events closed")
			}
			if f(e) {
				return e
			}
		case <-deadline:
			t.Fatalf("the event did not come within %v", within)
		}
	}
}

func kind(k viewer.EventKind) func(viewer.Event) bool {
	return func(e viewer.Event) bool { return e.Kind == k }
}

func sliceIs(n int) func(viewer.Event) bool {
	return func(e viewer.Event) bool { return e.Kind == viewer.Stated && e.State.Tiles[0].Slice == n }
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *Window) pid() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.child == nil {
		return 0
	}
	return w.child.cmd.Process.Pid
}

// Scenario 7: notice within a second, same slice, objects and marks within two.
func TestAKilledWindowComesBackWhereItStood(t *testing.T) {
	w := start(t, "good", nil)
	c := patient(1)
	c.Marks = []viewer.Mark{{ID: "2.25.1", Kind: viewer.Angle}}
	must(t, w.Open(context.Background(), c))
	must(t, w.Add(1, make([]viewer.Object, 2500)))
	for range 7 {
		must(t, w.Press(1, "down"))
	}
	must(t, w.Press(1, "r"))
	until(t, w, 5*time.Second, kind(viewer.Edited))
	must(t, w.Press(1, "down"))
	until(t, w, 5*time.Second, sliceIs(8))
	w.mu.Lock()
	p := w.child.cmd.Process
	w.mu.Unlock()

	must(t, p.Kill())
	killed := time.Now()
	crash := until(t, w, time.Second, kind(viewer.Crashed))
	if crash.Epoch != 1 || !strings.Contains(crash.Text, "killed") {
		t.Errorf("crash told as %+v", crash)
	}
	back := until(t, w, 2*time.Second, func(e viewer.Event) bool {
		return e.Kind == viewer.Stated && e.State.Tiles[0].Slices == 2500
	})
	if took := time.Since(killed); took > 2*time.Second {
		t.Errorf("back after %v", took)
	}
	if got := back.State.Tiles[0].Slice; got != 8 {
		t.Errorf("back at slice %d, was at 8", got)
	}
	if back.State.Unseen != 2 {
		t.Errorf("%d marks came back, 2 were there", back.State.Unseen)
	}
}

func TestGarbageOfTheWindowIsDroppedAndSaid(t *testing.T) {
	w := start(t, "garbage", nil)
	must(t, w.Open(context.Background(), patient(1)))
	for range 3 { // no JSON; too long; an event without its contents
		until(t, w, 10*time.Second, kind(viewer.Noticed))
	}
	until(t, w, 5*time.Second, kind(viewer.Shown))
}

// N1: nothing of one case reaches another, but no mark is lost.
func TestLateMessagesOfTheCaseBefore(t *testing.T) {
	w := start(t, "late", nil)
	must(t, w.Open(context.Background(), patient(1)))
	until(t, w, 5*time.Second, kind(viewer.Shown))
	must(t, w.Open(context.Background(), patient(2)))
	var notices, edits int
	until(t, w, 5*time.Second, func(e viewer.Event) bool {
		switch {
		case e.Kind == viewer.Acted, e.Kind == viewer.Stated && e.State.Layout == "old":
			t.Errorf("a late %s came through", e.Kind)
		case e.Kind == viewer.Noticed:
			notices++
		case e.Kind == viewer.Edited && e.Epoch == 1 && e.Marks[0].ID == "2.25.9":
			edits++
		case e.Kind == viewer.Edited:
			t.Errorf("an edit of a case never opened came through")
		}
		return e.Kind == viewer.Shown && e.Epoch == 2
	})
	if notices != 1 || edits != 1 {
		t.Errorf("%d notices of a dropped action, %d late edits; want 1 and 1", notices, edits)
	}
	must(t, w.Press(1, "down"))
	until(t, w, 5*time.Second, func(e viewer.Event) bool { return e.Kind == viewer.Noticed && e.Text == late })
	if n := len(w.memory.open.Marks); n != 0 {
		t.Errorf("the late edit put %d marks on the case on screen", n)
	}
}

func TestStatesComeAtMostThirtyASecondAndTheLastArrives(t *testing.T) {
	w := start(t, "good", nil)
	must(t, w.Open(context.Background(), patient(1)))
	until(t, w, 5*time.Second, kind(viewer.Shown))
	must(t, w.Press(1, "1"))
	n, begin := 0, time.Now()
	until(t, w, 20*time.Second, func(e viewer.Event) bool { n++; return sliceIs(500)(e) })
	if most := int(time.Since(begin).Seconds()*30) + 2; n > most {
		t.Errorf("%d states in %v", n, time.Since(begin))
	}
}

func TestAWindowThatKeepsDyingIsLeftAloneUntilTheNextCase(t *testing.T) {
	saved := delays
	delays = []time.Duration{0, 0, time.Millisecond}
	t.Cleanup(func() { delays = saved })
	var mu sync.Mutex
	var log []string
	w := start(t, "mortal", func(s string) { mu.Lock(); log = append(log, s); mu.Unlock() })
	must(t, w.Open(context.Background(), patient(1)))
	crashes := 0
	gaveUp := func(e viewer.Event) bool {
		if e.Kind == viewer.Crashed {
			crashes++
			if !strings.Contains(e.Text, "exit status 2") {
				t.Errorf("crash told as %q", e.Text)
			}
		}
		return e.Kind == viewer.Noticed
	}
	until(t, w, 20*time.Second, gaveUp)
	if crashes != 4 {
		t.Errorf("%d crashes before it gave up, want 4", crashes)
	}
	must(t, w.Open(context.Background(), patient(2)))
	until(t, w, 20*time.Second, kind(viewer.Crashed)) // tried again
	mu.Lock()
	defer mu.Unlock()
	all := strings.Join(log, "\n")
	if !strings.Contains(all, "panic: slice of") || strings.Contains(all, "DOE") || strings.Contains(all, "4711") {
		t.Errorf("log of the window: %q", all)
	}
}

func TestAWindowThatCannotBeSaysWhy(t *testing.T) {
	for role, want := range map[string]string{"unable": "no display", "older": "protocol 0"} {
		_, err := Start(context.Background(), options(t, role, nil))
		var unable *UnableError
		if !errors.As(err, &unable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if _, err := Start(ctx, options(t, "deaf", nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("start of a deaf window: %v", err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestCloseEndsTheWindowAlsoAStubbornOne(t *testing.T) {
	for _, role := range []string{"good", "stubborn"} {
		w := start(t, role, nil)
		pid, begin := w.pid(), time.Now()
		must(t, w.Close())
		if took := time.Since(begin); took > closeWait+3*time.Second {
			t.Errorf("%s: close took %v", role, took)
		}
		if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil {
			t.Errorf("%s: the process is still there", role)
		}
		if _, ok := <-w.Events(); ok {
			t.Errorf("%s: an event after Close", role)
		}
		if err := w.Blank(); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: blank after Close: %v", role, err)
		}
	}
}

func TestNothingOfAPatientStandsInArgumentsOrEnvironment(t *testing.T) {
	w := start(t, "good", nil)
	must(t, w.Open(context.Background(), patient(1)))
	until(t, w, 5*time.Second, kind(viewer.Shown))
	for _, file := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", w.pid(), file))
		if err != nil {
			t.Skip("no /proc here to look into")
		}
		for _, secret := range []string{"DOE", "4711", "ACC77", "1.2.1"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %q", file, secret)
			}
		}
	}
}

func TestABlankedWindowComesBackWithoutACase(t *testing.T) {
	w := start(t, "good", nil)
	must(t, w.Open(context.Background(), patient(1)))
	until(t, w, 5*time.Second, kind(viewer.Shown))
	must(t, w.Blank())
	w.mu.Lock()
	defer w.mu.Unlock()
	if again := w.memory.again(); again != nil {
		t.Errorf("a locked case would be shown again: %d messages", len(again))
	}
}
