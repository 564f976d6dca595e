package disktest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Small is an empty folder on a disk of so many bytes. It needs root: elsewhere the test
// is skipped.
func Small(t testing.TB, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Skipf("a small disk needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// Fill writes to the disk of a folder until it is full, and returns what gives the room
// back.
func Fill(t testing.TB, dir string) (empty func()) {
	t.Helper()
	path := filepath.Join(dir, "filled by a test")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := int64(1 << 20); size >= 1<<10; {
		if _, err := io.CopyN(f, rand.Reader, size); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return func() { os.Remove(path) }
}
