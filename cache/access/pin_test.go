package access

import (
	"bytes"
	"encoding/hex"
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
	r := opened(t, home, alone)
	if err := r.CheckPIN("1234", dusk); !errors.Is(err, ErrNoPIN) || r.HasPIN() {
		t.Fatalf("without one: %v", err)
	}
	for _, weak := range []string{"", "123", " 1234", "1234 ", string(make([]rune, 65))} {
		if err := r.SetPIN(weak); !errors.Is(err, ErrWeakPIN) {
			t.Errorf("%q was taken: %v", weak, err)
		}
	}
	if err := r.SetPIN("70471-ü"); err != nil || !r.HasPIN() {
		t.Fatal(err)
	}
	if err := r.CheckPIN("70471-ü", dusk); err != nil {
		t.Error(err)
	}
	if err := r.CheckPIN("70471-u", dusk); !errors.Is(err, ErrWrongPIN) {
		t.Error(err)
	}
	for _, name := range []string{"keys/pin", "keys/tries"} {
		b, err := os.ReadFile(filepath.Join(home, name))
		info, _ := os.Stat(filepath.Join(home, name))
		if err != nil || bytes.Contains(b, []byte("salt")) || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, err, info)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	os.Chmod(filepath.Join(home, "keys/pin"), 0o644)
	if err := r.CheckPIN("70471-ü", dusk); err == nil {
		t.Error("a file that others can read is believed")
	}
}

// The fifth wrong try in a row begins a minute's pause, whoever asks next and whatever
// they say; it is on disk, and a right PIN in between forgets the tries before.
func TestAfterFiveWrongTriesNoneIsTakenForAMinute(t *testing.T) {
	home := t.TempDir()
	r := opened(t, home, alone)
	if err := r.SetPIN("1234"); err != nil {
		t.Fatal(err)
	}
	wrong := func(n int) {
		t.Helper()
		for range n {
			if err := r.CheckPIN("0000", dusk); !errors.Is(err, ErrWrongPIN) {
				t.Fatal(err)
			}
		}
	}
	wrong(4)
	if err := r.CheckPIN("1234", dusk); err != nil {
		t.Fatal(err)
	}
	wrong(5)
	var pause *PauseError
	for _, after := range []time.Duration{0, 59 * time.Second} {
		if err := r.CheckPIN("1234", dusk.Add(after)); !errors.As(err, &pause) || pause.Left != time.Minute-after {
			t.Errorf("after %v: %v", after, err)
		}
	}
	if err := r.CheckPIN("1234", dusk.Add(time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestADamagedPINIsRefused(t *testing.T) {
	home := t.TempDir()
	r := opened(t, home, alone)
	if err := r.SetPIN("1234"); err != nil {
		t.Fatal(err)
	}
	for _, b := range []string{"", "{}", `{"pbkdf2_sha256_rounds":1,"salt":"AAAA","hash":"AAAA"}`} {
		if err := r.pin().write([]byte(b)); err != nil {
			t.Fatal(err)
		}
		if err := r.CheckPIN("1234", dusk); err == nil || errors.Is(err, ErrNoPIN) {
			t.Errorf("%q: %v", b, err)
		}
	}
}

// A sealed file that was changed, or that is another's, is no PIN.
func TestAPINFileThatWasTamperedWithIsRefused(t *testing.T) {
	home := t.TempDir()
	r := opened(t, home, alone)
	if err := r.SetPIN("1234"); err != nil {
		t.Fatal(err)
	}
	if err := r.tries().write([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "keys", "pin")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	another, err := os.ReadFile(filepath.Join(home, "keys", "tries"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for _, b := range [][]byte{flipped, whole[:len(whole)-1], another, nil} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.CheckPIN("1234", dusk); err == nil || errors.Is(err, ErrNoPIN) || errors.Is(err, ErrWrongPIN) {
			t.Errorf("%v", err)
		}
	}
}

// What lay in plain text is sealed when it is first asked for.
func TestAPINInPlainTextIsSealedAndItsFileRemoved(t *testing.T) {
	home := t.TempDir()
	old := filepath.Join(home, "keys", "reader.pin")
	if err := os.MkdirAll(filepath.Dir(old), 0o700); err != nil {
		t.Fatal(err)
	}
	// hashlib.pbkdf2_hmac('sha256', b'1234', bytes(16), 600000)
	const was = `{"pbkdf2_sha256_rounds":600000,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","hash":"wVDWV9+AFAJG20zLqGKu3Kop6PjRKttVKwf1bXxJnvM="}`
	if err := os.WriteFile(old, []byte(was), 0o600); err != nil {
		t.Fatal(err)
	}
	r := opened(t, home, alone)
	if !r.HasPIN() {
		t.Error("it is not seen")
	}
	if err := r.CheckPIN("1234", dusk); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is left in plain text: %v", err)
	}
	if err := r.CheckPIN("1234", dusk); err != nil || !r.HasPIN() {
		t.Error(err)
	}
}

// Python's hashlib makes the same of the PIN.
func TestPythonMakesTheSameHash(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	home := t.TempDir()
	r := opened(t, home, alone)
	if err := r.SetPIN("1234"); err != nil {
		t.Fatal(err)
	}
	var k pinRecord
	if err := r.pin().readJSON(&k); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", "import hashlib,sys;print(hashlib.pbkdf2_hmac('sha256',b'1234',bytes.fromhex(sys.argv[1]),600000).hex(),end='')", hex.EncodeToString(k.Salt)).Output()
	if err != nil || string(out) != hex.EncodeToString(k.Hash) {
		t.Errorf("%s, %v", out, err)
	}
}
