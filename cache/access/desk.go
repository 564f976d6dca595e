package access

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/disk"
)

// deskFile is there while a desk of the home is locked: a program that is ended and begun
// anew begins locked. It holds nothing.
const deskFile = "keys/desk-locked"

// KeepDesk notes that the home's desk is locked, or is open again.
func KeepDesk(home string, locked bool) error {
	var err error
	if locked {
		err = replaceOurs(disk.OS, home, deskFile, []byte("locked\n"))
	} else if err = disk.OS.Remove(filepath.Join(home, filepath.FromSlash(deskFile))); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("note that the desk is locked: %w", err)
	}
	return nil
}

// DeskLocked reports whether the desk was locked when it was left.
func DeskLocked(home string) bool {
	_, err := readOurs(disk.OS, home, deskFile)
	return !errors.Is(err, fs.ErrNotExist)
}
