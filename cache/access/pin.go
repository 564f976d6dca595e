package access

import (
	"cmp"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Files of the PIN in a home, sealed: what it is checked against, and the wrong tries since
// the last right one.
func (r *Ring) pin() kept   { return r.kept("pin", "reader.pin") }
func (r *Ring) tries() kept { return r.kept("tries", "reader.tries") }

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

// PauseError says how long no PIN or passphrase is taken after too many wrong ones.
type PauseError struct {
	Left time.Duration
	of   string
}

// Error implements error.
func (e *PauseError) Error() string {
	return fmt.Sprintf("%d wrong %s: the next is taken in %d s", MaxTries, cmp.Or(e.of, "PINs"), int((e.Left+time.Second-1)/time.Second))
}

type pinRecord struct {
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
func (r *Ring) SetPIN(pin string) error {
	if n := utf8.RuneCountInString(pin); n < 4 || n > 64 || strings.TrimSpace(pin) != pin {
		return ErrWeakPIN
	}
	k := pinRecord{Rounds: pinRounds, Salt: make([]byte, pinSalt)}
	if _, err := rand.Read(k.Salt); err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	var err error
	if k.Hash, err = pbkdf2.Key(sha256.New, pin, k.Salt, k.Rounds, pinHash); err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	if err := r.pin().writeJSON(k); err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	return nil
}

// HasPIN reports whether the home's reader has a PIN.
func (r *Ring) HasPIN() bool { return r.pin().there() }

// CheckPIN compares pin with the reader's: nil, ErrNoPIN, ErrWrongPIN or *PauseError. A
// try counts on disk before its answer is known, so that ending the program forgets none.
func (r *Ring) CheckPIN(pin string, now time.Time) error {
	oneTry.Lock()
	defer oneTry.Unlock()
	var k pinRecord
	err := r.pin().readJSON(&k)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrNoPIN
	case err != nil:
		return err
	case k.Rounds < pinRounds || len(k.Salt) < pinSalt || len(k.Hash) != pinHash:
		return errors.New("the PIN's file is damaged")
	}
	if err := r.count(now, "PINs"); err != nil {
		return err
	}
	got, err := pbkdf2.Key(sha256.New, pin, k.Salt, k.Rounds, pinHash)
	if err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	if subtle.ConstantTimeCompare(got, k.Hash) != 1 {
		return ErrWrongPIN
	}
	if err := r.tries().remove(); err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	return nil
}

// count notes one more wrong try. Tries that cannot be read are taken for too many.
func (r *Ring) count(now time.Time, of string) error {
	var t tries
	if err := r.tries().readJSON(&t); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t = tries{Wrong: MaxTries - 1}
	}
	if left := t.Until.Sub(now); left > 0 && left <= Pause { // a longer one: the clock was set back
		return &PauseError{Left: left, of: of}
	}
	t = tries{Wrong: t.Wrong + 1}
	if t.Wrong >= MaxTries {
		t = tries{Until: now.Add(Pause)}
	}
	if err := r.tries().writeJSON(t); err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	return nil
}
