//go:build !windows

package audit

import (
	"os"
	"syscall"
)

// lockPath waits until nobody else writes to the log. The system gives the lock free
// when the process ends.
func lockPath(path string) (unlock func(), err error) { return flock(path, syscall.LOCK_EX) }

// tryLock is lockPath for who does not wait: ErrTaken.
func tryLock(path string) (unlock func(), err error) {
	unlock, err = flock(path, syscall.LOCK_EX|syscall.LOCK_NB)
	if err == syscall.EWOULDBLOCK {
		err = ErrTaken
	}
	return unlock, err
}

func flock(path string, how int) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(f.Fd()), how); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
