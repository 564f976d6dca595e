package audit

import (
	"errors"
	"time"
)

// ErrTaken says that another program of this home holds what was to be locked.
var ErrTaken = errors.New("another program of this home holds it")

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
