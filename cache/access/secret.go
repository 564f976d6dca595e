package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Secret is something a home keeps that proves who its reader is, such as a refresh
// token: a file of mode 0600 below keys/, whose name is a digest and tells nothing. It is
// there as a whole or not at all, and a file that others can read is refused.
type Secret struct{ home, name string }

// NewSecret names a secret of the home; equal words name the same one.
func NewSecret(home string, words ...string) Secret {
	h := sha256.New()
	for _, w := range words {
		fmt.Fprintf(h, "%d:%s", len(w), w)
	}
	return Secret{home: home, name: "keys/login-" + hex.EncodeToString(h.Sum(nil)[:8])}
}

// Read fills into with what was written; fs.ErrNotExist when there is nothing.
func (s Secret) Read(into any) error { return readPrivate(s.home, s.name, into) }

// Write keeps v in place of what was there, on the disk when it returns.
func (s Secret) Write(v any) error {
	if err := writePrivate(s.home, s.name, v); err != nil {
		return fmt.Errorf("keep the login: %w", err)
	}
	if dir, err := os.Open(filepath.Dir(s.path())); err == nil {
		_ = dir.Sync() // not every system can
		dir.Close()
	}
	return nil
}

// Remove forgets it; there being none is no error.
func (s Secret) Remove() error {
	if err := os.Remove(s.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the login: %w", err)
	}
	return nil
}

// Lock keeps every other program of the home from this secret until unlock; a program
// that ends gives it free.
func (s Secret) Lock(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(s.path()), 0o700); err != nil {
		return nil, fmt.Errorf("lock the login: %w", err)
	}
	f, err := os.OpenFile(s.path()+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the login: %w", err)
	}
	for {
		if err = lockFile(f); err == nil {
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("lock the login: %w", ctx.Err())
		case <-time.After(25 * time.Millisecond):
		}
	}
}

func (s Secret) path() string { return filepath.Join(s.home, filepath.FromSlash(s.name)) }
