package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// score is what a reading cost: keys pressed besides prose, letters of prose, and how
// long the machine took from the first key to the last thing seen.
type score struct {
	keys, prose int
	took        time.Duration
}

// player plays a script of keys on a demo night and counts.
type player struct {
	*console
	d *desktop
	a *archiveProcess
	score
}

// TestKeystrokes plays the readings of testdata/keystrokes through real keys and says
// what each cost; the README has the table. A reading that takes more keys than it did
// when it was written down fails.
func TestKeystrokes(t *testing.T) {
	most := map[string]int{"1-chest-normal": 17, "2-head-bleed": 28, "3-nodule-addendum": 80}
	scripts, err := filepath.Glob("testdata/keystrokes/*.keys")
	if err != nil || len(scripts) != len(most) {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, file := range scripts {
		name := strings.TrimSuffix(filepath.Base(file), ".keys")
		t.Run(name, func(t *testing.T) {
			lines, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := startDesktop(t)
			a := spawnArchive(t, "--phantoms")
			p := &player{console: startConsole(t, d, readerHome(t, a), 140, 50), d: d, a: a}
			begun := time.Now()
			for n, line := range strings.Split(string(lines), "\n") {
				if verb, rest, _ := strings.Cut(strings.TrimLeft(line, " "), " "); verb != "" && verb != "#" {
					if !p.do(verb, rest) {
						t.Fatalf("%s:%d: %q is no verb", file, n+1, verb)
					}
				}
			}
			p.took = time.Since(begun)
			if p.keys > most[name] || p.keys == 0 {
				t.Errorf("%d keys; it was read with %d", p.keys, most[name])
			}
			t.Logf("%s: %d keys besides prose, %d letters of prose, %.1f s of machine time", name, p.keys, p.prose, p.took.Seconds())
		})
	}
}

// do plays one line.
func (p *player) do(verb, rest string) bool {
	p.t.Helper()
	switch verb {
	case "open": // the filter's letters are keys, too
		p.openCase(rest)
		p.d.window(p.t)
		p.keys += 3 + len(rest)
	case "key":
		for _, k := range strings.Fields(rest) {
			p.press(k)
			p.keys++
		}
	case "text":
		p.typeText(rest)
		p.prose += len([]rune(rest))
	case "command":
		p.command(rest)
		p.keys += 2 + len(rest)
	case "goto":
		at := truth(p.t, rest)
		p.command(fmt.Sprintf("goto %d", at.Slice))
		p.see(5*time.Second, fmt.Sprintf(`Im %d/`, at.Slice))
		p.keys += 2 + len(fmt.Sprintf("goto %d", at.Slice))
	case "ruler":
		at := truth(p.t, rest)
		_, keys := p.ruler(p.a, at.Study, at, upright)
		p.keys += keys
	case "see":
		p.see(30*time.Second, rest)
	case "settle": // the sign sheet takes no Enter sooner (N10)
		time.Sleep(settleTime)
	default:
		return false
	}
	return true
}
