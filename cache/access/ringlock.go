package access

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nocturne/nocturne/cache/disk"
)

// Two files, of no content, order the programs of a home: usedFile is held shared by each
// that has the ring open, and alone by who changes the reader's key; writingFile is held
// alone by who writes the ring.
const (
	usedFile    = "keys/ring.used"
	writingFile = "keys/ring.writing"
)

// longestWrite is how long another may take to write the ring: an Argon2id or two.
const longestWrite = 20 * time.Second

func lockAt(d disk.FS, home, name string, wait time.Duration, take func(*os.File) error) (*os.File, error) {
	path := filepath.Join(home, filepath.FromSlash(name))
	if err := d.MkdirAll(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("open the key ring: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the key ring: %w", err)
	}
	for end := time.Now().Add(wait); ; time.Sleep(20 * time.Millisecond) {
		if err = take(f); err == nil {
			return f, nil
		}
		if time.Now().After(end) {
			f.Close()
			return nil, ErrInUse
		}
	}
}

func lockShared(d disk.FS, home string) (*os.File, error) {
	return lockAt(d, home, usedFile, longestWrite, disk.TryShare)
}

// lockAlone fails at once while any program of the home has the ring open.
func lockAlone(d disk.FS, home string) (*os.File, error) {
	return lockAt(d, home, usedFile, 0, disk.TryLock)
}

func lockWriting(d disk.FS, home string) (done func(), err error) {
	f, err := lockAt(d, home, writingFile, longestWrite, disk.TryLock)
	if err != nil {
		return nil, err
	}
	return func() { f.Close() }, nil
}
