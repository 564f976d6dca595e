package access

import (
	"crypto/rand"
	"fmt"

	"github.com/nocturne/nocturne/cache/disk"
)

// requestFile holds the last request to lock the screens of the home's programs: random
// letters that mean nothing.
const requestFile = "keys/lock-request"

// RequestLock asks every running program of the home to lock its screens.
func RequestLock(home string) error {
	if err := replaceOurs(disk.OS, home, requestFile, []byte(rand.Text())); err != nil {
		return fmt.Errorf("ask running programs to lock: %w", err)
	}
	return nil
}

// LockRequest is the last request of RequestLock, "" where there was none. A program that
// finds another one than it found when it began, or when it was unlocked, locks.
func LockRequest(home string) string {
	b, err := readOurs(disk.OS, home, requestFile)
	if err != nil {
		return ""
	}
	return string(b)
}
