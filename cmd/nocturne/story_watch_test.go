package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAStatIsToldByItsEventAndAMissedOneIsFound: the site is asked once an hour only.
// A STAT is on screen within two seconds of its event all the same; one that comes
// while the archive is away, and whose event nobody heard, is found when it is back.
func TestAStatIsToldByItsEventAndAMissedOneIsFound(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	dir, _ := tinyNight(t, 4)
	a := spawnArchive(t, "--dir", dir, "--events", events(t, `{"on":"first","event":"stat","study":"T03"}`,
		`{"on":"gone","event":"away"}`, `{"on":"missed","event":"stat","study":"T02"}`, `{"on":"back","event":"back"}`))
	home := t.TempDir()
	rarely := strings.Replace(siteConfig("READER^DEMO", a.DICOMweb, a.UPS), "poll_seconds = 1", "poll_seconds = 3600", 1)
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(rarely), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, _ := nocturne(t, home, "doctor"); !strings.Contains(text, "told by events (WebSocket)") {
		t.Errorf("the doctor says:\n%s", text)
	}
	c := startConsole(t, nil, home, 100, 30)
	c.see(10*time.Second, `NORTH ✓`)
	c.see(10*time.Second, `2 cases`)
	a.cue("first")
	begun := time.Now()
	c.see(10*time.Second, `STAT CT abdomen T03`)
	told := time.Since(begun)
	if told > 2*time.Second {
		t.Errorf("the banner came %v after the event", told)
	}
	a.cue("gone")
	time.Sleep(50 * time.Millisecond)
	a.cue("missed")
	time.Sleep(700 * time.Millisecond) // the look that the lost line caused has failed
	a.cue("back")
	begun = time.Now()
	c.see(15*time.Second, `and 1 more`)
	t.Logf("told %v after its event; found %v after the archive was back", told.Round(time.Millisecond), time.Since(begun).Round(time.Millisecond))
}
