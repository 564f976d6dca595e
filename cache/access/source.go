package access

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/nocturne/nocturne/cache/seal"
)

// Source is where a ring's secret comes from.
type Source string

// The sources.
const (
	Passphrase  Source = "passphrase"
	Keychain    Source = "keychain"
	Unprotected Source = "unprotected" // a file beside the ring: whoever has the files has the key
)

// PassphraseFileEnv names a file, mode 0600, whose first line is the passphrase.
const PassphraseFileEnv = "NOCTURNE_PASSPHRASE_FILE"

// askings is how often a terminal is asked before it is given up.
const askings = 3

// master is the secret that the ring is sealed under, from the first source that has it:
// the passphrase file, the system's keychain, a terminal's answer, keys/unprotected.
func (f *ringFile) master(home string, o Options) (seal.Key, Source, error) {
	if o.Demo {
		k, err := f.fromUnprotected(home, o)
		return k, Unprotected, err
	}
	if path := o.passphraseFile(); f.slot(Passphrase) != nil && path != "" {
		p, err := passphraseFile(path)
		if err != nil {
			return seal.Key{}, Passphrase, err
		}
		k, err := f.fromPassphrase(p)
		if errors.Is(err, ErrWrongPassphrase) {
			countWrong(home, o)
		}
		return k, Passphrase, err
	}
	if f.slot(Keychain) != nil {
		k, err := f.fromKeychain(o)
		switch {
		case err == nil:
			return k, Keychain, nil
		case f.slot(Passphrase) == nil:
			return k, Keychain, fmt.Errorf("open this home's key: %w", err)
		}
	}
	if f.slot(Passphrase) != nil {
		if o.Ask == nil {
			return seal.Key{}, Passphrase, ErrLocked
		}
		k, err := f.fromTerminal(home, o)
		return k, Passphrase, err
	}
	k, err := f.fromUnprotected(home, o)
	return k, Unprotected, err
}

func (f *ringFile) fromPassphrase(p string) (seal.Key, error) {
	s := f.slot(Passphrase)
	if s.Argon2id == nil {
		return seal.Key{}, errRing
	}
	if err := s.Argon2id.check(); err != nil {
		return seal.Key{}, err
	}
	secret := s.Argon2id.key(norm.NFC.String(p)) // RFC 8265 4.2.1: one passphrase on every keyboard
	defer secret.Zero()
	k, err := f.unseal(s, &secret)
	if err != nil {
		return k, ErrWrongPassphrase
	}
	return k, nil
}

func (f *ringFile) fromTerminal(home string, o Options) (k seal.Key, err error) {
	prompt := "passphrase of this home: "
	for range askings {
		p, err := o.Ask(prompt)
		if err != nil {
			return k, err
		}
		if k, err = f.fromPassphrase(p); !errors.Is(err, ErrWrongPassphrase) {
			return k, err
		}
		countWrong(home, o)
		prompt = "wrong passphrase; once more: "
	}
	return k, ErrWrongPassphrase
}

func (f *ringFile) fromKeychain(o Options) (seal.Key, error) {
	text, err := keychainGet(f.Home, o)
	if err != nil {
		return seal.Key{}, err
	}
	var secret seal.Key
	if secret.UnmarshalText([]byte(text)) != nil {
		return seal.Key{}, errors.New("the keychain holds something else in the place of this home's key")
	}
	defer secret.Zero()
	return f.unseal(f.slot(Keychain), &secret)
}

func (f *ringFile) fromUnprotected(home string, o Options) (seal.Key, error) {
	s := f.slot(Unprotected)
	if s == nil {
		return seal.Key{}, ErrLocked
	}
	b, err := readOurs(o.fs(), home, unprotectedFile)
	if err != nil {
		return seal.Key{}, err
	}
	defer clear(b)
	var secret seal.Key
	if secret.UnmarshalText([]byte(strings.TrimSpace(string(b)))) != nil {
		return seal.Key{}, errors.New("the home's key is damaged: " + unprotectedFile + " holds none")
	}
	defer secret.Zero()
	return f.unseal(s, &secret)
}

// passphraseFile reads a passphrase: the first line of a file that nobody else reads.
func passphraseFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the passphrase: %s: %w", PassphraseFileEnv, errors.Unwrap(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("read the passphrase: %w", err)
	}
	if !private(info) {
		return "", errors.New("the file of " + PassphraseFileEnv + " can be read by others: chmod 600 it")
	}
	return ReadPassphrase(f)
}

// ReadPassphrase reads a passphrase: the first line of what a file or a pipe holds.
func ReadPassphrase(from io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(from, 4<<10))
	if err != nil {
		return "", fmt.Errorf("read the passphrase: %w", err)
	}
	defer clear(b)
	line, _, _ := strings.Cut(string(b), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", errors.New("read the passphrase: there is none")
	}
	return line, nil
}
