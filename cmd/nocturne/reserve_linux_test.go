package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/disk/disktest"
)

func TestTheReserveIsGivenBackBeforeTheDiskIsFullAndMadeAnewAfter(t *testing.T) {
	t.Parallel()
	dir := disktest.Small(t, 16<<20)
	u := &upkeep{reserve: &disk.Reserve{Path: filepath.Join(dir, "reserve"), Size: 2 << 20}}
	if full, err := u.look(); full || err != nil || !u.reserve.Held() {
		t.Fatalf("at the start: full %v, %v, held %v", full, err, u.reserve.Held())
	}
	empty := disktest.Fill(t, dir)
	if full, err := u.look(); !full || err != nil || u.reserve.Held() {
		t.Fatalf("on a full disk: full %v, %v, held %v", full, err, u.reserve.Held())
	}
	if full, _ := u.look(); full {
		t.Error("told twice")
	}
	empty()
	if u.look(); u.reserve.Held() {
		t.Error("made again within the minute in which it was needed")
	}
	u.gave.Store(time.Now().Add(-2 * makeMost).UnixNano())
	if _, err := u.look(); err != nil || !u.reserve.Held() {
		t.Errorf("with room again: %v", err)
	}
}
