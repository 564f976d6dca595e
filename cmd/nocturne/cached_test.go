package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is claimed stays and says why; what became another's goes when it was not used
// for the days that the home keeps it, and nothing of it is left on disk.
func TestEvictErasesWhatNothingPins(t *testing.T) {
	t.Parallel()
	a, cases := spawnNight(t, 2)
	home, other := a.ownHome(t), nightHome(t, "REED^RITA", a.DICOMweb, a.UPS)
	must := func(want int, home string, args ...string) string {
		t.Helper()
		out, code := nocturne(t, home, args...)
		if code != want {
			t.Fatalf("%v: exit %d: %s", args, code, out)
		}
		return out
	}
	listed := func(args ...string) (out []cachedLine) {
		t.Helper()
		if err := json.Unmarshal([]byte(must(exitOK, home, append(args, "--json")...)), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	must(exitOK, home, "pull", "--assigned")
	must(exitOK, home, "claim", "T01")
	for _, l := range listed("cached") {
		if l.Have != 3 || l.Expected != 3 || l.Goes != "" || len(l.Pinned) == 0 || l.Bytes < 3*2*64*64 || l.Site != "NORTH" {
			t.Errorf("%+v", l)
		}
	}
	must(exitOK, other, "claim", "T02")
	must(exitOK, home, "worklist")
	if gone := listed("evict", "--all"); len(gone) != 0 {
		t.Errorf("it was open a moment ago, and is erased: %+v", gone)
	}
	lists, err := filepath.Glob(filepath.Join(home, "cache", "objects", "*", "entries"))
	if err != nil || len(lists) != 2 {
		t.Fatalf("%v, %v", lists, err)
	}
	for _, list := range lists {
		if err := os.Chtimes(list, time.Time{}, time.Now().Add(-8*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"evict", "--dry-run"}, {"evict"}} {
		gone := listed(args...)
		if len(gone) != 1 || gone[0].Study != cases[1].uid || !strings.Contains(gone[0].Why, "last used 8 days ago") {
			t.Fatalf("%v: %+v", args, gone)
		}
	}
	if left := listed("cached"); len(left) != 1 || left[0].Study != cases[0].uid || !strings.Contains(left[0].Why, "claimed by you") {
		t.Errorf("left: %+v", left)
	}
	if folders, err := os.ReadDir(filepath.Join(home, "cache", "objects")); err != nil || len(folders) != 1 {
		t.Errorf("%d folders, %v", len(folders), err)
	}
	must(exitFailed, home, "evict", "--study", "T01")
	must(exitFailed, home, "evict", "--study", "T02")
}
