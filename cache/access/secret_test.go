package access

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestASecretIsItsOwnersAloneAndItsNameTellsNothing(t *testing.T) {
	home, got := t.TempDir(), ""
	r := opened(t, home, alone)
	s, other := r.Secret("NORTH", "https://idp"), r.Secret("NORTHh", "ttps://idp")
	if err := s.Read(&got); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before: %v", err)
	}
	if err := s.Write("s3cret"); err != nil {
		t.Fatal(err)
	}
	if err := opened(t, home, alone).Secret("NORTH", "https://idp").Read(&got); err != nil || got != "s3cret" {
		t.Errorf("%q, %v", got, err)
	}
	if err := other.Read(&got); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another's: %v", err)
	}
	files, _ := filepath.Glob(filepath.Join(home, "keys", "login-*"))
	if info, err := os.Stat(files[0]); len(files) != 1 || err != nil || strings.Contains(files[0], "NORTH") || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", files, err)
	}
	if runtime.GOOS != "windows" {
		os.Chmod(files[0], 0o644)
		if err := s.Read(&got); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("open to others: %v", err)
		}
	}
	if err := errors.Join(s.Remove(), s.Remove()); err != nil {
		t.Error(err)
	}
}

func TestOneProgramAtATimeHoldsASecret(t *testing.T) {
	s := opened(t, t.TempDir(), alone).Secret("NORTH")
	unlock, err := s.Lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second holder: %v", err)
	}
	unlock()
	again, err := s.Lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	again()
}
