package access

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// leastPassphrase is how many characters a passphrase has at least.
const leastPassphrase = 8

// What a passphrase has to be, and what may not be taken away.
var (
	ErrWeakPassphrase = fmt.Errorf("a passphrase has at least %d characters and no space at its ends", leastPassphrase)
	// ErrLastSource: without it nobody could open the home again.
	ErrLastSource = errors.New("the keychain alone has this home's key: set a passphrase first (nocturne unlock --set-passphrase)")
)

// protect sets the passphrase's slot, with what a try costs on this machine now.
func (f *ringFile) protect(passphrase string, master *seal.Key) error {
	if utf8.RuneCountInString(passphrase) < leastPassphrase || strings.TrimSpace(passphrase) != passphrase {
		return ErrWeakPassphrase
	}
	c, err := newCost()
	if err != nil {
		return err
	}
	secret := c.key(norm.NFC.String(passphrase))
	defer secret.Zero()
	f.put(Passphrase, &c, &secret, master)
	return nil
}

// SetPassphrase protects the home by a passphrase, or by another one. The ring is opened
// as Open does it, then next gives the new passphrase. When it returns nil
// keys/unprotected is gone, overwritten before; a key that a keychain holds stays good.
func SetPassphrase(home string, o Options, next func() (string, error)) error {
	return change(home, o, func(f *ringFile, master *seal.Key) error {
		passphrase, err := next()
		if err != nil {
			return err
		}
		return f.protect(passphrase, master)
	})
}

// UseKeychain puts the home's key into the system's keychain, which then opens the home
// without a passphrase; keys/unprotected goes as in SetPassphrase. ErrNoKeychain: there is
// none, and nothing was changed.
func UseKeychain(home string, o Options) error {
	if !mayHaveKeychain(o) {
		return ErrNoKeychain
	}
	return change(home, o, func(f *ringFile, master *seal.Key) error {
		if f.slot(Keychain) != nil {
			if k, err := f.fromKeychain(o); err == nil {
				k.Zero()
				return nil // another secret would lie there alone if the ring could not be written
			}
		}
		secret := seal.NewKey()
		defer secret.Zero()
		text, err := secret.MarshalText()
		if err != nil {
			return err
		}
		if err := keychainSet(f.Home, string(text), o); err != nil {
			return err
		}
		f.put(Keychain, nil, &secret, master)
		return nil
	})
}

// change opens the ring's master key, lets do change the slots, and writes the ring
// without the unprotected one. A crash before it is written leaves the home as it was;
// after it, keys/unprotected lies there and is of no use until the next change or Open
// removes it.
func change(home string, o Options, do func(*ringFile, *seal.Key) error) error {
	if _, err := ringAt(home, o); err != nil {
		return err
	}
	done, err := lockWriting(o.fs(), home)
	if err != nil {
		return err
	}
	defer done()
	f, err := readRing(o.fs(), home)
	if err != nil {
		return err
	}
	master, _, err := f.master(home, o)
	if err != nil {
		return err
	}
	defer master.Zero()
	if err := do(f, &master); err != nil {
		return err
	}
	f.drop(Unprotected)
	if err := f.write(home, o); err != nil {
		return fmt.Errorf("write the key ring: %w", err)
	}
	return shred(o.fs(), home, unprotectedFile)
}

// LeaveKeychain takes the home's key out of the keychain; from then on the passphrase is
// asked for. ErrLastSource where there is none. It tells whether there was one.
func LeaveKeychain(home string, o Options) (was bool, err error) {
	done, err := lockWriting(o.fs(), home)
	if err != nil {
		return false, err
	}
	defer done()
	f, err := readRing(o.fs(), home)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	switch {
	case err != nil:
		return false, err
	case f.slot(Keychain) == nil:
		return false, nil
	case f.slot(Passphrase) == nil:
		return true, ErrLastSource
	}
	if err := keychainDelete(f.Home, o); err != nil {
		return true, err
	}
	f.drop(Keychain)
	if err := f.write(home, o); err != nil {
		return true, fmt.Errorf("write the key ring: %w", err)
	}
	return true, nil
}

// Sources are the ways that a home's ring can be opened by, empty where it has no ring
// yet; no key is needed to ask.
func Sources(home string, o Options) ([]Source, error) {
	f, err := readRing(o.fs(), home)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Source
	for _, s := range f.Slots {
		out = append(out, s.Source)
	}
	return out, nil
}

// shred overwrites a small file of the home with noise, syncs it and removes it. A file
// system that writes elsewhere, and a disk that levels its wear, may keep the old bytes.
func shred(d disk.FS, home, name string) error {
	path := filepath.Join(home, filepath.FromSlash(name))
	info, err := d.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = overwrite(path, info.Size())
	}
	if err = errors.Join(err, d.Remove(path), d.SyncDir(filepath.Dir(path))); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}

func overwrite(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	noise := make([]byte, size)
	rand.Read(noise)
	_, err = f.Write(noise)
	return errors.Join(err, f.Sync(), f.Close())
}
