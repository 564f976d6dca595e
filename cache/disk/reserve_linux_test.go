package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/disk/disktest"
)

func TestTheReserveIsThereWhenNothingElseIs(t *testing.T) {
	t.Parallel()
	dir := disktest.Small(t, 3<<20)
	r := &disk.Reserve{Path: filepath.Join(dir, "reserve"), Size: 1 << 20}
	if err := r.Make(); err != nil || !r.Held() {
		t.Fatalf("held %v, %v", r.Held(), err)
	}
	disktest.Fill(t, dir)
	page := make([]byte, 64<<10)
	if err := os.WriteFile(filepath.Join(dir, "draft"), page, 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if !r.Give() || r.Held() || r.Give() {
		t.Error("given twice, or not at all")
	}
	if err := os.WriteFile(filepath.Join(dir, "draft"), page, 0o600); err != nil {
		t.Errorf("the room that was given back is not there: %v", err)
	}
	if err := r.Make(); err != nil || r.Held() {
		t.Errorf("a reserve made of what others need: held %v, %v", r.Held(), err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "reserve*")); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
