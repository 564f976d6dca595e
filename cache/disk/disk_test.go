package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestReplacePutsAWholePrivateFileInPlaceAndLeavesNothingBeside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, want := range []string{"first", "second and longer"} {
		if err := Replace(OS, path+".new", path, []byte(want)); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFile(OS, path)
		if err != nil || string(got) != want {
			t.Fatalf("%q, %v", got, err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestCreateAndLinkNeverTakeANameThatIsTaken(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, p := range []string{a, b} {
		f, err := OS.Create(p)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if _, err := OS.Create(a); !errors.Is(err, fs.ErrExist) {
		t.Error("created again:", err)
	}
	if err := OS.Link(a, b); !errors.Is(err, fs.ErrExist) {
		t.Error("linked over another:", err)
	}
	if f, err := OS.Open(filepath.Join(dir, "c")); f != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Error(f, err)
	}
}

func TestAWipedFileIsGoneAndItsBytesAreOverwritten(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "f"), filepath.Join(dir, "other name of the same bytes")
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(path, other); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Wipe(OS, path), Wipe(OS, path)); err != nil { // again: there is nothing to do
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if b, err := os.ReadFile(other); err != nil || string(b) != "\x00\x00\x00\x00\x00\x00" {
		t.Errorf("%q, %v", b, err)
	}
}
