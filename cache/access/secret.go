package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/disk"
)

// Secret is something a home keeps that proves who its reader is, such as a refresh
// token: a sealed file of mode 0600 below keys/, whose name cannot be computed without the
// ring. It is there as a whole or not at all.
type Secret struct{ kept kept }

// Secret names a secret of the home; equal words name the same one.
func (r *Ring) Secret(words ...string) Secret {
	var all strings.Builder
	for _, w := range words {
		fmt.Fprintf(&all, "%d:%s", len(w), w)
	}
	old := sha256.Sum256([]byte(all.String()))
	return Secret{r.kept("login-"+r.Name("login", all.String())[:16], "login-"+hex.EncodeToString(old[:8]))}
}

// Read fills into with what was written; fs.ErrNotExist when there is nothing.
func (s Secret) Read(into any) error { return s.kept.readJSON(into) }

// Write keeps v in place of what was there, on the disk when it returns.
func (s Secret) Write(v any) error {
	if err := s.kept.writeJSON(v); err != nil {
		return fmt.Errorf("keep the login: %w", err)
	}
	return nil
}

// Remove forgets it; there being none is no error.
func (s Secret) Remove() error {
	if err := s.kept.remove(); err != nil {
		return fmt.Errorf("forget the login: %w", err)
	}
	return nil
}

// Lock keeps every other program of the home from this secret until unlock; a program
// that ends gives it free.
func (s Secret) Lock(ctx context.Context) (unlock func(), err error) {
	if err := s.kept.lockFolder(); err != nil {
		return nil, fmt.Errorf("lock the login: %w", err)
	}
	if unlock, err = disk.Lock(ctx, s.kept.path()+".lock"); err != nil {
		return nil, fmt.Errorf("lock the login: %w", err)
	}
	return unlock, nil
}
