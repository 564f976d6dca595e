package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/index"
)

// cutOne cuts an object of a home short, as a disk that lied would.
func cutOne(t *testing.T, home string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(home, "cache", "objects", "*", strings.Repeat("?", 64)))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	if err := os.Truncate(files[0], 50); err != nil {
		t.Fatal(err)
	}
}

func TestDoctorSaysWhatWasMendedInTheCacheAndThatTheLedgerIsWhole(t *testing.T) {
	home := heldCase(t)
	out, _, _ := callAt(home, "doctor")
	if !strings.Contains(out, "sealed; every page is as it was written") || !strings.Contains(out, "studies 1, objects") {
		t.Fatal(out)
	}
	cutOne(t, home)
	if err := os.Remove(filepath.Join(home, "cache", index.File)); err != nil {
		t.Fatal(err)
	}
	out, _, _ = callAt(home, "doctor")
	if !strings.Contains(out, "1 object was not whole: it is fetched again with its case; the list of what is cached was made anew.") {
		t.Error(out)
	}
	if out, _, _ = callAt(home, "doctor"); strings.Contains(out, "whole: it") {
		t.Errorf("said twice: %s", out)
	}
}

func TestADamagedLedgerIsSaidAndNothingGoesOn(t *testing.T) {
	home := heldCase(t)
	path := filepath.Join(home, "ledger.db")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[77] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	_, said, code := callAt(home, "outbox", "list")
	if after, err := os.ReadFile(path); code == 0 || !strings.Contains(said, "cannot be read: it is damaged, or belongs to another home") || err != nil || string(after) != string(b) {
		t.Errorf("%d %q, %v", code, said, err)
	}
}

func TestReportsWrittenOutAreWipedWhenTheTerminalEnds(t *testing.T) {
	env := &environment{Home: t.TempDir()}
	if err := os.Mkdir(env.handouts(), 0o700); err != nil {
		t.Fatal(err)
	}
	report, other := filepath.Join(env.handouts(), "report-1.2.3.pdf"), filepath.Join(t.TempDir(), "link")
	if err := errors.Join(os.WriteFile(report, []byte("%PDF Abendroth"), 0o600), os.Link(report, other)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(env.wipeHandouts(), env.wipeHandouts()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(env.handouts()); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the folder stands:", err)
	}
	if b, err := os.ReadFile(other); err != nil || strings.Contains(string(b), "Abendroth") {
		t.Errorf("%q, %v", b, err)
	}
}
