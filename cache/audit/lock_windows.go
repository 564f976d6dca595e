package audit

import (
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes the file for this opening of it, or says ErrTaken. The system gives it
// free when the process ends.
func tryLock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{}); err != nil {
		f.Close()
		if err == windows.ERROR_LOCK_VIOLATION {
			err = ErrTaken
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}
