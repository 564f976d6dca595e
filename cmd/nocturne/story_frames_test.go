package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

var updateFrames = flag.Bool("update", false, "write the golden frames anew")

// ticking is what differs from run to run: clocks and due times.
var ticking = regexp.MustCompile(`\d\d:\d\d(:\d\d)?|[−-]?\d+ h \d\d|[−-]?\d+ min`)

// frame is the screen with what ticks replaced, width kept.
func (c *console) frame() string {
	var out []string
	for _, line := range strings.Split(strings.TrimRight(c.screen(), "\n"), "\n") {
		line = ticking.ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat("#", ansi.StringWidth(s)) })
		out = append(out, strings.TrimRight(line, " "))
	}
	return strings.Join(out, "\n") + "\n"
}

// golden compares the screen with a file under testdata/frames, once it is still.
func (c *console) golden(name string) {
	c.t.Helper()
	path := filepath.Join("testdata", "frames", name+".golden")
	if *updateFrames {
		time.Sleep(time.Second)
		if err := os.WriteFile(path, []byte(c.frame()), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	eventually(c.t, 5*time.Second, "the frame "+name, func() bool { return c.frame() == string(want) }, c.frame)
}

// TestFramesOfTheList holds the whole first screen of the real program, at the
// smallest and at a comfortable size.
func TestFramesOfTheList(t *testing.T) {
	needs(t, "tmux")
	dir, _ := tinyNight(t, 8)
	night := events(t, `{"after":"0s","event":"stat","study":"T03"}`, `{"after":"0s","event":"claim","study":"T05","reader":"OTHER^READER"}`)
	for _, size := range [][2]int{{80, 24}, {140, 50}} {
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		c := startConsole(t, nil, t.TempDir(), size[0], size[1], "demo", "--dir", dir, "--events", night)
		c.see(15*time.Second, `CEDAR[\s\S]*there is no display`)
		c.press("Escape")
		c.golden("list-" + name)
	}
}

// TestTheDemoShowsItsListAtOnce: the phantoms are listed within three seconds of
// the start, nobody's name is cut below seven letters, no line is too long.
func TestTheDemoShowsItsListAtOnce(t *testing.T) {
	needs(t, "tmux")
	for _, size := range [][2]int{{80, 24}, {140, 50}} {
		begun := time.Now()
		c := startConsole(t, nil, t.TempDir(), size[0], size[1], "demo")
		screen := c.see(15*time.Second, `STAT.*PHANTOM[\s\S]*rout.*PHANTOM`)
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("%v: the list took %v", size, took)
		}
		if n := strings.Count(screen, "PHANTOM, ") - 1; n < 10 { // the details name one again
			t.Errorf("%v: %d cases are listed:\n%s", size, n, screen)
		}
		for i, line := range strings.Split(screen, "\n") {
			if ansi.StringWidth(line) > size[0] {
				t.Errorf("%v: line %d is too long", size, i)
			}
		}
		if !strings.Contains(screen, "DEMO · phantoms, no patients") && size[0] >= 140 {
			t.Errorf("%v: nothing says that these are phantoms:\n%s", size, screen)
		}
	}
}
