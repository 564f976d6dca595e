package audit

import (
	"errors"
	"os"
	"time"

	"github.com/nocturne/nocturne/cache/disk"
)

// ErrTaken says that another program of this home holds what was to be locked.
var ErrTaken = disk.ErrTaken

// errHeld: a program that was stopped in the middle of a write holds every other up.
var errHeld = errors.New("another program of this home has been writing to the audit log for 10 s: end it")

// patience is how long a lock is waited for: writes take milliseconds.
const patience = 10 * time.Second

// lockPath waits until nobody else writes to the log, but not longer than patience.
func lockPath(path string) (unlock func(), err error) {
	wait, end := 200*time.Microsecond, time.Now().Add(patience)
	for {
		unlock, err := tryLock(path)
		if !errors.Is(err, ErrTaken) {
			return unlock, err
		}
		if time.Now().After(end) {
			return nil, errHeld
		}
		time.Sleep(wait)
		wait = min(2*wait, 5*time.Millisecond)
	}
}

// tryLock takes the file for this opening of it, or says ErrTaken. The system gives it
// free when the process ends.
func tryLock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := disk.TryLock(f); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
