package audit

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockPath waits until nobody else writes to the log. The system gives the lock free
// when the process ends.
func lockPath(path string) (unlock func(), err error) {
	return lock(path, windows.LOCKFILE_EXCLUSIVE_LOCK)
}

// tryLock is lockPath for who does not wait: ErrTaken.
func tryLock(path string) (unlock func(), err error) {
	unlock, err = lock(path, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
	if err == windows.ERROR_LOCK_VIOLATION {
		err = ErrTaken
	}
	return unlock, err
}

func lock(path string, how uint32) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{}); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
