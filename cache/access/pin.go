package access

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Files of the PIN in a home, mode 0600: what it is checked against, and the wrong tries
// since the last right one.
const (
	pinFile   = "keys/reader.pin"
	triesFile = "keys/reader.tries"
)

// A PIN is kept as PBKDF2-HMAC-SHA256 (RFC 8018) with a random salt, of so many rounds
// that guessing costs time (OWASP 2023 asks for 600,000).
const (
	pinRounds = 600_000
	pinSalt   = 16 // bytes
	pinHash   = 32
)

// After so many wrong tries in a row there is a pause, in all programs of the home.
const (
	MaxTries = 5
	Pause    = time.Minute
)

// What can be wrong with a PIN.
var (
	ErrNoPIN    = errors.New("no PIN is set: nocturne pin set makes one")
	ErrWrongPIN = errors.New("the PIN is wrong")
	ErrWeakPIN  = errors.New("a PIN has 4 to 64 characters and no space at its ends")
)

// PauseError says how long no PIN is taken after too many wrong ones.
type PauseError struct{ Left time.Duration }

// Error implements error.
func (e *PauseError) Error() string {
	return fmt.Sprintf("%d wrong PINs: the next is taken in %d s", MaxTries, int((e.Left+time.Second-1)/time.Second))
}

type kept struct {
	Rounds int    `json:"pbkdf2_sha256_rounds"`
	Salt   []byte `json:"salt"`
	Hash   []byte `json:"hash"`
}

type tries struct {
	Wrong int       `json:"wrong"`
	Until time.Time `json:"until,omitzero"` // no PIN is taken before
}

// oneTry keeps the program's own goroutines from trying at once.
var oneTry sync.Mutex

// SetPIN makes pin the home's reader's, in place of any other.
func SetPIN(home, pin string) error {
	if n := utf8.RuneCountInString(pin); n < 4 || n > 64 || strings.TrimSpace(pin) != pin {
		return ErrWeakPIN
	}
	k := kept{Rounds: pinRounds, Salt: make([]byte, pinSalt)}
	if _, err := rand.Read(k.Salt); err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	var err error
	if k.Hash, err = pbkdf2.Key(sha256.New, pin, k.Salt, k.Rounds, pinHash); err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	if err := writePrivate(home, pinFile, k); err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	return nil
}

// HasPIN reports whether the home's reader has a PIN.
func HasPIN(home string) bool {
	_, err := os.Stat(filepath.Join(home, filepath.FromSlash(pinFile)))
	return !errors.Is(err, fs.ErrNotExist)
}

// CheckPIN compares pin with the reader's: nil, ErrNoPIN, ErrWrongPIN or *PauseError. A
// try counts on disk before its answer is known, so that ending the program forgets none.
func CheckPIN(home, pin string, now time.Time) error {
	oneTry.Lock()
	defer oneTry.Unlock()
	var k kept
	err := readPrivate(home, pinFile, &k)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrNoPIN
	case err != nil:
		return err
	case k.Rounds < pinRounds || len(k.Salt) < pinSalt || len(k.Hash) != pinHash:
		return errors.New("the PIN's file is damaged: " + pinFile)
	}
	if err := count(home, now); err != nil {
		return err
	}
	got, err := pbkdf2.Key(sha256.New, pin, k.Salt, k.Rounds, pinHash)
	if err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	if subtle.ConstantTimeCompare(got, k.Hash) != 1 {
		return ErrWrongPIN
	}
	if err := os.Remove(filepath.Join(home, filepath.FromSlash(triesFile))); err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	return nil
}

// count notes one more wrong try. Tries that cannot be read are taken for too many.
func count(home string, now time.Time) error {
	var t tries
	if err := readPrivate(home, triesFile, &t); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t = tries{Wrong: MaxTries - 1}
	}
	if left := t.Until.Sub(now); left > 0 && left <= Pause { // a longer one: the clock was set back
		return &PauseError{Left: left}
	}
	t = tries{Wrong: t.Wrong + 1}
	if t.Wrong >= MaxTries {
		t = tries{Until: now.Add(Pause)}
	}
	if err := writePrivate(home, triesFile, t); err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	return nil
}

func readPrivate(home, name string, into any) error {
	path := filepath.Join(home, filepath.FromSlash(name))
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if !private(info) {
		return fmt.Errorf("%s can be read by others: chmod 600 %s", name, name)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s is damaged", name)
	}
	return nil
}

// writePrivate puts a whole file in its place at once.
func writePrivate(home, name string, v any) error {
	path := filepath.Join(home, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "pin-*.part")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err := errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
