package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
)

// annotates makes this test binary a house in which marks are drawn without end: there is
// no display to draw them on. It says of each when it is on the disk.
const annotates = "annotates"

func annotate(study string) error {
	env := &environment{Getenv: os.Getenv, Home: os.Getenv("NOCTURNE_HOME")}
	h, err := env.open(context.Background())
	if err != nil {
		return err
	}
	defer h.Close()
	for i := 0; ; i++ {
		h.room.KeepMarks(study, []viewer.Mark{{ID: fmt.Sprintf("mark %d", i), Slice: i}}, nil)
		if err := h.room.Journal.Wait(context.Background()); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// evicts makes this test binary a house an hour later, in which a study is erased that
// nothing pins any more.
const evicts = "evicts"

func erase(study string) error {
	env := &environment{Getenv: os.Getenv, Home: os.Getenv("NOCTURNE_HOME")}
	h, err := env.open(context.Background())
	if err != nil {
		return err
	}
	h.room.Now = func() time.Time { return time.Now().Add(time.Hour) }
	_, _, err = h.room.Evict(context.Background(), func(x reading.Cached) bool { return string(x.UID) == study })
	if left, _, err2 := h.room.Cached(context.Background()); err == nil {
		for err = err2; len(left) > 0; left = left[1:] {
			if string(left[0].UID) == study && left[0].Have > 0 {
				err = fmt.Errorf("it stays: %s", left[0].Why)
			}
		}
	}
	return errors.Join(err, h.Close())
}

// TestKillNineLosesNothingThatWasPromised lets two readers work a night, each in a home
// of their own, and kills whatever they run at random moments. After each kill the home
// is opened and held against what had been said. NOCTURNE_LONG=1: five hundred times.
// NOCTURNE_SEED plays a night again, as far as the clock allows it.
func TestKillNineLosesNothingThatWasPromised(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no kill -9")
	}
	kills, cases := int64(10), 2
	if os.Getenv("NOCTURNE_LONG") == "1" {
		kills, cases = 500, 120
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("NOCTURNE_SEED"); s != "" {
		fmt.Sscan(s, &seed)
	}
	t.Logf("NOCTURNE_SEED=%d", seed)
	a, night := spawnNight(t, cases)
	var killed atomic.Int64
	t.Cleanup(func() { t.Logf("%d kills", killed.Load()) })
	for reader := range 2 {
		t.Run(fmt.Sprint("reader ", reader+1), func(t *testing.T) {
			t.Parallel()
			v := &victim{t: t, a: a, home: nightHome(t, fmt.Sprintf("READER^%d", reader+1), a.DICOMweb, a.UPS),
				rnd: rand.New(rand.NewPCG(seed, uint64(reader))), killed: &killed, takes: map[string]time.Duration{}}
			for i := reader; i < len(night) && killed.Load() < kills; i += 2 {
				v.read(night[i])
			}
		})
	}
}

// victim is a home whose programs are killed.
type victim struct {
	t      *testing.T
	a      *archiveProcess
	home   string
	rnd    *rand.Rand
	killed *atomic.Int64
	takes  map[string]time.Duration // how long a command takes, as far as is known

	c     tinyCase
	said  promised
	known map[string]string // the sums of the store's objects
}

// promised is what a home said of the case that is being read.
type promised struct {
	pulled, claimed   bool
	text, perhaps     string // of the draft; and what may have been written in its place
	marks             int
	signed, delivered bool
	evicting, evicted bool
}

// read takes a case from the archive and back, each step killed again and again until
// it is let go.
func (v *victim) read(c tinyCase) {
	v.c, v.said, v.known = c, promised{}, map[string]string{}
	v.until("pull", func() bool { return v.said.pulled }, func(out string, ended bool) {
		v.said.pulled = ended && strings.Contains(out, "3/3")
	}, "pull", c.accession)
	v.until("claim", func() bool { return v.said.claimed }, func(_ string, ended bool) { v.said.claimed = ended }, "claim", c.accession)
	for n := range 3 {
		v.write(fmt.Sprintf("No acute finding, %d. %s", n, strings.Repeat("Normal. ", 400)))
	}
	v.draw()
	v.until("sign", func() bool { return v.said.signed || v.row() }, func(out string, ended bool) {
		v.said.signed = strings.Contains(out, `"state": "verified"`) || strings.Contains(out, `"state": "queued"`)
		v.said.delivered = strings.Contains(out, `"state": "verified"`)
	}, "report", "sign", c.accession, "--yes", "--json")
	v.said.signed = true
	v.until("flush", func() bool { return v.said.delivered }, func(_ string, ended bool) { v.said.delivered = ended }, "outbox", "flush")
	v.send()
	v.delivered()
	v.erase()
}

// erase evicts the case: once that is said, or once its key is gone, nothing of it comes
// back.
func (v *victim) erase() {
	v.run("worklist", false, asProgram, "worklist") // it is not assigned any more
	v.said.evicting = true
	for try := 0; !v.said.evicted; try++ {
		_, v.said.evicted = v.run("evict", try < 3, evicts, v.c.uid)
		v.check("evict")
	}
}

// write drafts once, killed or not.
func (v *victim) write(text string) {
	v.said.perhaps = text
	v.until("draft", func() bool { return v.said.text == text }, func(out string, _ bool) {
		if strings.Contains(out, `"state": "draft"`) || v.draft() == text {
			v.said.text, v.said.perhaps = text, ""
		}
	}, "report", "draft", v.c.accession, "--set", "impression="+text, "--json")
}

// until runs a command, killed at random moments at most thrice and then let go, until
// it is done; then tells what it printed and whether it ended by itself and well.
func (v *victim) until(name string, done func() bool, then func(out string, ended bool), args ...string) {
	v.t.Helper()
	for try := 0; !done(); try++ {
		if try > 6 {
			v.t.Fatalf("%s is not done after %d tries", name, try)
		}
		out, ended := v.run(name, try < 3, asProgram, args...)
		then(out, ended)
		v.check(name)
	}
}

const asProgram = "1"

// run starts a command and kills it, if it is to be killed, at a moment between its
// start and a little after it usually ends.
func (v *victim) run(name string, kill bool, as string, args ...string) (out string, ended bool) {
	v.t.Helper()
	cmd := program(v.t, v.home, args...)
	cmd.Env = append(cmd.Env, asNocturne+"="+as)
	var said, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &errs
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	if kill {
		usual := v.takes[name]
		if usual == 0 {
			usual = 200 * time.Millisecond
		}
		end := time.AfterFunc(time.Duration(v.rnd.Int64N(int64(usual+usual/8))), func() { cmd.Process.Kill() })
		defer end.Stop()
	}
	cmd.Wait()
	if !cmd.ProcessState.Exited() {
		v.killed.Add(1)
		return said.String(), false
	}
	v.takes[name] = time.Since(begun)
	if code := cmd.ProcessState.ExitCode(); code != exitOK && !kill {
		v.t.Fatalf("%s: exit %d: %s%s", name, code, said.String(), errs.String())
	}
	return said.String(), cmd.ProcessState.ExitCode() == exitOK
}

// draw annotates until it is killed.
func (v *victim) draw() {
	v.takes["draw"] = 250 * time.Millisecond
	out, _ := v.run("draw", true, annotates, v.c.uid)
	for lines := bufio.NewScanner(strings.NewReader(out)); lines.Scan(); {
		v.said.marks++
	}
	v.check("draw")
}

// send takes a disc to the archive: when it says that all is there, it is there once.
func (v *victim) send() {
	v.t.Helper()
	dir := filepath.Join(v.t.TempDir(), "disc")
	c := tinyCase{v.c.uid + "9", v.c.accession + "X", "DISC^" + v.c.name}
	if err := os.Mkdir(dir, 0o700); err != nil {
		v.t.Fatal(err)
	}
	for k := range 4 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(k)), tinySlice(v.t, c, 50, k), 0o600); err != nil {
			v.t.Fatal(err)
		}
	}
	sent := false
	v.until("send", func() bool { return sent }, func(_ string, ended bool) { sent = ended }, "send", "--yes", "--json", "--compare", "all", dir)
	if n := len(datasets(v.t, v.a.DICOMweb+"/studies/"+c.uid+"/instances")); n != 4 {
		v.t.Errorf("the archive has %d of 4 objects that it was said to have", n)
	}
}
