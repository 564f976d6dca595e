package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/database"
	"github.com/nocturne/nocturne/cache/disk"
)

// A ledger is made, and an older plain one sealed, in steps after each of which a crash
// leaves a home that opens and has every row:
//
//	1  the sealed ledger is built beside, from the plain one's rows where there is one, compared with it and synced
//	2  VERSION becomes 2: from here on the one beside counts, and an older program refuses the home
//	3  the plain one and its log are overwritten
//	4  the one beside takes its name
//
// All of it is one program's at a time (lockName). Overwriting does what can be done
// from here: a file system that copies on write, or a flash disk, may keep old blocks.
const (
	besideName = "ledger.db.sealed"
	lockName   = "ledger.lock"
)

// settle makes sure that a sealed ledger lies in the home. One that was there and is
// gone, or is not sealed under the key, gives *DamageError: an empty one is never put in
// its place.
func (h at) settle() (sealed bool, err error) {
	if done, err := h.settled(); err != nil || done {
		return false, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), database.Busy)
	defer cancel()
	unlock, err := disk.Lock(ctx, filepath.Join(h.dir, lockName))
	if err != nil {
		return false, fmt.Errorf("make ledger: %w", err)
	}
	defer unlock()
	if done, err := h.settled(); err != nil || done { // another program may have been at it
		return false, err
	}
	found, err := checkHome(h.files(), h.dir)
	if err == nil && found < HomeFormat {
		sealed, err = h.build()
	}
	if err == nil {
		err = h.finish()
	}
	return sealed, err
}

func (h at) files() disk.FS { return h.on.Files() }
func (h at) beside() string { return filepath.Join(h.dir, besideName) }

// settled reports whether nothing is left to do.
func (h at) settled() (bool, error) {
	found, err := checkHome(h.files(), h.dir)
	if err != nil || found < HomeFormat {
		return false, err
	}
	_, err = h.files().Stat(h.beside())
	switch {
	case err == nil:
		return false, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("open ledger: %w", err)
	}
	return true, nil
}

// build does steps 1 and 2, and says whether there was a plain ledger. One that is sealed
// already lost only its VERSION.
func (h at) build() (plain bool, err error) {
	state, err := database.Recognise(h.files(), h.path(), h.key)
	if err == nil {
		err = h.clear()
	}
	if err != nil {
		return false, fmt.Errorf("make ledger: %w", err)
	}
	from := ""
	switch state {
	case database.Sealed, database.Torn:
		return false, writeVersion(h.files(), h.dir)
	case database.Foreign:
		return false, &DamageError{What: "ledger"}
	case database.Plain:
		from, plain = h.path(), true
	}
	return plain, database.Make(h.spec(h.beside()), from, func() error { return writeVersion(h.files(), h.dir) })
}

// clear takes away what a crash left of step 1.
func (h at) clear() error {
	for _, tail := range []string{"", "-wal", "-journal", "-shm"} {
		if err := h.files().Remove(h.beside() + tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// finish does steps 3 and 4, where a ledger waits beside.
func (h at) finish() error {
	switch _, err := h.files().Stat(h.beside()); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("seal ledger: %w", err)
	}
	state, err := database.Recognise(h.files(), h.path(), h.key)
	if err != nil {
		return fmt.Errorf("seal ledger: %w", err)
	}
	if state == database.Sealed || state == database.Torn {
		return &DamageError{What: "ledger"} // two of them: a person decides
	}
	if err := database.Wipe(h.files(), h.path()); err != nil {
		return fmt.Errorf("seal ledger: %w", err)
	}
	if err := h.files().Rename(h.beside(), h.path()); err != nil {
		return fmt.Errorf("seal ledger: %w", err)
	}
	if err := h.files().SyncDir(h.dir); err != nil {
		return fmt.Errorf("seal ledger: %w", err)
	}
	return nil
}
