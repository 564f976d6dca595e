package access

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrNoPassphrase: the home's key is not under a passphrase.
var ErrNoPassphrase = errors.New("this home has no passphrase: nocturne unlock --set-passphrase sets one")

// HasPassphrase reports whether the home's key can be opened by a passphrase.
func (r *Ring) HasPassphrase() bool {
	sources, err := Sources(r.home, Options{FS: r.fs})
	return err == nil && slices.Contains(sources, Passphrase)
}

// CheckPassphrase compares p with the home's passphrase while its ring is open: nil,
// ErrNoPassphrase, ErrWrongPassphrase or *PauseError. Tries count as a PIN's do, with them.
func (r *Ring) CheckPassphrase(p string, now time.Time) error {
	oneTry.Lock()
	defer oneTry.Unlock()
	f, err := readRing(r.fs, r.home)
	if err != nil {
		return err
	}
	if f.slot(Passphrase) == nil {
		return ErrNoPassphrase
	}
	if err := r.count(now, "passphrases"); err != nil {
		return err
	}
	master, err := f.fromPassphrase(p)
	if err != nil {
		return err
	}
	master.Zero()
	if err := r.tries().remove(); err != nil {
		return fmt.Errorf("check the passphrase: %w", err)
	}
	return nil
}
