package access

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

var dusk = time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)

func TestAPINOpensOnlyByItselfAndIsNowhereOnDisk(t *testing.T) {
	home := t.TempDir()
	if err := CheckPIN(home, "1234", dusk); !errors.Is(err, ErrNoPIN) || HasPIN(home) {
		t.Fatalf("without one: %v", err)
	}
	for _, weak := range []string{"", "123", " 1234", "1234 ", string(make([]rune, 65))} {
		if err := SetPIN(home, weak); !errors.Is(err, ErrWeakPIN) {
			t.Errorf("%q was taken: %v", weak, err)
		}
	}
	if err := SetPIN(home, "70471-ü"); err != nil || !HasPIN(home) {
		t.Fatal(err)
	}
	if err := CheckPIN(home, "70471-ü", dusk); err != nil {
		t.Error(err)
	}
	if err := CheckPIN(home, "70471-u", dusk); !errors.Is(err, ErrWrongPIN) {
		t.Error(err)
	}
	for _, name := range []string{pinFile, triesFile} {
		b, err := os.ReadFile(filepath.Join(home, name))
		info, _ := os.Stat(filepath.Join(home, name))
		if err != nil || bytes.Contains(b, []byte("70471")) || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, err, info)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	os.Chmod(filepath.Join(home, pinFile), 0o644)
	if err := CheckPIN(home, "70471-ü", dusk); err == nil {
		t.Error("a file that others can read is believed")
	}
}

// The fifth wrong try in a row begins a minute's pause, whoever asks next and whatever
// they say; it is on disk, and a right PIN in between forgets the tries before.
func TestAfterFiveWrongTriesNoneIsTakenForAMinute(t *testing.T) {
	home := t.TempDir()
	if err := SetPIN(home, "1234"); err != nil {
		t.Fatal(err)
	}
	wrong := func(n int) {
		t.Helper()
		for range n {
			if err := CheckPIN(home, "0000", dusk); !errors.Is(err, ErrWrongPIN) {
				t.Fatal(err)
			}
		}
	}
	wrong(4)
	if err := CheckPIN(home, "1234", dusk); err != nil {
		t.Fatal(err)
	}
	wrong(5)
	var pause *PauseError
	for _, after := range []time.Duration{0, 59 * time.Second} {
		if err := CheckPIN(home, "1234", dusk.Add(after)); !errors.As(err, &pause) || pause.Left != time.Minute-after {
			t.Errorf("after %v: %v", after, err)
		}
	}
	if err := CheckPIN(home, "1234", dusk.Add(time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestADamagedPINIsRefused(t *testing.T) {
	home := t.TempDir()
	if err := SetPIN(home, "1234"); err != nil {
		t.Fatal(err)
	}
	for _, b := range []string{"", "{}", `{"pbkdf2_sha256_rounds":1,"salt":"AAAA","hash":"AAAA"}`} {
		if err := os.WriteFile(filepath.Join(home, pinFile), []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := CheckPIN(home, "1234", dusk); err == nil || errors.Is(err, ErrNoPIN) {
			t.Errorf("%q: %v", b, err)
		}
	}
}

// Python's hashlib makes the same of the PIN.
func TestPythonMakesTheSameHash(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	home := t.TempDir()
	if err := SetPIN(home, "1234"); err != nil {
		t.Fatal(err)
	}
	var k kept
	b, err := os.ReadFile(filepath.Join(home, pinFile))
	if err != nil || json.Unmarshal(b, &k) != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", "import hashlib,sys;print(hashlib.pbkdf2_hmac('sha256',b'1234',bytes.fromhex(sys.argv[1]),600000).hex(),end='')", hex.EncodeToString(k.Salt)).Output()
	if err != nil || string(out) != hex.EncodeToString(k.Hash) {
		t.Errorf("%s, %v", out, err)
	}
}
