package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// events writes a night's events for `archive --events`.
func events(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "night.ndjson")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// kill ends the terminal program by kill -9 and its tmux with it.
func (c *console) kill() {
	c.t.Helper()
	if err := syscall.Kill(c.pid(), syscall.SIGKILL); err != nil {
		c.t.Fatal(err)
	}
	eventually(c.t, 5*time.Second, "the terminal to be gone", func() bool {
		_, err := c.tmux("list-panes")
		return err != nil
	})
}

// openOurs opens a case, claims it, and waits until keys are taken again (N1).
func (c *console) openOurs(word string) {
	c.t.Helper()
	c.openCase(word)
	c.see(10*time.Second, `yours since`)
	time.Sleep(150 * time.Millisecond)
}

// answer measures how long a key takes until the screen matches: the median of
// some presses, each undone by the same key.
func (c *console) answer(key, on, off string) time.Duration {
	c.t.Helper()
	var took []time.Duration
	for i := range 9 {
		pattern := on
		if i%2 == 1 {
			pattern = off
		}
		begun := time.Now()
		c.press(key)
		c.see(5*time.Second, pattern)
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// witness is a crossing that writes down what was answered, in order.
type witness struct {
	*crossing
	mu   sync.Mutex // guards seen
	seen []string
}

func newWitness(t *testing.T, a *archiveProcess) *witness {
	w := &witness{crossing: newCrossing(t, a)}
	w.after = func(r *http.Request) bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.seen = append(w.seen, r.Method+" "+r.URL.Path)
		return true
	}
	return w
}

// last is the place of the last answer to a request that has all the words, −1
// for none.
func (w *witness) last(words ...string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.seen) - 1; i >= 0; i-- {
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(w.seen[i], word) }) {
			return i
		}
	}
	return -1
}

// TestScenario6NetworkLostAtSigning: the archive stops between the last word and
// F12; the report waits through kill -9 and arrives once.
func TestScenario6NetworkLostAtSigning(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	dir, cases := tinyNight(t, 2)
	a := spawnArchive(t, "--dir", dir, "--events", events(t, `{"after":"0s","event":"stat","study":"T01"}`))
	w := newWitness(t, a)
	home := nightHome(t, "READER^DEMO", w.base(a.DICOMweb), w.base(a.UPS))
	l, study := book(t, home), cases[0].uid
	c := startConsole(t, nil, home, 100, 30)
	c.openOurs("alder")
	c.see(10*time.Second, `STAT · due[\s\S]*current (images )?3/3 · all here`)
	c.press("F3", "Tab")
	c.typeText("No acute finding.")
	eventually(t, 5*time.Second, "the sentence on disk", func() bool { return onDisk(t, l, study, report.Impression) == "No acute finding." })

	a.signal(syscall.SIGSTOP)
	c.press("F12")
	c.see(5*time.Second, `Enter signs as`)
	time.Sleep(450 * time.Millisecond)
	begun := time.Now()
	c.press("Enter")
	c.see(10*time.Second, `waiting, NORTH not answering`)
	waited := time.Since(begun)
	if waited > 2*time.Second {
		t.Errorf("it took %v to say that the report waits", waited)
	}
	key := c.answer("F3", `KEYS → REPORT`, `KEYS → IMAGES`)
	if key > 250*time.Millisecond {
		t.Errorf("a key is answered after %v", key)
	}
	c.kill()
	c = startConsole(t, nil, home, 100, 30)
	c.see(10*time.Second, `1 unsent`)
	if row := outboxOf(t, l, study); row.State == ledger.Verified || row.Done() {
		t.Fatalf("after the restart the outbox has %v", row.State)
	}

	begun = time.Now()
	a.signal(syscall.SIGCONT)
	eventually(t, 15*time.Second, "VERIFIED", func() bool { return outboxOf(t, l, study).State == ledger.Verified }, c.screen)
	verified := time.Since(begun)
	eventually(t, 10*time.Second, "the task to be completed", func() bool { return a.step(t, study).state == "COMPLETED" }, c.screen)
	if got := a.stored(t, study); len(got) != 1 || got[0] != outboxOf(t, l, study).Report {
		t.Errorf("the archive has the reports %v", got)
	}
	read, completed := w.last("GET", outboxOf(t, l, study).Report), w.last("PUT", "/state")
	if read < 0 || completed < read {
		t.Errorf("completed before it was read back:\n%s", strings.Join(w.seen, "\n"))
	}
	c.see(10*time.Second, `final`)
	eventually(t, 3*time.Second, "nothing to be unsent", func() bool { return !strings.Contains(c.screen(), "unsent") }, c.screen)
	t.Logf("said to wait after %v, a key answered in %v, verified %v after the archive went on", waited.Round(time.Millisecond), key.Round(time.Millisecond), verified.Round(time.Millisecond))
}

func outboxOf(t *testing.T, l *ledger.Ledger, study string) ledger.OutboxRow {
	t.Helper()
	rows, err := l.OutboxOf(t.Context(), study)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d reports in the outbox: %v", len(rows), err)
	}
	return rows[0]
}

// TestKillingTheTerminalLosesAtMostASecondOfTyping types at 20 letters a second
// and kills in the middle of a word, again and again.
func TestKillingTheTerminalLosesAtMostASecondOfTyping(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	a, cases := spawnNight(t, 1)
	home := a.ownHome(t)
	l := book(t, home)
	kept := ""
	for round, typing := range []time.Duration{1300 * time.Millisecond, 700 * time.Millisecond, 2150 * time.Millisecond} {
		c := startConsole(t, nil, home, 90, 26)
		c.openOurs("alder")
		c.press("F3")
		c.see(5*time.Second, `KEYS → REPORT`)
		typed := kept
		var at []time.Time
		for end := time.Now().Add(typing); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
			letter := fmt.Sprint(len(at) % 10)
			c.typeText(letter)
			typed += letter
			at = append(at, time.Now())
		}
		c.kill()
		killed := time.Now()
		safe := len(kept)
		for _, when := range at {
			if killed.Sub(when) > time.Second {
				safe++
			}
		}
		kept = onDisk(t, l, cases[0].uid, report.Findings)
		if !strings.HasPrefix(typed, kept) || len(kept) < safe {
			t.Fatalf("round %d: typed %q, on disk %q, %d letters were older than a second", round, typed, kept, safe)
		}
		t.Logf("round %d: %d of %d letters on disk, %d older than a second", round, len(kept), len(typed), safe)
	}
	c := startConsole(t, nil, home, 90, 26)
	c.openOurs("alder")
	c.press("F3")
	c.see(10*time.Second, kept[:min(len(kept), 70)])
}
